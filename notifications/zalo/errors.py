"""Zalo's errors as data: what each code means, and what is done about it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from notifications.channels import ChannelMisconfigured

ACTIONS = frozenset("RTNWCDQU")
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

_PACKAGED = Path(__file__).with_name("errors.toml")
_TABLES = ("transport", "zbs", "oa", "oauth", "bot")
# A message to a follower by template may be refused in the words of either API.
_READ = {"zbs": ("zbs",), "oa": ("oa",), "uid": ("oa", "zbs"), "oauth": ("oauth",), "bot": ("bot",)}
_SPAN = re.compile(r"([0-9]+) ([smh])")
_HOUR = re.compile(r"(next day )?([01][0-9]|2[0-3]):([0-5][0-9])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done about one code; the letters and keys are explained in `errors.toml`."""

    meaning: str
    action: str
    tries: int | None = None
    in_a_row: int | None = None
    after: str = "C"
    wait: str | None = None
    spread: str | None = None
    whole: bool = False
    words: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what a person may have mistyped.

        Raises:
            ValueError: a letter, a number or a span that means nothing.
        """
        letters = {self.action, self.after, *self.words.values()}
        counts = [count for count in (self.tries, self.in_a_row) if count is not None]
        if not letters <= ACTIONS or any(type(count) is not int or count < 1 for count in counts):
            raise ValueError("action")
        if "Q" in letters and self.wait is None:
            raise ValueError("wait")
        for span in filter(None, (self.wait, self.spread)):
            seconds_until(span, datetime(2026, 1, 1, tzinfo=HANOI))

    def action_for(self, said: str) -> str:
        """Return the action, which the provider's own words may change."""
        lowered = said.casefold()
        return next((act for word, act in self.words.items() if word.casefold() in lowered), self.action)


UNLISTED = Rule("mã lỗi chưa có trong bảng; cần người xem lại", "C", whole=True)


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """Every rule, by API and code."""

    rules: Mapping[str, Mapping[str, Rule]]

    def find(self, api: str, code: str) -> Rule:
        """Return the rule for `code` as `api` answers it; what is not listed holds the channel."""
        found = (self.rules[table].get(code) for table in _READ[api])
        return next((rule for rule in found if rule), UNLISTED)

    def transport(self, trouble: str) -> Rule:
        """Return the rule for a trouble of the wire."""
        return self.rules["transport"].get(trouble, UNLISTED)


def seconds_until(wait: str, now: datetime) -> float:
    """Return how long `wait` is from `now`, by the clock of Viet Nam.

    Raises:
        ValueError: it is written in no way that we know.
    """
    if span := _SPAN.fullmatch(wait):
        return float(int(span[1]) * _SECONDS[span[2]])
    here = now.astimezone(HANOI)
    if wait == "next month":
        first = (here.replace(day=1) + timedelta(days=32)).date().replace(day=1)
        return (datetime.combine(first, time(0, 5), HANOI) - now).total_seconds()
    if (hour := _HOUR.fullmatch(wait)) is None:
        raise ValueError(wait)
    then = datetime.combine(here.date(), time(int(hour[2]), int(hour[3])), HANOI)
    if hour[1] or then <= here:
        then += timedelta(days=1)
    return (then - now).total_seconds()


@lru_cache(maxsize=8)
def load_errors(override: Path | None = None) -> ErrorTable:
    """Read the table that ships, and `override` over it.

    Raises:
        ChannelMisconfigured: the file cannot be read, or says what we do not understand.
    """
    raw = tomllib.loads(_PACKAGED.read_text(encoding="utf-8"))
    if override is not None:
        try:
            own = tomllib.loads(override.read_text(encoding="utf-8"))
            _overlay(raw, own)
        except (OSError, ValueError, AttributeError) as problem:  # no file, no TOML, another form
            raise _misconfigured(str(problem)) from None
    return ErrorTable(
        {name: {code: _rule(name, code, raw[name][code]) for code in raw[name]} for name in _TABLES}
    )


def _overlay(raw: dict[str, Any], own: dict[str, Any]) -> None:
    for name, codes in own.items():
        if name not in _TABLES:
            raise ValueError(f"[{name}]")
        for code, keys in codes.items():
            known = {} if code in raw[name] else {"meaning": UNLISTED.meaning}
            raw[name][code] = known | raw[name].get(code, {}) | dict(keys.items())


def _rule(table: str, code: str, keys: Mapping[str, Any]) -> Rule:
    place = f"[{table}] {code}"
    if unknown := keys.keys() - {each.name for each in fields(Rule)}:
        raise _misconfigured(f"{place}: {', '.join(sorted(unknown))}")
    try:
        return Rule(**keys)
    except (TypeError, ValueError, AttributeError) as problem:
        raise _misconfigured(f"{place}: {problem}") from None


def _misconfigured(what: str) -> ChannelMisconfigured:
    notice = f"Bảng lỗi Zalo (CCHC_ZALO_ERRORS) có chỗ chưa dùng được: {what}."
    return ChannelMisconfigured("zalo", f"error table: {what}", notice)
