"""The administrator's page of machine accounts: their tokens are made, shown once, taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from domain.machine_tokens import LASTS, LONGEST, SCOPE_NAMES, Scope
from domain.people import ROLE_NAMES, Action
from domain.refusals import BadValue
from services import machine_tokens as service
from services.people import Ward, units
from web.api.app import PREFIX
from web.changing import changed
from web.errors import status_of
from web.forms import Fields
from web.page import Web, reading
from web.uploads import Form
from web.visits import allowed, visitor

router = APIRouter(dependencies=[Depends(allowed(Action.MANAGE_MACHINES))])
Id = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/machines")
def show_machines(request: Request) -> HTMLResponse:
    """Show the tokens, and the form for one more."""
    return _show(request)


@router.post("/machines")
def make_token(request: Request, fields: Form) -> Response:
    """Make a token and show it, this once; so this answer is no redirection."""
    web: Web = request.app.state.web
    me = visitor(request)
    try:
        with web.change() as connection:
            made = service.make_token(connection, me.ward, _order(fields), by=me.name, now=web.clock())
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, refusal=refusal, given=fields)
    return _show(request, made=made)


@router.post("/machines/{number}/revoke")
def revoke_token(request: Request, number: Id, fields: Form) -> Response:
    """Take a token back, then show the list again."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        service.revoke_token(connection, ward, number, by=by, now=request.app.state.web.clock())

    return changed(request, change, back="/machines", again=lambda refusal: _show(request, refusal=refusal))


def _order(fields: Fields) -> service.Order:
    days = fields.text("days") or str(LASTS.days)
    if not (days.isascii() and days.isdigit() and len(days) < 6):
        raise BadValue("Số ngày có hiệu lực", days[:12], f"là số từ 1 đến {LONGEST.days}")
    return service.Order(
        name=fields.text("name").lower(),
        label=fields.text("label"),
        scopes=[scope.value for scope in Scope if fields.text(f"scope-{scope.value}")],
        unit=fields.text("unit") or None,
        days=int(days),
    )


def _show(
    request: Request,
    *,
    made: service.Made | None = None,
    refusal: WardError | None = None,
    given: Fields | None = None,
) -> HTMLResponse:
    with reading(request) as page:
        rows = service.tokens(page.connection, page.ward)
        names = [unit.name for unit in units(page.connection, page.ward) if not unit.is_group]
    alive = [row for row in rows if row.revoked_at is None and row.expires_at > page.now and row.active]
    response = page.render(
        "machines.html",
        made=made,
        refusal=refusal.notice if refusal else "",
        given=given.values if given else {},
        in_use=alive,
        ended=[row for row in rows if row not in alive],
        units=names,
        scopes=[(scope.value, said) for scope, said in SCOPE_NAMES.items()],
        scope_names={scope.value: said for scope, said in SCOPE_NAMES.items()},
        role_names={role.value: said for role, said in ROLE_NAMES.items()},
        lasts=LASTS.days,
        longest=LONGEST.days,
        address=page.web.settings.link_base + PREFIX,
    )
    response.status_code = status_of(refusal) if refusal else 200
    return response
