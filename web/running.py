"""What runs: the parts, the versions, the last morning run, the messages, what opens next."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from config.parts import prefect_pages
from services.overview import outbox_counts, upcoming, versions
from web.page import reading

router = APIRouter()


@router.get("/running")
def show_running(request: Request) -> HTMLResponse:
    """Show the state of the installation."""
    with reading(request) as page:
        counts = outbox_counts(page.connection, page.ward)
        coming = upcoming(page.connection, page.ward, page.days.today)
        known = versions(page.connection)
    return page.render(
        "running.html", counts=counts, upcoming=coming, versions=known, prefect_pages=prefect_pages
    )
