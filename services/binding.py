"""One-time codes: whoever sends one to the official account or the bot becomes a unit's contact.

The code is told to one officer; that it comes back from their own account proves that they agree.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from domain.binding import ALPHABET, LASTS, LENGTH, MOST_OPEN, SENT_TO, WORD, code_hash, written
from domain.canonical import canonical
from domain.errors import WardError
from domain.people import Action
from domain.refusals import BadValue
from models import binding as models
from models import contacts
from models.history import SYSTEM
from models.wards import ContactRole
from services.history import record
from services.people import Ward, find_unit, permitted


class TooManyCodes(WardError):
    """So many codes of one unit wait to be sent that another would only help those who guess."""

    def __init__(self, unit: str) -> None:
        super().__init__(
            f"{MOST_OPEN} codes are open",
            f"{unit} đã có {MOST_OPEN} mã liên kết chưa dùng. Dùng các mã đó, hoặc chờ mã cũ hết hạn.",
        )


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A new code as it is to be sent; it is known now and never again."""

    code: str
    unit: str
    channel: str
    expires_at: datetime


def make_code(
    connection: Connection,
    ward: Ward,
    unit: str,
    *,
    channel: str,
    role: str = ContactRole.OFFICER,
    by: str | None,
    now: datetime,
) -> MadeCode:
    """Make a code by which one person becomes a contact of a unit; only its SHA-256 is kept.

    It can be used once, within 72 hours, while the account that made it is active.

    Raises:
        UnknownUnit, UnknownUser, NotPermitted, BadValue: it can't be made.
        TooManyCodes: the unit has enough of them.
    """
    maker = None if by is None else permitted(connection, ward, by, Action.MANAGE_CONTACTS)
    if channel not in SENT_TO:
        raise BadValue("Kênh", channel, f"chọn một trong: {', '.join(SENT_TO)}")
    unit_id, name = find_unit(connection, ward, unit)
    if len(models.open_codes(connection, ward.id, unit_id, now)) >= MOST_OPEN:
        raise TooManyCodes(name)
    code, code_id = _new_code(
        connection,
        ward=ward.id,
        unit=unit_id,
        channel=channel,
        role=str(role),
        by=maker.id if maker else None,
        now=now,
        expires=now + LASTS,
    )
    facts = {"channel": channel, "code": code_id, "role": str(role), "unit": unit_id}
    record(connection, ward.id, "contact.code-made", facts, actor=maker.actor if maker else SYSTEM, now=now)
    return MadeCode(written(code), name, channel, now + LASTS)


def _new_code(connection: Connection, **facts: object) -> tuple[str, int]:
    """Return a code that is no other's, kept, with its id."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if code.startswith(WORD):
            continue
        code_id = models.put(connection, code=code_hash(code), **facts)
        if code_id is not None:
            return code, code_id


def use_code(
    connection: Connection,
    code_sha256: str,
    *,
    source: str,
    address: str,
    at: datetime,
    event: str,
    now: datetime,
) -> bool:
    """Make whoever sent a code at `at` a contact; False, and nothing is done, where it stands for nothing.

    `source` is where it was sent, `event` the key of what the provider told: the proof of consent that the
    history names. Who had opted out and sends a code is written to again.
    """
    channels = [channel for channel, place in SENT_TO.items() if place == source]
    used = models.use(connection, bytes.fromhex(code_sha256), channels, at=at, now=now)
    if used is None:
        return False
    contact_id = _contact(connection, used, address)
    models.bound(connection, used.ward_id, used.id, contact_id)
    contacts.unmute(connection, used.ward_id, contact_id)
    facts = {
        "channel": used.channel,
        "code": used.id,
        "contact": contact_id,
        "event": event,
        "role": used.role,
        "unit": used.unit_id,
    }
    actor = canonical({"id": contact_id, "role": "recipient"})
    record(connection, used.ward_id, "contact.bound", facts, actor=actor, now=now)
    return True


def open_codes(connection: Connection, ward: Ward, unit_id: int, now: datetime) -> Sequence[Any]:
    """Return the codes of a unit that wait to be sent; what they are is not known any more."""
    return models.open_codes(connection, ward.id, unit_id, now)


def _contact(connection: Connection, used: Any, address: str) -> int:
    """Return the id of the contact, added or activated if need be."""
    place = {"ward": used.ward_id, "unit": used.unit_id, "channel": used.channel, "address": address}
    put = contacts.put(connection, **place, role=used.role, rank=None)
    found = put or contacts.by_address(connection, **place)
    assert found is not None  # noqa: S101 - whatever was not put was there
    return int(found.id)
