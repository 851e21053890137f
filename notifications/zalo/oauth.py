"""The client of Zalo's token endpoint (OAuth v4): asks once, and says how sure one can be of the outcome.

A refresh token is good for one use. So an answer is given back as it came, to be kept before it is used, and
what surely never left is told from what may have been taken. Nothing that is returned in words, raised or
logged holds a token.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    import requests

REFRESH_LIFE = timedelta(days=90)
UNSTATED_LIFE = timedelta(hours=1)  # of an access token whose answer doesn't say
DEAD = "-14020"  # the refresh token was used or has ended: only a new consent helps
_LARGEST = 64 * 1024
_CONNECT_S, _WHOLE_S = 5.0, 40.0
_TOLD = ("error", "error_name", "error_reason", "error_description", "message")
_LIKE_A_TOKEN = re.compile(r"[A-Za-z0-9_.~+/=-]{32,}")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came; it may hold tokens."""

    status: int
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotSent:
    """The request surely never arrived."""

    why: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The request may have been taken; what came of it is unknown."""

    why: str


@dataclass(frozen=True, slots=True)
class Granted:
    """A new pair of tokens, and how long each lasts."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_life: timedelta = UNSTATED_LIFE
    refresh_life: timedelta = REFRESH_LIFE


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no; nothing was used up unless `code` is `DEAD`. `text` has no token in it."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class OAuth:
    """One application at Zalo. `oa_url` is where an access token is asked whose it is."""

    app_id: str
    secret: str = field(repr=False)
    url: str = "https://oauth.zaloapp.com"
    oa_url: str = "https://openapi.zalo.me"
    proof: bool = False  # appsecret_proof is switched on for the application
    patience: float = 20.0  # seconds to wait for each part of an answer

    def refresh(self, refresh_token: str) -> Reply | NotSent | NoAnswer:
        """Ask for a new pair of tokens; the old refresh token is used up if this is granted."""
        return self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def exchange(self, code: str, verifier: str) -> Reply | NotSent | NoAnswer:
        """Ask for the first pair of tokens with the code that a consent brought."""
        return self._ask({"grant_type": "authorization_code", "code": code, "code_verifier": verifier})

    def owner(self, access_token: str) -> str | None:
        """Return the official account that a token speaks for; None where Zalo doesn't say."""
        headers = {"access_token": access_token}
        if self.proof:
            digest = hmac.new(self.secret.encode(), access_token.encode(), sha256)
            headers["appsecret_proof"] = digest.hexdigest()
        answer = _send("GET", f"{self.oa_url}/v2.0/oa/getoa", headers, None, self.patience)
        data = _json(answer.body).get("data") if isinstance(answer, Reply) else None
        found = data.get("oa_id") if isinstance(data, dict) else None
        return str(found) if found else None

    def consent_link(self, callback: str, verifier: str) -> str:
        """Return the page at Zalo on which an administrator of the official account consents."""
        asked = {
            "app_id": self.app_id,
            "redirect_uri": callback,
            "code_challenge": challenge_of(verifier),
        }
        return f"{self.url}/v4/oa/permission?{urlencode(asked)}"

    def _ask(self, form: Mapping[str, str]) -> Reply | NotSent | NoAnswer:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "secret_key": self.secret}
        body = urlencode({**form, "app_id": self.app_id})
        return _send("POST", f"{self.url}/v4/oa/access_token", headers, body, self.patience)


def new_verifier() -> str:
    """Return a PKCE code verifier."""
    return secrets.token_urlsafe(32)


