"""The facts of a report on the plan: how it stands, by section, in figures that agree with the task list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.calendar import ONE_DAY
from domain.errors import WardError
from domain.people import Action
from domain.reports import Period, asked_for
from domain.status import Status
from domain.targets import Target, targets
from models import overview as plan_rows
from models import reports as rows
from services.documents import DocumentStore, find_document
from services.people import Ward, permitted
from services.plans import plans
from services.report_lines import (
    Dues,
    OccurrenceLine,
    StageLine,
    belongs,
    dues_of,
    occurrence_line,
    within,
)
from services.report_past import as_at, tasks_at
from services.tasks import TaskLine, list_tasks


class NoPlanOfYear(WardError):
    """No plan of the report's year is being carried out."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"no active plan of {year}", f"Không có kế hoạch năm {year} nào đang thực hiện để lập báo cáo."
        )


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """One section of the plan: its tasks by status, and the due dates of the period."""

    code: str
    title: str
    statuses: Mapping[Status, int]
    dues: Dues

    @property
    def tasks(self) -> int:
        """How many tasks the section has."""
        return sum(self.statuses.values())


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says of one plan and period as known on `today`; all figures are counts of its lines.

    They are those of the day `as_of`: of today, or of the last day of a period that is over. `targets` is
    None where the plan's text can't be read again.
    """

    ward: Ward
    period: Period
    today: date
    as_of: date
    plan_id: int
    number: str
    issued_on: date
    plan_title: str
    sections: tuple[SectionFacts, ...]
    tasks: tuple[TaskLine, ...]
    occurrences: tuple[OccurrenceLine, ...]
    targets: tuple[Target, ...] | None

    @property
    def statuses(self) -> Mapping[Status, int]:
        """The plan's tasks by official status; together all tasks."""
        return _added(section.statuses for section in self.sections)

    @property
    def dues(self) -> Dues:
        """The due dates of the period, of all sections."""
        sums = [sum(getattr(each.dues, name) for each in self.sections) for name in Dues.__slots__]
        return Dues(*sums)

    def lines(self, *standings: str) -> list[tuple[OccurrenceLine, StageLine]]:
        """Return the stages due in the period that stand so, with their occurrences."""
        return [
            (each, stage)
            for each in self.occurrences
            if each.status is not Status.CANCELLED
            for stage in each.stages
            if stage.standing in standings and within(self.period, stage.due)
        ]

    @property
    def missing_before(self) -> list[tuple[OccurrenceLine, StageLine]]:
        """What was due before the period and is still not there on its last day."""
        return [
            (each, stage)
            for each in self.occurrences
            if each.status is not Status.CANCELLED
            for stage in each.stages
            if stage.standing == "missing" and stage.due is not None and stage.due < self.period.first
        ]

    @property
    def waiting(self) -> list[tuple[OccurrenceLine, StageLine]]:
        """What was handed in and nobody has judged, whenever it was due."""
        return [(each, stage) for each in self.occurrences for stage in each.stages if stage.waits]

    def with_status(self, status: Status) -> list[TaskLine]:
        """Return the tasks that stand so."""
        return [task for task in self.tasks if task.status is status]


def report(
    connection: Connection,
    ward: Ward,
    period: Period,
    *,
    by: str | None,
    today: date,
    store: DocumentStore | None = None,
) -> Report:
    """Return the facts of a report on the plan of the period's year, as they are known on `today`.

    Tasks have the statuses that the task list shows on that day; of a period that is over, those that they
    had on its last day (`services.report_past`). The period says whose due dates count and which
    occurrences are told of: those that it overlaps. Without `by` the installation itself asks, as at a
    terminal. `store` is where the plan's targets are read from.

    Raises:
        NoPlanOfYear: no plan of that year is active.
        UnknownUser, NotPermitted: the person may not.
    """
    if by is not None:
        permitted(connection, ward, by, Action.REPORT)
    plan = _plan(connection, ward, period.year)
    tasks = tuple(each for each in list_tasks(connection, ward, today) if each.year == plan.year)
    known: Sequence[Any] = rows.occurrences(connection, ward.id, plan.id)
    as_of = min(today, period.last)
    judged_on = today
    if as_of < today:
        judged_on = as_of + ONE_DAY  # the last day is over: what was due on it and isn't there is missing
        known = as_at(known, as_of)
        tasks = tuple(tasks_at(tasks, known, judged_on))
    found = [occurrence_line(row, judged_on) for row in known if belongs(row, period)]
    return Report(
        ward=ward,
        period=period,
        today=today,
        as_of=as_of,
        plan_id=plan.id,
        number=plan.number,
        issued_on=plan.issued_on,
        plan_title=plan.title,
        sections=_sections(plan_rows.sections(connection, ward.id, plan.id), tasks, found, period),
        tasks=tasks,
        occurrences=tuple(found),
        targets=_targets(connection, ward, plan.source_sha256, store),
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A report that an occurrence of the plan asks for; `path` is where its draft is made."""

    period: Period
    path: str


def offered(title: str, label: str) -> Offer | None:
    """Return the report that an occurrence of a task with this title asks for; None for any other task."""
    period = asked_for(title, label)
    if period is None:
        return None
    return Offer(period, f"/reports?kind={period.kind}&period={period.code}")


def due_reports(connection: Connection, ward: Ward) -> list[tuple[Any, Offer]]:
    """Return the occurrences of the plan that ask for a report still to be handed in, by date, each with it.

    The rows have id, code, title, label, state, opens_on, due_on and year.
    """
    offers = ((row, offered(row.title, row.label)) for row in rows.periodic(connection, ward.id))
    return [(row, offer) for row, offer in offers if offer is not None]


def _plan(connection: Connection, ward: Ward, year: int) -> Any:
    for each in plans(connection, ward):
        if each.state == "active" and each.year == year:
            return each
    raise NoPlanOfYear(year)


def _sections(
    known: Sequence[Any], tasks: Sequence[TaskLine], found: Sequence[OccurrenceLine], period: Period
) -> tuple[SectionFacts, ...]:
    titles = {row.code: row.title for row in known}
    codes = dict.fromkeys((*titles, *(task.section for task in tasks)))
    return tuple(
        SectionFacts(
            code,
            titles.get(code, ""),
            Counter(task.status for task in tasks if task.section == code),
            dues_of((each for each in found if each.section == code), period),
        )
        for code in codes
    )


def _targets(
    connection: Connection, ward: Ward, source: str, store: DocumentStore | None
) -> tuple[Target, ...] | None:
    """Read the targets out of the plan's own document; None where that isn't possible any more."""
    if store is None or not store.path(source).is_file():
        return None
    from services.reading import lay_out

    try:
        name = find_document(connection, ward.id, source).name
        return targets(lay_out(store.path(source).read_bytes(), name).body)
    except WardError:
        return None


def _added(counts: Iterable[Mapping[Status, int]]) -> Mapping[Status, int]:
    total: Counter[Status] = Counter()
    for each in counts:
        total.update(each)
    return total
