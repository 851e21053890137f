"""What stands before every page: who may ask, and how an answer may be used."""

from __future__ import annotations

from collections.abc import Collection

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_SEALS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_NOT_KEPT = (b"cache-control", b"no-store")


class Guard:
    """Refuses requests under a foreign host name, and puts the security headers on every answer.

    A page on the internet can make its own name point to 127.0.0.1 (DNS rebinding);
    the browser then sends that name, which is not one of `hosts`.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        named = [value for name, value in scope["headers"] if name == b"host"]
        app = self.app
        known = len(named) == 1 and host_name(named[0].decode("latin-1")) in self.hosts
        if not known or "\0" in scope["path"]:  # PostgreSQL can't hold a NUL, so nothing is called so
            app = PlainTextResponse("Địa chỉ này không được phục vụ.", status_code=400)
        elif scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the server itself leaves the body out

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message["headers"]
                kept = any(name == b"cache-control" for name, _ in given)
                message["headers"] = [*given, *_SEALS, *([] if kept else [_NOT_KEPT])]
            await send(message)

        await app(scope, receive, sealed)


def host_name(value: str) -> str:
    """Return the name of a Host header without its port."""
    value = value.strip().lower()
    return value.partition("]")[0] + "]" if value.startswith("[") else value.partition(":")[0]
