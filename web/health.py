"""`/healthz`: whether the pages and the database work, for whatever looks after the machine."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from config.parts import read_parts
from services.overview import morning_is_late
from web.away import DatabaseAway
from web.page import Web

router = APIRouter()


@router.get("/healthz")
def health(request: Request) -> JSONResponse:
    """Answer 200 when the pages and the database work, 503 else; `morning` is the dead man's switch.

    `parts` are those that `cchc up` looks after here; where each is started on its own they are all `down`.
    """
    web: Web = request.app.state.web
    parts = {part.name: part.state.value for part in read_parts(web.settings.data)}
    try:
        with web.look() as connection:
            late = morning_is_late(connection, web.clock())
    except DatabaseAway:
        down = {"status": "down", "database": "down", "morning": "unknown", "parts": parts}
        return JSONResponse(down, status_code=503)
    said = {"status": "ok", "database": "ok", "morning": "late" if late else "ok", "parts": parts}
    return JSONResponse(said)
