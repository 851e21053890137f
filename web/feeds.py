"""Private calendar addresses: made, shown once, taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.responses import Response

from config.hosts import is_loopback
from domain.errors import SystemFault, WardError
from domain.people import Action
from domain.refusals import BadValue
from services import feeds as service
from services.people import Ward, units, users
from web.changing import changed
from web.errors import status_of
from web.forms import Fields
from web.page import Web, reading
from web.uploads import Form
from web.visits import allowed, visitor

router = APIRouter()
MAY_MAKE = [Depends(allowed(Action.MANAGE_FEEDS))]
Id = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/feeds")
def show_feeds(request: Request) -> HTMLResponse:
    """Show the calendars that were made, and the form for one more."""
    return _show(request)


@router.post("/feeds", dependencies=MAY_MAKE)
def make_feed(request: Request, fields: Form) -> Response:
    """Make a calendar and show its address, this once; so this answer is no redirection."""
    web: Web = request.app.state.web
    me = visitor(request)
    kind, _, name = fields.text("of").partition(":")
    try:
        with web.change() as connection:
            if kind not in {"unit", "user"} or not name:
                raise BadValue("Lịch của ai", "", "chọn một đơn vị hoặc một người")
            made = service.make_feed(
                connection,
                me.ward,
                unit=name if kind == "unit" else None,
                user=name if kind == "user" else None,
                by=me.name,
                link_base=web.settings.link_base,
                now=web.clock(),
            )
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, refusal=refusal, given=fields)
    return _show(request, made=made)


@router.post("/feeds/{feed_id}/revoke", dependencies=MAY_MAKE)
def revoke_feed(request: Request, feed_id: Id, fields: Form) -> Response:
    """Take a calendar back, then show the list again."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        service.revoke_feed(connection, ward, feed_id, by=by, now=request.app.state.web.clock())

    def again(refusal: WardError) -> HTMLResponse:
        return _show(request, refusal=refusal, given=fields)

    return changed(request, change, back="/feeds", again=again)


def _show(
    request: Request,
    *,
    made: service.Made | None = None,
    refusal: WardError | None = None,
    given: Fields | None = None,
) -> HTMLResponse:
    with reading(request) as page:
        rows = service.feeds(page.connection, page.ward)
        accounts = users(page.connection, page.ward)
        known = [unit.name for unit in units(page.connection, page.ward) if not unit.is_group]
    key = page.web.forms.key(request)
    response = page.render(
        "feeds.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        made=made,
        in_use=[row for row in rows if row.revoked_at is None],
        revoked=[row for row in rows if row.revoked_at is not None],
        units=known,
        accounts=[each for each in accounts if each.active],
        of=given.text("of") if given else "",
        only_here=_only_here(page.web),
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)


def _only_here(web: Web) -> bool:
    """Say whether addresses lead to this machine itself, where no phone can follow them."""
    from urllib.parse import urlsplit

    return is_loopback(urlsplit(web.settings.link_base).hostname or "")
