"""When a message may leave: quiet hours, and days on which no office works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from domain.calendar import ONE_DAY, WorkingCalendar


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No message leaves from `begins` until `ends`, local time; equal ends mean never."""

    begins: time
    ends: time

    def quiet(self, moment: time) -> bool:
        """Tell whether `moment` lies in the quiet hours."""
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


def may_leave(moment: datetime, hours: QuietHours, calendar: WorkingCalendar | None = None) -> datetime:
    """Return the first local moment from `moment` on at which a message may leave.

    Without a calendar every day will do; with one, working days only.
    """
    while True:
        if hours.quiet(moment.timetz().replace(tzinfo=None)):
            ends = moment.replace(hour=hours.ends.hour, minute=hours.ends.minute, second=0, microsecond=0)
            moment = ends if moment < ends else ends + ONE_DAY
        if calendar is None or calendar.is_working(moment.date()):
            return moment
        moment = (moment + ONE_DAY).replace(hour=0, minute=0, second=0, microsecond=0)
