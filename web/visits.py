"""Who asks for a page: the cookie of a session stands for an account, its role and its ward."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from config.hosts import host_of
from domain.errors import WardError
from domain.people import Action
from services import sessions
from services.sessions import Visitor
from web.forms import SESSION
from web.kept import seen
from web.page import Web

LOGIN, CODE, PASSWORD = "/login", "/login/code", "/me/password"
_BEFORE_ALL = (PASSWORD, "/logout")  # what somebody may do whose password is not their own yet


class NotSignedIn(WardError):
    """There is no session, or one that only leads on; `target` is the page to go to first."""

    def __init__(self, target: str) -> None:
        super().__init__(f"not signed in, go to {target}", "Cần đăng nhập để xem trang này.")
        self.target = target


async def signed_in(request: Request) -> Visitor:
    """Return who asks, and keep that the session is in use.

    It runs in the event loop and leaves it only where the session isn't known to be as it was.

    Raises:
        NotSignedIn: nobody, or somebody who first has to give a code or choose a password.
    """
    web: Web = request.app.state.web
    found = await _known(request) or await run_in_threadpool(session_of, request)
    if found is None:
        raise NotSignedIn(f"{LOGIN}?{urlencode({'next': _wanted(request)})}")
    if not found.whole:
        raise NotSignedIn(CODE)
    request.state.visitor = found
    if found.stale:
        await run_in_threadpool(_note_use, web, found)
    if found.must_change and request.url.path not in _BEFORE_ALL:
        raise NotSignedIn(PASSWORD)
    return found


async def _known(request: Request) -> Visitor | None:
    """Return whose session it was when nothing in the database was different from now; None for not known."""
    web: Web = request.app.state.web
    token = request.cookies.get(SESSION, "")
    if not token or request.method not in {"GET", "HEAD"}:
        return None
    request.state.seen = await web.ahead.now()
    found: Visitor | None = web.visitors.found(_key(token, web.clock()), request.state.seen)
    return found


def session_of(request: Request) -> Visitor | None:
    """Return whose session the browser's cookie is, whole or not; None for nobody's."""
    web: Web = request.app.state.web
    token = request.cookies.get(SESSION, "")
    if not token:
        return None
    now = web.clock()

    def look() -> Visitor | None:
        with web.glance() as connection:
            return sessions.visitor(connection, token, limits=web.limits, now=now)

    return web.visitors.once(_key(token, now), seen(request), look)


def _key(token: str, now: datetime) -> tuple[bytes, datetime]:
    """Return what a session is kept under: any end is a commit but for its time."""
    return sha256(token.encode()).digest(), now.replace(microsecond=0)


def _note_use(web: Web, found: Visitor) -> None:
    with web.change() as connection:
        sessions.note_use(connection, found, web.clock())


def visitor(request: Request) -> Visitor:
    """Return who asks, after `signed_in` has found out."""
    found: Visitor = request.state.visitor
    return found


def allowed(action: Action) -> Callable[[Request, Visitor], Awaitable[None]]:
    """Return a dependency for pages that only some roles see.

    Raises:
        NotPermitted: when the page is asked for by another role.
    """

    async def check(request: Request, me: Visitor = Depends(signed_in)) -> None:  # noqa: B008 - FastAPI's way
        me.check(action)

    return check


def keep_session(response: Response, request: Request, token: str) -> None:
    """Give the browser the cookie of a session; it ends with the browser at the latest."""
    secure = request.url.scheme == "https"
    response.set_cookie(SESSION, token, httponly=True, samesite="lax", secure=secure)


def local_path(value: str) -> str:
    """Return where to go after the log-in: `value` if it is a page of ours, else the first page."""
    plain = value.isascii() and value.isprintable() and "\\" not in value
    local = plain and value.startswith("/") and not value.startswith("//")
    return value if local and not value.startswith((LOGIN, "/logout")) else "/"


def _wanted(request: Request) -> str:
    """Return the page that was asked for; of a form, the one it stood on."""
    if request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        return local_path(request.url.path + query)
    referer = request.headers.get("referer", "")
    if host_of(referer) != request.headers.get("host", "").lower():
        return "/"
    shown = urlsplit(referer)
    return local_path(shown.path + (f"?{shown.query}" if shown.query else ""))
