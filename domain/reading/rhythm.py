"""How often something comes back, as RFC 5545 writes it, and on which day of each period it is due."""

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
_INTERVAL = re.compile(r"INTERVAL=(\d+)")


@dataclass(slots=True)
class DayOfPeriod:
    """A day that is named by its place in a period: ngày 10 của tháng cuối quý."""

    days: tuple[int, ...]  # -1: the last day of the month
    month: str = ""  # last, first, second, next, same, or empty where no month is named
    period: str = ""  # M, Q, P, Y, or empty where the words don't say
    following: bool = False  # of the next period

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
        names = [self._day_rule(number, strict=strict and not clock) for number in self.days]
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
    return None


def _safe(year: int, month: int, number: int) -> date:
    return date(year, month, min(number, month_end(year, month)))
