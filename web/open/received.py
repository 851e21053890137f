"""“Đã nhận”: the page behind the link in a message, for whoever has the link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from config.hosts import host_of
from notifications.wording import shortened
from services import acknowledgements as service
from services.office_calendar import calendar_around
from web.days import Days, Due, days_on
from web.forms import ForeignForm
from web.page import Web
from web.words import stage_name

router = APIRouter()
HANDED_IN = {"submitted", "accepted"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the page; `standing` says why a due date that was told no longer counts."""

    code: str
    title: str
    label: str
    unit: str
    stage: str
    due: Due
    standing: str


@router.get("/open/received/{token}")
def show_received(request: Request, token: str) -> HTMLResponse:
    """Show what a message was about, with the one button; that the link was opened is kept once."""
    web: Web = request.app.state.web
    now = web.clock()
    today = now.astimezone(web.settings.timezone).date()
    with web.look() as connection:
        found = service.received(connection, web.keys, token)
        days = days_on(today, web.settings.timezone, calendar_around(connection, today))
    if found.opened_at is None and not _only_looks(request):
        with web.change() as connection:
            service.open_link(connection, web.keys, token, now=now)
    page = web.render(
        "open_received.html",
        ward_name=found.ward_name,
        lines=_shown(found.lines, days),
        acknowledged=days.moment(found.acknowledged_at) if found.acknowledged_at else "",
        address=request.url.path,
    )
    return HTMLResponse(page)


@router.post("/open/received/{token}")
def confirm_received(request: Request, token: str) -> RedirectResponse:
    """Record that the message was received, then show the page again.

    The signed path is all that it needs: a page of another site can't know it, so there is
    nothing that a cookie or a token in the form would add.
    """
    _check_sender(request)
    web: Web = request.app.state.web
    with web.change() as connection:
        service.acknowledge(connection, web.keys, token, now=web.clock())
    return RedirectResponse(request.url.path, status_code=303)


def _shown(lines: Sequence[service.Line], days: Days) -> list[Shown]:
    return [
        Shown(
            each.code,
            shortened(each.title),
            each.label,
            each.unit,
            stage_name(each.stage),
            days.due(each.due_on),
            _standing(each),
        )
        for each in lines
    ]


def _standing(line: service.Line) -> str:
    if line.current:
        return ""
    if line.occurrence_state == "cancelled":
        return "Kỳ thực hiện đã huỷ."
    return "Bước này đã nộp." if line.state in HANDED_IN else "Thời hạn đã thay đổi sau khi gửi thư."


def _only_looks(request: Request) -> bool:
    """Say whether nobody has opened the page: the head was asked for, or it is fetched in advance."""
    purpose = request.headers.get("sec-purpose") or request.headers.get("purpose") or ""
    return bool(request.scope.get("head")) or "prefetch" in purpose


def _check_sender(request: Request) -> None:
    """Return unless the browser says that another site sent the form.

    Under `Referrer-Policy: no-referrer` browsers send the origin `null`, and older ones no more than that.

    Raises:
        ForeignForm: it says so.
    """
    origin = request.headers.get("origin", "null")
    host = request.headers.get("host", "").lower()
    foreign_site = request.headers.get("sec-fetch-site", "same-origin") != "same-origin"
    if foreign_site or (origin != "null" and host_of(origin) != host):
        raise ForeignForm
