"""The first page of each role: what there is to do today, with one button beside each thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Template
from markupsafe import Markup
from sqlalchemy import Row
from starlette.responses import Response

from domain.people import Action, Role
from domain.status import Status
from notifications.messages import shortened
from services import assignments, desks, event_answers, extensions, stand_ins
from services.accounts import accounts
from services.desks import OFFICIAL, SectionCount, late_ones, silent_units, waiting_verdicts
from services.overview import outbox_counts
from services.tasks import TaskLine, list_tasks
from web.banners import Banner, for_visitor, notices
from web.days import Days
from web.overview import show_overview
from web.page import Page, reading
from web.submissions import listed
from web.task_filters import slug, unit_of
from web.visits import visitor

router = APIRouter()
LONGEST_TITLE = 160
SHOWN = 10  # submissions on the desk; the page of them all has the rest
MINE, NOBODY = "mine", "nobody"  # whose work a desk is narrowed to


@router.get("/")
def show_desk(
    request: Request,
    unit: Annotated[str, Query(max_length=100)] = "",
    who: Annotated[str, Query(max_length=20)] = "",
    accepted: Annotated[int, Query(ge=0, le=9999)] = 0,
) -> Response:
    """Show the desk of whoever asks; with a unit, that of the unit."""
    me = visitor(request)
    if unit or me.person.role is Role.OFFICER:
        return _unit(request, unit, who)
    if me.person.role is Role.COORDINATOR:
        return _coordinator(request, accepted)
    return _OTHERS[me.person.role](request)


def _coordinator(request: Request, accepted: int) -> HTMLResponse:
    with reading(request) as page:
        return page.once(("desk", accepted, *page.running), lambda: _coordinator_made(page, accepted))


def _coordinator_made(page: Page, accepted: int) -> HTMLResponse:
    verdicts = waiting_verdicts(page.connection, page.ward, page.me.person)
    lines = list_tasks(page.connection, page.ward, page.days.today)
    silent = silent_units(late_ones(page.connection, page.ward, page.days.today))
    assumed = desks.assumed_dates(page.connection, page.ward)
    lines_to_do = _to_do(page, lines)
    return page.render(
        "desk_coordinator.html",
        accepted=accepted,
        waiting=listed(page, verdicts.mine[:SHOWN]),
        waiting_count=len(verdicts.mine),
        others_count=len(verdicts.others),
        to_do=for_visitor(lines_to_do, page.me),
        silent=[(each, slug(each.unit)) for each in silent],
        assumed=assumed,
        plans=[(plan, sections(lines, plan)) for plan in page.overview.plans],
        statuses=OFFICIAL,
        own=slug(page.me.unit) if page.me.unit else "",
    )


def _to_do(page: Page, lines: Sequence[TaskLine]) -> list[Banner]:
    """Return what else a coordinator has to look after, each with where it is done."""
    found = []
    asked = event_answers.count_unanswered(page.connection, page.ward, page.days.today)
    if asked:
        text = f"{asked} câu hỏi “trong tháng có văn bản đến không?” chưa trả lời."
        found.append(Banner("warn", text, "/questions", "Trả lời"))
    undated = [line.code for line in lines if line.status is Status.AWAITS_DATE]
    if undated:
        text = f"{len(undated)} nhiệm vụ chờ ấn định thời hạn: {', '.join(undated[:8])}."
        found.append(Banner("warn", text, f"/tasks?status={slug(Status.AWAITS_DATE)}", "Ấn định"))
    waiting = len(extensions.waiting(page.connection, page.ward))
    if waiting:
        text = f"{waiting} đề nghị gia hạn chờ lãnh đạo quyết định."
        found.append(Banner("calm", text, "/extensions", "Xem đề nghị"))
    return [*found, *notices(page.overview, local_mail=page.web.local_mail)]


def sections(lines: Sequence[TaskLine], plan: Any) -> list[SectionCount]:
    """Return a plan's sections with their tasks counted by status."""
    return desks.by_section(lines, plan.sections, plan.year)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a unit's desk; each card is one stage with its button."""

    title: str
    anchor: str
    cards: Sequence[Markup]


def _unit(request: Request, named: str, who: str) -> HTMLResponse:
    """Show what one unit has to do: the visitor's own, or the one that is named."""
    with reading(request) as page:
        return page.once(("unit", named, who, *page.running), lambda: _unit_made(page, named, who))


