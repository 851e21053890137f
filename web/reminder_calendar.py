"""The reminders of days to come as a calendar: how many on each day, and on one day whom, of what and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from domain.calendar import WorkingCalendar, in_words
from domain.people import Action
from domain.refusals import BadValue
from services.previews import ALWAYS, ASSUMED, Asked, Assume, Foreseen, preview
from web.asked import day_of, number_of
from web.page import reading
from web.sheets import (
    MONTHS,
    VIEWS,
    days_between,
    first_day,
    months_after,
    title_of,
    weeks_of,
    why_off,
)
from web.visits import allowed

router = APIRouter(dependencies=[Depends(allowed(Action.SEE_MESSAGES))])
Word = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked at; all of it stands in the address. `start` is a month, `2026-03`."""

    view: str = "month"
    start: str = ""
    unit: str = ""
    task: str = ""
    assume: str = Assume.ON_TIME.value
    day: str = ""

    def link(self, **more: object) -> str:
        """Return the address of the calendar filtered like this, with `more`."""
        asked = {name: getattr(self, name) for name in self.__slots__}
        said = {name: value for name, value in {**asked, **more}.items() if value}
        return f"/reminders/calendar?{urlencode(said)}"


def filter_of(
    view: Word = "month",
    start: Word = "",
    unit: Word = "",
    task: Word = "",
    assume: Word = Assume.ON_TIME.value,
    day: Word = "",
) -> Filter:
    """Read the filter of an address.

    Raises:
        BadValue: there is no such view or assumption.
    """
    if view not in VIEWS:
        raise BadValue("Cách xem", view, "chọn một trong: " + ", ".join(VIEWS))
    if assume not in ASSUMED:
        raise BadValue("Giả định", assume, "chọn một trong: " + ", ".join(ASSUMED))
    return Filter(view, start, unit, task.strip(), assume, day)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month: what it has of work and messages, and why offices are closed."""

    day: date
    link: str
    work: int
    messages: int
    late: bool
    off: str
    worked: str
    works: bool
    today: bool

    @property
    def label(self) -> str:
        """Say the day and what it has, for those who don't see the table."""
        return f"{in_words(self.day)}: {self.work} việc, {self.messages} thông báo"

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to tell of the day."""
        return not (self.work or self.off or self.worked)


@dataclass(frozen=True, slots=True)
class Month:
    """One month as weeks of seven cells; None stands for days of other months."""

    title: str
    link: str
    weeks: Sequence[Sequence[Cell | None]]
    work: int


@dataclass(frozen=True, slots=True)
class Letter:
    """What one address would be told on the chosen day."""

    recipient: str
    channel: str
    rows: Sequence[Foreseen]


@router.get("/reminders/calendar")
def show_reminder_calendar(request: Request, chosen: Annotated[Filter, Depends(filter_of)]) -> HTMLResponse:
    """Show how many reminders each day would have, and those of the chosen day."""
    with reading(request) as page:
        today = page.days.today
        first = first_day(chosen.view, chosen.start, today)
        last = months_after(first, MONTHS[chosen.view]) - timedelta(days=1)
        asked = Asked(
            first,
            last,
            Assume(chosen.assume),
            number_of(chosen.unit, "Đơn vị", "chọn trong danh sách"),
            chosen.task or None,
        )
        found = preview(page.connection, page.ward, asked, today=today)
        calendar = page.calendar(first)
    by_day = {day: list(rows) for day, rows in groupby(found, key=lambda each: each.day)}
    day = day_of(chosen.day, "Ngày")
    return page.render(
        "reminder_calendar.html",
        chosen=chosen,
        title=title_of(chosen.view, first),
        views=VIEWS,
        months=_months(first, last, by_day, calendar, chosen, today),
        before=chosen.link(start=f"{months_after(first, -MONTHS[chosen.view]):%Y-%m}", day=""),
        after=chosen.link(start=f"{months_after(first, MONTHS[chosen.view]):%Y-%m}", day=""),
        start=f"{first:%Y-%m}",
        assumed=ASSUMED,
        always=ALWAYS,
        day=in_words(day) if day else "",
        letters=_letters(by_day.get(day, ())) if day else (),
        off=why_off(day, calendar) if day else "",
        total=len({(each.day, each.task, each.label, each.unit, each.stage) for each in found}),
        units=sorted(page.overview.units.items()),
        past=first < today,
        provisional=sorted({first.year, last.year} & calendar.provisional),
    )


def _months(
    first: date,
    last: date,
    by_day: Mapping[date, Sequence[Foreseen]],
    calendar: WorkingCalendar,
    chosen: Filter,
    today: date,
) -> list[Month]:
    months = []
    start = first
    while start <= last:
        after = months_after(start, 1)
        cells = [
            _cell(day, by_day.get(day, ()), calendar, chosen, today) for day in days_between(start, after)
        ]
        link = chosen.link(view="month", start=f"{start:%Y-%m}", day="")
        months.append(
            Month(title_of("month", start), link, weeks_of(start, cells), sum(cell.work for cell in cells))
        )
        start = after
    return months


def _cell(
    day: date, rows: Sequence[Foreseen], calendar: WorkingCalendar, chosen: Filter, today: date
) -> Cell:
    works = calendar.is_working(day)
    return Cell(
        day=day,
        link=_day_link(chosen, day),
        work=len({(each.task, each.label, each.unit, each.stage) for each in rows}),
        messages=len({(each.recipient, each.channel) for each in rows}),
        late=any(each.step.startswith("+") for each in rows),
        off="" if works else calendar.off.get(day, ""),
        worked=calendar.worked.get(day, ""),
        works=works,
        today=day == today,
    )


@lru_cache(maxsize=2048)
def _day_link(chosen: Filter, day: date) -> str:
    return chosen.link(day=day.isoformat(), start=chosen.start or f"{day:%Y-%m}") + "#day"


def _letters(rows: Sequence[Foreseen]) -> list[Letter]:
    def who(each: Foreseen) -> tuple[str, str]:
        return each.recipient, each.channel

    return [Letter(*key, list(group)) for key, group in groupby(sorted(rows, key=who), key=who)]
