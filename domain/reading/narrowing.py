"""Read a day by the month or quarter over it: in its section's title, or in a column beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from domain.plans import Milestone
from domain.reading.milestones import DATED
from domain.reading.normal import key, squeezed
from domain.reading.times import read_time

_YEAR = re.compile(r"\b(20\d\d)\b")
_MONTH = re.compile(r"\btháng\s+0?(\d{1,2})\b(?!\s*[-–,])", re.IGNORECASE)
_DAYS = re.compile(
    r"(?:(?:trước|từ|đến|hết|đến hết|chậm nhất|vào|là)\s+)*"
    r"(?:ngày\s+)?\d{1,2}(?:\s*(?:[-–,]|đến|và)\s*(?:ngày\s+)?\d{1,2})*",
    re.IGNORECASE,
)
_WEEK = re.compile(r"(?:trong\s+)?tuần\s+(?:thứ\s+)?(?:\d|[IV]+|đầu|cuối)(?:\s+của)?", re.IGNORECASE)
_PART = re.compile(r"(?:trước |trong |vào )?(?:ngày )?(?:đầu|giữa|cuối) tháng", re.IGNORECASE)
_ROMAN_QUARTERS = re.compile(
    r"\s*(?:IV|I{1,3}|[1-4])(?:\s*[-–,;&+]\s*(?:IV|I{1,3}|[1-4]))*\s*(?=$|[(]|[/.-]\s*20|năm\s)"
)
_MONTHS = re.compile(
    r"\s*(?:1[0-2]|0?[1-9])(?:\s*[-–,;&+]\s*(?:1[0-2]|0?[1-9]))*\s*(?=$|[(]|[/.-]\s*20|năm\s)"
)


@dataclass(frozen=True, slots=True)
class Period:
    """The month, quarter or year over a day; `year` is None where it isn't written."""

    text: str
    year: int | None
    month: int | None
    start: date | None
    due: date | None

    def holds(self, milestones: tuple[Milestone, ...]) -> bool:
        """Say whether one of the days lies in the period, or none is stated."""
        days = [day for each in milestones if each.kind in DATED for day in (each.start, each.due) if day]
        if not days or self.start is None or self.due is None:
            return True
        return any(self.start <= day <= self.due for day in days)


def period_of(text: str, year: int) -> Period | None:
    """Return the period that a title or a cell names; None where it names none."""
    milestones, _ = read_time(squeezed(text), year=year)
    periods = [each for each in milestones if each.kind == "period"]
    if len(periods) != 1:
        return None
    written, month = _YEAR.search(text), _MONTH.search(text)
    start, due = periods[0].start, periods[0].due
    single = month and start and due and (start.year, start.month) == (due.year, due.month)
    return Period(
        text, int(written[1]) if written else None, int(month[1]) if month and single else None, start, due
    )


def completed_day(cell: str, period: Period) -> str:
    """Return a time with the month that it leaves to its period: `ngày 15`, `Tuần 2`, `cuối tháng`."""
    shown = squeezed(cell).strip(" .;")
    if period.month is None:
        return cell
    month = f"{period.month}/{period.year}" if period.year else str(period.month)
    if _DAYS.fullmatch(shown):
        return f"{shown}/{month}"
    if _WEEK.fullmatch(shown):
        return f"{shown} tháng {month}"
    return f"{shown} {month}" if _PART.fullmatch(shown) else cell


def qualified(heading: str, cell: str) -> str:
    """Return a bare number with the word that its column's heading has for it: `II` under `Quý`."""
    said = set(key(heading).split())
    if "quy" in said and _ROMAN_QUARTERS.match(cell):
        return f"Quý {cell.strip()}"
    if "thang" in said and "quy" not in said and _MONTHS.match(cell):
        return f"Tháng {cell.strip()}"
    return cell


def is_period_column(heading: str) -> bool:
    """Say whether a column holds no more than the month, quarter or year of the days beside it."""
    return key(heading) in {
        "thang",
        "quy",
        "nam",
        "thang nam",
        "quy thang",
        "thang thuc hien",
        "quy thuc hien",
    }


def is_time_alone(cell: str) -> bool:
    """Say whether a cell is a time and nothing else."""
    if not cell.strip() or len(cell) > 120:
        return False
    milestones, findings = read_time(squeezed(cell), year=2000)
    codes = {finding.code for finding in findings}
    sure = {"deadline", "period", "open", "recurring", "ongoing"}
    return (
        bool(milestones) and {each.kind for each in milestones} <= sure and not codes & {"leftover", "unread"}
    )
