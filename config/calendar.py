"""The working calendar: the `holidays` library, overlaid by official notices."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path

from domain.calendar import WorkingCalendar

NOTICES = Path(__file__).with_name("calendar.toml")


@lru_cache(maxsize=8)
def working_calendar(first_year: int, last_year: int) -> WorkingCalendar:
    """Return Vietnam's working days from 1 January `first_year` to 31 December `last_year`."""
    import holidays

    years = range(first_year, last_year + 1)
    library = holidays.country_holidays("VN", years=years, language="vi")
    off = {day: str(name) for day, name in library.items()}
    worked: dict[date, str] = {}
    notices = tomllib.loads(NOTICES.read_text(encoding="utf-8"))["notice"]
    for notice in notices:
        off.update(dict.fromkeys(notice.get("off", ()), notice["document"]))
        worked.update(dict.fromkeys(notice.get("worked", ()), notice["document"]))
    covered = {notice["year"] for notice in notices}
    return WorkingCalendar(
        first=date(first_year, 1, 1),
        last=date(last_year, 12, 31),
        off=off,
        worked=worked,
        provisional=frozenset(year for year in years if year not in covered),
    )


def calendar_around(day: date) -> WorkingCalendar:
    """Return the calendar that any reckoning on `day` may need: three years back, two ahead."""
    return working_calendar(day.year - 3, day.year + 2)
