"""What is shown when a page can't be: a calm sentence in Vietnamese, never a traceback."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from domain.refusals import BadValue, NotPermitted
from web import faults
from web.away import DatabaseAway
from web.forms import RefusedForm, TooLarge
from web.guard import HEADERS, OPEN, OPEN_HEADERS, BodyTooLarge
from web.measured import route_of
from web.page import Web
from web.visits import NotSignedIn
from web.working import StillWorking

_log = logging.getLogger(__name__)
RETRY_S = 5
LOOK_AGAIN_S = 3


def handle_errors(app: FastAPI) -> None:
    """Answer every refusal and every fault with a page."""
    app.add_exception_handler(WardError, _refused)
    app.add_exception_handler(StillWorking, _going_on)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(Exception, _broken)


def status_of(error: Exception) -> int:
    """Return the HTTP status that says what kind of refusal it is."""
    if isinstance(error, SystemFault):
        return 503
    if isinstance(error, RefusedForm | NotPermitted):
        return 403
    if isinstance(error, TooLarge | BodyTooLarge):
        return 413
    if type(error).__name__.startswith("Unknown"):
        return 404
    return 422 if isinstance(error, BadValue) else 409


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, WardError)  # noqa: S101 - it is registered for that class only
    if isinstance(error, NotSignedIn):
        return RedirectResponse(error.target, status_code=303)
    status = status_of(error)
    if isinstance(error, SystemFault):
        return _faulty(request, error)
    title = "Không tìm thấy" if status == 404 else "Chưa thực hiện được"
    return _page(request, status, title, error.notice)


def _faulty(request: Request, fault: SystemFault) -> Response:
    """Say what is broken: the database, for which the page waits, or something else, which is told apart."""
    away = isinstance(fault, DatabaseAway)
    if away:
        _log.warning("%s %s: %s", request.method, route_of(request.scope), fault)
    if _is_open(request):  # for outsiders, who have nobody to tell a reference
        if not away:
            faults.noted(f"{request.method} {route_of(request.scope)}", fault)
        text = "Hệ thống tạm thời chưa phục vụ được. Đề nghị mở lại đường dẫn này sau ít phút."
        return _page(request, 503, "Tạm thời chưa phục vụ được", text, again=True)
    if isinstance(fault, DatabaseAway):
        return _page(request, 503, fault.title, fault.notice, again=True)
    return _page(request, 503, faults.TITLE, faults.told(request, fault))


async def _going_on(request: Request, going: Exception) -> Response:
    """Say what goes on; after a form, on the page that will show what came of it."""
    assert isinstance(going, StillWorking)  # noqa: S101 - it is registered for that class only
    if request.method != "GET":
        return RedirectResponse(going.page, status_code=303)
    shown = {"title": going.title, "page": going.page, "said": going.said, "seconds": going.seconds}
    web: Web = request.app.state.web
    body = web.render("working.html", again=LOOK_AGAIN_S, path="", **shown, **_known(request))
    return HTMLResponse(body)


async def _not_understood(request: Request, error: Exception) -> HTMLResponse:
    return _page(request, 422, "Địa chỉ không đúng", "Có giá trị trong địa chỉ không đúng dạng.")


async def _no_such_page(request: Request, error: Exception) -> HTMLResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        return _page(request, 405, "Không thực hiện được", "Trang này chỉ để xem.")
    return _page(request, status, "Không tìm thấy trang", "Không có trang này. Hãy kiểm tra lại địa chỉ.")


async def _broken(request: Request, error: Exception) -> HTMLResponse:
    page = _page(request, 500, "Có lỗi", faults.unforeseen(request, error))
    page.headers.update(
        OPEN_HEADERS if _is_open(request) else HEADERS
    )  # this answer alone does not pass the guard
    return page


def _page(request: Request, status: int, title: str, text: str, *, again: bool = False) -> HTMLResponse:
    web: Web = request.app.state.web
    wait = RETRY_S if again else 0
    if _is_open(request):
        body = web.render("open_error.html", title=title, text=text)
    else:
        body = web.render("error.html", title=title, text=text, again=wait, path="", **_known(request))
    headers = {"retry-after": str(RETRY_S)} if again else None
    return HTMLResponse(body, status_code=status, headers=headers)


def _known(request: Request) -> dict[str, Any]:
    """Return what the layout shows of whoever asks; nothing of somebody who is not signed in."""
    me = getattr(request.state, "visitor", None)
    if me is None:
        return {}
    web: Web = request.app.state.web
    return {"me": me, "ward": me.ward, "token": web.forms.key(request).token}


def _is_open(request: Request) -> bool:
    return request.url.path.startswith(OPEN)
