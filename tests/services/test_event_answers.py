"""The monthly question of tasks that wait for events: when it is asked, and how it is answered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from domain.plans import TaskKind
from domain.refusals import NotPermitted
from services.audit import verify
from services.event_answers import (
    NotAsked,
    SomethingArrived,
    answer,
    answer_nothing,
    count_unanswered,
    questions,
    unanswered,
)
from services.events import EventRequest, raise_event
from services.office_calendar import calendar_around
from services.people import Ward
from services.tasks import task_id
from tests.builders import NOW, TODAY, occurrence, office, plan_of, task

EVENT = TaskKind.EVENT
JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
PLAN = plan_of(
    task("I.1", occurrences=[occurrence()]),
    task("III.5", EVENT, event_types=["guidance"]),
    task("VI.1", EVENT, event_types=["feedback"]),
)


class Desk:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        activated = datetime(2026, 1, 20, tzinfo=UTC)
        self.ward: Ward = office(connection, PLAN, today=date(2026, 1, 20), now=activated).ward
        self.guidance, self.feedback = (task_id(connection, self.ward, code) for code in ("III.5", "VI.1"))

    def open(self, today: date = TODAY) -> list[tuple[str, int]]:
        found = unanswered(self.connection, self.ward, today)
        assert count_unanswered(self.connection, self.ward, today) == len(found)
        return [(each.code, each.month.month) for each in found]

    def nothing(self, *pairs: tuple[int, date], by: str = "dieuphoi", today: date = TODAY) -> int:
        return answer_nothing(self.connection, self.ward, pairs, by=by, today=today, now=NOW)

    def raised(self, doc_date: date = date(2026, 2, 27), number: str = "12/HD-SNV") -> int:
        request = EventRequest("guidance", number, doc_date, "Sở Nội vụ", "Hướng dẫn")
        return raise_event(self.connection, self.ward, request, by="dieuphoi", today=TODAY, now=NOW).event_id

    def events(self) -> list[Any]:
        rows = self.connection.exec_driver_sql(
            "SELECT body::json -> 'facts' FROM cchc.audit_event WHERE kind = 'event.asked-answered'"
            " ORDER BY position"
        )
        return list(rows.scalars())


@pytest.fixture
def desk(connection: Connection) -> Desk:
    return Desk(connection)


def test_each_month_since_the_activation_is_asked_from_its_first_working_day_on(desk: Desk) -> None:
    both = [(code, month) for month in (1, 2) for code in ("III.5", "VI.1")]

    assert desk.open(date(2026, 3, 1)) == both  # a Sunday
    assert desk.open(date(2026, 3, 2)) == [*both, ("III.5", 3), ("VI.1", 3)]
    assert len(desk.open(date(2027, 5, 3))) == 24


def test_many_are_answered_at_once_and_twice_is_once(desk: Desk) -> None:
    pairs = [(desk.guidance, JANUARY), (desk.feedback, JANUARY), (desk.feedback, MARCH)]

    assert [desk.nothing(*pairs), desk.nothing(*pairs)] == [3, 0]

    assert desk.open() == [("III.5", 2), ("VI.1", 2), ("III.5", 3)]
    assert desk.events()[0].items() >= {"answer": "nothing", "month": "2026-01", "task": "III.5"}.items()
    assert len(desk.events()) == 3
    assert verify(desk.connection).ok


def test_a_recorded_document_answers_for_its_month_and_changes_an_answer(desk: Desk) -> None:
    answer(desk.connection, desk.ward, desk.guidance, FEBRUARY, by="dieuphoi", today=TODAY, now=NOW)

    for _ in range(2):
        desk.raised()

    found = [each for each in questions(desk.connection, desk.ward, TODAY) if each.answer]
    assert [(each.code, each.month, each.answer, each.doc_number) for each in found] == [
        ("III.5", FEBRUARY, "arrived", "12/HD-SNV")
    ]
    assert [each["answer"] for each in desk.events()] == ["nothing", "arrived"]


def test_nothing_arrived_is_refused_where_a_document_is_recorded(desk: Desk) -> None:
    desk.raised()

    with pytest.raises(SomethingArrived):
        desk.nothing((desk.guidance, FEBRUARY))


def test_an_answer_changes_back_once_what_the_document_opened_was_cancelled(desk: Desk) -> None:
    desk.raised()
    desk.connection.exec_driver_sql(
        "UPDATE cchc.occurrence SET state = 'cancelled', cancel_reason = 'x' WHERE event_id IS NOT NULL"
    )

    assert desk.nothing((desk.guidance, FEBRUARY)) == 1


def test_what_is_not_asked_is_not_answered_nor_by_anybody(desk: Desk) -> None:
    for pair in (
        (desk.guidance, date(2026, 4, 1)),
        (desk.guidance, date(2025, 12, 1)),
        (desk.guidance, date(2026, 2, 2)),
        (task_id(desk.connection, desk.ward, "I.1"), FEBRUARY),
    ):
        with pytest.raises(NotAsked):
            desk.nothing(pair)
    for by in ("lan", "chutich", "thanhtra", "quantri"):
        with pytest.raises(NotPermitted):
            desk.nothing((desk.guidance, FEBRUARY), by=by)
    assert desk.events() == []


def test_another_ward_is_asked_its_own(desk: Desk) -> None:
    other = office(desk.connection, plan_of(task("III.5", EVENT), issuer="UBND xã Bên", number="2/QĐ-UBND"))

    with pytest.raises(NotAsked):
        answer_nothing(
            desk.connection, other.ward, [(desk.guidance, MARCH)], by="dieuphoi", today=TODAY, now=NOW
        )
    assert count_unanswered(desk.connection, other.ward, TODAY) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dates(date(2026, 1, 20), date(2026, 12, 31)))
def test_no_month_is_asked_before_anybody_works_in_it_nor_forgotten_after(desk: Desk, today: date) -> None:
    first = today.replace(day=1)
    worked = len(calendar_around(desk.connection, today).days_off(first, today)) < today.day

    asked = {month for _, month in desk.open(today)}

    assert asked == set(range(1, today.month + worked))
