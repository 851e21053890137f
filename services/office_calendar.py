"""The working calendar as it counts here: the packaged one under the notices that people have recorded."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from config.calendar import working_calendar
from domain.calendar import Notice, WorkingCalendar
from models import notices as models


def office_calendar(connection: Connection, first_year: int, last_year: int) -> WorkingCalendar:
    """Return the working days from 1 January `first_year` to 31 December `last_year`.

    One short look at the notices; the calendar itself is kept for as long as they stay the same.
    """
    known = tuple(
        Notice(row.document, row.year, tuple(row.off), tuple(row.worked))
        for row in models.in_force(connection)
    )
    return working_calendar(first_year, last_year, known)


def calendar_around(connection: Connection, day: date) -> WorkingCalendar:
    """Return the calendar that any reckoning on `day` may need: three years back, two ahead."""
    return office_calendar(connection, day.year - 3, day.year + 2)
