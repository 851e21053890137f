"""The morning sweep: who is reminded today, and of what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from config.ladder import reminding
from domain.calendar import ONE_DAY, WorkingCalendar
from domain.ladder import Ladder, Step, ladder_of, steps_today
from domain.quiet import may_leave
from models import reminder_rules, sweeps
from services.bulletin import queue_bulletin
from services.digests import queue_waiting
from services.office_calendar import calendar_around
from services.reminder_rules import Hours, hours_by_ward

# Older than any due date that can still be unfinished in an active plan.
OLDEST = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: the day, the day it started from, and how many messages of each kind are new.

    `waiting` go to whoever lets submissions wait for a verdict, `bulletins` to the leaders.
    """

    day: date
    since: date
    reminders: int
    waiting: int = 0
    bulletins: int = 0


def sweep(
    connection: Connection, today: date, now: datetime, *, timezone: ZoneInfo, ward_id: int | None = None
) -> Swept:
    """Queue all that a morning tells: reminders since the last finished run, verdicts owed, the bulletin.

    On a day off nothing is queued; the next working day catches up with one reminder for each stage. A
    second sweep on one day queues none. Nothing leaves before the ward's own time, or in its quiet hours.
    """
    calendar = calendar_around(connection, today)
    last = sweeps.told_until(connection, calendar.days_off(today - OLDEST, today), ward_id)
    since = min(last, today - ONE_DAY) if last is not None else today - ONE_DAY
    if not calendar.is_working(today):
        return Swept(today, since, 0)
    hours, start = hours_by_ward(connection), now.astimezone(timezone)
    leaving = sweeps.Leaving(
        leaves(start, today, hours.packaged, calendar),
        [(ward, leaves(start, today, own, calendar)) for ward, own in hours.own.items()],
    )
    ladders, rules = _ladders(connection, ward_id)
    rungs = [sweeps.Rungs(ladder, steps_for(today, since, ladder, calendar)) for ladder in ladders]
    reminders = sweeps.sweep(connection, rungs, rules=rules, today=today, leaving=leaving, ward=ward_id)
    waiting = queue_waiting(
        connection,
        today,
        not_before=leaving.others,
        calendar=calendar,
        timezone=timezone,
        ward_id=ward_id,
    )
    bulletins = queue_bulletin(
        connection,
        today,
        weekday=hours.packaged.bulletin_weekday,
        not_before=leaving.others,
        calendar=calendar,
        timezone=timezone,
        ward_id=ward_id,
    )
    sweeps.keep_hours(connection, leaving)
    return Swept(today, since, reminders, waiting, bulletins)


def steps_for(today: date, since: date, ladder: Ladder, calendar: WorkingCalendar) -> list[Step]:
    """Return a ladder's steps for every due date that `today` touches."""
    return list(steps_today(today, since=since, ladder=ladder, calendar=calendar, oldest_due=today - OLDEST))


def leaves(start: datetime, today: date, hours: Hours, calendar: WorkingCalendar) -> datetime:
    """Return when what is queued at `start` (local) on the morning of `today` may leave.

    That is never in quiet hours. What has missed the day leaves on the next working day,
    from the ward's time on.
    """
    morning = datetime.combine(today, hours.from_time, start.tzinfo)
    moment = may_leave(max(start, morning), hours.quiet, calendar)
    return max(moment, datetime.combine(moment.date(), hours.from_time, start.tzinfo))


def finish(connection: Connection, today: date, now: datetime) -> None:
    """Record that the morning run of `today` is done; the next sweep starts from here."""
    sweeps.finish(connection, day=today, now=now)


def _ladders(connection: Connection, ward: int | None) -> tuple[list[Ladder], list[sweeps.Rule]]:
    """Return the ladders in use, the packaged one first, and which rule names which of them."""
    places = {reminding().ladder.stated(): 0}
    rules = [
        sweeps.Rule(row.ward_id, row.kind, row.stage, places.setdefault(row.ladder, len(places)))
        for row in reminder_rules.ladders(connection, ward)
    ]
    return [ladder_of(stated) for stated in places], rules
