"""Due dates that people settle."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from domain.people import Action
from domain.plans import Stage, TaskKind
from domain.refusals import BadValue, ReasonNeeded, UnknownOccurrence, WrongState
from domain.stages import HANDED_IN, StageState
from models import openings, tasks
from services.history import record
from services.occurrences import open_due
from services.people import Person, Ward, permitted
from services.tasks import newest_task, task_line, the_one


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
    today: date,
    now: datetime,
) -> int:
    """Settle a due date by a person's decision; return the occurrence's id.

    A task that has no occurrence yet (theo quy định) gets one, opened today. The
    former date is kept. Setting the same date twice is recorded once; setting the
    date that was assumed makes it a settled one.

    Raises:
        ReasonNeeded, UnknownTask, UnknownOccurrence, AmbiguousOccurrence, UnknownUser, NotPermitted.
        BadValue: the date lies before the plan's own.
        WrongState: the stage was handed in already.
    """
    actor = permitted(connection, ward, by, Action.SET_DATE)
    if not reason.strip():
        raise ReasonNeeded("ấn định thời hạn")
    task = newest_task(connection, ward, code)
    if due_on < task.issued_on:
        raise BadValue(
            "Thời hạn",
            f"{due_on:%d/%m/%Y}",
            f"không được trước ngày ban hành kế hoạch ({task.issued_on:%d/%m/%Y})",
        )
    rows = tasks.candidates(connection, ward.id, [task.id], stage)
    if not rows:
        _open_unscheduled(connection, ward, code, task.id, actor, today, now)
        rows = tasks.candidates(connection, ward.id, [task.id], stage)
    if label is not None:
        rows = [row for row in rows if label in {row.label, f"{row.label} · {row.unit}"}]
    movable = frozenset(StageState) - HANDED_IN
    occurrence = the_one(code, rows, movable, label)
    _move_due(connection, ward, occurrence, stage, due_on, reason.strip(), actor, now)
    return occurrence


def _move_due(
    connection: Connection,
    ward: Ward,
    occurrence: int,
    stage: Stage,
    due_on: date,
    reason: str,
    actor: Person,
    now: datetime,
) -> None:
    row = tasks.lock_stage(connection, ward.id, occurrence, stage)
    assert row is not None  # noqa: S101 - every occurrence has its three stages
    if row.state in HANDED_IN:
        raise WrongState(stage, row.state, "đã nộp, không đổi thời hạn được nữa")
    if row.due_on == due_on and not row.assumed:
        return
    tasks.move_due(
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
    facts = {
        "due_on": due_on.isoformat(),
        "former_due": row.due_on.isoformat() if row.due_on else None,
        "occurrence": occurrence,
        "stage": stage.value,
    }
    record(connection, ward.id, "due.changed", facts, actor=actor.actor, now=now)


def _open_unscheduled(
    connection: Connection, ward: Ward, code: str, task: int, actor: Person, today: date, now: datetime
) -> None:
    line = task_line(connection, ward, code, today)
    if line.kind is not TaskKind.UNSPECIFIED:
        raise UnknownOccurrence(code, None)
    columns: dict[str, list[object]] = {
        "task": [task],
        "label": [f"Năm {line.year}"],
        "event": [None],
        "opens_on": [today],
    }
    for each in Stage:
        columns[f"{each}_due"] = [None]
        columns[f"{each}_assumed"] = [False]
    made = openings.plan_occurrences(connection, ward.id, columns)
    open_due(connection, today, now, ward_id=ward.id, occurrence_ids=made, actor=actor.actor)
