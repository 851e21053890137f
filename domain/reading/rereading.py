"""Read rows again in the light of a plan that exists: its year, its date, its reporting calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.differences import Field
from domain.plans import Finding, Source, TaskReading
from domain.reading.drafts import Draft
from domain.reading.event_types import EventType
from domain.reading.layout import Row
from domain.reading.regime import Report, reports_of
from domain.reading.rows import drafts_of
from domain.reading.tasks import TaskContext, read_task
from domain.reading.unit_readings import Names
from domain.reading.units import UnitBook


@dataclass(frozen=True, slots=True)
class Setting:
    """What a plan gives to the reading of each of its rows."""

    year: int
    issued_on: date
    reporting_calendar: tuple[date, ...]
    units: UnitBook
    event_types: tuple[EventType, ...]


@dataclass(frozen=True, slots=True)
class Reread:
    """A task as read, and what is doubtful about it."""

    task: TaskReading
    findings: tuple[Finding, ...]


def cells_of(task: TaskReading) -> dict[Field, str]:
    """Return the cells of the row that a task was read from, as near as the reading keeps them."""
    return {field: field.text(task) for field in Field}


def reread(code: str, section: str, cells: Mapping[Field, str], source: Source, setting: Setting) -> Reread:
    """Return the task that a row with these cells is in the plan."""
    draft = Draft(code, section, {field.value: said for field, said in cells.items()}, source)
    return _read(draft, setting)


def read_rows(rows: Sequence[Row], setting: Setting) -> list[Reread]:
    """Return the tasks in a table, its header among the rows."""
    return [_read(draft, setting) for draft in drafts_of(rows).tasks]


def _read(draft: Draft, setting: Setting) -> Reread:
    reports = _reports(setting.reporting_calendar, setting.year)
    context = TaskContext(setting.year, setting.issued_on, reports, setting.event_types, Names(setting.units))
    task = read_task(draft, context)
    findings = [replace(each, place=each.place or draft.place) for each in context.findings]
    return Reread(task, tuple(findings))


def _reports(calendar: Iterable[date], year: int) -> tuple[Report, ...]:
    """Return the plan's reports; one that is due in the next January ends December's period."""
    found = tuple(Report(year, due.month if due.year == year else 12, due) for due in sorted(calendar))
    return found or reports_of((), year)
