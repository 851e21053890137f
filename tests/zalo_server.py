"""A Zalo of our own: a real HTTP server on this machine that follows Zalo's documentation to the letter.

    with ZaloServer() as zalo:
        channel = open_zalo("zalo-group", zalo.places(), tokens)
        zalo.script("/v3.0/oa/group/message", too_many(120), Drop())
        …
        assert [taken.recipient for taken in zalo.accepted] == ["g-vhxh"]

What a script does not answer, the rules do (`tests/zalo_rules.py`).
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from notifications.zalo.places import ZaloPlaces
from tests.zalo_grants import Reply, Request, refusal
from tests.zalo_rules import Accepted, ZaloRules, bot_refusal

__all__ = [
    "Accepted",
    "Cut",
    "Drop",
    "Hang",
    "Reply",
    "Request",
    "ZaloServer",
    "bot_refusal",
    "refusal",
    "too_many",
]


@dataclass(frozen=True)
class Hang:
    """Say nothing until `release()`, which the sender doesn't wait for. `accept`: take the request first."""

    accept: bool = False


@dataclass(frozen=True)
class Drop:
    """End the connection without an answer, by default after the request was taken."""

    accept: bool = True


@dataclass(frozen=True)
class Cut:
    """Send half of the answer and end the connection, after the request was taken."""


Scripted = Reply | Hang | Drop | Cut


def too_many(retry_after: str | int | None = None) -> Reply:
    """Return HTTP 429, with or without Retry-After."""
    return Reply(b"slow down", 429, {} if retry_after is None else {"Retry-After": str(retry_after)})


class ZaloServer(ZaloRules):
    """Serves all four of Zalo's addresses at one; a context manager.

    `clock` gives the time at Zalo; without one it is `self.now`, a fixed morning that a test may change.
    """

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__(clock)
        self._lock = threading.Lock()
        self._scripts: dict[str, deque[Scripted]] = defaultdict(deque)
        self._released = threading.Event()
        self._http: _Listener | None = None
        self._port = 0

    def __enter__(self) -> ZaloServer:
        self._listen()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._stop()

    @property
    def url(self) -> str:
        """Where it listens: the base of each of Zalo's addresses."""
        return f"http://127.0.0.1:{self._port}"

    def places(self, **changes: Any) -> ZaloPlaces:
        """Give the addresses and keys with which our channels reach this server."""
        places = ZaloPlaces(
            oa_url=self.url,
            zbs_url=self.url,
            bot_url=self.url,
            template=next(iter(self.templates)),
            bot_token=self.bot_token,
        )
        return replace(places, **changes)

    def environment(self) -> dict[str, str]:
        """Give the settings with which an installation reaches this server."""
        return {
            "CCHC_ZALO_APP_ID": self.app_id,
            "CCHC_ZALO_APP_SECRET": self.app_secret,
            "CCHC_ZALO_OA_ID": self.oa_id,
            "CCHC_ZALO_TEMPLATE": next(iter(self.templates)),
            "CCHC_ZALO_BOT_TOKEN": self.bot_token,
            **dict.fromkeys((f"CCHC_ZALO_{place}_URL" for place in ("OAUTH", "OA", "ZBS", "BOT")), self.url),
        }

    def script(self, path: str, *answers: Scripted) -> None:
        """Answer the next requests to `path` so, one each; a bot's path is `/bot/sendMessage`."""
        with self._lock:
            self._scripts[path].extend(answers)

    def release(self) -> None:
        """End what hangs, now and later."""
        self._released.set()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse connections for a while."""
        self._stop()
        try:
            yield
        finally:
            self._listen()

    def take(self, request: Request) -> Reply | Drop | Cut:
        """Record a request and answer it; called from the threads of the server."""
        with self._lock:
            self.requests.append(request)
            waiting = self._scripts[request.path]
            scripted = waiting.popleft() if waiting else None
            if scripted is None:
                return self.answer(request)
            if isinstance(scripted, Cut) or (isinstance(scripted, Hang | Drop) and scripted.accept):
                self.answer(request)
        if isinstance(scripted, Hang):
            self._released.wait(600)
            return Drop(accept=False)
        return scripted

    def _listen(self) -> None:
        self._http = _Listener(("127.0.0.1", self._port), _Handler)
        self._http.zalo = self
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def _stop(self) -> None:
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    zalo: ZaloServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def _serve(self) -> None:
        answer = self.server.zalo.take(self._read())
        if isinstance(answer, Drop):
            self._hang_up()
            return
        if isinstance(answer, Cut):
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b'{"error": 0, "da')
            self.wfile.flush()
            self._hang_up()
            return
        plain = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(plain))} | answer.headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(plain)

    do_GET = do_POST = _serve  # noqa: N815 - the standard library's names

    def _read(self) -> Request:
        url = urlsplit(self.path)
        path, token = url.path, ""
        if path.startswith("/bot"):
            token, _, method = path.removeprefix("/bot").partition("/")
            path = f"/bot/{method}"
        return Request(
            method=self.command,
            path=path,
            query=dict(parse_qsl(url.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            token=token,
        )

    def _hang_up(self) -> None:
        """Reset the connection."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the standard library's name

    def handle(self) -> None:
        try:
            super().handle()
        except (OSError, ValueError):  # the other side has gone, or we hung up
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            return
