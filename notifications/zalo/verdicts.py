"""What an exchange with Zalo means for one message: the error table applied, with its counts."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from notifications.channels import Action, Answer, Outcome
from notifications.zalo.errors import ErrorTable, Rule, seconds_until
from notifications.zalo.exchange import Exchange, masked

_REMEMBERED = 10_000
_OUTCOMES: dict[str, tuple[Outcome, Action | None]] = {
    "R": (Outcome.RETRY, None),
    "T": (Outcome.RETRY, Action.REFRESH),
    "N": (Outcome.FAILED, Action.RECIPIENT),
    "W": (Outcome.FAILED, Action.WINDOW),
    "C": (Outcome.RETRY, Action.CHANNEL),
    "D": (Outcome.FAILED, Action.DEFECT),
    "Q": (Outcome.RETRY, Action.WAIT),
    "U": (Outcome.UNKNOWN, None),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an exchange says: nothing wrong, or a code with the rule for it."""

    rule: Rule | None  # None: Zalo took it
    code: str | None
    said: str

    @property
    def action(self) -> str:
        """The letter of the rule; empty where nothing is wrong."""
        return self.rule.action_for(self.said) if self.rule else ""


def read(table: ErrorTable, api: str, found: Exchange) -> Verdict:
    """Tell what `found` says; the body decides, whatever the HTTP status, as long as it decides anything."""
    code, said = _bot_code(found) if api == "bot" else _code(found)
    refused = code not in {None, "0"}
    if found.trouble in {"server-error", "rate"} or (found.trouble == "unauthorized" and api != "bot"):
        # After these the status says it all; the body's code is kept if there is one.
        told = code if refused else str(found.status)
        return Verdict(table.transport(found.trouble), told, said or found.said)
    if refused and code is not None:
        return Verdict(table.find(api, code), code, said or found.said)
    if found.trouble is not None:
        return Verdict(_rule_of(table, api, found), _status(found), found.said)
    if code is None or (found.status or 0) >= 400:
        trouble = "client-error" if (found.status or 0) >= 400 else "not-json"
        return Verdict(table.transport(trouble), _status(found), found.said)
    return Verdict(None, None, found.said)


class Judge:
    """Judges what came of messages on one channel; its counts are lost with the process.

    `tries` counts one message's tries that met the same code, `in_a_row` how often the channel met a code
    without anything else in between.
    """

    def __init__(self, table: ErrorTable, api: str, clock: Callable[[], datetime]) -> None:
        self._table, self._api, self._clock = table, api, clock
        self._tried: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._row: tuple[str, int] = ("", 0)

    def read(self, found: Exchange) -> Verdict:
        """Tell what `found` says, without counting it."""
        return read(self._table, self._api, found)

    def judge(self, found: Exchange, message: str) -> Answer:
        """Return the answer for the message called `message`; the call was not and will not be repeated."""
        verdict = self.read(found)
        rule, letter = verdict.rule, verdict.action
        met = "" if rule is None else f"{found.trouble or ''} {verdict.code or ''}"
        self._row = (met, self._row[1] + 1 if self._row[0] == met else 1)
        if rule is None:
            return Answer(Outcome.SENT, f"Zalo đã nhận tin: {verdict.said}", provider_id=_provider_id(found))
        if letter == "T":  # the renewed token is refused like the one before
            letter = "C"
        if self._exhausted(rule, message, met):
            letter = rule.after
        outcome, action = _OUTCOMES[letter]
        return Answer(
            outcome,
            _words(verdict, rule),
            retry_after=self._wait(rule, found, message) if letter == "Q" else None,
            channel_down=rule.whole or letter == "C",
            action=action,
            code=verdict.code,
        )

    def _exhausted(self, rule: Rule, message: str, met: str) -> bool:
        if rule.in_a_row is not None and self._row[1] >= rule.in_a_row:
            return True
        if rule.tries is None:
            return False
        tried = self._tried.pop((message, met), 0) + 1
        self._tried[message, met] = tried
        while len(self._tried) > _REMEMBERED:
            self._tried.popitem(last=False)
        return tried >= rule.tries

    def _wait(self, rule: Rule, found: Exchange, message: str) -> float:
        if found.status == 429 and found.retry_after is not None:
            return found.retry_after
        now = self._clock()
        spread = seconds_until(rule.spread, now) if rule.spread else 0.0
        share = zlib.crc32(message.encode("utf-8", "replace")) / 0xFFFFFFFF  # the same at each attempt
        return max(seconds_until(rule.wait or "60 s", now) + share * spread, 1.0)


def _code(found: Exchange) -> tuple[str | None, str]:
    body = found.body or {}
    error = body.get("error")
    if isinstance(error, bool) or not isinstance(error, int | str) or not str(error).strip():
        return None, ""
    return str(error).strip(), _told(found, "message", "error_description", "error_name")


def _bot_code(found: Exchange) -> tuple[str | None, str]:
    body = found.body or {}
    if body.get("ok") is True:
        return "0", ""
    code = body.get("error_code")
    if isinstance(code, bool) or not isinstance(code, int | str) or not str(code).strip():
        # Where the answer is a bot's without a code of its own, the status is the code.
        return (str(found.status) if body.get("ok") is False else None), ""
    return str(code).strip(), _told(found, "description")


def _told(found: Exchange, *names: str) -> str:
    """Return the first of these fields that says anything, on one line."""
    body = found.body or {}
    return masked(next((str(body[name]) for name in names if body.get(name)), ""))


def _rule_of(table: ErrorTable, api: str, found: Exchange) -> Rule:
    if api == "bot" and found.trouble == "unauthorized":  # a bot's token can't be refreshed
        return table.find(api, "401")
    return table.transport(found.trouble or "")


def _status(found: Exchange) -> str | None:
    return None if found.status is None or found.status < 300 else str(found.status)


def _words(verdict: Verdict, rule: Rule) -> str:
    meaning = rule.meaning[:1].upper() + rule.meaning[1:]
    code = f" (mã {verdict.code})" if verdict.code else ""
    return f"{meaning}{code}: {verdict.said}" if verdict.said else f"{meaning}{code}."


def _provider_id(found: Exchange) -> str | None:
    body = found.body or {}
    data = next((each for each in (body.get("data"), body.get("result")) if isinstance(each, dict)), {})
    identity = data.get("message_id") or data.get("msg_id")
    return str(identity) if identity else None
