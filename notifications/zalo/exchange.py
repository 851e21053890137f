"""One HTTP exchange with Zalo, and how sure one can be afterwards of what became of it.

No connection is kept: a stale one would break after the request left, and nobody would know its outcome.
Nothing is raised, and nothing that is returned or logged holds a secret.
"""

from __future__ import annotations

import io
import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests import exceptions as failures
from urllib3 import exceptions as wire

LARGEST = 64 * 1024  # bytes of an answer; Zalo's have some hundred
_LONGEST_WORDS = 500
_LONGEST_WAIT = 24 * 3600.0
_BOT_PATH = re.compile(r"/bot[^/\s\"]+")


class _Discreet(logging.Filter):
    """Takes the bot's token out of the lines in which urllib3 logs each path."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _BOT_PATH.sub("/bot***", each) if isinstance(each, str) else each for each in record.args
            )
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_Discreet())


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked; `secrets` are taken out of every text that comes back."""

    method: str
    url: str = field(repr=False)  # a bot's holds its token
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a call is made: seconds to wait for a connection and for each part of the answer."""

    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of a call: a trouble (a key of `[transport]` in errors.toml), or the provider's answer."""

    trouble: str | None
    said: str  # the answer or the trouble in words, on one line, without secrets
    status: int | None = None
    body: Mapping[str, Any] | None = None
    retry_after: float | None = None


class _Outgoing(io.BytesIO):
    """A request's body that knows whether any of it has left: without it no server can have acted."""

    left = False

    def read(self, size: int | None = -1, /) -> bytes:
        self.left = True
        return super().read(size)


def exchange(call: Call, manner: Manner) -> Exchange:
    """Make the call once."""
    body = _Outgoing(b"" if call.body is None else json.dumps(call.body).encode())
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxies, certificates or passwords from the environment
            request = session.prepare_request(_request(call, body))
            with session.send(
                request,
                timeout=(manner.connect_timeout, manner.read_timeout),
                verify=manner.verify,
                allow_redirects=False,  # the token goes to this address and no other
                stream=True,
            ) as response:
                return _answer(call, response, _read(response, manner.read_timeout))
    except requests.RequestException as problem:
        return Exchange(*_explained(problem, left=body.left))
    except wire.HTTPError as problem:  # while reading: urllib3's own, which requests doesn't wrap here
        return Exchange(
            "no-answer" if isinstance(problem, wire.ReadTimeoutError) else "reset", _kind(problem)
        )
    except Exception as problem:  # whatever it is, the message may have arrived
        logging.getLogger(__name__).error("unforeseen while calling Zalo: %s", _kind(problem))
        return Exchange("unforeseen" if body.left else "malformed", _kind(problem))


def masked(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return `text` on one line, shortened, with each of `secrets` replaced."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST_WORDS else line[: _LONGEST_WORDS - 1] + "…"


def _request(call: Call, body: _Outgoing) -> requests.Request:
    headers = {"Accept": "application/json", "Connection": "close", **call.headers}
    if call.body is not None:
        headers = {"Content-Type": "application/json; charset=utf-8", **headers}
    data = None if call.body is None else body
    return requests.Request(call.method, call.url, headers, data=data, params=dict(call.query) or None)


def _read(response: requests.Response, patience: float) -> bytes | None:
    """Return the answer, or None if it is too large or trickles in for longer than `patience`.

    Raises:
        urllib3.exceptions.HTTPError: the connection broke, or nothing came for long.
    """
    content, ends = b"", time.monotonic() + patience
    while chunk := response.raw.read1(LARGEST, decode_content=True):
        content += chunk
        if len(content) > LARGEST or time.monotonic() > ends:
            return None
    return content


def _answer(call: Call, response: requests.Response, content: bytes | None) -> Exchange:
    status = response.status_code
    body = _json(content, call.secrets)
    said = masked((content or b"").decode("utf-8", "replace"), call.secrets)
    trouble = _trouble(status, body, whole=content is not None)
    if trouble is not None:
        said = f"HTTP {status} {said}".rstrip()
    return Exchange(trouble, said, status, body, _retry_after(response.headers.get("Retry-After")))


def _trouble(status: int, body: Mapping[str, Any] | None, *, whole: bool) -> str | None:
    if status == 429:
        return "rate"
    if status == 401:
        return "unauthorized"
    if 300 <= status < 400:
        return "redirect"
    if status >= 500:
        return "server-error"
    if not whole:
        return "too-large"
    if body is None:
        return "client-error" if status >= 400 else "not-json"
    return None


def _json(content: bytes | None, secrets: tuple[str, ...]) -> Mapping[str, Any] | None:
    try:
        found = _without(json.loads(content or b""), secrets)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _without(value: Any, secrets: tuple[str, ...]) -> Any:
    """Return what was read from JSON with each of `secrets` replaced in its texts."""
    if isinstance(value, str):
        for secret in filter(None, secrets):
            value = value.replace(secret, "***")
        return value
    if isinstance(value, dict):
        return {name: _without(each, secrets) for name, each in value.items()}
    return [_without(each, secrets) for each in value] if isinstance(value, list) else value


def _retry_after(value: str | None) -> float | None:
    """Return the seconds that the header asks for, at most a day; None if it can't be read."""
    if not value:
        return None
    try:
        seconds = float(value) if value.strip().isdecimal() else _until(parsedate_to_datetime(value))
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 1.0), _LONGEST_WAIT)


def _until(then: datetime) -> float:
    return (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp() - time.time()


_UNUSABLE = (
    failures.InvalidURL,
    failures.InvalidHeader,
    failures.MissingSchema,
    failures.InvalidSchema,
    failures.InvalidProxyURL,
)


def _explained(problem: requests.RequestException, *, left: bool) -> tuple[str, str]:
    """Return the trouble and its words; the text of `problem` itself may repeat the address."""
    cause = _cause(problem)
    said = _kind(cause)
    if left:
        return ("no-answer" if isinstance(problem, failures.Timeout) else "reset"), said
    if isinstance(problem, _UNUSABLE):
        return "malformed", said
    if isinstance(problem, failures.SSLError):
        return "tls", said
    if isinstance(problem, failures.Timeout):
        return "connect-timeout", said
    if isinstance(cause, wire.NameResolutionError):
        return "dns", said
    if isinstance(cause, wire.NewConnectionError) and isinstance(cause.__cause__, ConnectionRefusedError):
        return "refused", said
    return "connect", said


def _cause(problem: BaseException) -> BaseException:
    """Return what lies under the layers of requests and urllib3."""
    inner = problem.args[0] if problem.args else None
    inner = getattr(inner, "reason", None) or inner
    return inner if isinstance(inner, BaseException) else problem


def _kind(problem: BaseException) -> str:
    """Name a failure by what the system said of it, never by a text with an address in it."""
    system = problem
    for _ in range(4):
        if isinstance(system, OSError) and system.strerror:
            return f"{type(problem).__name__}: {system.strerror}"
        inner = next((each for each in system.args if isinstance(each, BaseException)), None)
        following = system.__cause__ or system.__context__ or inner
        if following is None:
            break
        system = following
    return type(problem).__name__
