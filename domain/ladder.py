"""When a reminder is due: the ladder of steps before and after a due date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.calendar import ONE_DAY, WorkingCalendar


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps in days before a due date, then every few working days late, reaching ever higher.

    `escalation` holds (working days late, who else is told), in rising order.
    """

    before: tuple[int, ...]
    late_every: int
    escalation: tuple[tuple[int, str], ...]

    def told(self) -> tuple[tuple[str, int], ...]:
        """Return (role, working days late from which it is told); officers are told at every step."""
        return (("officer", 0), *((role, late) for late, role in self.escalation))


@dataclass(frozen=True, slots=True)
class Step:
    """One rung for all stages due on `due_on`: `-7`, `0` or `+3`; `late` is 0 up to the due date."""

    due_on: date
    name: str
    late: int


def steps_today(
    today: date, *, since: date, ladder: Ladder, calendar: WorkingCalendar, oldest_due: date
) -> Iterator[Step]:
    """Yield, for each due date, the newest step that fell after `since` and up to `today`.

    At most one step per due date: after an outage or a long holiday nobody gets a
    burst. Yields nothing on a day off.
    """
    if not calendar.is_working(today):
        return
    since = max(since, oldest_due - ONE_DAY)
    # Today also speaks for the days off that follow it: their steps come before them.
    until = calendar.on_or_after(today + ONE_DAY).toordinal()
    for number in range(oldest_due.toordinal(), until + max(ladder.before, default=0)):
        due_on = date.fromordinal(number)
        step = _step(due_on, today, since, ladder, calendar)
        if step is not None:
            yield step


def _step(due_on: date, today: date, since: date, ladder: Ladder, calendar: WorkingCalendar) -> Step | None:
    if due_on < today:
        late = calendar.working_days(due_on, today)
        newest = late - late % ladder.late_every
        if newest > max(calendar.working_days(due_on, since), 0):
            return Step(due_on, f"+{newest}", newest)
        if newest == 0 and since < calendar.on_or_before(due_on):  # the steps before it were missed
            return Step(due_on, f"+{late}", late)
        return None
    for ahead in sorted(ladder.before):
        # A step that falls on a day off comes on the working day before it, never after the due date.
        day = calendar.on_or_before(due_on - timedelta(days=ahead))
        if since < day <= today:
            return Step(due_on, "0" if ahead == 0 else f"-{ahead}", 0)
    return None
