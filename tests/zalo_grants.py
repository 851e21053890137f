"""How the fake Zalo gives leave: OAuth v4 with its single-use tokens, and what a request looks like."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=HANOI)
ACCESS_LIFE = timedelta(seconds=90_000)
REFRESH_LIFE = timedelta(days=90)
CODE_LIFE = timedelta(minutes=10)
BAD_CODE = -14019  # the documentation names none: any code that the tables don't list will do


@dataclass(frozen=True)
class Request:
    """One request as it came; `path` has `/bot` instead of `/bot<TOKEN>`."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    body: bytes
    token: str = ""  # the bot's, from the path

    @property
    def json(self) -> Any:
        """The body as JSON; None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """An answer: a dict goes as JSON, bytes as they are."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Code:
    """An authorization code on its way to the application."""

    challenge: str
    made_at: datetime
    used: bool = False


def challenge_of(verifier: str) -> str:
    """Return the S256 code challenge of a PKCE verifier."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def refusal(code: int, message: str = "refused") -> Reply:
    """Return an error as OA and ZBS send it: on HTTP 200."""
    return Reply({"error": code, "message": message})


class ZaloGrants:
    """One app, one official account and the tokens between them. A test may change any attribute."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self.now = MORNING  # what the clock says, unless another one was given
        self._clock = clock
        self._numbers = count(1)
        self.app_id, self.app_secret, self.oa_id = "2170001", "app-secret-9f31", "579000001"
        self.consenting_oa = self.oa_id  # whose tokens they are
        self.app_active = True
        self.proof_required = False
        self.verifier = "verifier-" + "v" * 43
        self.challenge = challenge_of(self.verifier)  # saved in the console; no other one is taken
        self.codes: dict[str, Code] = {}
        self.refresh_tokens: dict[str, datetime] = {}  # in force, and when they end
        self.spent_refresh_tokens: set[str] = set()
        self.access_tokens: dict[str, datetime] = {}
        self.old_access_tokens_live = False  # nobody states it: the harder case is the default
        self.refreshes = self.reuses = 0
        self.access_token, self.refresh_token = self.new_pair()

    def clock(self) -> datetime:
        """Return the time at Zalo."""
        return (self._clock() if self._clock else self.now).astimezone(HANOI)

    def new_pair(self) -> tuple[str, str]:
        """Make a pair of tokens that are in force, as the console's API Explorer does."""
        number, now = next(self._numbers), self.clock()
        if not self.old_access_tokens_live:
            self.access_tokens.clear()
        self.access_token, self.refresh_token = f"access-{number}-{'a' * 40}", f"refresh-{number}-{'r' * 40}"
        self.access_tokens[self.access_token] = now + ACCESS_LIFE
        self.refresh_tokens[self.refresh_token] = now + REFRESH_LIFE
        return self.access_token, self.refresh_token

    def consent(self) -> str:
        """Let an administrator consent in a browser; return the code that the callback brings."""
        code = f"code-{next(self._numbers)}"
        self.codes[code] = Code(self.challenge, self.clock())
        return code

    def refuse_token(self, request: Request, *, zbs: bool) -> Reply | None:
        """Refuse a request whose access token or proof is not in force."""
        token = request.headers.get("access_token", "")
        ends = self.access_tokens.get(token)
        if ends is None:
            return refusal(-124 if zbs else -216, "Access token is invalid")
        if ends <= self.clock():
            return refusal(-124 if zbs else -220, "Access token has expired")
        proof = hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if self.proof_required and request.headers.get("appsecret_proof") != proof:
            return refusal(-1241 if zbs else -242, "appsecret_proof provided in the API is invalid")
        return None

    def grant(self, request: Request) -> Reply:
        """Answer `/v4/oa/access_token`."""
        form = request.form
        typed = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        if not self.app_active or not typed or form.get("app_id") != self.app_id:
            return _oauth_refusal(-14002, "Invalid app")
        if request.headers.get("secret_key") != self.app_secret:
            return _oauth_refusal(-14004, "Invalid secret key")
        if form.get("grant_type") == "authorization_code":
            problem = self._spend_code(form.get("code", ""), form.get("code_verifier", ""))
        else:
            problem = self._spend_refresh_token(form.get("refresh_token", ""))
        if problem is not None:
            return problem
        access, refresh = self.new_pair()
        lasts = str(int(ACCESS_LIFE.total_seconds()))
        return Reply({"access_token": access, "refresh_token": refresh, "expires_in": lasts})

    def _spend_code(self, code: str, verifier: str) -> Reply | None:
        found = self.codes.get(code)
        late = found is not None and self.clock() - found.made_at > CODE_LIFE
        if found is None or found.used or late or challenge_of(verifier) != found.challenge:
            return _oauth_refusal(BAD_CODE, "Invalid authorization code")
        found.used = True
        return None

    def _spend_refresh_token(self, token: str) -> Reply | None:
        ends = self.refresh_tokens.pop(token, None)
        if ends is None or ends <= self.clock():
            self.reuses += token in self.spent_refresh_tokens
            return _oauth_refusal(-14020, "Invalid refresh token")
        self.spent_refresh_tokens.add(token)
        self.refreshes += 1
        return None


def _oauth_refusal(code: int, name: str) -> Reply:
    detail = {"error_reason": name, "error_description": name, "ref_doc": "https://developers.zalo.me/docs"}
    return Reply({"error": code, "error_name": name, **detail})
