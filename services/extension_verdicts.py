"""What a leader decides on a request for more time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.extensions import (
    HANOI,
    ExtensionDecided,
    Waiting,
    check_decider,
    check_grant,
    check_open,
    moves_date,
)
from domain.people import Action
from domain.plans import Stage
from domain.refusals import ReasonNeeded
from domain.stages import ORDER, OccurrenceState, StageState
from models import extensions, tasks
from services.announcements import extension_decided
from services.extension_records import close, locked, note
from services.history import hashed, record
from services.people import Person, Ward, permitted


@dataclass(frozen=True, slots=True)
class Granted:
    """What granting did; `overtaken` are later stages that now fall due before this one, with their dates."""

    moved: bool
    until: date
    overtaken: tuple[tuple[Stage, date], ...] = ()


def grant(
    connection: Connection,
    ward: Ward,
    extension_id: int,
    *,
    until: date,
    objective: bool = False,
    answer: str | None = None,
    by: str,
    today: date,
    now: datetime,
    timezone: ZoneInfo = HANOI,
) -> Granted:
    """Approve a request until a day, at the latest the one asked for; tell the unit.

    The due date moves where it was asked for in time, even if this comes later; see `moves_date`. The same
    decision twice is recorded once.

    Raises:
        UnknownExtension, UnknownUser, NotPermitted, SamePerson: there is none, or somebody else decides.
        ExtensionDecided, ExtensionOvertaken: it is too late for that.
        BadValue, WrongState: it can't be granted until that day.
    """
    actor, row = _to_decide(connection, ward, extension_id, by, timezone)
    answer = (answer or "").strip() or None
    if row.verdict is not None:
        if _same(row, actor, "granted", answer) and (row.granted_until, row.objective) == (until, objective):
            return Granted(moved(row), until)
        raise ExtensionDecided(row.verdict)
    case = _waiting(row)
    moves = check_grant(case, until, objective=objective, decided_on=today)
    extensions.decide(
        connection,
        ward.id,
        extension_id,
        verdict="granted",
        until=until,
        objective=objective,
        answer=answer,
        by=actor.id,
        now=now,
    )
    if moves:
        _move(connection, ward, row, until, actor, now)
    extension_decided(connection, ward.id, row, until, moved=moves, answer=answer, now=now)
    facts = {"answer_sha256": hashed(answer), "former_due": row.former_due.isoformat()}
    facts |= {"moved": int(moves), "objective": int(objective), "until": until.isoformat()}
    note(connection, ward, "granted", row.id, row.occurrence_id, case.stage, facts, actor, now)
    overtaken = _overtaken(connection, ward, row, until) if moves else ()
    return Granted(moves, until, overtaken)


def refuse(
    connection: Connection,
    ward: Ward,
    extension_id: int,
    *,
    answer: str | None,
    by: str,
    today: date,
    now: datetime,
    timezone: ZoneInfo = HANOI,
) -> None:
    """Refuse a request, with an answer that the unit reads; the same refusal twice is recorded once.

    Raises:
        UnknownExtension, UnknownUser, NotPermitted, SamePerson: there is none, or somebody else decides.
        ReasonNeeded: there is no answer.
        ExtensionDecided, ExtensionOvertaken: it is too late for that.
    """
    actor, row = _to_decide(connection, ward, extension_id, by, timezone)
    said = (answer or "").strip()
    if not said:
        raise ReasonNeeded("từ chối gia hạn", "--answer")
    if row.verdict is not None:
        if _same(row, actor, "refused", said):
            return
        raise ExtensionDecided(row.verdict)
    check_open(_waiting(row))
    close(connection, ward, row, "refused", said, actor, now)
    extension_decided(connection, ward.id, row, None, moved=False, answer=said, now=now)


def _to_decide(
    connection: Connection, ward: Ward, extension_id: int, by: str, timezone: ZoneInfo
) -> tuple[Person, Any]:
    actor = permitted(connection, ward, by, Action.DECIDE_EXTENSION)
    row = locked(connection, ward, extension_id, timezone)
    check_decider(actor.id, row.asked_by)
    return actor, row


def _waiting(row: Any) -> Waiting:
    return Waiting(
        Stage(row.stage),
        StageState(row.state),
        OccurrenceState(row.occurrence),
        row.due_on,
        row.former_due,
        row.asked_on,
        row.asked_until,
    )


def moved(row: Any) -> bool:
    """Say whether a granted request, a row of `models.extensions`, moved its due date."""
    return moves_date(
        asked_on=row.asked_on,
        former_due=row.former_due,
        objective=row.objective,
        decided_on=row.decided_on,
    )


def _same(row: Any, actor: Person, verdict: str, answer: str | None) -> bool:
    return (row.verdict, row.decided_by, row.answer) == (verdict, actor.id, answer)


def _move(connection: Connection, ward: Ward, row: Any, until: date, actor: Person, now: datetime) -> None:
    reason = f"Gia hạn theo đề nghị của đơn vị: {row.reason}"
    tasks.move_due(
        connection,
        ward.id,
        occurrence=row.occurrence_id,
        stage=row.stage,
        due_on=until,
        former=row.due_on,
        reason=reason,
        document=row.document,
        by=actor.id,
        now=now,
    )
    facts = {
        "document": row.document,
        "due_on": until.isoformat(),
        "extension": row.id,
        "former_due": row.due_on.isoformat(),
        "occurrence": row.occurrence_id,
        "reason_sha256": hashed(reason),
        "stage": row.stage,
    }
    record(connection, ward.id, "due.changed", facts, actor=actor.actor, now=now)


def _overtaken(connection: Connection, ward: Ward, row: Any, until: date) -> tuple[tuple[Stage, date], ...]:
    later = ORDER[ORDER.index(Stage(row.stage)) + 1 :]
    dues = extensions.later_dues(connection, ward.id, row.occurrence_id, [each.value for each in later])
    return tuple((Stage(each.stage), each.due_on) for each in dues if each.due_on < until)
