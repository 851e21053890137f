"""Days and instants as an office writes them, reckoned once for each day that is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.calendar import WorkingCalendar, in_words


@dataclass(frozen=True, slots=True)
class Due:
    """A due date in words: `thứ Hai 09/03/2026`, `còn 3 ngày làm việc`, and the last working day before it.

    `near` leaves out the year where it is this one; `last_working` is empty where offices work on the due
    date itself.
    """

    day: str
    near: str
    distance: str
    late: bool
    last_working: str


@dataclass(frozen=True, eq=False)
class Days:
    """Puts dates into words as they are seen on `today` in the ward's time zone."""

    today: date
    timezone: ZoneInfo
    calendar: WorkingCalendar
    _known: dict[date, Due] = field(default_factory=dict, repr=False)

    def due(self, day: date | str) -> Due:
        """Return a due date in words."""
        day = as_day(day)
        found = self._known.get(day)
        if found is None:
            found = self._known[day] = self._due(day)
        return found

    def moment(self, instant: datetime | str) -> str:
        """Write an instant in the ward's time: `08:30 ngày 09/03/2026`."""
        if isinstance(instant, str):
            instant = datetime.fromisoformat(instant)
        return _moment(instant, self.timezone)

    def _due(self, day: date) -> Due:
        calendar = self.calendar
        known = calendar.first <= day <= calendar.last
        last_working = ""
        if known and not calendar.is_working(day):
            last_working = in_words(calendar.on_or_before(day))
        written = in_words(day)
        near = written.removesuffix(f"/{self.today.year}")
        return Due(written, near, self._distance(day, known=known), day < self.today, last_working)

    def _distance(self, day: date, *, known: bool) -> str:
        if day == self.today:
            return "hạn hôm nay"
        late = day < self.today
        if not known:
            return (
                f"quá hạn {(self.today - day).days} ngày" if late else f"còn {(day - self.today).days} ngày"
            )
        calendar = self.calendar
        if late:
            count = calendar.working_days(day, self.today)
            return f"quá hạn {count} ngày làm việc" if count else "vừa quá hạn"
        count = calendar.working_days(self.today, day)
        if count:
            return f"còn {count} ngày làm việc"
        last = calendar.is_working(self.today)
        return "hôm nay là ngày làm việc cuối cùng" if last else "không còn ngày làm việc nào"


@lru_cache(maxsize=4096)
def _moment(instant: datetime, timezone: ZoneInfo) -> str:
    return f"{instant.astimezone(timezone):%H:%M ngày %d/%m/%Y}"


@lru_cache(maxsize=4)
def days_on(today: date, timezone: ZoneInfo, calendar: WorkingCalendar) -> Days:
    """Return the words for one day, kept while that day lasts and the calendar stays the same."""
    return Days(today, timezone, calendar)


def as_day(value: date | str) -> date:
    """Return a day that may still be text from JSON."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def short_day(value: date | str | None) -> str:
    """Write a day briefly: `09/03/2026`; a dash where there is none."""
    return f"{as_day(value):%d/%m/%Y}" if value else "–"
