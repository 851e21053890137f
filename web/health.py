"""`/healthz`: whether the pages and the database work, for whatever looks after the machine."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from services.overview import morning_is_late
from web.page import DatabaseAway, Web

router = APIRouter()


@router.get("/healthz")
def health(request: Request) -> JSONResponse:
    """Answer 200 when the pages and the database work, 503 else; `morning` is the dead man's switch."""
    web: Web = request.app.state.web
    try:
        with web.look() as connection:
            late = morning_is_late(connection, web.clock())
    except DatabaseAway:
        return JSONResponse({"status": "down", "database": "down", "morning": "unknown"}, status_code=503)
    return JSONResponse({"status": "ok", "database": "ok", "morning": "late" if late else "ok"})
