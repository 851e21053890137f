"""Calls that carry an access token: one that is refused is renewed and the call made again, once."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

from notifications.zalo.errors import ErrorTable
from notifications.zalo.exchange import Call, Exchange, Manner, exchange
from notifications.zalo.tokens import TokenSource
from notifications.zalo.verdicts import read


def now() -> datetime:
    """Return the time; what needs a clock takes this one unless it is given another."""
    return datetime.now(UTC)


def headers_for(token: str, proof_secret: str | None = None) -> Mapping[str, str]:
    """Return the headers that let a call in; `proof_secret` is the app's, where it has to prove itself."""
    if proof_secret is None:
        return {"access_token": token}
    proof = hmac.new(proof_secret.encode(), token.encode(), sha256).hexdigest()
    return {"access_token": token, "appsecret_proof": proof}


@dataclass(frozen=True, slots=True)
class Asker:
    """Makes calls in the name of one official account; `api` is the table that its errors are read in."""

    tokens: TokenSource
    table: ErrorTable
    api: str
    proof_secret: str | None = field(default=None, repr=False)
    manner: Manner = field(default_factory=Manner)

    def ask(self, call: Call, before_each: Callable[[], object] = lambda: None) -> Exchange:
        """Make the call, and once more with another token if the first is refused.

        Raises:
            NoToken: there is no token, or none after the refused one; nothing was taken.
        """
        token = self.tokens.token()
        for again in (True, False):
            before_each()
            found = exchange(self._let_in(call, token), self.manner)
            if not again or read(self.table, self.api, found).action != "T":
                break
            token = self.tokens.renewed(token)
        return found

    def _let_in(self, call: Call, token: str) -> Call:
        headers = headers_for(token, self.proof_secret)
        secrets = (*call.secrets, *headers.values(), self.proof_secret or "")
        return replace(call, headers={**call.headers, **headers}, secrets=secrets)