def challenge_of(verifier: str) -> str:
    """Return the S256 code challenge of a verifier."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def read(reply: Reply) -> Granted | Refused | NoAnswer:
    """Read an answer; Zalo says no on HTTP 200 too, and sometimes by a name without a number."""
    body = _json(reply.body)
    error = str(body.get("error") or "0")
    if reply.status == 429:
        return Refused("429", "Zalo báo gọi quá nhiều lần (HTTP 429)")
    if reply.status >= 500 or (not body and reply.status < 300):
        return NoAnswer(f"HTTP {reply.status}, không có câu trả lời đọc được")
    if error != "0" or "error_name" in body:
        return Refused(error if error != "0" else str(body["error_name"]), _told(body))
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if reply.status >= 300:
        return Refused(f"http-{reply.status}", f"HTTP {reply.status}")
    if not (isinstance(access, str) and isinstance(refresh, str) and access and refresh):
        return NoAnswer("câu trả lời không có đủ hai mã")
    return Granted(
        access,
        refresh,
        _life(body.get("expires_in"), UNSTATED_LIFE),
        _life(body.get("refresh_token_expires_in"), REFRESH_LIFE),
    )


def _told(body: Mapping[str, Any]) -> str:
    """Return what a refusal says, on one line; what looks like a token is left out."""
    told = [str(body[name]) for name in _TOLD if body.get(name)]
    line = " ".join(" · ".join(dict.fromkeys(told)).split())
    return _LIKE_A_TOKEN.sub("***", "".join(c for c in line if c.isprintable()))[:300]


def _life(value: object, otherwise: timedelta) -> timedelta:
    try:
        seconds = int(float(str(value)))
        return timedelta(seconds=seconds) if 0 < seconds <= 10 * 366 * 86400 else otherwise
    except (ValueError, OverflowError):
        return otherwise


def _json(text: str) -> Mapping[str, Any]:
    """Return the object that an answer is; an empty one if it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _send(
    method: str, url: str, headers: Mapping[str, str], body: str | None, patience: float
) -> Reply | NotSent | NoAnswer:
    """Make one call on a connection of its own: one that was kept might break after the request left."""
    import requests
    from urllib3.exceptions import HTTPError

    try:
        with requests.Session() as session:
            session.trust_env = False  # no password for this host out of somebody's .netrc
            with session.request(
                method,
                url,
                headers={"Accept": "application/json", "Connection": "close", **headers},
                data=body,
                timeout=(_CONNECT_S, patience),
                allow_redirects=False,  # the secret goes to this address and no other
                stream=True,
            ) as response:
                return Reply(response.status_code, b"".join(_parts(response)).decode("utf-8", "replace"))
    except requests.RequestException as problem:
        why = type(problem).__name__
        return NotSent(why) if _surely_not_sent(problem) else NoAnswer(why)
    except UnicodeError as problem:  # the secret has letters that no header can hold
        return NotSent(type(problem).__name__)
    except (HTTPError, OSError, OverlongAnswer) as problem:
        return NoAnswer(type(problem).__name__)


class OverlongAnswer(Exception):
    """An answer that is too large, or trickles in too slowly, to be one of Zalo's."""


def _parts(response: requests.Response) -> Iterator[bytes]:
    taken, ends = 0, time.monotonic() + _WHOLE_S
    for part in response.iter_content(4096):
        taken += len(part)
        if taken > _LARGEST or time.monotonic() > ends:
            raise OverlongAnswer
        yield part


def _surely_not_sent(problem: requests.RequestException) -> bool:
    """Say whether the connection was never made; a doubt counts as sent."""
    from requests import exceptions
    from urllib3.exceptions import NewConnectionError

    if isinstance(problem, exceptions.ConnectTimeout | exceptions.ProxyError | ValueError):
        return True  # a ValueError: the address or a header can't be used at all
    causes = list(_causes(problem))
    if any(isinstance(cause, NewConnectionError) for cause in causes):  # no such name, refused, no route
        return True
    broken = [cause for cause in causes if isinstance(cause, ssl.SSLError)]
    # An end in the midst may come after the handshake; any other trouble with TLS is the handshake's.
    return bool(broken) and not any(isinstance(cause, ssl.SSLEOFError) for cause in broken)


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """Yield what lies under the layers of requests and urllib3."""
    seen: set[int] = set()
    waiting: list[object] = [problem]
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [*each.args, getattr(each, "reason", None), each.__cause__, each.__context__]
