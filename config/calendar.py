"""The working calendar: the `holidays` library, overlaid by official notices."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from domain.calendar import Notice, WorkingCalendar

NOTICES = Path(__file__).with_name("calendar.toml")


@lru_cache(maxsize=32)
def working_calendar(first_year: int, last_year: int, notices: tuple[Notice, ...] = ()) -> WorkingCalendar:
    """Return Vietnam's working days from 1 January `first_year` to 31 December `last_year`.

    `notices` lie over the packaged ones; of two that name the same day the later one counts.
    """
    import holidays

    years = range(first_year, last_year + 1)
    library = holidays.country_holidays("VN", years=years, language="vi")
    off = {day: str(name) for day, name in library.items()}
    worked: dict[date, str] = {}
    known = (*packaged_notices(), *notices)
    for notice in known:
        for day in notice.off:
            off[day] = notice.document
            worked.pop(day, None)
        worked.update(dict.fromkeys(notice.worked, notice.document))
    covered = {notice.year for notice in known}
    return WorkingCalendar(
        first=date(first_year, 1, 1),
        last=date(last_year, 12, 31),
        off=off,
        worked=worked,
        provisional=frozenset(year for year in years if year not in covered),
    )


@cache
def packaged_notices() -> tuple[Notice, ...]:
    """Return the notices that ship with the program."""
    stated = tomllib.loads(NOTICES.read_text(encoding="utf-8"))["notice"]
    return tuple(
        Notice(each["document"], each["year"], tuple(each.get("off", ())), tuple(each.get("worked", ())))
        for each in stated
    )
