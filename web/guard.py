"""What stands before every page: who may ask for what, how often, and how an answer may be used."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import WardError
from web.limits import BY_ADDRESS, BY_LINK, BY_PROVIDER, Limiter, network

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
OPEN = "/open/"
PUBLIC = (OPEN, "/static/")
PROVIDERS = ("/open/zalo/webhook", "/open/zalo/bot")
LARGEST_OPEN = 256 * 1024
LONGEST_PATH = 400
# A proxy that does not pass the name on says at least by one of these that it is one.
FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via"})
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
OPEN_HEADERS = {**HEADERS, "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow"}
_SEALS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_OPEN_SEALS = [(name.encode(), value.encode()) for name, value in OPEN_HEADERS.items()]
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

    A page on the internet can make its own name point to 127.0.0.1 (DNS rebinding); the
    browser then sends that name, which is none of ours. Under a name of `public`, or through
    a proxy, only the open routes answer: the pages have no log-in.
    """

    app: ASGIApp
    own: Collection[str]
    public: Collection[str] = ()
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
                message["headers"] = [*given, *seals, *([] if kept else [_NOT_KEPT])]
            await send(message)

        await app(scope, counted(receive) if is_open else receive, sealed)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        """Return the answer to what isn't served; None for what is."""
        named = [value for name, value in scope["headers"] if name == b"host"]
        host = host_name(named[0].decode("latin-1")) if len(named) == 1 else ""
        path: str = scope["path"]
        if not (host in self.own or host in self.public) or "\0" in path:
            # PostgreSQL can't hold a NUL, so nothing is called so.
            return PlainTextResponse("Địa chỉ này không được phục vụ.", status_code=400)
        from_outside = host not in self.own or any(name in FORWARDED for name, _ in scope["headers"])
        if from_outside and not (path.startswith(PUBLIC) or path == "/healthz"):
            return _page(
                scope,
                404,
                "Không có trang này ở địa chỉ bên ngoài",
                "Từ bên ngoài chỉ mở được đường dẫn xác nhận đã nhận và lịch thời hạn. Trang nhiệm vụ chỉ mở "
                "trên máy chủ của cơ quan; đề nghị liên hệ bộ phận điều phối của phường.",
            )
        return self._limited(scope, path) if path.startswith(OPEN) else None

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


def _page(
    scope: Scope, status: int, title: str, text: str, headers: dict[str, str] | None = None
) -> HTMLResponse:
    body = scope["app"].state.web.render("open_error.html", title=title, text=text)
    return HTMLResponse(body, status_code=status, headers=headers)
