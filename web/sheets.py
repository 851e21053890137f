"""Months as sheets of weeks: which days a month, a quarter or a year shows, and what leads to the next."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from domain.calendar import WorkingCalendar
from domain.refusals import BadValue

VIEWS = {"month": "Tháng", "quarter": "Quý", "year": "Năm"}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
WEEKDAYS = (
    ("Thứ Hai", "T2"),
    ("Thứ Ba", "T3"),
    ("Thứ Tư", "T4"),
    ("Thứ Năm", "T5"),
    ("Thứ Sáu", "T6"),
    ("Thứ Bảy", "T7"),
    ("Chủ nhật", "CN"),
)
_QUARTERS = ("I", "II", "III", "IV")

Cell = TypeVar("Cell")


def first_day(view: str, start: str, today: date) -> date:
    """Return the first day that is shown: that of the month, quarter or year in which `start` lies.

    Raises:
        BadValue: `start` is no month.
    """
    written = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", start or f"{today:%Y-%m}")
    if written is None:
        raise BadValue("Tháng", start, "viết năm-tháng, ví dụ 2026-03")
    year, month, length = int(written[1]), int(written[2]), MONTHS[view]
    return date(year, (month - 1) // length * length + 1, 1)


def months_after(first: date, months: int) -> date:
    """Return the first day of the month that lies so many months after `first`."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def title_of(view: str, first: date) -> str:
    """Name a month, quarter or year as an office does: `Quý II/2026`."""
    if view == "year":
        return f"Năm {first.year}"
    if view == "quarter":
        return f"Quý {_QUARTERS[first.month // 3]}/{first.year}"
    return f"Tháng {first.month}/{first.year}"


def days_between(start: date, after: date) -> list[date]:
    """Return the days from `start` to the one before `after`."""
    return [date.fromordinal(number) for number in range(start.toordinal(), after.toordinal())]


def days_of_month(first: date) -> list[date]:
    """Return the days of the month that begins on `first`, even of the last that there is."""
    return [first.replace(day=number) for number in range(1, monthrange(first.year, first.month)[1] + 1)]


def weeks_of(start: date, cells: Sequence[Cell]) -> list[list[Cell | None]]:
    """Lay a month's cells out as weeks from Monday on; None stands for days of other months."""
    lead: list[Cell | None] = [None] * start.weekday()
    padded = [*lead, *cells, *[None] * (-(len(lead) + len(cells)) % 7)]
    return [padded[place : place + 7] for place in range(0, len(padded), 7)]


def why_off(day: date, calendar: WorkingCalendar) -> str:
    """Say why offices are closed on a day; empty where they work, or where nobody knows."""
    if not calendar.first <= day <= calendar.last or calendar.is_working(day):
        return ""
    return calendar.off.get(day, "") or "cuối tuần"
