"""What each role has to do today, and how the year stands; only looked at, nothing is changed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from domain.people import PERMITTED, Action, Role
from domain.stages import StageState
from domain.status import Status
from models import desks as models
from services.people import Person, Ward
from services.tasks import TaskLine, standing_status

SOON = timedelta(days=14)
COMING = timedelta(days=35)
ON_HAND = (StageState.OPEN, StageState.RETURNED)
Counts = Mapping[Status, int]
OFFICIAL = (Status.OVERDUE, Status.ON_TIME, Status.DONE_ON_TIME, Status.DONE_LATE, Status.DONE_NO_DUE)
_STATUSES = (*OFFICIAL, *(status for status in Status if status not in OFFICIAL))


@dataclass(frozen=True, slots=True)
class UnitDesk:
    """What one unit has to do, as rows of `models.desks.steps`; each stands in one place only.

    `returned` came back and is not late; `soon` is due within two weeks; `waiting` was handed in.
    """

    late: Sequence[Any]
    returned: Sequence[Any]
    soon: Sequence[Any]
    later: Sequence[Any]
    waiting: Sequence[Any]
    coming: Sequence[Any]

    @property
    def on_hand(self) -> int:
        """Return how many stages the unit can hand in."""
        return len(self.late) + len(self.returned) + len(self.soon) + len(self.later)


def unit_desk(
    connection: Connection,
    ward: Ward,
    unit_id: int,
    today: date,
    *,
    only: frozenset[int] | None = None,
) -> UnitDesk:
    """Return what a unit has on hand; with `only`, of these tasks alone."""
    states = (*ON_HAND, StageState.SUBMITTED)
    rows = models.steps(connection, ward.id, states, unit=unit_id)
    rows = [row for row in rows if only is None or row.task_id in only]
    places: dict[str, list[Any]] = {"late": [], "returned": [], "soon": [], "later": [], "waiting": []}
    for row in rows:
        places[_place(row, today)].append(row)
    coming = () if only is not None else models.coming(connection, ward.id, unit_id, today + COMING)
    return UnitDesk(**places, coming=coming)


def _place(row: Any, today: date) -> str:
    if row.state == StageState.SUBMITTED:
        return "waiting"
    if row.due_on is not None and row.due_on < today:
        return "late"
    if row.state == StageState.RETURNED:
        return "returned"
    return "soon" if row.due_on is not None and row.due_on <= today + SOON else "later"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Submissions that wait, oldest first; `others` are those that somebody else has to judge."""

    mine: Sequence[Any]
    others: Sequence[Any]


def waiting_verdicts(connection: Connection, ward: Ward, person: Person) -> Verdicts:
    """Return what was handed in and waits, apart what this person is expected to judge.

    A leader is expected where no coordinator may: their own unit's results, and what they handed in.
    """
    rows = models.steps(connection, ward.id, (StageState.SUBMITTED,))
    rows = sorted(rows, key=lambda row: row.recorded_at)
    mine = [row for row in rows if judges(person, row)]
    return Verdicts(mine, [row for row in rows if row not in mine])


def judges(person: Person, row: Any) -> bool:
    """Tell whether this person is expected to judge a submission."""
    if person.role not in PERMITTED[Action.ACCEPT] or row.submitted_by == person.id:
        return False
    return bool(row.needs_leader) if person.role is Role.LEADER else row.unit_id != person.unit_id


def late_ones(connection: Connection, ward: Ward, today: date) -> Sequence[Any]:
    """Return the open occurrences that are late; they are those that make a task “đang thực hiện quá hạn”."""
    return models.late(connection, ward.id, today)


@dataclass(frozen=True, slots=True)
class Silent:
    """A unit that has not handed in what is late; `since` is the earliest due date of it."""

    unit_id: int
    unit: str
    since: date
    occurrences: int


def silent_units(late: Sequence[Any]) -> list[Silent]:
    """Return the units that let a due date pass without handing in, the longest first."""
    found: dict[int, list[Any]] = {}
    for row in late:
        if row.silent:
            found.setdefault(row.unit_id, []).append(row)
    silent = [Silent(key, rows[0].unit, rows[0].since, len(rows)) for key, rows in found.items()]
    return sorted(silent, key=lambda each: (each.since, each.unit))


def assumed_dates(connection: Connection, ward: Ward) -> Sequence[Any]:
    """Return the due dates that nobody has written or confirmed, of what is not handed in yet."""
    return models.assumed(connection, ward.id)


@dataclass(frozen=True, slots=True)
class SectionCount:
    """The tasks of one section of the plan by official status."""

    code: str
    title: str
    counts: Counts
    total: int


def by_section(lines: Sequence[TaskLine], sections: Mapping[str, str], year: int) -> list[SectionCount]:
    """Count a year's tasks by section and official status, in the order of the plan."""
    found: dict[str, Counter[Status]] = {code: Counter() for code in sections}
    for line in lines:
        if line.year == year:
            found.setdefault(line.section, Counter())[line.status] += 1
    return [
        SectionCount(code, sections.get(code, ""), _ordered(counts), counts.total())
        for code, counts in found.items()
        if counts
    ]


def status_counts(lines: Sequence[TaskLine]) -> dict[Status, int]:
    """Count tasks by status, all statuses in their order; the sum is the number of tasks."""
    counts = Counter(line.status for line in lines)
    return {status: counts[status] for status in _STATUSES}


def _ordered(counts: Counter[Status]) -> Counts:
    """Return what there is, the official statuses first."""
    return {status: counts[status] for status in _STATUSES if counts[status]}


@dataclass(frozen=True, slots=True)
class UnitCount:
    """The occurrences of one unit by official status."""

    unit_id: int
    unit: str
    counts: Counts


def by_unit(connection: Connection, ward: Ward, year: int, today: date) -> list[UnitCount]:
    """Count each unit's occurrences of a plan year by official status."""
    found: dict[tuple[int, str], Counter[Status]] = {}
    for row in models.by_unit(connection, ward.id, year, today):
        counts = found.setdefault((row.id, row.name), Counter())
        counts[standing_status(row.standing)] += row.occurrences
    return [UnitCount(*key, _ordered(counts)) for key, counts in found.items()]


@dataclass(frozen=True, slots=True)
class MonthCount:
    """One month's stages; `known` is false for a month to come, which has due dates only."""

    first: date
    on_time: int
    late: int
    no_due: int
    overdue: int
    due: int
    known: bool


def year_by_month(connection: Connection, ward: Ward, year: int, today: date, zone: str) -> list[MonthCount]:
    """Count a plan year's stages by month: what was handed in, and what was overdue at the month's end.

    Months are those of the calendar year; the current one is seen as of today, with what came in today.
    """
    spans = [_span(year, month, today) for month in range(1, 13)]
    rows = {row.first: row for row in models.months(connection, ward.id, year, spans, zone)}
    return [_month(first, rows.get(first), known=first <= today) for first, *_ in spans]


def _span(year: int, month: int, today: date) -> tuple[date, date, date, date]:
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    whole = after - timedelta(days=1)
    return (first, min(whole, today), min(after, today), whole)


def _month(first: date, row: Any, *, known: bool) -> MonthCount:
    if row is None:
        return MonthCount(first, 0, 0, 0, 0, 0, known)
    overdue = row.overdue if known else 0
    return MonthCount(first, row.on_time, row.late, row.no_due, overdue, row.due, known)
