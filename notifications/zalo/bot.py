"""Zalo's Bot Platform: how its methods are called, and what people wrote to the bot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.errors import WardError
from notifications.zalo.errors import load_errors
from notifications.zalo.exchange import Call, Exchange, Manner, exchange
from notifications.zalo.places import ZaloPlaces
from notifications.zalo.verdicts import read

_NOTHING_CAME = "408"
_GRACE_S = 10.0  # beyond the time that the platform itself waits


class NoUpdates(WardError):
    """The bot could not be asked what people wrote; `code` is the platform's own, where it gave one.

    `lasting` says that asking again changes nothing before an administrator has looked at the settings.
    """

    def __init__(
        self, code: str | None, text: str, *, lasting: bool, retry_after: float | None = None
    ) -> None:
        self.code, self.lasting, self.retry_after = code, lasting, retry_after
        super().__init__(
            f"no updates of the Zalo bot: {code or 'no answer'}",
            f"Không đọc được tin gửi tới Zalo Bot: {text}",
        )


def bot_call(base: str, token: str, method: str, body: Mapping[str, Any]) -> Call:
    """Return the call of a method; the token stands in its path and in no text that comes back."""
    return Call("POST", f"{base.rstrip('/')}/bot{token}/{method}", body=body, secrets=(token,))


def get_updates(places: ZaloPlaces, timeout: float = 30.0) -> list[dict[str, Any]]:
    """Wait up to `timeout` seconds for something that people wrote to the bot; empty if nothing came.

    The platform gives one update a call and gives it once: what is returned must be kept before the
    next call. It gives none while a webhook is set.

    Raises:
        NoUpdates: it could not be asked.
    """
    if places.bot_token is None:
        raise NoUpdates(None, "chưa ghi mã truy cập của bot (CCHC_ZALO_BOT_TOKEN).", lasting=True)
    call = bot_call(places.bot_url, places.bot_token, "getUpdates", {"timeout": str(int(timeout))})
    found = exchange(call, Manner(read_timeout=timeout + _GRACE_S))
    verdict = read(load_errors(places.errors), "bot", found)
    if verdict.code == _NOTHING_CAME or (verdict.rule and found.trouble == "no-answer"):
        return []
    if verdict.rule is not None:
        text = f"{verdict.rule.meaning} ({verdict.said})"
        raise NoUpdates(verdict.code, text, lasting=verdict.action == "C", retry_after=found.retry_after)
    return _updates(found)


def _updates(found: Exchange) -> list[dict[str, Any]]:
    result = (found.body or {}).get("result")
    several = result if isinstance(result, list) else [result]
    return [each for each in several if isinstance(each, dict) and each]
