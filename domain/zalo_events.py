"""What Zalo tells us of people and messages: is it Zalo's word, and which little of it do we keep.

Citizens write to the official account too. So of a message's words nothing is kept but the hash of a one-time
code, and of a receipt nothing of the person.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from domain.binding import code_hash, code_in

TOO_OLD = timedelta(hours=3)  # Zalo repeats an event for some two hours
RECEIVED, SEEN = "user_received_message", "user_seen_message"
FOLLOW = "follow"
INTERACTIONS = ("user_send_", "user_click_", "user_call_oa", "user_submit_info", "user_reacted_message")
IN_GROUPS = "user_send_group_"  # said to a group, not to the account
# Zalo names the first two; of the others its documentation says what they tell, not how each is called.
OPT_OUTS = ("unfollow", "user_withdraw", "user_block", "user_reject", "user_refuse", "user_limit")
QUOTA, TEMPLATE = "change_oa_daily_quota", "change_template_status"
ENABLED = "ENABLE"
_BOT_NAME = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_ID = re.compile(r"[A-Za-z0-9_.:@=+/-]{1,128}")
_STAMP = re.compile(r"[1-9][0-9]{9,15}")
_SIGNATURE = re.compile(r"\s*(?:mac\s*=)?\s*([0-9a-f]{64})\s*", re.ASCII)
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it is kept; `key` is the same each time that the provider sends it."""

    name: str
    key: str
    facts: Mapping[str, Any]


def read_body(raw: bytes) -> Mapping[str, Any] | None:
    """Return the JSON object of a request; None where it is none, or no UTF-8."""
    try:
        found = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def stamp_of(body: Mapping[str, Any]) -> str:
    """Return the timestamp of an event as its signature has it; empty where there is none."""
    return _matching(_STAMP, body.get("timestamp"))


def is_signed(raw: bytes, signature: str, *, app_id: str, stamp: str, secret: str) -> bool:
    """Tell whether a request bears Zalo's signature, in constant time."""
    given = _SIGNATURE.fullmatch(signature.lower())
    right = sha256(app_id.encode() + raw + stamp.encode() + secret.encode()).hexdigest()
    return given is not None and hmac.compare_digest(given[1], right)


def moment(stamp: object) -> datetime | None:
    """Return the instant of a timestamp in milliseconds, or seconds; None where it is none."""
    text = _matching(_STAMP, stamp)
    if not text:
        return None
    number = int(text)
    try:
        return datetime.fromtimestamp(number / 1000 if number >= 10**11 else number, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def oa_event(body: Mapping[str, Any], raw: bytes) -> Told | None:
    """Return what is kept of an official account's event; None where it says no event."""
    name = _matching(_BOT_NAME, body.get("event_name"))
    if not name:
        return None
    message = _part(body, "message")
    facts = {
        "at": stamp_of(body),
        "sha256": sha256(raw).hexdigest(),
        "oa": _first_id(body.get("oa_id"), body.get("oaId"), _addressee(name, body)),
        "user": "" if name in {RECEIVED, SEEN} else _user(name, body),
        "messages": _message_ids(message),
        "tracking": _id(message.get("tracking_id")),
        "delivered": _matching(_STAMP, message.get("delivery_time")),
        "code": _code(message.get("text")) if name.startswith("user_send_") else "",
        "template": _id(body.get("template_id")),
        "quota": _id(_part(body, "quota").get("new_value")),
        "status": _id(_part(body, "status").get("new_status")),
        "reason": _words(body.get("reason")) if name == TEMPLATE else "",
    }
    kept = {key: value for key, value in facts.items() if value}
    rest = [str(kept.get(each, "")) for each in ("tracking", "user", "template", "at")]
    return Told(name, _key(name, _message_ids(message) or rest), kept)


def bot_event(body: Mapping[str, Any]) -> Told | None:
    """Return what is kept of a bot's update, from its webhook or from `getUpdates`; None for none."""
    update = _part(body, "result") or body
    name, message = _matching(_BOT_NAME, update.get("event_name")), _part(update, "message")
    chat, message_id = _id(_part(message, "chat").get("id")), _id(message.get("message_id"))
    if not name or not chat or not message_id:
        return None
    at = _matching(_STAMP, message.get("date"))
    facts = {"at": at, "user": chat, "messages": [message_id], "code": _code(message.get("text"))}
    return Told(name, _key(name, [chat, message_id]), {key: value for key, value in facts.items() if value})


def _key(name: str, same: list[str]) -> str:
    """Return a key that names no person: the history repeats it."""
    return f"{name}/{sha256(json.dumps(same).encode()).hexdigest()[:32]}"


def _user(name: str, body: Mapping[str, Any]) -> str:
    if name in {FOLLOW, "unfollow"}:
        return _first_id(_part(body, "follower").get("id"), body.get("user_id"))
    return _id(_part(body, "sender").get("id")) if name.startswith("user_") else ""


def _addressee(name: str, body: Mapping[str, Any]) -> object:
    said = name.startswith("user_send_") and not name.startswith(IN_GROUPS)
    return _part(body, "recipient").get("id") if said else None


def _message_ids(message: Mapping[str, Any]) -> list[str]:
    several = message.get("msg_ids")
    given = several if isinstance(several, list) else [message.get("msg_id")]
    return list(dict.fromkeys(filter(None, map(_id, given[:100]))))


def _code(text: object) -> str:
    code = code_in(text[:2000]) if isinstance(text, str) else None
    return code_hash(code).hex() if code else ""


def _first_id(*values: object) -> str:
    return next(filter(None, map(_id, values)), "")


def _id(value: object) -> str:
    return _matching(_ID, value)


def _matching(form: re.Pattern[str], value: object) -> str:
    """Return a text or a whole number as text if it has the form, else an empty text."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if form.fullmatch(text) else ""


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _words(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST_REASON]
