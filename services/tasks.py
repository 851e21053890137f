"""Tasks as people see them: their official status, their occurrences, their dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection

from domain.people import Action
from domain.plans import Stage, TaskKind
from domain.refusals import (
    AmbiguousOccurrence,
    UnknownOccurrence,
    UnknownTask,
)
from domain.stages import HANDED_IN, OccurrenceState, StageState
from domain.status import Standing, Status, is_late, occurrence_status, task_status
from models import history, tasks
from services.people import Ward, person

# What a stage's state must be for an action on it, so that the occurrence that is meant can be found.
MEANT = {
    Action.SUBMIT: frozenset({StageState.OPEN, StageState.RETURNED}),
    Action.ACCEPT: frozenset({StageState.SUBMITTED}),
    Action.ASK_EXTENSION: frozenset(StageState) - HANDED_IN,
}
OF_ONES_OWN = frozenset({Action.SUBMIT, Action.ASK_EXTENSION})


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in a list; `next_due` is the earliest due date of a stage not handed in yet."""

    id: int
    code: str
    section: str
    title: str
    kind: TaskKind
    time_text: str
    year: int
    lead_units: tuple[str, ...]
    in_charge: tuple[str, ...]
    status: Status
    next_due: date | None
    next_stage: Stage | None
    open_occurrences: int
    waiting_verdict: int


def list_tasks(
    connection: Connection,
    ward: Ward,
    today: date,
    *,
    status: Status | None = None,
    unit_id: int | None = None,
) -> list[TaskLine]:
    """Return the tasks of the active plans with their official status, in the order of the appendix."""
    lines = [_line(row) for row in tasks.standing(connection, ward.id, today=today, unit=unit_id)]
    return [line for line in lines if status is None or line.status is status]


