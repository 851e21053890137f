"""Extensions: a unit asks for more time for a stage, a leader decides, both are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.extensions import (
    HANOI,
    Asking,
    ExtensionDecided,
    ExtensionWaits,
    UnknownExtension,
    check_request,
)
from domain.people import Action, Role
from domain.plans import Stage
from domain.refusals import AmbiguousOccurrence, NotOwnUnit, UnknownOccurrence, UnknownUser
from domain.stages import OccurrenceState, StageState
from models import extensions, tasks
from services.announcements import extension_asked
from services.extension_records import close, extension, locked, note
from services.extension_verdicts import Granted, grant, moved, refuse
from services.history import hashed
from services.people import Person, Ward, permitted

__all__ = [
    "Granted",
    "asking",
    "extension",
    "grant",
    "moved",
    "of_task",
    "recent",
    "refuse",
    "request",
    "waiting",
    "waiting_one",
    "withdraw",
]


def request(
    connection: Connection,
    ward: Ward,
    occurrence_id: int,
    stage: Stage,
    *,
    until: date,
    reason: str,
    document: str | None = None,
    by: str,
    today: date,
    now: datetime,
) -> int:
    """Ask for a stage to be due on `until`; return the request's id, and tell the ward's leaders.

    The same request twice is recorded once.

    Raises:
        UnknownOccurrence, UnknownUser: there is none.
        NotPermitted, NotOwnUnit, WrongState, BadValue, ReasonNeeded: see `check_request`.
        ExtensionWaits: another request for this stage waits.
    """
    if tasks.lock_stage(connection, ward.id, occurrence_id, stage) is None:
        raise UnknownOccurrence(str(occurrence_id), None)
    case, actor = _asked_by(connection, ward, occurrence_id, stage, by, today)
    former = check_request(case, until, reason)
    wanted = {
        "asked_by": actor.id,
        "asked_until": until,
        "reason": reason.strip(),
        "document": (document or "").strip() or None,
    }
    waits = extensions.waiting_for(connection, ward.id, occurrence_id, stage)
    if waits is not None:
        if all(getattr(waits, name) == value for name, value in wanted.items()):
            return int(waits.id)
        raise ExtensionWaits(stage, waits.asked_until)
    made = extensions.put(
        connection, ward.id, occurrence=occurrence_id, stage=stage.value, former_due=former, now=now, **wanted
    )
    extension_asked(connection, ward.id, made, occurrence_id, stage, former, until, reason.strip(), now=now)
    facts = {
        "document": wanted["document"],
        "former_due": former.isoformat(),
        "reason_sha256": hashed(reason.strip()),
        "until": until.isoformat(),
    }
    note(connection, ward, "asked", made, occurrence_id, stage, facts, actor, now)
    return made


def withdraw(
    connection: Connection,
    ward: Ward,
    extension_id: int,
    *,
    by: str,
    today: date,
    now: datetime,
    timezone: ZoneInfo = HANOI,
) -> None:
    """Take a request back while it waits; whoever asked may, and their unit. Twice is recorded once.

    Raises:
        UnknownExtension, UnknownUser, NotPermitted, NotOwnUnit: there is none, or it is another unit's.
        ExtensionDecided: a leader has decided.
    """
    row = locked(connection, ward, extension_id, timezone)
    case, actor = _asked_by(connection, ward, row.occurrence_id, Stage(row.stage), by, today)
    permitted(connection, ward, by, Action.ASK_EXTENSION)
    if row.asked_by != actor.id and case.person_unit_id != case.unit_id and not case.stands_in:
        raise NotOwnUnit(case.unit_name, "rút đề nghị gia hạn")
    if row.verdict == "withdrawn":
        return
    if row.verdict is not None:
        raise ExtensionDecided(row.verdict)
    close(connection, ward, row, "withdrawn", None, actor, now)


def waiting(connection: Connection, ward: Ward, *, timezone: ZoneInfo = HANOI) -> Sequence[Any]:
    """Return the requests that a leader can decide now, the longest waiting first.

    Rows of `models.extensions`: id, code, title, label, unit, stage, former_due, due_on, asked_until,
    asked_on, reason, document, asked_by_name and more.
    """
    return extensions.waiting(connection, ward.id, zone=timezone.key)


def waiting_one(
    connection: Connection,
    ward: Ward,
    code: str,
    stage: Stage,
    *,
    label: str | None,
    timezone: ZoneInfo = HANOI,
) -> Any:
    """Return the newest request for a stage of a task that people name; one that waits comes first.

    Raises:
        UnknownExtension: there is none for it.
        AmbiguousOccurrence: several wait, and no period was named.
    """
    rows = extensions.of_code(connection, ward.id, code, stage.value, zone=timezone.key)
    rows = [row for row in rows if label in {None, row.label, f"{row.label} · {row.unit}"}]
    waits = [row for row in rows if row.verdict is None] or rows[-1:]
    if len(waits) > 1:
        raise AmbiguousOccurrence(code, [f"{row.label} · {row.unit}" for row in waits])
    if not waits:
        raise UnknownExtension(f"{code} {stage}")
    return waits[0]


def recent(
    connection: Connection, ward: Ward, limit: int = 50, *, timezone: ZoneInfo = HANOI
) -> Sequence[Any]:
    """Return what was decided, and what was handed in before anybody decided; the newest first."""
    return extensions.recent(connection, ward.id, limit, zone=timezone.key)


def of_task(connection: Connection, ward: Ward, task_id: int, *, timezone: ZoneInfo = HANOI) -> Sequence[Any]:
    """Return every request for any stage of a task, with `occurrence_id` and `stage`."""
    return extensions.of_task(connection, ward.id, task_id, zone=timezone.key)


def asking(
    connection: Connection, ward: Ward, occurrence_id: int, stage: Stage, *, by: str, today: date
) -> Asking:
    """Return what decides whether `by` may ask for more time.

    Raises:
        UnknownOccurrence, UnknownUser: there is none.
    """
    return _asked_by(connection, ward, occurrence_id, stage, by, today)[0]


def _asked_by(
    connection: Connection, ward: Ward, occurrence: int, stage: Stage, by: str, today: date
) -> tuple[Asking, Person]:
    row = extensions.asking(connection, ward.id, occurrence=occurrence, stage=stage.value, by=by, today=today)
    if row is None:
        raise UnknownOccurrence(str(occurrence), None)
    if row.account_id is None:
        raise UnknownUser(by)
    case = Asking(
        stage,
        StageState(row.state),
        OccurrenceState(row.occurrence),
        row.due_on,
        row.year,
        row.unit_id,
        row.unit_name,
        Role(row.role),
        row.person_unit_id,
        row.stands_in,
    )
    return case, Person(row.account_id, row.name, case.role, row.person_unit_id)
