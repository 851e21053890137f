"""Requests for more time: what waits for a leader's decision, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.errors import WardError
from domain.extensions import asked_in_time
from domain.people import Action
from domain.plans import STAGE_NAMES, Stage
from domain.refusals import BadValue
from services import extensions
from services.people import Ward
from web.changing import Change, changed
from web.confirming import Step, ask, confirmed
from web.days import short_day
from web.errors import status_of
from web.findings import LARGEST_ID
from web.forms import Fields
from web.page import Web, reading
from web.uploads import Form
from web.visits import allowed, local_path

router = APIRouter()
Id = Annotated[int, InPath(ge=1, le=LARGEST_ID)]
DECIDE = [Depends(allowed(Action.DECIDE_EXTENSION))]
DONE = {
    "moved": "Đã gia hạn; thời hạn mới có hiệu lực và đơn vị được thông báo.",
    "apart": "Đã chấp thuận và ghi nhận riêng; thời hạn không đổi, kết quả vẫn tính quá hạn.",
    "refused": "Đã từ chối; đơn vị được thông báo kèm ý kiến.",
    "withdrawn": "Đã rút đề nghị gia hạn.",
}
MOST = 50


@router.get("/extensions")
def show_extensions(
    request: Request,
    done: Annotated[str, Query()] = "",
    later: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Show the requests that wait, and those that were decided."""
    return _show(request, done=done, later=later)


@router.post("/extensions/{extension_id}/grant", dependencies=DECIDE)
def grant_extension(request: Request, extension_id: Id, fields: Form) -> Response:
    """Approve a request until a day; say which later stages now fall due before this one."""
    web: Web = request.app.state.web
    if not confirmed(fields) and (asked := _before_granting(request, extension_id, fields)):
        return asked
    came: dict[str, extensions.Granted] = {}

    def grant(connection: Connection, ward: Ward, me: str) -> None:
        until = fields.day("until", "Ngày gia hạn")
        if until is None:
            raise BadValue("Ngày gia hạn", "", "chưa chọn ngày")
        came["of"] = extensions.grant(
            connection, ward, extension_id,
            until=until, objective=fields.text("objective") == "1", answer=fields.text("answer") or None,
            by=me, today=_today(web), now=web.clock(), timezone=web.settings.timezone,
        )  # fmt: skip # one call

    answer = _changed(request, extension_id, fields, grant, "/extensions")
    if answer.status_code == 303:
        granted = came["of"]
        later = "; ".join(f"{STAGE_NAMES[stage]} ({short_day(due)})" for stage, due in granted.overtaken)
        query = {"done": "moved" if granted.moved else "apart", **({"later": later} if later else {})}
        answer.headers["location"] = f"/extensions?{urlencode(query)}"
    return answer


@router.post("/extensions/{extension_id}/refuse", dependencies=DECIDE)
def refuse_extension(request: Request, extension_id: Id, fields: Form) -> Response:
    """Refuse a request, with an answer."""
    web: Web = request.app.state.web

    def refuse(connection: Connection, ward: Ward, me: str) -> None:
        extensions.refuse(
            connection, ward, extension_id,
            answer=fields.text("answer"), by=me, today=_today(web), now=web.clock(),
            timezone=web.settings.timezone,
        )  # fmt: skip # one call

    return _changed(request, extension_id, fields, refuse, "/extensions?done=refused")


@router.post("/extensions/{extension_id}/withdraw", dependencies=[Depends(allowed(Action.ASK_EXTENSION))])
def withdraw_extension(request: Request, extension_id: Id, fields: Form) -> Response:
    """Take a request back; whoever asked may, and their unit."""
    web: Web = request.app.state.web
    back = local_path(fields.text("back") or "/extensions?done=withdrawn")

    def withdraw(connection: Connection, ward: Ward, me: str) -> None:
        extensions.withdraw(
            connection, ward, extension_id,
            by=me, today=_today(web), now=web.clock(), timezone=web.settings.timezone,
        )  # fmt: skip # one call

    return _changed(request, extension_id, fields, withdraw, back)


def _before_granting(request: Request, extension_id: int, fields: Fields) -> HTMLResponse | None:
    """Ask once more; None where it would be refused anyway, which says why."""
    with reading(request) as page:
        waiting = extensions.waiting(page.connection, page.ward, timezone=page.days.timezone)
    row = next((each for each in waiting if each.id == extension_id), None)
    try:
        until = fields.day("until", "Ngày gia hạn")
    except BadValue:
        return None
    if row is None or until is None or until > row.asked_until:
        return None
    if asked_in_time(row.asked_on, row.former_due):
        first = (
            f"Thời hạn đổi từ {short_day(row.due_on)} thành {short_day(until)}; nhắc việc theo thời hạn mới."
        )
    else:
        first = f"Ghi nhận chậm đến {short_day(until)}; thời hạn không đổi và kết quả vẫn tính quá hạn."
    last = "Không rút lại được; về sau chỉ có thể ấn định thời hạn khác, kèm lý do."
    step = Step(
        f"Chấp thuận gia hạn đến {short_day(until)}?",
        [f"{row.code}. {row.title} · {row.label} · {STAGE_NAMES[Stage(row.stage)]} · {row.unit}"],
        [first, "Đơn vị được thông báo ngay.", last],
        "Chấp thuận",
        f"/extensions#x-{extension_id}",
    )
    return ask(request, page, fields, step)


def _changed(request: Request, extension_id: int, fields: Fields, change: Change, back: str) -> Response:
    return changed(
        request,
        change,
        back=back,
        again=lambda refusal: _show(request, refused=extension_id, refusal=refusal, given=fields),
    )


def _show(
    request: Request,
    *,
    done: str = "",
    later: str = "",
    refused: int | None = None,
    refusal: WardError | None = None,
    given: Fields | None = None,
) -> HTMLResponse:
    with reading(request) as page:
        zone = page.days.timezone
        waiting = extensions.waiting(page.connection, page.ward, timezone=zone)
        decided = extensions.recent(page.connection, page.ward, MOST, timezone=zone)
    typed: Mapping[str, str] = given.values if given else {}
    response = page.render(
        "extensions.html",
        waiting=waiting,
        decided=decided,
        in_time=lambda row: asked_in_time(row.asked_on, row.former_due),
        moved=extensions.moved,
        done=DONE.get(done, ""),
        later=later,
        refused=refused if any(row.id == refused for row in waiting) else None,
        refusal=refusal.notice if refusal else "",
        typed=typed,
    )
    response.status_code = status_of(refusal) if refusal else 200
    return response


def _today(web: Web) -> date:
    return web.clock().astimezone(web.settings.timezone).date()
