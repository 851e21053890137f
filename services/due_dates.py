"""Due dates that people settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.due_dates import check_due
from domain.people import Action
from domain.plans import Stage, TaskKind
from domain.refusals import (
    AmbiguousOccurrence,
    DateChanged,
    ReasonNeeded,
    UnknownOccurrence,
    WrongState,
)
from domain.stages import HANDED_IN, OccurrenceState, StageState
from models import findings, openings, tasks
from services.announcements import date_moved
from services.history import hashed, record
from services.occurrences import open_due
from services.people import Person, Ward, permitted
from services.tasks import newest_task, the_one

MOVABLE = frozenset({OccurrenceState.PLANNED, OccurrenceState.OPEN})


@dataclass(frozen=True, slots=True)
class Seen:
    """The due date that somebody looked at before they settled another; None where there was none."""

    due_on: date | None


def set_date(
    connection: Connection,
    ward: Ward,
    code: str,
    stage: Stage,
    due_on: date,
    *,
    reason: str,
    by: str,
    label: str | None = None,
    seen: Seen | None = None,
    today: date,
    now: datetime,
) -> int:
    """Settle a due date by a person's decision; return the occurrence's id.

    A task that has no occurrence yet (theo quy định) gets one, opened today. The
    former date is kept, and the unit told, if its work is open. Setting the same date
    twice is recorded once; setting the date that was assumed makes it a settled one. With `seen`, only that
    former date is replaced.

    Raises:
        DateChanged: somebody moved the date since.
        ReasonNeeded, UnknownTask, UnknownOccurrence, AmbiguousOccurrence, UnknownUser, NotPermitted.
        BadValue: the date lies before the plan's own, or too far ahead.
        WrongState: the stage was handed in already.
    """
    actor = permitted(connection, ward, by, Action.SET_DATE)
    _check_reason(reason)
    task = newest_task(connection, ward, code)
    rows, fresh = _candidates(connection, ward, task, stage, due_on, actor, today, now)
    if label is not None:
        rows = [row for row in rows if label in {row.label, f"{row.label} · {row.unit}"}]
    movable = frozenset(StageState) - HANDED_IN
    occurrence = the_one(code, rows, movable, label)
    _move_due(
        connection, ward, occurrence, stage, due_on, reason.strip(), actor, now, tell=not fresh, seen=seen
    )
    return occurrence


def settle_date(
    connection: Connection,
    ward: Ward,
    occurrence_id: int,
    stage: Stage,
    due_on: date,
    *,
    reason: str,
    by: str,
    seen: Seen | None = None,
    now: datetime,
) -> None:
    """Settle a due date of one occurrence, as `set_date` does where people name the task.

    Raises:
        UnknownOccurrence, UnknownUser, NotPermitted, ReasonNeeded, BadValue, WrongState, DateChanged.
    """
    actor = permitted(connection, ward, by, Action.SET_DATE)
    _check_reason(reason)
    task = tasks.head_of_occurrence(connection, ward.id, occurrence_id)
    if task is None:
        raise UnknownOccurrence(str(occurrence_id), None)
    _check_due(due_on, task)
    if task.state not in MOVABLE:
        raise WrongState(stage, task.state, "thuộc kỳ đã đóng, không đổi thời hạn được nữa")
    _move_due(connection, ward, occurrence_id, stage, due_on, reason.strip(), actor, now, seen=seen)


def set_dates(
    connection: Connection,
    ward: Ward,
    task: Any,
    stage: Stage,
    due_on: date,
    *,
    label: str | None,
    reason: str,
    by: str,
    today: date,
    now: datetime,
) -> list[int]:
    """Settle a due date of one period for every unit that leads it, in a draft as well; return what moved.

    `task` is a row of `models.findings.task`. What was handed in keeps its date.

    Raises:
        UnknownOccurrence, AmbiguousOccurrence: the task has no such period, or several and none was named.
        WrongState: every unit has handed in already.
        ReasonNeeded, BadValue, UnknownUser, NotPermitted: as `set_date`.
    """
    actor = permitted(connection, ward, by, Action.SET_DATE)
    _check_reason(reason)
    rows, fresh = _candidates(connection, ward, task, stage, due_on, actor, today, now)
    labels = list(dict.fromkeys(row.label for row in rows))
    if label is None and len(labels) > 1:
        raise AmbiguousOccurrence(task.code, labels)
    rows = [row for row in rows if label in {None, row.label}]
    if not rows:
        raise UnknownOccurrence(task.code, label, labels)
    movable = [row.id for row in rows if row.stage_state not in HANDED_IN and row.state in MOVABLE]
    if not movable:
        raise WrongState(stage, rows[0].stage_state, "đã nộp hoặc đã đóng, không đổi thời hạn được nữa")
    for occurrence in movable:
        _move_due(connection, ward, occurrence, stage, due_on, reason.strip(), actor, now, tell=not fresh)
    return movable


def confirm_assumed(
    connection: Connection, ward: Ward, task_id: int, stage: Stage, *, reason: str, by: str, now: datetime
) -> list[int]:
    """Make the assumed dates of a task's stage settled ones; return the occurrences whose date it is.

    Raises:
        ReasonNeeded, UnknownUser, NotPermitted.
    """
    actor = permitted(connection, ward, by, Action.SET_DATE)
    _check_reason(reason)
    rows = findings.assumed(connection, ward.id, task_id, stage)
    for row in rows:
        _move_due(connection, ward, row.id, stage, row.due_on, reason.strip(), actor, now)
    return [row.id for row in rows]


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonNeeded("ấn định thời hạn")


def _candidates(
    connection: Connection,
    ward: Ward,
    task: Any,
    stage: Stage,
    due_on: date,
    actor: Person,
    today: date,
    now: datetime,
) -> tuple[Sequence[Any], bool]:
    """Return the task's occurrences, planned first where it has none yet, and whether that was so.

    Raises:
        BadValue: the date lies before the plan's own, or too far ahead.
        UnknownOccurrence: it has none, and only an event opens one.
    """
    _check_due(due_on, task)
    rows = tasks.candidates(connection, ward.id, [task.id], stage)
    if rows:
        return rows, False
    _open_unscheduled(connection, ward, task, actor, today, now)
    return tasks.candidates(connection, ward.id, [task.id], stage), True


def _check_due(due_on: date, task: Any) -> None:
    plan = f"ngày ban hành kế hoạch ({task.issued_on:%d/%m/%Y})"
    check_due(due_on, task.issued_on, plan, task.year)


def _move_due(
    connection: Connection,
    ward: Ward,
    occurrence: int,
    stage: Stage,
    due_on: date,
    reason: str,
    actor: Person,
    now: datetime,
    *,
    tell: bool = True,
    seen: Seen | None = None,
) -> None:
    """Move one date; without `tell` its unit hears of it anyway, by the letter that its work is open."""
    row = tasks.lock_stage(connection, ward.id, occurrence, stage)
    assert row is not None  # noqa: S101 - every occurrence has its three stages
    if row.state in HANDED_IN:
        raise WrongState(stage, row.state, "đã nộp, không đổi thời hạn được nữa")
    if row.due_on == due_on and not row.assumed:
        return
    if seen is not None and seen.due_on != row.due_on:
        raise DateChanged(row.due_on)
    change = tasks.move_due(
        connection,
        ward.id,
        occurrence=occurrence,
        stage=str(stage),
        due_on=due_on,
        former=row.due_on,
        reason=reason,
        document=None,
        by=actor.id,
        now=now,
    )
    if tell:
        date_moved(connection, ward.id, change, now=now)
    facts = {
        "due_on": due_on.isoformat(),
        "former_due": row.due_on.isoformat() if row.due_on else None,
        "occurrence": occurrence,
        "reason_sha256": hashed(reason),
        "stage": stage.value,
    }
    record(connection, ward.id, "due.changed", facts, actor=actor.actor, now=now)


def _open_unscheduled(
    connection: Connection, ward: Ward, task: Any, actor: Person, today: date, now: datetime
) -> None:
    if task.kind != TaskKind.UNSPECIFIED:
        raise UnknownOccurrence(task.code, None)
    columns: dict[str, list[object]] = {
        "task": [task.id],
        "label": [f"Năm {task.year}"],
        "event": [None],
        "opens_on": [today],
    }
    for each in Stage:
        columns[f"{each}_due"] = [None]
        columns[f"{each}_assumed"] = [False]
    made = openings.plan_occurrences(connection, ward.id, columns)
    open_due(connection, today, now, ward_id=ward.id, occurrence_ids=made, actor=actor.actor)
