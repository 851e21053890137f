"""What stands before every page: by which name it is asked for, how often, how an answer may be used."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from ipaddress import ip_address

from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import WardError
from web.limits import BY_ADDRESS, BY_ENTRY, BY_LINK, BY_PROVIDER, Allowance, Limiter, network

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
OPEN = "/open/"
API = "/api/"
# Forms that somebody sends who is not signed in.
ENTRY = ("/login", "/reset", "/first/")
PROVIDERS = ("/open/zalo/webhook", "/open/zalo/bot")
LARGEST_OPEN = 256 * 1024
LONGEST_PATH = 400
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
OPEN_HEADERS = {**HEADERS, "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow"}
_SEALS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_OPEN_SEALS = [(name.encode(), value.encode()) for name, value in OPEN_HEADERS.items()]
# Once over TLS, always over TLS; browsers heed it there alone.
_STRICT = (b"strict-transport-security", b"max-age=31536000")
_NOT_KEPT = (b"cache-control", b"no-store")


class BodyTooLarge(WardError):
    """More was sent than any open route takes."""

    def __init__(self) -> None:
        super().__init__(
            f"more than {LARGEST_OPEN} bytes were sent to an open route",
            "Nội dung gửi lên quá lớn nên không được nhận.",
        )


@dataclass
class Guard:
    """Refuses what is asked under a foreign host name, and puts the security headers on every answer.

    A page on the internet can make its own name point to this machine (DNS rebinding); the browser then
    sends that name, which is none of ours. An address in numbers can't be made to point elsewhere, so with
    `any_number`, where the server listens at every address of the machine, each of them is taken.
    """

    app: ASGIApp
    names: Collection[str]
    any_number: bool = False
    limiter: Limiter = field(default_factory=Limiter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        app = self._refusal(scope) or self.app
        is_open = scope["path"].startswith(OPEN)
        seals = _OPEN_SEALS if is_open else _SEALS
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET", "head": True}  # the server itself leaves the body out

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message["headers"]
                kept = any(name == b"cache-control" for name, _ in given)
                strict = [_STRICT] if scope["scheme"] == "https" else []
                message["headers"] = [*given, *seals, *strict, *([] if kept else [_NOT_KEPT])]
            await send(message)

        await app(scope, counted(receive) if is_open else receive, sealed)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        """Return the answer to what isn't served; None for what is."""
        named = [value for name, value in scope["headers"] if name == b"host"]
        host = host_name(named[0].decode("latin-1")) if len(named) == 1 else ""
        path: str = scope["path"]
        served = host in self.names or (self.any_number and _is_number(host))
        asked = b"" if path.startswith(API) else scope["query_string"]  # the API refuses it in its own way
        if not served or "\0" in path or b"%00" in asked:
            # PostgreSQL can't hold a NUL, so nothing is called so.
            return PlainTextResponse("Địa chỉ này không được phục vụ.", status_code=400)
        if scope["method"] == "POST" and path.startswith(ENTRY):
            return self._asked_too_often(scope, "entry", BY_ENTRY)
        return self._limited(scope, path) if path.startswith(OPEN) else None

    def _asked_too_often(self, scope: Scope, kind: str, allowance: Allowance) -> ASGIApp | None:
        who = network(scope["client"][0] if scope.get("client") else "")
        wait = self.limiter.wait(kind, who, allowance)
        if not wait:
            return None
        text = f"Có quá nhiều yêu cầu từ địa chỉ mạng này. Đề nghị thử lại sau {wait} giây."
        return _page(scope, 429, "Đề nghị đợi một lát", text, {"retry-after": str(wait)})

    def _limited(self, scope: Scope, path: str) -> ASGIApp | None:
        """Return the answer to what comes too often, is too long or too large."""
        who = network(scope["client"][0] if scope.get("client") else "")
        if path in PROVIDERS:
            wait = self.limiter.wait("provider", who, BY_PROVIDER)
        else:
            wait = self.limiter.wait("address", who, BY_ADDRESS)
            wait = wait or self.limiter.wait("link", path[:LONGEST_PATH], BY_LINK)
        if wait:
            text = f"Địa chỉ này được mở quá nhiều lần. Đề nghị thử lại sau {wait} giây."
            return _page(scope, 429, "Đề nghị đợi một lát", text, {"retry-after": str(wait)})
        if len(path) > LONGEST_PATH:
            return _page(scope, 404, "Không tìm thấy trang", "Không có trang này.")
        stated = [value for name, value in scope["headers"] if name == b"content-length"]
        if any(not value.isdigit() or int(value[:20]) > LARGEST_OPEN for value in stated):
            return _page(scope, 413, "Không nhận được", BodyTooLarge().notice)
        return None


def counted(receive: Receive) -> Receive:
    """Return `receive` that stops where a body, whatever length it states, is larger than is taken.

    Raises:
        BodyTooLarge: when that is reached.
    """
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_OPEN:
            raise BodyTooLarge
        return message

    return counting


def host_name(value: str) -> str:
    """Return the name of a Host header without its port."""
    value = value.strip().lower()
    return value.partition("]")[0] + "]" if value.startswith("[") else value.partition(":")[0]


def _is_number(host: str) -> bool:
    """Tell whether a host is an address in numbers, as RFC 3986 writes it."""
    try:
        ip_address(host[1:-1] if host.startswith("[") else host)
    except ValueError:
        return False
    return True


def _page(
    scope: Scope, status: int, title: str, text: str, headers: dict[str, str] | None = None
) -> HTMLResponse:
    body = scope["app"].state.web.render("open_error.html", title=title, text=text)
    return HTMLResponse(body, status_code=status, headers=headers)
