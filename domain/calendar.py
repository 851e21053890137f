"""Working days: which days an office works, and how to count them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True, slots=True)
class Notice:
    """An official notice about one year: days off, and days that are worked for them."""

    document: str
    year: int
    off: tuple[date, ...] = ()
    worked: tuple[date, ...] = ()


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """Days off and made-up working days between two dates; each is equal to itself alone.

    `off` and `worked` carry the notice that each day comes from. Years that no
    notice covers are in `provisional`: their dates may still change.
    """

    first: date
    last: date
    off: Mapping[date, str]
    worked: Mapping[date, str]
    provisional: frozenset[int] = frozenset()
    _working: list[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_working", [day for day in self._days() if self.is_working(day)])

    def _days(self) -> Iterator[date]:
        for number in range(self.first.toordinal(), self.last.toordinal() + 1):
            yield date.fromordinal(number)

    def is_working(self, day: date) -> bool:
        """Tell whether offices work on `day`."""
        if day in self.worked:
            return True
        return day.weekday() < 5 and day not in self.off

    def days_off(self, first: date, last: date) -> list[date]:
        """Return the days from `first` to `last` on which offices don't work."""
        days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
        return [day for day in days if not self.is_working(day)]

    def on_or_before(self, day: date) -> date:
        """Return the last working day on or before `day`."""
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def on_or_after(self, day: date) -> date:
        """Return the first working day on or after `day`."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def working_days(self, after: date, until: date) -> int:
        """Count the working days after `after`, up to and including `until`; negative if it lies before."""
        return self._index(until) - self._index(after)

    def _index(self, day: date) -> int:
        if not self.first <= day <= self.last:
            raise ValueError(f"{day} is outside the calendar {self.first}..{self.last}")
        return bisect_right(self._working, day)


def in_words(day: date) -> str:
    """Write a day as an office does: `thứ Sáu 27/11/2026`."""
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"
