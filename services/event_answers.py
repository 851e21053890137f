"""The monthly question of each task that waits for events: has anything arrived?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from domain.canonical import canonical
from domain.errors import WardError
from domain.people import Action
from models import event_answers, history
from services.office_calendar import calendar_around
from services.people import Person, Ward, permitted

Pairs = Sequence[tuple[int, date]]  # (task, first day of the month)


class NotAsked(WardError):
    """Nobody asks about this task and month."""

    def __init__(self) -> None:
        super().__init__(
            "no such question", "Chương trình không hỏi về tháng này của nhiệm vụ này; hãy tải lại danh sách."
        )


class SomethingArrived(WardError):
    """A document is recorded for the task and month, and what it opened goes on."""

    def __init__(self, code: str, month: date, number: str) -> None:
        super().__init__(
            f"an event is recorded for {code} in {month}",
            f"Tháng {month:%m/%Y} nhiệm vụ {code} đã có văn bản {number}; "
            "nếu ghi nhầm, hãy huỷ kỳ thực hiện mà văn bản đó mở.",
        )


@dataclass(frozen=True, slots=True)
class Question:
    """One task and month; `answer` is None, “nothing” or “arrived” with the number of the document."""

    task_id: int
    code: str
    title: str
    time_text: str
    units: tuple[str, ...]
    month: date
    answer: str | None
    doc_number: str | None
    answered_by: str | None
    answered_at: datetime | None


def questions(connection: Connection, ward: Ward, today: date) -> list[Question]:
    """Return each event task of the active plans with each month that is asked about, the oldest first.

    A month is asked about from its first working day on, from the plan's activation to the year's end.
    """
    rows = event_answers.questions(connection, ward.id, last_asked(connection, today))
    return [_question(row) for row in rows]


def unanswered(connection: Connection, ward: Ward, today: date) -> list[Question]:
    """Return the questions that nobody answered, the oldest first."""
    return [each for each in questions(connection, ward, today) if each.answer is None]


def count_unanswered(connection: Connection, ward: Ward, today: date) -> int:
    """Count the questions that nobody answered."""
    return event_answers.count_unanswered(connection, ward.id, last_asked(connection, today))


def answer_nothing(
    connection: Connection, ward: Ward, pairs: Pairs, *, by: str, today: date, now: datetime
) -> int:
    """Say that nothing arrived for these tasks in these months; return how many answers are new.

    Raises:
        UnknownUser, NotPermitted: only a coordinator answers.
        NotAsked: one of them isn't asked about.
        SomethingArrived: a recorded document says otherwise.
    """
    person = permitted(connection, ward, by, Action.ANSWER_QUESTION)
    asked = {(each.task_id, each.month): each for each in questions(connection, ward, today)}
    if any(pair not in asked for pair in pairs):
        raise NotAsked
    count = _answer(connection, ward, pairs, event=None, person=person, today=today, now=now)
    after = {(each.task_id, each.month): each for each in questions(connection, ward, today)}
    for pair in pairs:
        if after[pair].answer != "nothing":
            raise SomethingArrived(after[pair].code, after[pair].month, after[pair].doc_number or "")
    return count


def answer(
    connection: Connection, ward: Ward, task_id: int, month: date, *, by: str, today: date, now: datetime
) -> bool:
    """Say that nothing arrived for one task in one month; return whether that is new.

    Raises:
        as `answer_nothing`.
    """
    return answer_nothing(connection, ward, [(task_id, month)], by=by, today=today, now=now) == 1


def arrived(
    connection: Connection,
    ward: Ward,
    event: int,
    tasks: Sequence[int],
    doc_date: date,
    *,
    person: Person,
    today: date,
    now: datetime,
) -> None:
    """Answer the question of the document's month with the event, for those tasks that are asked about."""
    pairs = [(task, doc_date.replace(day=1)) for task in tasks]
    _answer(connection, ward, pairs, event=event, person=person, today=today, now=now)


def last_asked(connection: Connection, today: date) -> date:
    """Return the first day of the last month that is asked about on `today`."""
    first = today.replace(day=1)
    begun = calendar_around(connection, today).on_or_after(first) <= today
    return first if begun else (first - timedelta(1)).replace(day=1)


def _answer(
    connection: Connection,
    ward: Ward,
    pairs: Pairs,
    *,
    event: int | None,
    person: Person,
    today: date,
    now: datetime,
) -> int:
    # A document may come on the first of January, before anybody works and asks about the month.
    last = last_asked(connection, today) if event is None else today.replace(day=1)
    rows = event_answers.answer(connection, ward.id, pairs, last=last, event=event, by=person.id, now=now)
    if rows:
        said: dict[str, Any] = (
            {"answer": "nothing"} if event is None else {"answer": "arrived", "event": event}
        )
        facts = [
            canonical({**said, "month": f"{row.month:%Y-%m}", "task": row.code, "task_id": row.task_id})
            for row in rows
        ]
        kinds = ["event.asked-answered"] * len(facts)
        history.append(connection, ward.id, at=now, actor=person.actor, kinds=kinds, facts=facts)
    return len(rows)


def _question(row: Any) -> Question:
    return Question(
        row.task_id,
        row.code,
        row.title,
        row.time_text,
        tuple(row.units),
        row.month,
        row.answer,
        row.doc_number,
        row.answered_by,
        row.answered_at,
    )
