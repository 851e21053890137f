"""How often something comes back, as RFC 5545 writes it, and on which day of each period it is due.

One convention for each meaning. Periods of the calendar are named by the months that end them: `hằng quý`
is `FREQ=MONTHLY;BYMONTH=3,6,9,12`, a report's `6 tháng, năm` is `BYMONTH=6,12`, and what is due in the
first month of the next quarter `BYMONTH=1,4,7,10`. A count of units keeps its count: `3 tháng một lần` is
`FREQ=MONTHLY;INTERVAL=3`, `02 lần/năm` is `INTERVAL=6`; its periods are those of the calendar year. A day
of the year is `FREQ=YEARLY` with a due rule `MM-DD`; a month of it adds `BYMONTH`. Weekdays are
`FREQ=WEEKLY;BYDAY=FR` and `FREQ=MONTHLY;BYDAY=-1FR`. The due rule says on which day of the period the work
is due, strict words taken into account.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from domain.reading.spans import month_end

QUARTERLY = "FREQ=MONTHLY;BYMONTH=3,6,9,12"
HALF_YEARLY = "FREQ=MONTHLY;BYMONTH=6,12"
MONTHLY = "FREQ=MONTHLY"
WEEKLY = "FREQ=WEEKLY"
YEARLY = "FREQ=YEARLY"
DAILY = "FREQ=DAILY"
BY_UNIT = {"D": DAILY, "W": WEEKLY, "M": MONTHLY, "Q": QUARTERLY, "Y": YEARLY, "P": QUARTERLY}
_MONTHS = re.compile(r"BYMONTH=([\d,]+)")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PLACED = re.compile(r"BYDAY=(-?\d)([A-Z]{2})")
_PLACES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
_ORDER = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_INTERVAL = re.compile(r"INTERVAL=(\d+)")


@dataclass(slots=True)
class DayOfPeriod:
    """A day that is named by its place in a period: ngày 10 của tháng cuối quý."""

    days: tuple[int, ...]  # -1: the last day of the month
    month: str = ""  # last, first, second, next, same, or empty where no month is named
    period: str = ""  # M, Q, P, Y, or empty where the words don't say
    following: bool = False  # of the next period
    working: bool = False  # the first or last working day

    def rhythm(self) -> str | None:
        """Return the rhythm that the words themselves carry."""
        if self.period in {"Q", "P"}:
            if self.month == "second":
                return "FREQ=MONTHLY;BYMONTH=2,5,8,11"
            following = self.following and self.month != "last"
            return "FREQ=MONTHLY;BYMONTH=1,4,7,10" if following or self.month == "first" else QUARTERLY
        if self.period == "M" or self.month in {"same", "next"}:
            return MONTHLY
        return YEARLY if self.period == "Y" else None

    def rule(self, *, strict: bool, clock: bool = False) -> str:
        """Return the due rule; `strict` (trước) takes the day before."""
        if strict and self.days == (1,) and self.month == "first" and self.following:
            return "last day"  # of the quarter that is reported
        strict = strict and not clock
        names = [self._day_rule(number, strict=strict) for number in self.days]
        if self.working:
            places = {-1: "last working day", 1: "first working day"}
            names = [places.get(number, f"working day {number}") for number in self.days]
            names = [f"day before the {name}" for name in names] if strict else names
        where = (
            " of the following month" if self.month == "next" or (self.following and not self._named) else ""
        )
        if self._named and self.following:
            where = f" of the {self.month} month of the next period"
        return f"{' and '.join(names)}{where}"

    @property
    def _named(self) -> bool:
        return self.month in {"first", "last"}

    @staticmethod
    def _day_rule(number: int, *, strict: bool) -> str:
        if number == -1:
            return "day before the last day" if strict else "last day"
        if strict:
            return f"day {number - 1}" if number > 1 else "last day of the month before"
        return f"day {number}"


def every(number: int, unit: str) -> str:
    """Return the rhythm of `number` units: 3 tháng một lần, 02 tuần một lần."""
    if number == 1:
        return BY_UNIT[unit]
    if unit == "Q":
        return f"FREQ=MONTHLY;INTERVAL={number * 3}"
    return f"{BY_UNIT[unit]};INTERVAL={number}"


def times_in(number: int, unit: str) -> str:
    """Return the rhythm of `number` times in a unit: 02 lần/năm."""
    if number == 1:
        return BY_UNIT[unit]
    months = {"Y": 12, "Q": 3}.get(unit, 0)
    if months and months % number == 0 and months > number:
        return f"FREQ=MONTHLY;INTERVAL={months // number}"
    return MONTHLY if months == number else BY_UNIT[unit]


def months_of(rhythm: str) -> tuple[int, ...] | None:
    """Return the months in which a monthly or yearly rhythm ends a period; None for other rhythms."""
    named = _MONTHS.search(rhythm)
    if named:
        return tuple(int(number) for number in named[1].split(","))
    if rhythm.startswith("FREQ=MONTHLY"):
        interval = _INTERVAL.search(rhythm)
        step = int(interval[1]) if interval else 1
        return tuple(range(step, 13, step)) if 1 <= step <= 12 else (12,)
    return (12,) if rhythm.startswith("FREQ=YEARLY") else None


def placed_rule(rhythm: str | None, *, strict: bool) -> str | None:
    """Return the due rule that a rhythm's own weekday gives; a weekday itself needs none."""
    named = _PLACED.search(rhythm or "")
    rule = f"{_PLACES[named[1]]} {named[2]}" if named else None
    if strict and "BYDAY" in (rhythm or ""):
        return f"day before the {rule}" if rule else "day before"
    return rule


def due_in(rule: str | None, year: int, month: int) -> date | None:
    """Return the day that `rule` names for the period that ends in `month`; None where it can't be reckoned.

    Without a rule the period's last day counts.
    """
    last = date(year, month, month_end(year, month))
    if rule is not None:  # the rhythm's months are already those of the next period
        rule = rule.removesuffix(" of the first month of the next period")
    if rule is None or rule == "last day":
        return last
    plain = re.fullmatch(r"day (\d+)( of the following month)?", rule)
    if plain:
        first = last + timedelta(days=1) if plain[2] else last.replace(day=1)
        number = min(int(plain[1]), month_end(first.year, first.month))
        return first.replace(day=number)
    yearly = re.fullmatch(r"(\d\d)-(\d\d)( of the following year)?", rule)
    if yearly:
        return _safe(year + bool(yearly[3]), int(yearly[1]), int(yearly[2]))
    return _worded(rule, last)


def _worded(rule: str, last: date) -> date | None:
    """Return the day of `last working day`, `day before the last day`, `second FR`."""
    strict = rule.startswith("day before the ")
    rule = rule.removeprefix("day before the ")
    first = last.replace(day=1)
    day: date | None = None
    if rule == "last day":
        day = last
    elif rule == "last working day":
        day = last - timedelta(days=max(0, last.weekday() - 4))
    elif rule == "first working day":
        day = first + timedelta(days=(7 - first.weekday()) % 7 if first.weekday() > 4 else 0)
    elif rule == "last day of the month before":
        day = first - timedelta(days=1)
    else:
        place, _, name = rule.partition(" ")
        if name in WEEKDAYS and place in _ORDER:
            day = _nth(first, last, _ORDER[place], WEEKDAYS.index(name))
    return day - timedelta(days=1) if day and strict else day


def _nth(first: date, last: date, number: int, weekday: int) -> date:
    if number < 0:
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _safe(year: int, month: int, number: int) -> date:
    return date(year, month, min(number, month_end(year, month)))
