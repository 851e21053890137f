"""The leader's weekly bulletin: when it is due, and what it says on the day it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.calendar import ONE_DAY, WorkingCalendar
from models import standing as models
from notifications.bulletins import Bulletin, Silent, compose_bulletin
from notifications.items import Content
from services.digests import Reckoning, standing_items
from services.people import Ward
from services.tasks import list_tasks

AHEAD = timedelta(days=14)
# So many working days late, and not a sign since then: the unit is silent.
SILENT_AFTER = 3


def queue_bulletin(
    connection: Connection,
    today: date,
    *,
    weekday: int,
    not_before: datetime,
    calendar: WorkingCalendar,
    timezone: ZoneInfo,
    ward_id: int | None = None,
) -> int:
    """Queue the bulletin for each leader of a ward whose weekday it is, or was since the last working day.

    `weekday` (ISO, 1 is Monday) is that of wards without one of their own. A bulletin that
    an outage kept from its day goes on the next working day of the seven that follow. Each
    week has one: a second call queues none. Returns how many are new.
    """
    if not calendar.is_working(today):
        return 0
    days = [today - timedelta(days=back) for back in range(7)]
    due = [
        (day.isoweekday(), step_of(day), datetime.combine(day + ONE_DAY, time(), timezone)) for day in days
    ]
    return models.queue_bulletin(connection, due, default=weekday, not_before=not_before, ward=ward_id)


def step_of(day: date) -> str:
    """Return the ISO week of a day: `2026-W14`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def bulletin_content(
    connection: Connection,
    ward_id: int,
    reckoning: Reckoning,
    *,
    checkpoint: str = "",
    own_templates: Path | None = None,
) -> Content:
    """Return the bulletin as things stand now; `checkpoint` is the signed note at its end."""
    today = reckoning.today
    ward = Ward(ward_id, "", models.ward_name(connection, ward_id))
    units = models.units_at_work(connection, ward_id)
    rows = models.standing(connection, [(ward_id, unit) for unit in units], until=today + AHEAD)
    dated = sorted((row for row in rows if row.due_on is not None), key=lambda row: row.due_on)
    late = [row for row in dated if row.due_on < today]
    soon = [row for row in dated if today <= row.due_on <= today + AHEAD]
    facts = Bulletin(
        ward=ward.name,
        today=today,
        tasks=Counter(line.status for line in list_tasks(connection, ward, today)),
        late=standing_items(late, reckoning),
        soon=standing_items(soon, reckoning),
        silent=_silent(connection, ward_id, late, reckoning),
        link=f"{reckoning.link_base}/",
        checkpoint=checkpoint,
    )
    return compose_bulletin(facts, own_templates=own_templates)


def _silent(connection: Connection, ward: int, late: Sequence[Any], reckoning: Reckoning) -> list[Silent]:
    """Return the units that are well late and have given no sign since, by name."""
    signs = models.last_signs(connection, ward)
    silent = []
    for (name, unit), rows in groupby(sorted(late, key=_unit), key=_unit):
        oldest = min(row.due_on for row in rows)
        days = reckoning.working_days(oldest)
        sign = signs.get(unit)
        last = sign.astimezone(reckoning.timezone).date() if sign else None
        if (days is None or -days >= SILENT_AFTER) and (last is None or last <= oldest):
            silent.append(Silent(name, last))
    return silent


def _unit(row: Any) -> tuple[str, int]:
    return row.unit_name, row.unit_id
