"""How units are reached: each unit's contacts in their order, who takes nothing now, and one-time codes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.binding import SENT_TO
from domain.errors import SystemFault, WardError
from domain.people import Action
from domain.refusals import BadValue, UnknownUnit
from domain.words import CHANNELS
from services import contact_words as said
from services import contacts as service
from services.binding import MadeCode, make_code, open_codes
from services.people import Ward, add_contact, units
from web.changing import changed
from web.errors import status_of
from web.forms import Fields
from web.page import Page, Web, reading
from web.uploads import Form
from web.visits import allowed, visitor

router = APIRouter(dependencies=[Depends(allowed(Action.SEE_MESSAGES))])
MAY_CHANGE = [Depends(allowed(Action.MANAGE_CONTACTS))]
Id = Annotated[int, Path(ge=1, lt=2**63)]
CHANGES = {
    "remove": service.remove_contact,
    "unmute": service.unmute_contact,
}


@router.get("/contacts")
def show_contacts(request: Request) -> HTMLResponse:
    """Show how every unit is reached."""
    with reading(request) as page:
        rows = [row for row in units(page.connection, page.ward) if not row.is_group]
        warnings = _warnings(page, {each["channel"] for row in rows for each in row.contacts})
    return page.render("contacts.html", units=rows, warnings=warnings, said=said)


@router.get("/contacts/{unit_id}")
def show_unit(request: Request, unit_id: Id) -> HTMLResponse:
    """Show a unit's contacts with the forms that change them."""
    return _show(request, unit_id)


@router.post("/contacts/{unit_id}", dependencies=MAY_CHANGE)
def add(request: Request, unit_id: Id, fields: Form) -> Response:
    """Add a contact."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        channel, role = fields.text("channel"), fields.text("role")
        if channel not in CHANNELS or role not in said.ROLES:
            raise BadValue("Kênh", channel[:20], "chọn kênh trong danh sách")
        add_contact(
            connection,
            ward,
            _name(connection, ward, unit_id),
            channel=channel,
            address=fields.text("address"),
            role=role,
            rank=_rank(fields),
            actor=service.manager(connection, ward, by),
            now=request.app.state.web.clock(),
        )

    return _changed(request, unit_id, fields, change)


@router.post("/contacts/{unit_id}/code", dependencies=MAY_CHANGE)
def make(request: Request, unit_id: Id, fields: Form) -> Response:
    """Make a one-time code and show it, this once; so this answer is no redirection."""
    web: Web = request.app.state.web
    me = visitor(request)
    try:
        with web.change() as connection:
            role = fields.text("role") if fields.text("role") in said.ROLES else "officer"
            name = _name(connection, me.ward, unit_id)
            made = make_code(
                connection,
                me.ward,
                name,
                channel=fields.text("channel"),
                role=role,
                by=me.name,
                now=web.clock(),
            )
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, unit_id, refusal=refusal, given=fields)
    return _show(request, unit_id, made=made)


@router.post("/contacts/{unit_id}/{contact_id}", dependencies=MAY_CHANGE)
def change_contact(request: Request, unit_id: Id, contact_id: Id, fields: Form) -> Response:
    """Give a contact another place, remove it, or write to it again."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        now, act = request.app.state.web.clock(), CHANGES.get(fields.text("do"))
        found = service.contact_by_id(connection, ward, _name(connection, ward, unit_id), contact_id)
        if act is not None:
            act(connection, ward, found, by=by, now=now)
        else:
            service.rank_contact(connection, ward, found, _rank(fields) or 0, by=by, now=now)

    return _changed(request, unit_id, fields, change)


def _changed(request: Request, unit_id: int, fields: Fields, change: Any) -> Response:
    return changed(
        request,
        change,
        back=f"/contacts/{unit_id}",
        again=lambda refusal: _show(request, unit_id, refusal=refusal, given=fields),
    )


def _show(
    request: Request,
    unit_id: int,
    *,
    made: MadeCode | None = None,
    refusal: WardError | None = None,
    given: Fields | None = None,
) -> HTMLResponse:
    with reading(request) as page:
        name = _name(page.connection, page.ward, unit_id)
        _, _, rows = service.contacts_of(page.connection, page.ward, name)
        codes = open_codes(page.connection, page.ward, unit_id, page.now)
        warnings = _warnings(page, {row.channel for row in rows} | ({made.channel} if made else set()))
    key, settings = page.web.forms.key(request), page.web.settings
    response = page.render(
        "contact_unit.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        unit_id=unit_id,
        unit=name,
        contacts=rows,
        codes=codes,
        made=made,
        steps=said.code_steps(made) if made else (),
        warnings=[*warnings, *(said.code_warnings(settings, made.channel) if made else ())],
        said=said,
        bindable=[channel for channel in CHANNELS if channel in SENT_TO],
        given={each: given.text(each) if given else "" for each in ("channel", "address", "role", "rank")},
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)


def _warnings(page: Page, channels: set[str]) -> list[str]:
    return said.channel_warnings(page.connection, page.web.settings, channels)


def _rank(fields: Fields) -> int | None:
    text = fields.text("rank")
    if text and not (text.isascii() and text.isdigit() and len(text) < 4):
        raise BadValue("Thứ tự", text[:20], "là một số")
    return int(text) if text else None


def _name(connection: Connection, ward: Ward, unit_id: int) -> str:
    name = service.unit_name(connection, ward, unit_id)
    if name is None:
        raise UnknownUnit(f"số {unit_id}")
    return name
