"""One task with all that belongs to it."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.people import users
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
        history=told(view.history, names, labels),
        event_types=_event_types() if any(row.event_id for row in view.occurrences) else {},
    )


@cache
def _event_types() -> dict[str, str]:
    from config.event_types import load_event_types

    return {each.code: each.label for each in load_event_types()}
