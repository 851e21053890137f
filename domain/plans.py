"""A plan as it was read from a decision: plain values, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Stage(StrEnum):
    """The three stages that every occurrence goes through, in this order."""

    PLAN = "plan"
    IMPLEMENT = "implement"
    REPORT = "report"


STAGE_NAMES: dict[Stage, str] = {
    Stage.PLAN: "Ban hành kế hoạch",
    Stage.IMPLEMENT: "Triển khai thực hiện",
    Stage.REPORT: "Báo cáo kết quả",
}


class TaskKind(StrEnum):
    """How a task starts."""

    SCHEDULED = "scheduled"
    RECURRING = "recurring"
    ONGOING = "ongoing"
    EVENT = "event"
    UNSPECIFIED = "unspecified"


class Severity(StrEnum):
    """What a finding asks of people; `BLOCKING` forbids the plan's activation while it is open."""

    INFO = "info"
    CHECK = "check"
    BLOCKING = "blocking"


@dataclass(frozen=True, slots=True)
class Milestone:
    """One reading of a piece of time text; `due` is the last day on which work may be handed in."""

    kind: str  # deadline, period, open, recurring, ongoing, event, unspecified, unread
    source_text: str
    stage: Stage | None = None
    start: date | None = None
    due: date | None = None
    due_time: str | None = None  # HH:MM
    recurrence: str | None = None  # RFC 5545 RRULE value
    due_rule: str | None = None
    event: str | None = None
    offset_days: int | None = None
    working_days: bool = False
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row stands in the document; `page` is None where the format has no pages."""

    table: int
    row: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person must look at; `message` is Vietnamese.

    `source_text` are the words it came from, `place` is where they stand, None where it is about
    the whole document.
    """

    code: str
    severity: Severity
    message: str
    task: str | None = None
    source_text: str = ""
    place: Source | None = None


@dataclass(frozen=True, slots=True)
class StageDue:
    """When a stage falls due; `assumed` says that the date was not written in the row."""

    due: date | None = None
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class PlannedOccurrence:
    """An occurrence that the calendar already fixes."""

    label: str
    opens_on: date
    stages: Mapping[Stage, StageDue]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the appendix; `declared` is the number of tasks that its title claims."""

    code: str
    title: str
    declared: int | None
    found: int


@dataclass(frozen=True, slots=True)
class UnitReading:
    """A unit as the plan names it; a group has `members`, by their canonical names."""

    name: str
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskReading:
    """One row of the appendix; `time_text` is verbatim."""

    code: str
    section: str
    title: str
    lead_units: tuple[str, ...]
    coordinating_units: tuple[str, ...]
    products: tuple[str, ...]
    time_text: str
    kind: TaskKind
    milestones: tuple[Milestone, ...]
    event_types: tuple[str, ...]
    occurrences: tuple[PlannedOccurrence, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class DecisionHead:
    """What identifies the decision itself."""

    number: str
    issued_on: date
    issuer: str
    title: str
    year: int


@dataclass(frozen=True, slots=True)
class PlanReading:
    """A whole decision as read."""

    decision: DecisionHead
    reporting_calendar: tuple[date, ...]
    sections: tuple[Section, ...]
    units: tuple[UnitReading, ...]
    tasks: tuple[TaskReading, ...]
    findings: tuple[Finding, ...] = field(default=())
