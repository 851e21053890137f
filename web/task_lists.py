"""The tasks of the active plans: filtered, searched, sorted, each row made once while nothing changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Template
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from domain.due_windows import WINDOW_NAMES
from domain.status import Status
from notifications.messages import shortened
from services.overview import PlanHead
from services.task_lists import chosen, fitting
from services.tasks import TaskLine, list_tasks
from web.banners import for_visitor, notices
from web.days import Days
from web.kept import made_before
from web.page import Page, reading
from web.task_filters import SORT_NAMES, Filter, check_section, filter_of, slug, unit_of
from web.words import OFFICIAL, STATUS_TONES

router = APIRouter()
LONGEST_TITLE = 180


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one section of one plan; sorted otherwise they have no section above them."""

    head: str
    rows: Sequence[Markup]


@dataclass(frozen=True, slots=True)
class Tile:
    """One status with the number of its tasks; it is a filter, too."""

    status: str
    tone: str
    count: int
    link: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What a list holds: all that fit, those of the status asked for, and the unit's name."""

    fitting: Sequence[TaskLine]
    chosen: Sequence[TaskLine]
    people: Sequence[str]
    unit: str | None


@router.get("/tasks")
async def show_tasks(request: Request, asked: Annotated[Filter, Depends(filter_of)]) -> HTMLResponse:
    """Show the tasks, with what their unit has to do for them when a unit is named.

    What was made already is given from the event loop; only what has to be made goes to a thread.
    """
    made = made_before(request, asked)
    return await run_in_threadpool(_show, request, asked) if made is None else made


def _show(request: Request, asked: Filter) -> HTMLResponse:
    with reading(request) as page:
        return page.once(asked, lambda: _made(page, asked))


def _made(page: Page, asked: Filter) -> HTMLResponse:
    shown = find(page, asked)
    return page.render(
        "tasks.html",
        plans=[(plan, _groups(plan, shown.chosen, page, asked)) for plan in page.overview.plans],
        tiles=_tiles(shown.fitting, asked),
        total=len(shown.fitting),
        count=len(shown.chosen),
        asked=asked,
        unit_name=shown.unit,
        units=[(slug(each), each) for each in page.overview.units],
        people=shown.people,
        windows=WINDOW_NAMES,
        sorts=SORT_NAMES,
        notices=for_visitor(notices(page.overview, local_mail=page.web.local_mail), page.me),
    )


def find(page: Page, asked: Filter) -> Shown:
    """Look up the tasks that are asked for.

    Raises:
        BadValue, UnknownUnit: the address asks for what there is not.
    """
    wanted = asked.asked
    check_section(page.overview, asked.section)
    name = unit_of(page.overview, asked.unit)
    unit_id = page.overview.units[name] if name else None
    today = page.days.today
    lines = page.web.kept.once(
        ("tasks", page.ward.id, unit_id, today),
        page.seen,
        lambda: list_tasks(page.connection, page.ward, today, unit_id=unit_id),
    )
    fit = fitting(lines, wanted, today)
    people = sorted({person for line in lines for person in line.in_charge})
    return Shown(fit, chosen(fit, wanted), people, name)


def _groups(plan: PlanHead, lines: Sequence[TaskLine], page: Page, asked: Filter) -> list[Group]:
    newest = plan is page.overview.plans[0]
    template = page.web.templates.get_template("row.html")
    found: dict[str, list[Markup]] = {}
    for line in lines:
        if line.year == plan.year:
            section = "" if asked.sort else line.section
            found.setdefault(section, []).append(_row(template, line, page.days, newest))
    return [Group(_head(plan, code), rows) for code, rows in found.items()]


def _head(plan: PlanHead, section: str) -> str:
    return f"{section}. {plan.sections.get(section, '')}" if section else ""


@lru_cache(maxsize=8192)
def _row(template: Template, line: TaskLine, days: Days, newest: bool) -> Markup:
    """Render one line; while neither the line nor the day changes, the next page only looks it up."""
    link = f"/tasks/{quote(line.code, safe='')}"
    row = template.render(
        line=line,
        link=link if newest else f"{link}?year={line.year}",
        title=shortened(line.title, LONGEST_TITLE),
        tone=STATUS_TONES[line.status],
        due=days.due(line.next_due) if line.next_due else None,
        # What was handed in late stays late, though the next date is far away.
        late_before=line.status is Status.OVERDUE and not (line.next_due and line.next_due < days.today),
    )
    return Markup(row)  # noqa: S704 - the template has escaped it


def _tiles(lines: Sequence[TaskLine], asked: Filter) -> list[Tile]:
    """Count the tasks by status: the official ones always, the others where there are any."""
    counts = Counter(line.status for line in lines)
    now = asked.asked.status
    shown = (*OFFICIAL, *(each for each in Status if each not in OFFICIAL))
    return [
        Tile(each.value, STATUS_TONES[each], counts[each], asked.link(status=slug(each)), each is now)
        for each in shown
        if each in OFFICIAL or counts[each] or each is now
    ]
