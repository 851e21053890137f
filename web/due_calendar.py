"""The calendar of due dates: a month, a quarter or a year as sheets, or all of a plan's year as a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Template
from markupsafe import Markup
from sqlalchemy import Row

from domain.calendar import WorkingCalendar, in_words
from domain.refusals import BadValue
from domain.stages import HANDED_IN, OccurrenceState, StageState
from services import plans as service
from web import sheets
from web.asked import day_of
from web.days import Days, Due
from web.page import Page, reading
from web.task_filters import slug, unit_of

router = APIRouter()
Word = Annotated[str, Query(max_length=100)]
VIEWS = {**sheets.VIEWS, "list": "Danh sách cả năm"}
IN_A_CELL = 3  # rows of a day that a month's sheet names; the day itself has them all


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked at; all of it stands in the address. `month` is `2026-03`, `day` `2026-03-31`."""

    view: str = "month"
    month: str = ""
    unit: str = ""
    day: str = ""
    year: int | None = None

    def link(self, **more: object) -> str:
        """Return the address of the calendar filtered like this, with `more`."""
        asked = {name: getattr(self, name) for name in self.__slots__}
        said = {name: value for name, value in {**asked, **more}.items() if value}
        return "/calendar" + (f"?{urlencode(said)}" if said else "")


def filter_of(
    view: Word = "",
    month: Word = "",
    unit: Word = "",
    day: Word = "",
    year: Annotated[int | None, Query(ge=2000, le=2999)] = None,
) -> Filter:
    """Read the filter of an address; a year alone asks for its list.

    Raises:
        BadValue: there is no such view.
    """
    view = view or ("list" if year else "month")
    if view not in VIEWS:
        raise BadValue("Cách xem", view, "chọn một trong: " + ", ".join(VIEWS))
    return Filter(view, month, unit, day, year)


@router.get("/calendar")
def show_calendar(request: Request, chosen: Annotated[Filter, Depends(filter_of)]) -> HTMLResponse:
    """Show the due dates of a month, quarter or year, or all of a plan's year as a list."""
    with reading(request) as page:
        return page.once((chosen, *page.running), lambda: _made(page, chosen))


def _made(page: Page, chosen: Filter) -> HTMLResponse:
    years = [plan.year for plan in page.overview.plans]
    listed = chosen.year or (years[0] if years else page.days.today.year)
    as_list = chosen.view == "list"
    first = date(listed, 7, 1) if as_list else _first(chosen, page.days.today)
    unit = unit_of(page.overview, chosen.unit)
    rows = service.calendar(page.connection, page.ward, listed if as_list else None)
    rows = [row for row in rows if unit in {None, row.unit}]
    working = page.calendar(first)
    shown = _list(page, rows, listed, working) if as_list else _sheets(page, rows, chosen, first, working)
    return page.render(
        "calendar.html",
        chosen=chosen,
        views=VIEWS,
        unit_name=unit,
        units=[(slug(each), each) for each in page.overview.units],
        years=years,
        year=listed,
        **shown,
    )


