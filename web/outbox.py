"""Messages: what left or has to leave, and all that is known of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from domain.refusals import BadValue
from notifications.wording import impersonal
from services import messages as service
from web.page import reading
from web.words import CHANNELS, MESSAGE_STATES

router = APIRouter()
NEWEST = 200
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
            self.task.strip() or None,
            _number("Đơn vị", self.unit),
            _day("Từ ngày", self.since),
            _day("Đến ngày", self.until),
            _number("Trang", self.before),
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
    return Filter(state, channel, task, unit, since, until, before)


@router.get("/outbox")
def show_outbox(request: Request, chosen: Annotated[Filter, Depends(filter_of)]) -> HTMLResponse:
    """Show the newest messages that are asked for, with their state and the last answer."""
    asked = chosen.asked
    with reading(request) as page:
        timezone = page.web.settings.timezone
        rows = service.messages(page.connection, page.ward, asked, timezone=timezone, limit=NEWEST)
        known = service.channels(page.connection)
    older = chosen.link(before=rows[-1].id) if len(rows) == NEWEST else ""
    return page.render(
        "outbox.html",
        messages=rows,
        newest=NEWEST,
        chosen=chosen,
        narrow=chosen != Filter(),
        older=older,
        channels=[(each, impersonal(each.held_why or "")) for each in known],
        units=sorted(page.overview.units.items()),
    )


@router.get("/outbox/{message_id}")
def show_message(request: Request, message_id: Id) -> HTMLResponse:
    """Show one message: every try with what the provider answered, and what became of it."""
    with reading(request) as page:
        found = service.message(page.connection, page.ward, message_id)
    return page.render("message.html", message=found)


def _one_of(what: str, value: str, known: Collection[str]) -> None:
    if value and value not in known:
        raise BadValue(what, value, "chọn một trong: " + ", ".join(known))


def _number(what: str, value: str) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 2**63):
        raise BadValue(what, value, "mở lại trang từ danh sách")
    return int(value)


def _day(what: str, value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadValue(what, value, "viết năm-tháng-ngày, ví dụ 2026-03-31") from None
