"""Asking ZBS what became of a message by phone, where no webhook can tell."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from domain.errors import WardError
from notifications.zalo.asking import Asker
from notifications.zalo.errors import HANOI, load_errors
from notifications.zalo.exchange import Call, Manner
from notifications.zalo.places import ZaloPlaces
from notifications.zalo.tokens import TokenSource
from notifications.zalo.verdicts import read

Kind = Literal["delivered", "not-delivered", "unknown", "trouble"]
_KINDS: dict[str, Kind] = {"1": "delivered", "0": "not-delivered", "-1": "unknown"}
_WRITTEN = ("%H:%M:%S %d/%m/%Y", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S")
_MILLISECONDS = re.compile(r"[0-9]{13}")


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What ZBS says of one message. `trouble`: it could not be asked, or doesn't know the message (`code`).

    `at` is when it was delivered (UTC), where ZBS says so in a way that we can read.
    """

    kind: Kind
    at: datetime | None
    text: str
    code: str | None = None


def ask_status(
    places: ZaloPlaces, tokens: TokenSource, message_id: str, *, timeout: float | None = None
) -> StatusAnswer:
    """Ask about the message that ZBS called `message_id`; never raises for what Zalo or the network does."""
    table = load_errors(places.errors)
    manner = Manner() if timeout is None else Manner(timeout, timeout)
    call = Call("GET", f"{places.zbs_url.rstrip('/')}/message/status", query={"message_id": message_id})
    try:
        found = Asker(tokens, table, "zbs", places.proof_secret, manner).ask(call)
    except WardError as fault:  # no token, or what gives it is broken
        return StatusAnswer("trouble", None, fault.notice)
    verdict = read(table, "zbs", found)
    if verdict.rule is not None:
        return StatusAnswer("trouble", None, f"{verdict.rule.meaning}: {verdict.said}", verdict.code)
    data: Any = (found.body or {}).get("data")
    data = data if isinstance(data, dict) else {}
    kind = _KINDS.get(str(data.get("status")).strip(), "trouble")
    at = _moment(data.get("delivery_time")) if kind == "delivered" else None
    return StatusAnswer(kind, at, verdict.said)


def _moment(said: object) -> datetime | None:
    """Read a moment as Zalo writes them: milliseconds, or the clock of Viet Nam."""
    text = str(said or "").strip()
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    for form in _WRITTEN:
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=HANOI).astimezone(UTC)
    return None