def _unit_made(page: Page, named: str, who: str) -> HTMLResponse:
    unit = unit_of(page.overview, named) or page.me.unit or ""
    unit_id = page.overview.units.get(unit, page.me.person.unit_id)
    standing = stand_ins.standing_in_for(page.connection, page.ward, page.me.person.id, page.days.today)
    people = assignments.of_ward(page.connection, page.ward)
    desk = desks.unit_desk(
        page.connection, page.ward, unit_id or 0, page.days.today, only=_only(page, people, who, unit_id)
    )
    own = unit_id == page.me.person.unit_id
    acting = page.me.may(Action.SUBMIT) and (own or unit_id in standing)
    return page.render(
        "desk_unit.html",
        unit=unit,
        own=own,
        acting=acting,
        named=slug(unit),
        who=who,
        parts=_parts(page, desk, people, acting=acting),
        desk=desk,
        standing=[(name, slug(name)) for other, name in standing.items() if other != unit_id],
        stand_in=unit_id in standing and not own,
        link=lambda **more: _link(unit="" if own else slug(unit), **more),
    )


def _only(
    page: Page, people: dict[tuple[int, int], Any], who: str, unit: int | None
) -> frozenset[int] | None:
    if who == MINE:
        return frozenset(task for (task, _), row in people.items() if row.account_id == page.me.person.id)
    if who == NOBODY:
        led = assignments.led_tasks(page.connection, page.ward, unit)
        return frozenset(row.task_id for row in led if row.name is None)
    return None


def _parts(
    page: Page, desk: desks.UnitDesk, people: dict[tuple[int, int], Any], *, acting: bool
) -> list[Part]:
    template = page.web.templates.get_template("step.html")

    def cards(rows: Sequence[Any]) -> list[Markup]:
        return [
            _card(template, row, page.days, _name(people.get((row.task_id, row.unit_id))), acting)
            for row in rows
        ]

    named = (
        ("Đã quá hạn", "late", desk.late),
        ("Bị trả lại, cần nộp lại", "returned", desk.returned),
        ("Sắp đến hạn (14 ngày tới)", "soon", desk.soon),
        ("Còn thời gian", "later", desk.later),
        ("Đã nộp, chờ nghiệm thu", "waiting", desk.waiting),
    )
    return [Part(title, anchor, cards(rows)) for title, anchor, rows in named if rows]


def _name(row: Any) -> str:
    return row.name if row is not None else ""


@lru_cache(maxsize=8192)
def _card(template: Template, row: Row[Any], days: Days, person: str, acting: bool) -> Markup:
    """Render one stage; while neither it nor the day changes, the next page only looks it up."""
    card = template.render(
        row=row,
        days=days,
        title=shortened(row.title, LONGEST_TITLE),
        link=f"/tasks/{quote(row.code, safe='')}?year={row.year}",
        act=f"/occurrences/{row.occurrence_id}/{row.stage}",
        due=days.due(row.due_on) if row.due_on else None,
        person=person,
        acting=acting,
    )
    return Markup(card)  # noqa: S704 - the template has escaped it


def _link(**asked: str) -> str:
    said = {name: value for name, value in asked.items() if value}
    return f"/?{urlencode(said)}" if said else "/"


def _auditor(request: Request) -> Response:
    return RedirectResponse("/audit", status_code=303)


def _admin(request: Request) -> HTMLResponse:
    with reading(request) as page:
        return page.once(("admin", *page.running), lambda: _admin_made(page))


def _admin_made(page: Page) -> HTMLResponse:
    counts = outbox_counts(page.connection, page.ward)
    people = accounts(page.connection, page.ward, now=page.now)
    banners = notices(page.overview, local_mail=page.web.local_mail)
    return page.render(
        "desk_admin.html",
        counts=counts,
        without=[each for each in people if each.active and each.used_at is None],
        locked=[each for each in people if each.active and each.locked],
        accounts=sum(each.active for each in people),
        notices=for_visitor(banners, page.me),
    )


_OTHERS: dict[Role, Callable[[Request], Response]] = {
    Role.LEADER: show_overview,
    Role.AUDITOR: _auditor,
    Role.ADMIN: _admin,
}
