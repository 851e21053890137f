"""A unit's or a person's due dates, for calendar programs that know the private address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from fastapi import APIRouter, Request
from starlette.responses import Response

from services import feeds as service
from web.page import Web

router = APIRouter()
KEPT = "private, max-age=300"  # a revoked address is dead for everyone after five minutes


@router.get("/open/calendar/{token}.ics")
def read_calendar(request: Request, token: str) -> Response:
    """Hand out a calendar, or say that it is still the one that the program has."""
    web: Web = request.app.state.web
    now, settings = web.clock(), web.settings
    with web.look() as connection:
        found = service.calendar(
            connection, token, link_base=settings.link_base, timezone=settings.timezone, now=now
        )
    if not found.read_lately:
        with web.change() as connection:
            service.note_read(connection, found, now=now)
    etag = f'"{sha256(found.body).hexdigest()[:32]}"'
    modified = whole_second(found.modified)
    headers = {"cache-control": KEPT, "etag": etag}
    if modified <= now:  # else it may still change within the second that the header names
        headers["last-modified"] = format_datetime(modified, usegmt=True)
    if _known(request, etag, modified):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = 'inline; filename="thoi-han.ics"'
    return Response(found.body, media_type="text/calendar; charset=utf-8", headers=headers)


def whole_second(moment: datetime) -> datetime:
    """Return the first whole second that is not before `moment`, as HTTP dates have no fractions."""
    down = moment.astimezone(UTC).replace(microsecond=0)
    return down if down == moment else down + timedelta(seconds=1)


def _known(request: Request, etag: str, modified: datetime) -> bool:
    """Say whether the program has just this calendar; its ETag counts before its date (RFC 9110)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except (ValueError, OverflowError):
        return False
    return since.tzinfo is not None and since >= modified
