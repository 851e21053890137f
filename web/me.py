"""One's own account: who one is here, password, second factor, where one is signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from domain.sign_in import SHORTEST, check_new
from services import links, second_factor, sessions
from services.sign_in import SignInRefused, knock, recognise, refuse, way_in
from web.errors import status_of
from web.page import Web, reading
from web.passwords import chosen
from web.uploads import Form
from web.visits import visitor

router = APIRouter()
Id = Annotated[int, Path(ge=1, lt=2**63)]


class WrongPassword(WardError):
    """The password given to prove that one is oneself is wrong."""

    def __init__(self) -> None:
        super().__init__("wrong current password", "Mật khẩu hiện tại không đúng.")


@router.get("/me")
def show_me(request: Request, said: str = "") -> HTMLResponse:
    """Show one's own account."""
    done = {"password": "Đã đổi mật khẩu. Các nơi đăng nhập khác đã bị đăng xuất."}.get(said, "")
    return _show(request, said=done)


@router.get("/me/password")
def ask_for_password(request: Request) -> HTMLResponse:
    """Ask for the password of now and a new one."""
    return _password(request)


@router.post("/me/password")
def change_password(request: Request, fields: Form) -> Response:
    """Change one's own password; other browsers have to sign in again."""
    web: Web = request.app.state.web
    me, now = visitor(request), web.clock()
    try:
        password = chosen(fields)
        email = _check_own(request, fields.values.get("current", ""))
        check_new(password, (me.name, email))
        kept = web.passwords.hash(password)
        with web.change() as connection:
            links.change_password(connection, me.person, me.ward.id, kept, but=me.session, now=now)
    except SystemFault:
        raise
    except WardError as refusal:
        return _password(request, refusal)
    return RedirectResponse("/me?said=password", status_code=303)


@router.post("/me/sessions/revoke")
def revoke_others(request: Request, fields: Form) -> RedirectResponse:
    """Sign out everywhere else."""
    return _revoke(request, None)


@router.post("/me/sessions/{session}/revoke")
def revoke_one(request: Request, session: Id, fields: Form) -> RedirectResponse:
    """Sign out in one other browser."""
    return _revoke(request, session)


@router.post("/me/code/begin")
def begin_code(request: Request, fields: Form) -> HTMLResponse:
    """Make a secret for an authenticator app and show it."""
    web: Web = request.app.state.web
    me = visitor(request)
    try:
        _check_own(request, fields.values.get("current", ""))
        with web.change() as connection:
            made = second_factor.begin(connection, web.keys, me.person, me.ward)
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, refusal)
    return _show(request, set_up=made)


@router.post("/me/code")
def confirm_code(request: Request, fields: Form) -> HTMLResponse:
    """Switch the second factor on once the app shows the right code; show the recovery codes."""
    web: Web = request.app.state.web
    me = visitor(request)
    try:
        with web.change() as connection:
            codes = second_factor.confirm(
                connection, web.keys, me.person, me.ward, fields.text("code"), now=web.clock()
            )
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, refusal)
    return _show(request, codes=codes)


@router.post("/me/code/remove")
def remove_code(request: Request, fields: Form) -> Response:
    """Ask for the password only from now on."""
    web: Web = request.app.state.web
    me = visitor(request)
    try:
        _check_own(request, fields.values.get("current", ""))
        with web.change() as connection:
            second_factor.take_away(connection, me.ward, me.person.id, actor=me.person.actor, now=web.clock())
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, refusal)
    return RedirectResponse("/me", status_code=303)


def _check_own(request: Request, password: str) -> str | None:
    """Return one's e-mail address if the password is one's own; a wrong one counts as a failed entry.

    Raises:
        WrongPassword, SignInRefused: it isn't, or too many were wrong.
    """
    web: Web = request.app.state.web
    me, now = visitor(request), web.clock()
    with web.change() as connection:
        tried = knock(connection, me.ward.id, me.name, now=now)
    if tried.account is None:
        raise SignInRefused
    fits = web.passwords.fit(tried.kept, password)
    with web.change() as connection:
        if fits:
            recognise(connection, tried.account)
        else:
            refuse(connection, tried, now=now)
    if not fits:
        raise WrongPassword
    email: str | None = tried.account.email
    return email


def _revoke(request: Request, one: int | None) -> RedirectResponse:
    web: Web = request.app.state.web
    me = visitor(request)
    with web.change() as connection:
        sessions.revoke(
            connection,
            me.ward.id,
            me.person.id,
            one=one,
            but=me.session,
            now=web.clock(),
            actor=me.person.actor,
        )
    return RedirectResponse("/me#sessions", status_code=303)


def _show(
    request: Request,
    refusal: WardError | None = None,
    *,
    said: str = "",
    set_up: second_factor.SetUp | None = None,
    codes: tuple[str, ...] = (),
) -> HTMLResponse:
    me = visitor(request)
    with reading(request) as page:
        limits = page.web.limits
        known = sessions.own_sessions(page.connection, me, limits=limits, now=page.now)
        own = way_in(page.connection, me)
    response = page.render(
        "me.html",
        own=own,
        sessions=known,
        refusal=refusal.notice if refusal else "",
        said=said,
        set_up=set_up,
        codes=codes,
    )
    response.status_code = status_of(refusal) if refusal else 200
    return response


def _password(request: Request, refusal: WardError | None = None) -> HTMLResponse:
    with reading(request) as page:
        pass
    response = page.render("me_password.html", refusal=refusal.notice if refusal else "", shortest=SHORTEST)
    response.status_code = status_of(refusal) if refusal else 200
    return response
