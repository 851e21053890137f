"""One task with all that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from domain.people import Action
from domain.stages import SUBMITTABLE, OccurrenceState, StageState
from services.people import users
from services.reports import offered
from services.sessions import Visitor
from services.succession import last_year
from services.tasks import show_task, status_of
from web.history import told
from web.page import reading
from web.words import STATUS_TONES

router = APIRouter()


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
        stage_link=lambda stage, occurrence: _stage_link(page.me, stage, occurrence),
        offer_of=lambda row: offered(view.line.title, row.label) if page.me.may(Action.REPORT) else None,
        history=told(view.history, names, labels),
        event_types=_event_types() if any(row.event_id for row in view.occurrences) else {},
    )


def _stage_link(me: Visitor, stage: Mapping[str, Any], occurrence: Any) -> str:
    """Name what whoever looks most likely does with a stage."""
    if occurrence.state == OccurrenceState.OPEN:
        own = me.person.unit_id == occurrence.unit_id and me.may(Action.SUBMIT)
        if own and stage["state"] in SUBMITTABLE:
            return "Nộp kết quả, xin gia hạn"
        if own and stage["state"] == StageState.SUBMITTED:
            return "Xem, rút lại kết quả"
        if me.may(Action.ACCEPT) and stage["state"] == StageState.SUBMITTED:
            return "Nghiệm thu, trả lại"
    return "Xem bước này"


@cache
def _event_types() -> dict[str, str]:
    from config.event_types import load_event_types

    return {each.code: each.label for each in load_event_types()}
