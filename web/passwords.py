"""Passwords set by a one-time link: a forgotten one, a first one, the first administrator's."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from domain.refusals import BadValue
from domain.sign_in import SHORTEST
from services import links as service
from services.people import all_wards
from web.errors import status_of
from web.forms import Fields
from web.limits import BY_NAME
from web.page import Web
from web.uploads import Form
from web.visits import LOGIN

router = APIRouter()
Token = Annotated[str, Path(max_length=100)]


@router.get("/reset")
def ask_for_link(request: Request) -> HTMLResponse:
    """Ask whose password was forgotten."""
    return _forgotten(request)


@router.post("/reset")
def mail_link(request: Request, fields: Form, after: BackgroundTasks) -> HTMLResponse:
    """Mail a link to whoever has this name; the answer is the same for every name, and as quick."""
    web: Web = request.app.state.web
    name, ward = fields.text("name").lower(), fields.text("ward") or web.settings.ward
    if name and not web.local_mail and not web.limiter.wait("reset", name[:100], BY_NAME):
        after.add_task(_mail, web, ward, name)
    return _forgotten(request, sent=True)


def _mail(web: Web, ward: str | None, name: str) -> None:
    with web.change() as connection:
        number = next((row.id for row in all_wards(connection) if row.code == ward), None)
        service.mail_link(connection, web.keys, number, name, now=web.clock())


def _forgotten(request: Request, *, sent: bool = False) -> HTMLResponse:
    web: Web = request.app.state.web
    with web.look() as connection:
        wards = all_wards(connection)
    key = web.forms.key(request)
    body = web.render(
        "forgotten.html",
        token=key.token,
        sent=sent,
        by_mail=not web.local_mail,
        wards=wards if len(wards) > 1 else (),
        ward=web.settings.ward or "",
    )
    return key.kept(HTMLResponse(body))


@router.get("/reset/{token}")
def ask_for_password(request: Request, token: Token) -> HTMLResponse:
    """Ask for a new password."""
    return _new(request, service.PASSWORD, token)


@router.post("/reset/{token}")
def set_password(request: Request, token: Token, fields: Form) -> Response:
    """Set the password of the link's account, then ask to sign in with it."""
    web: Web = request.app.state.web
    try:
        password = chosen(fields)
        with web.change() as connection:
            service.set_password(connection, token, password, web.passwords, now=web.clock())
    except SystemFault:
        raise
    except WardError as refusal:
        return _new(request, service.PASSWORD, token, refusal)
    return RedirectResponse(f"{LOGIN}?said=password", status_code=303)


@router.get("/first/{token}")
def ask_for_first(request: Request, token: Token) -> HTMLResponse:
    """Ask who the first administrator is."""
    return _new(request, service.FIRST, token)


@router.post("/first/{token}")
def make_first(request: Request, token: Token, fields: Form) -> Response:
    """Make the first administrator, then ask to sign in."""
    web: Web = request.app.state.web
    try:
        password = chosen(fields)
        with web.change() as connection:
            service.make_first_administrator(
                connection,
                token,
                name=fields.text("name").lower(),
                email=fields.text("email") or None,
                password=password,
                passwords=web.passwords,
                now=web.clock(),
            )
    except SystemFault:
        raise
    except WardError as refusal:
        return _new(request, service.FIRST, token, refusal, fields)
    return RedirectResponse(f"{LOGIN}?said=password", status_code=303)


def chosen(fields: Fields) -> str:
    """Return the password that a form chooses.

    Raises:
        BadValue: it was typed in two ways.
    """
    password = fields.values.get("password", "")
    if password != fields.values.get("again", ""):
        raise BadValue("Mật khẩu nhập lại", "", "hai lần nhập phải giống nhau")
    return password


def _new(
    request: Request, kind: str, token: str, refusal: WardError | None = None, given: Fields | None = None
) -> HTMLResponse:
    web: Web = request.app.state.web
    link = None
    try:
        with web.look() as connection:
            link = service.find_link(connection, kind, token, now=web.clock())
    except service.SpentLink as spent:
        refusal = spent
    key = web.forms.key(request)
    body = web.render(
        "new_password.html",
        token=key.token,
        first=kind == service.FIRST,
        link=link,
        address=request.url.path,
        refusal=refusal.notice if refusal else "",
        shortest=SHORTEST,
        name=given.text("name") if given else "quantri",
        email=given.text("email") if given else "",
    )
    status = 404 if link is None else status_of(refusal) if refusal else 200
    return key.kept(HTMLResponse(body, status_code=status))
