"""Stand-ins (người làm thay): who acts for whom now, and the form that names one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.errors import WardError
from domain.people import PERMITTED, Action, Role
from domain.refusals import BadValue
from services import stand_ins as service
from services.people import Ward, users
from web.changing import Change, changed
from web.errors import status_of
from web.forms import Fields
from web.page import Web, reading
from web.uploads import Form
from web.visits import allowed

router = APIRouter()
MAY_CHANGE = [Depends(allowed(Action.STAND_IN))]
Id = Annotated[int, Path(ge=1, lt=2**63)]
GIVEN = ("account", "stand_in", "first", "last", "reason")


@router.get("/stand-ins")
def show_stand_ins(request: Request) -> HTMLResponse:
    """Show who stands in for whom, and the form for one more."""
    return _show(request)


@router.post("/stand-ins", dependencies=MAY_CHANGE)
def add_stand_in(request: Request, fields: Form) -> Response:
    """Name a stand-in."""
    web: Web = request.app.state.web

    def change(connection: Connection, ward: Ward, by: str) -> None:
        first, last = fields.day("first", "Từ ngày"), fields.day("last", "Đến ngày")
        if first is None or last is None:
            raise BadValue("Từ ngày, đến ngày", "", "phải ghi cả hai")
        now = web.clock()
        service.name_stand_in(
            connection,
            ward,
            fields.text("account") or by,
            fields.text("stand_in"),
            first=first,
            last=last,
            reason=fields.text("reason"),
            by=by,
            today=now.astimezone(web.settings.timezone).date(),
            now=now,
        )

    return _change(request, fields, change)


@router.post("/stand-ins/{number}/end", dependencies=MAY_CHANGE)
def end_stand_in(request: Request, number: Id, fields: Form) -> Response:
    """End a stand-in now."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        service.end(connection, ward, number, by=by, now=request.app.state.web.clock())

    return _change(request, fields, change)


def _change(request: Request, fields: Fields, change: Change) -> Response:
    def again(refusal: WardError) -> HTMLResponse:
        return _show(request, refusal=refusal, given=fields)

    return changed(request, change, back="/stand-ins", again=again)


def _show(request: Request, *, refusal: WardError | None = None, given: Fields | None = None) -> HTMLResponse:
    with reading(request) as page:
        found = service.of_ward(page.connection, page.ward, page.days.today)
        people = [
            row
            for row in users(page.connection, page.ward)
            if row.active and not row.machine and Role(row.role) in PERMITTED[Action.SUBMIT]
        ]
    mine = page.me.person.role is Role.OFFICER
    key = page.web.forms.key(request)
    response = page.render(
        "stand_ins.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        current=[row for row in found if row.open],
        former=[row for row in found if not row.open],
        people=people,
        mine=mine,
        given={name: given.text(name) if given else "" for name in GIVEN},
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)
