"""The tasks of the active plans, and one task with all that belongs to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Template
from markupsafe import Markup

from domain import names
from domain.refusals import BadValue, UnknownUnit
from domain.status import Status
from notifications.messages import shortened
from services.overview import Overview, PlanHead
from services.people import users
from services.succession import last_year
from services.tasks import TaskLine, list_tasks, show_task, status_of
from web.banners import for_visitor, notices
from web.days import Days
from web.history import told
from web.page import Page, reading
from web.words import OFFICIAL, STATUS_SLUGS, STATUS_TONES

router = APIRouter()
LONGEST_TITLE = 180
slug = cache(names.slug)


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one section of one plan."""

    code: str
    title: str
    rows: Sequence[Markup]


@dataclass(frozen=True, slots=True)
class Tile:
    """One status with the number of its tasks; it is a filter, too."""

    status: str
    tone: str
    count: int
    link: str
    chosen: bool


@router.get("/tasks")
@router.get("/")
def show_tasks(
    request: Request, status: Annotated[str, Query()] = "", unit: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """Show the tasks, with what their unit has to do for them when a unit is named."""
    with reading(request) as page:
        chosen = _status(status)
        name = _unit(page.overview, unit)
        unit_id = page.overview.units[name] if name else None
        lines = list_tasks(page.connection, page.ward, page.days.today, unit_id=unit_id)
    shown = [line for line in lines if chosen is None or line.status is chosen]
    return page.render(
        "tasks.html",
        plans=[(plan, _groups(plan, shown, page)) for plan in page.overview.plans],
        tiles=_tiles(lines, chosen, unit),
        total=len(lines),
        everything=_link("", unit),
        chosen=status,
        unit=unit,
        unit_name=name,
        units=[(slug(each), each) for each in page.overview.units],
        notices=for_visitor(notices(page.overview, local_mail=page.web.local_mail), page.me),
    )


@router.get("/tasks/{code}")
def show_one_task(request: Request, code: str, year: Annotated[int | None, Query()] = None) -> HTMLResponse:
    """Show a task: the row of the decision, every occurrence, the history."""
    with reading(request) as page:
        view = show_task(page.connection, page.ward, code, page.days.today, year=year)
        before = last_year(page.connection, page.ward, view.line.id)
        names = {account.id: account.name for account in users(page.connection, page.ward)}
    labels = {row.id: f"{row.label} · {row.unit}" for row in view.occurrences}
    plan = next(plan for plan in page.overview.plans if plan.year == view.line.year)
    return page.render(
        "task.html",
        task=view.line,
        details=view.details,
        before=before,
        plan=plan,
        status_of=lambda row: status_of(row, page.days.today),
        tones=STATUS_TONES,
        occurrences=view.occurrences,
        history=told(view.history, names, labels),
        event_types=_event_types() if any(row.event_id for row in view.occurrences) else {},
    )


def _status(value: str) -> Status | None:
    if value and value not in STATUS_SLUGS:
        raise BadValue("Tình trạng", value, "chọn một trong: " + ", ".join(STATUS_SLUGS))
    return STATUS_SLUGS.get(value)


def _unit(overview: Overview, value: str) -> str | None:
    if not value:
        return None
    for name in overview.units:
        if slug(name) == value:
            return name
    raise UnknownUnit(value)


def _groups(plan: PlanHead, lines: Sequence[TaskLine], page: Page) -> list[Group]:
    newest = plan is page.overview.plans[0]
    template = page.web.templates.get_template("row.html")
    found: dict[str, list[Markup]] = {}
    for line in lines:
        if line.year == plan.year:
            found.setdefault(line.section, []).append(_row(template, line, page.days, newest))
    return [Group(code, plan.sections.get(code, ""), rows) for code, rows in found.items()]


@lru_cache(maxsize=4096)
def _row(template: Template, line: TaskLine, days: Days, newest: bool) -> Markup:
    """Render one line; while neither the line nor the day changes, the next page only looks it up."""
    link = f"/tasks/{quote(line.code, safe='')}"
    row = template.render(
        line=line,
        link=link if newest else f"{link}?year={line.year}",
        title=shortened(line.title, LONGEST_TITLE),
        tone=STATUS_TONES[line.status],
        due=days.due(line.next_due) if line.next_due else None,
    )
    return Markup(row)  # noqa: S704 - the template has escaped it


def _tiles(lines: Sequence[TaskLine], chosen: Status | None, unit: str) -> list[Tile]:
    """Count the tasks by status: the official ones always, the others where there are any."""
    counts = Counter(line.status for line in lines)
    shown = (*OFFICIAL, *(each for each in Status if each not in OFFICIAL))
    return [
        Tile(each.value, STATUS_TONES[each], counts[each], _link(slug(each), unit), each is chosen)
        for each in shown
        if each in OFFICIAL or counts[each] or each is chosen
    ]


def _link(status: str, unit: str) -> str:
    query = urlencode({name: value for name, value in (("status", status), ("unit", unit)) if value})
    return f"/tasks?{query}" if query else "/tasks"


@cache
def _event_types() -> dict[str, str]:
    from config.event_types import load_event_types

    return {each.code: each.label for each in load_event_types()}
