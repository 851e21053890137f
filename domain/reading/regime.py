"""Read the reporting regime from a decision's body: which reports a year has, and when each is due."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.plans import Milestone
from domain.reading.normal import fold
from domain.reading.rhythm import due_in, months_of
from domain.reading.times import read_time

_BRACKETED = re.compile(r"\(([^()]*)\)")
_SENTENCES = re.compile(r"(?<=[.;])\s+")
_HINT = re.compile(r"bao cao.*\b(truoc|cham nhat|ngay)\b.*\d|\bngay\b.*\bbao cao\b")
_QUARTER_NAMES = {3: "Quý I/{}", 6: "6 tháng/{}", 9: "Quý III/{}", 12: "Năm {}"}


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the year: the month that ends its period, and its last day."""

    year: int
    month: int
    due: date
    written: bool = True  # in the decision; else the period's last day stands in
    monthly: bool = False  # the period is the month alone

    @property
    def label(self) -> str:
        """How people call the period: Quý I/2026, 6 tháng/2026, Năm 2026."""
        name = None if self.monthly else _QUARTER_NAMES.get(self.month)
        return (name or f"Tháng {self.month}/{{}}").format(self.year)

    @property
    def opens_on(self) -> date:
        """The first day of the quarter in which the report is due, or in which its period ends if earlier."""
        month = min((self.year, self.month), (self.due.year, self.due.month))[1]
        return date(self.year, (month - 1) // 3 * 3 + 1, 1)


def reports_of(body: Iterable[str], year: int) -> tuple[Report, ...]:
    """Return the year's reports as the body sets them; the ends of the quarters where it says nothing."""
    best: dict[int, date] = {}
    for line in _candidates(body):
        found = _dues(line, year)
        if len(found) > len(best):
            best = found
    if not best:
        return tuple(Report(year, month, _end(year, month), written=False) for month in (3, 6, 9, 12))
    return tuple(Report(year, month, best[month]) for month in sorted(best))


def _end(year: int, month: int) -> date:
    due = due_in(None, year, month)
    return due or date(year, 12, 31)


def _candidates(body: Iterable[str]) -> Iterable[str]:
    for line in body:
        if not _HINT.search(fold(line)):
            continue
        parts = [part for part in _BRACKETED.findall(line) if _HINT.search(fold(part))]
        yield from parts or [line]


def _dues(line: str, year: int) -> dict[int, date]:
    """Return the due day of each period; a longer period's own rule outranks a shorter one's."""
    milestones = [
        milestone
        for part in _SENTENCES.split(line)
        for milestone in read_time(part, year=year)[0]
        if milestone.kind == "recurring" and milestone.due_rule and not milestone.assumed
    ]
    dues: dict[int, date] = {}
    for milestone in sorted(milestones, key=_length, reverse=True):
        for month in months_of(milestone.recurrence or "") or ():
            due = due_in(milestone.due_rule, year, month)
            if due is not None:
                dues[month] = due
    quarters = {month: due for month, due in dues.items() if month % 3 == 0}
    return quarters or dues


def _length(milestone: Milestone) -> int:
    return len(months_of(milestone.recurrence or "") or ())
