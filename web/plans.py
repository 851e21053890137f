"""The decision as it was read."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services import plans as service
from services.findings import findings
from services.overview import sections
from web.page import reading

router = APIRouter()


@router.get("/plan")
def show_plan(request: Request) -> HTMLResponse:
    """Show the newest plan, an active one before a draft: head, sections, reporting calendar, doubts."""
    with reading(request) as page:
        plans = service.plans(page.connection, page.ward)
        plan = next((each for each in plans if each.state == "active"), plans[0] if plans else None)
        found = sections(page.connection, page.ward, plan.id) if plan else ()
        doubts = findings(page.connection, page.ward, plan.id) if plan else ()
    return page.render("plan.html", plan=plan, others=plans, sections=found, doubts=doubts)
