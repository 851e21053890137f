"""The decision as it was read, and the year's due dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from domain.calendar import WorkingCalendar, in_words
from services import plans as service
from services.findings import findings
from services.office_calendar import calendar_around
from services.overview import sections
from web.days import Days, Due
from web.page import reading

router = APIRouter()
HANDED_IN = {"submitted", "accepted"}


@router.get("/plan")
def show_plan(request: Request) -> HTMLResponse:
    """Show the newest plan, an active one before a draft: head, sections, reporting calendar, doubts."""
    with reading(request) as page:
        plans = service.plans(page.connection, page.ward)
        plan = next((each for each in plans if each.state == "active"), plans[0] if plans else None)
        found = sections(page.connection, page.ward, plan.id) if plan else ()
        doubts = findings(page.connection, page.ward, plan.id) if plan else ()
    return page.render("plan.html", plan=plan, others=plans, sections=found, doubts=doubts)


@dataclass(frozen=True, slots=True)
class DueDay:
    """One due date with what falls due on it."""

    due: Due
    rows: Sequence[tuple[Any, str, str]]


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the calendar; `off` and `worked` are its days that differ from an ordinary week."""

    title: str
    anchor: str
    days: Sequence[DueDay]
    off: Sequence[str]
    worked: Sequence[str]


@router.get("/calendar")
def show_calendar(
    request: Request, year: Annotated[int | None, Query(ge=2000, le=2999)] = None
) -> HTMLResponse:
    """Show every due date of a plan year by month, with the holidays."""
    with reading(request) as page:
        years = [plan.year for plan in page.overview.plans]
        shown = year or (years[0] if years else page.days.today.year)
        rows = service.calendar(page.connection, page.ward, shown)
        working = calendar_around(page.connection, date(shown, 7, 1))
    return page.render(
        "calendar.html",
        year=shown,
        years=years,
        months=_months(rows, shown, working, page.days),
        count=len(rows),
        provisional=shown in working.provisional,
    )


def _months(rows: Sequence[Any], year: int, working: WorkingCalendar, days: Days) -> list[Month]:
    by_month = {
        key: list(group) for key, group in groupby(rows, key=lambda row: (row.due_on.year, row.due_on.month))
    }
    keys = sorted({*by_month, *((year, month) for month in range(1, 13))})
    return [_month(key, by_month.get(key, []), working, days) for key in keys]


def _month(key: tuple[int, int], rows: Sequence[Any], working: WorkingCalendar, days: Days) -> Month:
    due_days = [
        DueDay(days.due(day), [(row, *_standing(row, days)) for row in group])
        for day, group in groupby(rows, key=lambda row: row.due_on)
    ]
    off = [f"{in_words(day)} ({working.off[day]})" for day in _days_of(key) if _is_holiday(day, working)]
    worked = [f"{in_words(day)} ({working.worked[day]})" for day in _days_of(key) if day in working.worked]
    return Month(f"Tháng {key[1]}/{key[0]}", f"thang-{key[1]}-{key[0]}", due_days, off, worked)


def _standing(row: Any, days: Days) -> tuple[str, str]:
    """Return a stage's standing in words, and its tone."""
    if row.state in HANDED_IN:
        return ("đã nghiệm thu", "good") if row.state == "accepted" else ("đã nộp, chờ nghiệm thu", "warn")
    due = days.due(row.due_on)
    if due.late and row.occurrence_state == "open":
        return due.distance, "bad"
    return ("chưa mở", "calm") if row.occurrence_state == "planned" else (due.distance, "busy")


def _days_of(key: tuple[int, int]) -> list[date]:
    first = date(*key, 1)
    return [day for number in range(31) if (day := first + timedelta(number)).month == first.month]


def _is_holiday(day: date, working: WorkingCalendar) -> bool:
    return day.weekday() < 5 and day in working.off and day not in working.worked
