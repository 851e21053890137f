"""The morning sweep: who is reminded today, and of what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from config.calendar import calendar_around
from config.ladder import reminding
from domain.ladder import Step, steps_today
from domain.refusals import BadValue
from models import sweeps

# Older than any due date that can still be unfinished in an active plan.
OLDEST = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: the day, the day it started from, and how many reminders are new."""

    day: date
    since: date
    reminders: int


def sweep(
    connection: Connection, today: date, now: datetime, *, timezone: ZoneInfo, ward_id: int | None = None
) -> Swept:
    """Queue every reminder that fell due since the last finished morning run, once each.

    On a day off nothing is queued; the next working day catches up with one
    reminder for each stage. A second sweep on one day queues none.
    """
    last = sweeps.last_sweep(connection, ward_id)
    since = min(last, today - timedelta(days=1)) if last is not None else today - timedelta(days=1)
    settings = reminding()
    steps = list(steps_for(today, since))
    from_hour = datetime.combine(today, settings.from_time, timezone)
    count = 0
    if steps:
        count = sweeps.sweep(
            connection,
            steps,
            told=settings.ladder.told(),
            today=today,
            not_before=max(now, from_hour),
            ward=ward_id,
        )
    return Swept(today, since, count)


def steps_for(today: date, since: date) -> list[Step]:
    """Return the ladder's steps for every due date that `today` touches."""
    return list(
        steps_today(
            today,
            since=since,
            ladder=reminding().ladder,
            calendar=calendar_around(today),
            oldest_due=today - OLDEST,
        )
    )


def finish(connection: Connection, today: date, now: datetime) -> None:
    """Record that the morning run of `today` is done; the next sweep starts from here."""
    sweeps.finish(connection, day=today, now=now)


def preview(connection: Connection, ward_id: int, first: date, last: date) -> list[Any]:
    """Return what each day's sweep would queue if nothing changed, in order; at most two years.

    Raises:
        BadValue: the last day lies before the first, or more than two years after it.
    """
    if not timedelta(0) <= last - first <= timedelta(days=731):
        raise BadValue(
            "Khoảng ngày", f"{first:%d/%m/%Y} – {last:%d/%m/%Y}", "tối đa hai năm, từ trước đến sau"
        )
    rungs: list[tuple[date, Step]] = []
    for number in range(first.toordinal(), last.toordinal() + 1):
        today = date.fromordinal(number)
        rungs += [(today, step) for step in steps_for(today, today - timedelta(days=1))]
    return list(sweeps.preview(connection, rungs, told=reminding().ladder.told(), ward=ward_id))
