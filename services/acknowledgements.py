"""“Đã nhận”: a unit says, by one click on a signed link, that it has received a message.

The link names the message and is signed with the installation's key; whoever has it may say so, and nothing
else. The log-in that it spares is the reason that it can do no more.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from struct import Struct

from sqlalchemy import Connection

from config.secrets import Keys
from domain.canonical import canonical
from domain.errors import WardError
from domain.plans import Stage
from models import acknowledgements as models
from services.history import record

PURPOSE = "received-link"
PATH = "/open/received/"
_IDS = Struct(">IQ")
_SIGNATURE = 16
_TOKEN = re.compile(r"[A-Za-z0-9_-]{38}")


class UnknownLink(WardError):
    """The link is none of ours; it does not say whether the message exists."""

    def __init__(self) -> None:
        super().__init__(
            "no such link",
            "Đường dẫn này không đúng hoặc không còn dùng được. Đề nghị mở lại đường dẫn trong thư, "
            "không gõ lại bằng tay.",
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One stage that a message told of; `current` while it is open with the date that was told."""

    code: str
    title: str
    label: str
    unit: str
    stage: Stage
    due_on: date
    current: bool
    state: str
    occurrence_state: str


@dataclass(frozen=True, slots=True)
class Received:
    """A message as its link shows it."""

    ward_id: int
    outbox_id: int
    ward_name: str
    lines: Sequence[Line]
    opened_at: datetime | None
    acknowledged_at: datetime | None


def signer(keys: Keys, link_base: str) -> Callable[[int, int], str]:
    """Return the function that makes the link of a message from its ward and its first row."""
    key = keys.derived(PURPOSE)
    return lambda ward, outbox: f"{link_base}{PATH}{_token(key, ward, outbox)}"


def verified(keys: Keys, token: str) -> tuple[int, int]:
    """Return ward and outbox row of a token that we signed; each has one way of being written.

    Raises:
        UnknownLink: we did not.
    """
    if not _TOKEN.fullmatch(token):
        raise UnknownLink
    ward, outbox = _IDS.unpack(urlsafe_b64decode(token[:16]))
    if not hmac.compare_digest(_token(keys.derived(PURPOSE), ward, outbox), token):
        raise UnknownLink
    return ward, outbox


def received(connection: Connection, keys: Keys, token: str) -> Received:
    """Return what the message of a link told.

    Raises:
        UnknownLink: we did not sign it, or the message is gone.
    """
    ward, outbox = verified(keys, token)
    row = models.message(connection, ward, outbox)
    if row is None:
        raise UnknownLink
    lines = [
        Line(**{**line, "stage": Stage(line["stage"]), "due_on": date.fromisoformat(line["due_on"])})
        for line in row.lines
    ]
    return Received(ward, outbox, row.ward_name, lines, row.opened_at, row.acknowledged_at)


def open_link(connection: Connection, keys: Keys, token: str, *, now: datetime) -> None:
    """Record that a link was opened. It proves little: programs that look for viruses open links too.

    Raises:
        UnknownLink: we did not sign it.
    """
    ward, outbox = verified(keys, token)
    models.opened(connection, ward, outbox, now)


def acknowledge(connection: Connection, keys: Keys, token: str, *, now: datetime) -> None:
    """Record that somebody has received the message and knows the due dates in it that still hold.

    A second time changes nothing.

    Raises:
        UnknownLink: we did not sign it, or the message is gone.
    """
    ward, outbox = verified(keys, token)
    new = models.acknowledge(connection, ward, outbox, now)
    if new is None:
        raise UnknownLink
    if new.outbox or new.stages:
        facts = {"occurrences": new.occurrences, "outbox": new.outbox, "stages": new.stages}
        actor = canonical({"id": new.contact_id or 0, "role": "recipient"})
        record(connection, ward, "reminder.acknowledged", facts, actor=actor, now=now)


def _token(key: bytes, ward: int, outbox: int) -> str:
    ids = _IDS.pack(ward, outbox)
    signature = hmac.digest(key, ids, "sha256")[:_SIGNATURE]
    return urlsafe_b64encode(ids + signature).decode("ascii").rstrip("=")