def _first(chosen: Filter, today: date) -> date:
    return sheets.first_day(chosen.view, chosen.month, today)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a sheet: what falls due on it, and why offices are closed or open."""

    day: date
    words: str
    link: str
    rows: Sequence[tuple[Any, str, str]]
    tone: str
    off: str
    worked: str
    works: bool
    today: bool

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to tell of the day."""
        return not (self.rows or self.off or self.worked)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One month as weeks of seven cells; None stands for days of other months."""

    title: str
    link: str
    weeks: Sequence[Sequence[Cell | None]]
    count: int


def _sheets(
    page: Page, rows: Sequence[Any], chosen: Filter, first: date, working: WorkingCalendar
) -> dict[str, object]:
    length = sheets.MONTHS[chosen.view]
    after = sheets.months_after(first, length)
    shown = tuple(row for row in rows if first <= row.due_on < after)
    day = day_of(chosen.day, "Ngày")
    template = page.web.templates.get_template("calendar_sheets.html")
    return {
        "title": sheets.title_of(chosen.view, first),
        "count": len(shown),
        "sheets": _drawn(template, shown, chosen, first, page.days, working),
        "month": f"{first:%Y-%m}",
        "before": chosen.link(month=f"{sheets.months_after(first, -length):%Y-%m}", day="", year=None),
        "after": chosen.link(month=f"{after:%Y-%m}", day="", year=None),
        "day": page.days.due(day) if day else None,
        "day_rows": [(row, *_standing(row, page.days)) for row in rows if row.due_on == day],
        "off": sheets.why_off(day, working) if day else "",
        "provisional": sorted({first.year, (after - timedelta(days=1)).year} & working.provisional),
    }


@lru_cache(maxsize=128)
def _drawn(
    template: Template,
    rows: tuple[Row[Any], ...],
    chosen: Filter,
    first: date,
    days: Days,
    working: WorkingCalendar,
) -> Markup:
    """Draw the sheets; while neither the dates nor the day change, the next page only looks them up."""
    by_day = {day: list(group) for day, group in groupby(rows, key=lambda row: row.due_on)}
    months = []
    for place in range(sheets.MONTHS[chosen.view]):
        start = sheets.months_after(first, place)
        cells = [
            _cell(day, by_day.get(day, ()), chosen, days, working) for day in sheets.days_of_month(start)
        ]
        link = chosen.link(view="month", month=f"{start:%Y-%m}", day="", year=None)
        count = sum(len(cell.rows) for cell in cells)
        months.append(Sheet(sheets.title_of("month", start), link, sheets.weeks_of(start, cells), count))
    drawn = template.render(
        months=months, chosen=chosen, weekdays=sheets.WEEKDAYS, many=IN_A_CELL, single=chosen.view == "month"
    )
    return Markup(drawn)  # noqa: S704 - the template has escaped it


_GRAVEST = ("bad", "busy", "warn", "good", "calm")


def _cell(day: date, rows: Sequence[Any], chosen: Filter, days: Days, working: WorkingCalendar) -> Cell:
    works = working.is_working(day)
    told = [(row, *_standing(row, days)) for row in rows]
    month = chosen.month or f"{day:%Y-%m}"
    return Cell(
        day=day,
        words=in_words(day),
        link=chosen.link(day=day.isoformat(), month=month, year=None) + "#day",
        rows=told,
        tone=min((tone for _, _, tone in told), key=_GRAVEST.index, default=""),
        off="" if works else working.off.get(day, ""),
        worked=working.worked.get(day, ""),
        works=works,
        today=day == days.today,
    )


@dataclass(frozen=True, slots=True)
class DueDay:
    """One due date with what falls due on it."""

    due: Due
    rows: Sequence[tuple[Any, str, str]]


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the list; `off` and `worked` are its days that differ from an ordinary week."""

    title: str
    anchor: str
    days: Sequence[DueDay]
    off: Sequence[str]
    worked: Sequence[str]


def _list(page: Page, rows: Sequence[Any], year: int, working: WorkingCalendar) -> dict[str, object]:
    by_month: Mapping[tuple[int, int], list[Any]] = {
        key: list(group) for key, group in groupby(rows, key=lambda row: (row.due_on.year, row.due_on.month))
    }
    keys = sorted({*by_month, *((year, month) for month in range(1, 13))})
    return {
        "title": f"năm {year}",
        "count": len(rows),
        "months": [_month(key, by_month.get(key, []), working, page.days) for key in keys],
        "provisional": sorted({year} & working.provisional),
    }


def _month(key: tuple[int, int], rows: Sequence[Any], working: WorkingCalendar, days: Days) -> Month:
    due_days = [
        DueDay(days.due(day), [(row, *_standing(row, days)) for row in group])
        for day, group in groupby(rows, key=lambda row: row.due_on)
    ]
    start = date(*key, 1)
    all_days = sheets.days_of_month(start)
    off = [f"{in_words(day)} ({working.off[day]})" for day in all_days if _is_holiday(day, working)]
    worked = [f"{in_words(day)} ({working.worked[day]})" for day in all_days if day in working.worked]
    return Month(sheets.title_of("month", start), f"thang-{key[1]}-{key[0]}", due_days, off, worked)


def _standing(row: Any, days: Days) -> tuple[str, str]:
    """Return a stage's standing in words, and its tone."""
    if row.state in HANDED_IN:
        accepted = row.state == StageState.ACCEPTED
        return ("đã nghiệm thu", "good") if accepted else ("đã nộp, chờ nghiệm thu", "warn")
    due = days.due(row.due_on)
    if due.late and row.occurrence_state == OccurrenceState.OPEN:
        return due.distance, "bad"
    return ("chưa mở", "calm") if row.occurrence_state == OccurrenceState.PLANNED else (due.distance, "busy")


def _is_holiday(day: date, working: WorkingCalendar) -> bool:
    return day.weekday() < 5 and day in working.off and day not in working.worked
