"""Stretches of the calendar, some of them still without a year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

DAY = timedelta(days=1)
LAST_WEEK = 6
_NO_DAY = 32
_MIDDLE = 15
_ROMAN = ("I", "II", "III", "IV")


@dataclass(slots=True)
class Span:
    """From one day to another; a year of None is still to be found, `last_day` 0 is a month's end."""

    unit: str  # day, month, quarter, half, part, year
    year: int | None
    first_month: int
    first_day: int  # 0 and less count back from the month's end
    last_month: int
    last_day: int
    last_year: int | None = None
    shift: int = 0  # years to add to a year that isn't written: năm sau = 1
    fuzzy: bool = False  # đầu, giữa: the words leave the days open
    joined: bool = False  # made of several: a range or a list without gaps
    last_shift: int = 0  # years that the last day lies after the first, where none is written
    edge: str = ""  # cuối, đầu, giữa: which part of a period it is
    working: bool = False  # the last working day up to its last day is meant
    week: int = 0  # of the month, from Monday to Sunday; 6 is the last

    def on(self, year: int) -> tuple[date, date] | None:
        """Return first and last day, reckoning an unwritten year as `year`; None where no such day exists."""
        first_year = self.year if self.year is not None else year + self.shift
        last_year = self.last_year if self.last_year is not None else first_year + self.last_shift
        if not (1 <= first_year <= 9998 and 1 <= last_year <= 9998):
            return None
        try:
            first_day = self.first_day
            if first_day < 1:
                first_day += month_end(first_year, self.first_month)
            first = date(first_year, self.first_month, first_day)
            last = date(last_year, self.last_month, self.last_day or month_end(last_year, self.last_month))
        except ValueError:
            return None
        if self.working:
            last -= DAY * max(0, last.weekday() - 4)
            first = min(first, last)
        return _week_of(first, last, self.week) if self.week else (first, last)

    @property
    def dated(self) -> bool:
        """Say whether the year is written, in figures or as `năm sau`."""
        return self.year is not None or self.shift != 0

    def with_year(self, year: int | None, shift: int = 0) -> Span:
        """Return this stretch in another year."""
        return replace(self, year=year, shift=shift)


def _week_of(first: date, last: date, number: int) -> tuple[date, date]:
    """Return the month's week, cut off at the month's ends; a short first week counts."""
    sunday = first + DAY * (6 - first.weekday())
    if number == LAST_WEEK:
        return last - DAY * last.weekday(), last
    sunday += timedelta(weeks=number - 1)
    return max(first, sunday - DAY * 6), min(last, sunday)


def month_end(year: int, month: int) -> int:
    """Return the number of the month's last day."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


def day(number: int, month: int, year: int | None = None, shift: int = 0) -> Span:
    """Return one day; day 0, which no month has, is made one that no month has either."""
    number = number or _NO_DAY
    return Span("day", year, month, number, month, number, None, shift)


def month(number: int, year: int | None = None, shift: int = 0) -> Span:
    """Return one month."""
    return Span("month", year, number, 1, number, 0, None, shift)


def quarter(number: int, year: int | None = None, shift: int = 0) -> Span:
    """Return one quarter."""
    return Span("quarter", year, number * 3 - 2, 1, number * 3, 0, None, shift)


def whole_year(year: int | None, last_year: int | None = None) -> Span:
    """Return a year, or the years up to `last_year`."""
    return Span("year", year, 1, 1, 12, 31, last_year, joined=last_year is not None)


def part_of(span: Span, edge: str) -> Span:
    """Return the beginning, the middle or the end of `span`; where words are vague it is `fuzzy`."""
    if edge in {"h1", "h2"}:
        return _half(span, first=edge == "h1")
    if span.unit == "month":
        days = {
            "first": (1, 10),
            "t1": (1, 10),
            "mid": (_MIDDLE, _MIDDLE),
            "t2": (11, 20),
            "last": (21, 0),
            "t3": (21, 0),
        }
        first, last = days[edge]
        fuzzy = edge in {"first", "mid"}
        return replace(span, unit="part", first_day=first, last_day=last, fuzzy=fuzzy, edge=edge)
    if span.unit == "quarter":
        return _part_of_quarter(span, edge)
    months = {"first": (1, 3), "mid": (6, 6), "last": (10, 12)}.get(edge, (1, 12))
    return replace(
        span,
        unit="part",
        first_month=months[0],
        last_month=months[1],
        last_day=0,
        fuzzy=edge != "last",
        edge=edge,
    )


def _part_of_quarter(span: Span, edge: str) -> Span:
    start = span.first_month
    if edge == "first":
        return replace(span, unit="part", last_month=start, last_day=0, fuzzy=True, edge=edge)
    if edge == "last":
        return replace(span, unit="part", first_month=span.last_month, first_day=15, edge=edge)
    return replace(span, unit="part", first_month=start + 1, last_month=start + 1, last_day=0, fuzzy=True)


def _half(span: Span, *, first: bool) -> Span:
    if span.unit == "month":
        days = (1, 15) if first else (16, 0)
        return replace(span, unit="part", first_day=days[0], last_day=days[1])
    middle = (span.first_month + span.last_month) // 2
    if (span.last_month - span.first_month) % 2 == 0:  # a quarter parts in the middle of a month
        if first:
            return replace(span, unit="part", last_month=middle, last_day=_MIDDLE)
        return replace(span, unit="part", first_month=middle, first_day=_MIDDLE + 1)
    months = (span.first_month, middle) if first else (middle + 1, span.last_month)
    return replace(span, unit="half", first_month=months[0], last_month=months[1], last_day=0)


def period_name(first: date, last: date) -> str | None:
    """Return how people call the stretch, where it is a month, a quarter or a year; else None."""
    if first.day != 1 or last.day != month_end(last.year, last.month) or first.year != last.year:
        return None
    months = last.month - first.month + 1
    if months == 1:
        return f"Tháng {first.month}/{first.year}"
    if months == 3 and first.month % 3 == 1:
        return f"Quý {_ROMAN[first.month // 3]}/{first.year}"
    return f"Năm {first.year}" if months == 12 else None
