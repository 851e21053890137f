"""Messages: what left or has to leave, and all that is known of each."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from domain.people import Action
from domain.refusals import BadValue
from notifications.wording import clean, impersonal
from services import channels, resending
from services import messages as service
from services.people import Ward
from web.asked import day_of, for_field, number_of
from web.errors import status_of
from web.forms import Fields
from web.page import Web, reading
from web.pieces import pieces
from web.uploads import Form
from web.visits import allowed, visitor
from web.words import CHANNELS, MESSAGE_STATES

router = APIRouter(dependencies=[Depends(allowed(Action.SEE_MESSAGES))])
NEWEST = 200
FROM_LIST = "mở lại trang từ danh sách"
Id = Annotated[int, Path(ge=1, lt=2**63)]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which messages are shown; all of it stands in the address."""

    state: str = ""
    channel: str = ""
    task: str = ""
    unit: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    def link(self, **more: object) -> str:
        """Return the address of the messages filtered like this, with `more`."""
        asked = {name: getattr(self, name) for name in self.__slots__}
        said = {name: value for name, value in {**asked, **more}.items() if value}
        return "/outbox" + (f"?{urlencode(said)}" if said else "")

    @property
    def asked(self) -> service.Asked:
        """Return what is asked for.

        Raises:
            BadValue: there is no such state, channel, unit or day.
        """
        _one_of("Tình trạng", self.state, MESSAGE_STATES)
        _one_of("Kênh", self.channel, CHANNELS)
        return service.Asked(
            self.state or None,
            self.channel or None,
            clean(self.task) or None,
            number_of(self.unit, "Đơn vị", FROM_LIST),
            day_of(self.since, "Từ ngày"),
            day_of(self.until, "Đến ngày"),
            number_of(self.before, "Trang", FROM_LIST),
        )


def filter_of(
    state: Annotated[str, Query(max_length=20)] = "",
    channel: Annotated[str, Query(max_length=20)] = "",
    task: Annotated[str, Query(max_length=40)] = "",
    unit: Annotated[str, Query(max_length=20)] = "",
    since: Annotated[str, Query(max_length=20)] = "",
    until: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[str, Query(max_length=20)] = "",
) -> Filter:
    """Read the filter of an address."""
    return Filter(state, channel, task, unit, for_field(since), for_field(until), before)


@router.get("/outbox")
def show_outbox(request: Request, chosen: Annotated[Filter, Depends(filter_of)]) -> HTMLResponse:
    """Show the newest messages that are asked for, with their state and the last answer."""
    return _show_outbox(request, chosen)


def _show_outbox(request: Request, chosen: Filter, refusal: WardError | None = None) -> HTMLResponse:
    asked = chosen.asked
    with reading(request) as page:
        timezone = page.web.settings.timezone
        rows = service.messages(page.connection, page.ward, asked, timezone=timezone, limit=NEWEST)
        known = channels.states(page.connection, page.ward, page.now)
    key = page.web.forms.key(request)
    older = chosen.link(before=rows[-1].id) if len(rows) == NEWEST else ""
    response = page.render(
        "outbox.html",
        refusal=refusal.notice if refusal else "",
        token=key.token,
        messages=pieces(page.web, "outbox_line.html", rows, page.days),
        newest=NEWEST,
        chosen=chosen,
        narrow=chosen != Filter(),
        older=older,
        channels=[(each, impersonal(each.held_why or "")) for each in known],
        units=sorted(page.overview.units.items()),
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)


@router.get("/outbox/{message_id}")
def show_message(request: Request, message_id: Id) -> HTMLResponse:
    """Show one message: every try with what the provider answered, and what became of it."""
    return _show_message(request, message_id)


@router.post("/outbox/{message_id}/resend")
def resend_message(request: Request, message_id: Id, fields: Form) -> Response:
    """Queue a message that failed anew, then show it again."""

    def again(connection: Connection, ward: Ward, by: str, now: datetime) -> None:
        resending.resend(connection, ward, message_id, by=by, now=now)

    return _act(request, message_id, fields, again)


@router.post("/outbox/{message_id}/confirm")
def confirm_message(request: Request, message_id: Id, fields: Form) -> Response:
    """Take what a person knows of a message of unknown outcome, then show it again."""
    said = fields.text("outcome")

    def cleared(connection: Connection, ward: Ward, by: str, now: datetime) -> None:
        if said not in {"arrived", "lost"}:
            raise BadValue("Kết quả", said, "chọn đã tới hoặc chưa tới")
        arrived, reason = said == "arrived", fields.text("reason")
        resending.clear_up(connection, ward, message_id, arrived=arrived, reason=reason, by=by, now=now)

    return _act(request, message_id, fields, cleared)


@router.post("/outbox/channels/{name}/release")
def release_channel(request: Request, name: Annotated[str, Path(max_length=20)], fields: Form) -> Response:
    """Let a held channel send again, then show the messages."""
    web: Web = request.app.state.web
    me = visitor(request)
    try:
        with web.change() as connection:
            channels.release(connection, me.ward, name, by=me.name, now=web.clock())
    except SystemFault:
        raise
    except WardError as refusal:
        return _show_outbox(request, Filter(), refusal)
    return RedirectResponse("/outbox#channels", status_code=303)


Change = Callable[[Connection, Ward, str, datetime], None]


def _act(request: Request, message_id: int, fields: Fields, change: Change) -> Response:
    web: Web = request.app.state.web
    me = visitor(request)
    try:
        with web.change() as connection:
            change(connection, me.ward, me.name, web.clock())
    except SystemFault:
        raise
    except WardError as refusal:
        return _show_message(request, message_id, refusal)
    return RedirectResponse(f"/outbox/{message_id}", status_code=303)


def _show_message(request: Request, message_id: int, refusal: WardError | None = None) -> HTMLResponse:
    with reading(request) as page:
        found = service.message(page.connection, page.ward, message_id)
    key = page.web.forms.key(request)
    response = page.render(
        "message.html",
        message=found,
        refusal=refusal.notice if refusal else "",
        token=key.token,
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)


def _one_of(what: str, value: str, known: Collection[str]) -> None:
    if value and value not in known:
        raise BadValue(what, value, "chọn một trong: " + ", ".join(known))
