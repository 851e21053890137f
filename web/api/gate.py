"""What stands before the API: whose token it is, how often it may ask, how much it may send."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import SystemFault
from services import machine_tokens
from services.machine_tokens import Machine
from web.api.problems import plain, refused
from web.forms import LARGEST_FILE, LARGEST_FORM
from web.limits import Allowance, network
from web.page import Web

DESCRIPTION = "/openapi.json"  # what the API can do is no secret, and says nothing of any ward
BY_TOKEN = Allowance(at_once=300, a_minute=600)
BY_STRANGER = Allowance(at_once=60, a_minute=60)
LARGEST_JSON = 256 * 1024
LARGEST_UPLOAD = LARGEST_FILE + LARGEST_FORM


@dataclass
class Gate:
    """Lets in whoever has a token, before a byte of what they send is read; cookies count for nothing."""

    app: ASGIApp
    web: Web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with whose it is, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = await run_in_threadpool(self._refusal, scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self.app(scope, bounded(receive, _limit(Headers(scope=scope))), send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if scope["path"].removeprefix(scope.get("root_path", "")) == DESCRIPTION:
            return self._too_often("description", _who(scope), BY_STRANGER)
        try:
            machine = known_machine(self.web, headers)
        except SystemFault as fault:
            return refused(fault)
        if machine is None:
            refusal = self._too_often("stranger", _who(scope), BY_STRANGER)
            return refusal or plain(401, {"www-authenticate": 'Bearer realm="cchc"'})
        scope.setdefault("state", {})["machine"] = machine
        stated = headers.get("content-length", "0")
        if not stated.isascii() or not stated.isdigit() or int(stated[:20]) > _limit(headers):
            return plain(413)
        return self._too_often("token", f"{machine.ward.id}/{machine.token}", BY_TOKEN)

    def _too_often(self, kind: str, who: str, allowance: Allowance) -> Response | None:
        wait = self.web.limiter.wait(f"api {kind}", who, allowance)
        return plain(429, {"retry-after": str(wait)}) if wait else None


def known_machine(web: Web, headers: Headers) -> Machine | None:
    """Return whose token a request shows, and keep that it is in use; None where it shows none that counts.

    Raises:
        DatabaseAway: that can't be told now.
    """
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    now = web.clock()
    with web.glance() as connection:
        found = machine_tokens.find(connection, token.strip(), now=now)
    if found is not None and found.stale:
        with web.change() as connection:
            machine_tokens.note_use(connection, found, now)
    return found


def bounded(receive: Receive, limit: int) -> Receive:
    """Return `receive` that stops where a body, whatever length it states, is larger than is taken."""
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413)
        return message

    return counting


def _limit(headers: Headers) -> int:
    upload = headers.get("content-type", "").lower().startswith("multipart/form-data")
    return LARGEST_UPLOAD if upload else LARGEST_JSON


def _who(scope: Scope) -> str:
    return network(scope["client"][0] if scope.get("client") else "")