def task_line(
    connection: Connection, ward: Ward, code: str, today: date, *, year: int | None = None
) -> TaskLine:
    """Return one task of the newest active plan that has it, or of the plan of `year`.

    Raises:
        UnknownTask: no active plan has it.
    """
    rows = tasks.standing(connection, ward.id, today=today, code=code)
    rows = [row for row in rows if year in {None, row.year}]
    if not rows:
        raise UnknownTask(code)
    return _line(rows[0])


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task with everything that belongs to it; `occurrences` are rows of `models.tasks`."""

    line: TaskLine
    details: Any
    occurrences: Sequence[Any]
    history: Sequence[Any]


def show_task(
    connection: Connection, ward: Ward, code: str, today: date, *, year: int | None = None
) -> TaskView:
    """Return a task with its occurrences, stages, former due dates, documents, deliveries and history.

    Raises:
        UnknownTask: no active plan has it.
    """
    line = task_line(connection, ward, code, today, year=year)
    return TaskView(
        line=line,
        details=tasks.details(connection, ward.id, line.id),
        occurrences=tasks.occurrences(connection, ward.id, line.id),
        history=history.events_of_task(connection, ward.id, line.id),
    )


def show_occurrence(connection: Connection, ward: Ward, occurrence_id: int) -> tuple[Any, Any]:
    """Return the task of an occurrence (id, code, title, year) and its row of `models.tasks`.

    Raises:
        UnknownOccurrence: the ward has none with this number.
    """
    task = tasks.of_occurrence(connection, ward.id, occurrence_id)
    if task is None:
        raise UnknownOccurrence(str(occurrence_id), None)
    rows = tasks.occurrences(connection, ward.id, task.id)
    return task, next(row for row in rows if row.id == occurrence_id)


def status_of(occurrence: Any, today: date) -> Status:
    """Return the official status of an occurrence row of `show_task`."""
    late, has_due, state = False, False, OccurrenceState(occurrence.state)
    for stage in occurrence.stages:
        due = date.fromisoformat(stage["due"]) if stage["due"] else None
        has_due = has_due or due is not None
        last = stage["submissions"][-1]["late"] if stage["submissions"] else False
        late = late or is_late(state, StageState(stage["state"]), due, today, handed_in_late=last)
    return occurrence_status(Standing(state, has_due, late))


def find_occurrence(
    connection: Connection,
    ward: Ward,
    code: str,
    stage: Stage,
    action: Action,
    *,
    label: str | None,
    by: str,
    own: bool = False,
) -> int:
    """Return the occurrence that a person means: by label, by their own unit, by what can be done.

    The unit counts for what only the lead unit does, and with `own`.

    Where nothing can be done the only occurrence is returned all the same, so that
    the action itself says why not.

    Raises:
        UnknownTask, UnknownUser, UnknownOccurrence, AmbiguousOccurrence: it can't be told which is meant.
    """
    actor = person(connection, ward, by)
    rows = tasks.candidates(connection, ward.id, _ids(connection, ward, code), stage)
    labels = [row.label for row in rows]
    if label is not None:
        rows = [row for row in rows if label in {row.label, f"{row.label} · {row.unit}"}]
        if not rows:
            raise UnknownOccurrence(code, label, list(dict.fromkeys(labels)))
    if (own or action in OF_ONES_OWN) and actor.unit_id is not None:
        rows = [row for row in rows if row.unit_id == actor.unit_id] or rows
    return the_one(code, rows, MEANT[action], label)


def the_one(code: str, rows: Sequence[Any], states: frozenset[StageState], label: str | None) -> int:
    """Return the id of the one occurrence that can be meant: first by what can be done, then by what is open.

    Raises:
        UnknownOccurrence, AmbiguousOccurrence: none fits, or several do.
    """
    doable = [row for row in rows if row.stage_state in states and row.state == OccurrenceState.OPEN]
    open_ones = [row for row in rows if row.state == OccurrenceState.OPEN]
    for fitting in (doable, open_ones, rows):
        if len(fitting) == 1:
            return int(fitting[0].id)
        if fitting:
            raise AmbiguousOccurrence(code, [f"{row.label} · {row.unit}" for row in fitting])
    raise UnknownOccurrence(code, label)


def task_id(connection: Connection, ward: Ward, code: str) -> int:
    """Return the id of a task of the newest active plan that has it.

    Raises:
        UnknownTask: no active plan has it.
    """
    return int(newest_task(connection, ward, code).id)


def _ids(connection: Connection, ward: Ward, code: str) -> list[int]:
    """Return the task of every active plan that has this code: last year's may still be under way."""
    found = [row.id for row in tasks.of_active_plans(connection, ward.id) if row.code == code]
    if not found:
        raise UnknownTask(code)
    return found


def newest_task(connection: Connection, ward: Ward, code: str) -> Any:
    """Return the row of a task of the newest active plan that has it.

    Raises:
        UnknownTask: no active plan has it.
    """
    found = [row for row in tasks.of_active_plans(connection, ward.id) if row.code == code]
    if not found:
        raise UnknownTask(code)
    return found[-1]


def _line(row: Any) -> TaskLine:
    kind = TaskKind(row.kind)
    statuses = frozenset(standing_status(each) for each in row.standings or ())
    return TaskLine(
        id=row.id,
        code=row.code,
        section=row.section,
        title=row.title,
        kind=kind,
        time_text=row.time_text,
        year=row.year,
        lead_units=tuple(row.lead_units or ()),
        in_charge=tuple(row.people or ()),
        status=Status.CANCELLED if row.withdrawn else task_status(kind, statuses),
        next_due=row.next_due,
        next_stage=Stage(row.next_stage) if row.next_stage else None,
        open_occurrences=row.open_count or 0,
        waiting_verdict=row.waits or 0,
    )


@cache
def standing_status(text: str) -> Status:
    """Return the status of an occurrence from `state/has_due/late`, as `models` writes it."""
    state, has_due, late = text.split("/")
    return occurrence_status(Standing(OccurrenceState(state), has_due == "1", late == "1"))
