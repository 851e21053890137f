"""Official notices about days off and made-up working days: shown, recorded, taken back."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.calendar import Notice, in_words
from domain.errors import WardError
from domain.people import Action
from domain.refusals import BadValue
from services import office_calendar as service
from services.people import Ward
from web.changing import Change, changed
from web.errors import status_of
from web.forms import Fields
from web.page import reading
from web.uploads import Form
from web.visits import allowed

router = APIRouter()
MAY_CHANGE = [Depends(allowed(Action.MANAGE_CALENDAR))]
Id = Annotated[int, Path(ge=1, lt=2**63)]
GIVEN = ("document", "year", "off", "worked")


@router.get("/calendar/notices")
def show_notices(request: Request) -> HTMLResponse:
    """Show the notices, and the form for one more."""
    return _show(request)


@router.post("/calendar/notices", dependencies=MAY_CHANGE)
def add_notice(request: Request, fields: Form) -> Response:
    """Record a notice."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        year = _year(fields.text("year"))
        notice = Notice(
            fields.text("document"),
            year,
            _days(fields.text("off"), year),
            _days(fields.text("worked"), year),
        )
        service.add_notice(connection, ward, notice, by=by, now=request.app.state.web.clock())

    return _change(request, fields, change)


@router.post("/calendar/notices/{number}/withdraw", dependencies=MAY_CHANGE)
def withdraw_notice(request: Request, number: Id, fields: Form) -> Response:
    """Let a notice count no longer."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        service.withdraw_notice(connection, ward, number, by=by, now=request.app.state.web.clock())

    return _change(request, fields, change)


def _change(request: Request, fields: Fields, change: Change) -> Response:
    def again(refusal: WardError) -> HTMLResponse:
        return _show(request, refusal=refusal, given=fields)

    return changed(request, change, back="/calendar/notices", again=again)


def _show(request: Request, *, refusal: WardError | None = None, given: Fields | None = None) -> HTMLResponse:
    with reading(request) as page:
        found = service.notices(page.connection)
        calendar = service.calendar_around(page.connection, page.days.today)
    key, today = page.web.forms.key(request), page.days.today
    response = page.render(
        "notices.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        in_force=[each for each in found if each.withdrawn_at is None],
        withdrawn=[each for each in found if each.withdrawn_at is not None],
        provisional=sorted(year for year in calendar.provisional if today.year <= year <= today.year + 1),
        say=in_words,
        given={name: given.text(name) if given else "" for name in GIVEN},
        next_year=today.year + 1,
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)


def _year(text: str) -> int:
    if not re.fullmatch("[0-9]{4}", text):
        raise BadValue("Năm", text[:20], "viết đủ bốn chữ số, ví dụ 2027")
    return int(text)


def _days(text: str, year: int) -> tuple[date, ...]:
    """Read days as people list them: `8/2, 9/2/2027; 2027-02-10`; without a year it is the notice's."""
    return tuple(_day(part, year) for part in re.split(r"[,;\s]+", text) if part)


def _day(text: str, year: int) -> date:
    written = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?", text)
    try:
        if written:
            return date(int(written[3] or year), int(written[2]), int(written[1]))
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("Ngày", text[:20], "viết ngày/tháng, ví dụ 8/2, 9/2") from None
