"""What Prefect should be doing, as our database has it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from domain.stages import OccurrenceState
from models import engine


class Waiting(StrEnum):
    """What an open occurrence waits for: a stage to be handed in, then the acceptance."""

    PLAN = "plan"
    IMPLEMENT = "implement"
    REPORT = "report"
    ACCEPTANCE = "acceptance"


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task of a plan: what its deployment is called and tagged with."""

    ward_id: int
    ward_code: str
    plan_number: str
    plan_year: int
    code: str
    title: str
    section: str
    kind: str
    lead_unit: str


@dataclass(frozen=True, slots=True)
class WantedRun:
    """An occurrence as its flow run should show it.

    `doer` is the occurrence's own unit where the task alone doesn't say it: one of a group, or of
    several lead units.
    """

    task: PlannedTask
    occurrence_id: int
    label: str
    opens_on: date
    state: OccurrenceState
    waiting_for: Waiting | None
    doer: str | None = None

    @property
    def ward_id(self) -> int:
        """The ward that the occurrence belongs to."""
        return self.task.ward_id


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an occurrence stands now."""

    state: OccurrenceState
    waiting_for: Waiting | None


def planned_tasks(connection: Connection, ward_id: int | None = None) -> list[PlannedTask]:
    """Return every task of the active plans, in the plans' order."""
    return [_task(row) for row in engine.active_tasks(connection, ward_id)]


def wanted_runs(
    connection: Connection,
    *,
    until: date | None = None,
    ward_id: int | None = None,
    occurrence_id: int | None = None,
    also: Collection[int] = (),
) -> list[WantedRun]:
    """Return the occurrences that are open, or planned to open until `until`.

    With `occurrence_id` or `also`, return these occurrences instead, whatever their state.
    """
    ids = [*also, *([] if occurrence_id is None else [occurrence_id])]
    if ids:
        rows = engine.runs_by_id(connection, ward_id, ids)
    else:
        rows = engine.runs_in_horizon(connection, ward_id, until or date.min)
    return [_wanted(row) for row in rows]


def standing(connection: Connection, ward_id: int, occurrence_id: int) -> Standing | None:
    """Return where an occurrence stands; None if there is no such occurrence in the ward."""
    found = engine.standing(connection, ward_id, occurrence_id)
    if found is None:
        return None
    state, waiting_for = found
    return Standing(OccurrenceState(state), Waiting(waiting_for) if waiting_for else None)


def record_run(
    connection: Connection, ward_id: int, occurrence_id: int, flow_run_id: UUID, *, at: datetime
) -> None:
    """Note that a flow run stands for an occurrence; a second call changes nothing."""
    record_runs(connection, [(ward_id, occurrence_id, flow_run_id)], at=at)


def record_runs(connection: Connection, made: Sequence[tuple[int, int, UUID]], *, at: datetime) -> None:
    """Note which flow runs stand for which occurrences, as (ward, occurrence, run)."""
    if made:
        engine.record_runs(connection, made, at)


def _task(row: Any) -> PlannedTask:
    return PlannedTask(
        row.ward_id,
        row.ward_code,
        row.plan_number,
        row.plan_year,
        row.task_code,
        row.title,
        row.section,
        row.kind,
        row.lead_unit,
    )


def _wanted(row: Any) -> WantedRun:
    return WantedRun(
        _task(row),
        row.occurrence_id,
        row.label,
        row.opens_on,
        OccurrenceState(row.state),
        Waiting(row.waiting_for) if row.waiting_for else None,
        row.doer,
    )
