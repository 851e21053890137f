"""One occurrence in a report: whether it belongs there, how its stages stand, why it is late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.plans import Stage
from domain.reports import Period
from domain.stages import HANDED_IN, OccurrenceState, StageState
from domain.status import Status
from services.tasks import status_of

NO_CAUSE = "chưa ghi nhận nguyên nhân"


@dataclass(frozen=True, slots=True)
class Dues:
    """The due dates of a period: handed in on time, handed in late, not handed in, not due yet."""

    on_time: int = 0
    late: int = 0
    missing: int = 0
    ahead: int = 0

    @property
    def due(self) -> int:
        """How many have come."""
        return self.on_time + self.late + self.missing

    @property
    def total(self) -> int:
        """How many there are."""
        return self.due + self.ahead

    @property
    def share(self) -> str | None:
        """Return how much was handed in on time of what was due: `87,5 %`; None where nothing was due."""
        return percent(self.on_time, self.due)


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage of an occurrence in the period; `standing` is `on_time`, `late`, `missing` or `ahead`.

    `effective_on`, `paper` and `documents` are those of what was handed in last, `cause` says why it is late.
    """

    stage: Stage
    due: date | None
    nominal_due: date | None
    standing: str
    waits: bool
    accepted: bool
    effective_on: date | None
    paper: str | None
    documents: tuple[tuple[str, str], ...]
    cause: str
    objective: bool


@dataclass(frozen=True, slots=True)
class OccurrenceLine:
    """One occurrence that the period is about, with its official status; `stages` are all three."""

    id: int
    code: str
    section: str
    title: str
    label: str
    unit: str
    status: Status
    stages: tuple[StageLine, ...]


def belongs(row: Any, period: Period) -> bool:
    """Tell whether an occurrence overlaps the period: opened by its end, and not over before it began."""
    days = [_day(stage["due"]) for stage in row.stages]
    if any(within(period, day) for day in days):
        return True
    if row.opens_on > period.last:
        return False
    if row.state == OccurrenceState.DONE:
        last = [
            _day(stage["submissions"][-1]["effective_on"]) for stage in row.stages if stage["submissions"]
        ]
        return any(day is not None and day >= period.first for day in last)
    return bool(row.state == OccurrenceState.OPEN)


def occurrence_line(row: Any, today: date) -> OccurrenceLine:
    """Return a row of `models.reports.occurrences` as reports tell it."""
    stages = tuple(_stage(stage, row.state, today) for stage in row.stages)
    status = status_of(row, today)
    return OccurrenceLine(row.id, row.code, row.section, row.title, row.label, row.unit, status, stages)


def _stage(stage: Any, state: str, today: date) -> StageLine:
    due = _day(stage["due"])
    handed_in = stage["state"] in HANDED_IN
    last = stage["submissions"][-1] if handed_in else None
    if last is not None:
        standing = "late" if last["late"] else "on_time"
    else:
        overdue = due is not None and due < today and state == OccurrenceState.OPEN
        standing = "missing" if overdue else "ahead"
    cause, objective = _cause(stage["extensions"]) if standing in {"late", "missing"} else ("", False)
    return StageLine(
        stage=Stage(stage["stage"]),
        due=due,
        nominal_due=_day(stage["nominal_due"]),
        standing=standing,
        waits=stage["state"] == StageState.SUBMITTED,
        accepted=stage["state"] == StageState.ACCEPTED,
        effective_on=_day(last["effective_on"]) if last else None,
        paper=_paper(last) if last else None,
        documents=tuple((each["sha256"], each["name"]) for each in last["documents"]) if last else (),
        cause=cause,
        objective=objective,
    )


def _cause(extensions: Sequence[Any]) -> tuple[str, bool]:
    """Say why something is late where more time was asked for, and whether that was found objective."""
    for each in reversed(extensions):
        if each["verdict"] == "granted" and each["objective"]:
            return f"nguyên nhân khách quan đã được chấp thuận: {each['reason']}", True
    for each in reversed(extensions):
        answer = {"granted": "đã được gia hạn", "refused": "không được gia hạn", None: "đang xin gia hạn"}
        if each["verdict"] in answer:
            return f"{answer[each['verdict']]}, lý do nêu: {each['reason']}", False
    return NO_CAUSE, False


def _paper(submission: Any) -> str | None:
    if not submission["doc_number"]:
        return None
    day = _day(submission["doc_date"])
    return str(submission["doc_number"]) + (f" ngày {day:%d/%m/%Y}" if day else "")


def dues_of(found: Iterable[OccurrenceLine], period: Period) -> Dues:
    """Count the due dates of a period; what was cancelled is not expected any more."""
    standings = Counter(
        stage.standing
        for each in found
        if each.status is not Status.CANCELLED
        for stage in each.stages
        if within(period, stage.due)
    )
    return Dues(**{name: standings[name] for name in Dues.__slots__})


def percent(part: int, whole: int) -> str | None:
    """Write a share as offices do, cut and never rounded up to 100 %: `87,5 %`; None of nothing."""
    if not whole:
        return None
    tenths = 1000 * part // whole
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths // 10},{tenths % 10} %"


def within(period: Period, day: date | None) -> bool:
    """Tell whether a day is one of the period's."""
    return day is not None and period.first <= day <= period.last


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
