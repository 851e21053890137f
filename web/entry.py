"""Signing in and out, with a second factor where one is set up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from services import second_factor, sessions
from services import sign_in as service
from services.people import all_wards
from services.second_factor import WrongCode
from services.sign_in import SignInRefused
from web.errors import status_of
from web.forms import SESSION, Fields
from web.limits import network
from web.page import Web
from web.uploads import Form
from web.visits import CODE, LOGIN, keep_session, local_path, session_of, signed_in, visitor

router = APIRouter()
_SAID = {
    "out": "Đã đăng xuất.",
    "password": "Đã đặt mật khẩu. Mời đăng nhập.",
    "sso": "Không đăng nhập được qua máy chủ chung. Đề nghị thử lại, hoặc báo quản trị.",
}


class TooManyTries(WardError):
    """Too many tries came from one address."""

    def __init__(self, wait: int) -> None:
        super().__init__(
            "too many tries from one address",
            f"Có quá nhiều lần đăng nhập sai từ địa chỉ mạng này. Đề nghị thử lại sau {wait} giây.",
        )


@router.get("/login")
def show_login(request: Request, next: str = "/", said: str = "") -> Response:  # noqa: A002 - as it stands in addresses
    """Ask for a name and a password; whoever is signed in goes on."""
    found = session_of(request)
    if found is not None and found.whole:
        return RedirectResponse(local_path(next), status_code=303)
    return _ask(request, next, said=_SAID.get(said, ""))


@router.post("/login")
def sign_in(request: Request, fields: Form) -> Response:
    """Open a session if the password fits, then go where the browser was going."""
    web: Web = request.app.state.web
    who, now, began = _address(request), web.clock(), time.monotonic()
    password = fields.values.get("password", "")
    try:
        _check_address(web, who)
        with web.change() as connection:
            ward = _ward(all_wards(connection), fields.text("ward") or web.settings.ward)
            tried = service.knock(connection, ward, fields.text("name"), now=now)
        if not web.passwords.fit(tried.kept, password):
            web.failures.note(who)
            with web.change() as connection:
                service.refuse(connection, tried, now=now)
            web.passwords.wait_to_refuse(began)
            raise SignInRefused
        with web.change() as connection:
            entered = service.enter(
                connection, tried, web.passwords, password, agent=_agent(request), limits=web.limits, now=now
            )
    except SystemFault:
        raise
    except WardError as refusal:
        return _ask(request, fields.values.get("next", "/"), refusal, fields)
    return go_on(request, entered, fields.values.get("next", "/"))


def go_on(request: Request, entered: service.Entered, wanted: str) -> Response:
    """Give the browser its session and send it to the page it wanted, or to the second factor."""
    target = local_path(wanted)
    if not entered.whole:
        target = f"{CODE}?{urlencode({'next': target})}"
    response = RedirectResponse(target, status_code=303)
    keep_session(response, request, entered.token)
    return response


@router.get("/login/code")
def ask_code(request: Request, next: str = "/") -> Response:  # noqa: A002 - as it stands in addresses
    """Ask for the code of the second factor."""
    found = session_of(request)
    if found is None or found.whole:
        return RedirectResponse(LOGIN if found is None else local_path(next), status_code=303)
    return _ask_code(request, next)


@router.post("/login/code")
def give_code(request: Request, fields: Form) -> Response:
    """Make a half session whole if the code is right."""
    web: Web = request.app.state.web
    who, now, found = _address(request), web.clock(), session_of(request)
    wanted = fields.values.get("next", "/")
    if found is None or found.whole:
        return RedirectResponse(LOGIN, status_code=303)
    try:
        _check_address(web, who)
        with web.change() as connection:
            counted = second_factor.count_try(connection, found, now=now)
        token = None
        if counted:
            with web.change() as connection:
                token = second_factor.enter(
                    connection,
                    web.keys,
                    found,
                    fields.text("code"),
                    method="password",
                    agent=_agent(request),
                    limits=web.limits,
                    now=now,
                )
        if token is None:
            web.failures.note(who)
            raise WrongCode
    except SystemFault:
        raise
    except WardError as refusal:
        return _ask_code(request, wanted, refusal)
    return go_on(request, service.Entered(token, whole=True), wanted)


@router.post("/logout", dependencies=[Depends(signed_in)])
def sign_out(request: Request, fields: Form) -> Response:
    """End this session."""
    web: Web = request.app.state.web
    me = visitor(request)
    with web.change() as connection:
        sessions.revoke(
            connection,
            me.ward.id,
            me.person.id,
            one=me.session,
            now=web.clock(),
            actor=me.person.actor,
        )
    response = RedirectResponse(f"{LOGIN}?said=out", status_code=303)
    response.delete_cookie(SESSION, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return response


def _ask(
    request: Request,
    wanted: str,
    refusal: WardError | None = None,
    given: Fields | None = None,
    said: str = "",
) -> HTMLResponse:
    web: Web = request.app.state.web
    with web.look() as connection:
        wards = all_wards(connection)
    key = web.forms.key(request)
    body = web.render(
        "login.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        said=said,
        next=local_path(wanted),
        name=given.text("name") if given else "",
        wards=wards if len(wards) > 1 else (),
        ward=(given.text("ward") if given else "") or web.settings.ward or "",
        ward_name=wards[0].name if len(wards) == 1 else "",
        sso=web.settings.oidc_issuer is not None,
        by_mail=not web.local_mail,
    )
    return key.kept(HTMLResponse(body, status_code=_status(refusal)))


def _ask_code(request: Request, wanted: str, refusal: WardError | None = None) -> HTMLResponse:
    web: Web = request.app.state.web
    key = web.forms.key(request)
    body = web.render(
        "login_code.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        next=local_path(wanted),
    )
    return key.kept(HTMLResponse(body, status_code=_status(refusal)))


def _status(refusal: WardError | None) -> int:
    if refusal is None:
        return 200
    if isinstance(refusal, TooManyTries):
        return 429
    return 401 if isinstance(refusal, SignInRefused | WrongCode) else status_of(refusal)


def _ward(wards: Sequence[Any], code: str | None) -> int | None:
    return next((ward.id for ward in wards if ward.code == code), None)


def _check_address(web: Web, who: str) -> None:
    wait = web.failures.wait(who)
    if wait:
        raise TooManyTries(wait)


def _address(request: Request) -> str:
    return network(request.client.host if request.client else "")


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
