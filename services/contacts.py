"""A unit's contacts: which there are, in which order they are written to, and which take nothing now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from domain.errors import WardError
from domain.people import Action
from models import contacts as models
from models import directory
from models.history import SYSTEM
from services.history import record
from services.people import Ward, canonical_address, check_rank, find_unit, permitted


class UnknownContact(WardError):
    """The unit has no such contact in use."""

    def __init__(self, unit: str) -> None:
        super().__init__(
            "no such contact of the unit",
            f"{unit} không có địa chỉ liên hệ này (hoặc đã bỏ). Xem danh sách: cchc unit list",
        )


def manager(connection: Connection, ward: Ward, by: str | None) -> str:
    """Return how the history names who manages contacts; None is the installation itself.

    Raises:
        UnknownUser, NotPermitted: they may not.
    """
    return SYSTEM if by is None else permitted(connection, ward, by, Action.MANAGE_CONTACTS).actor


def contacts_of(connection: Connection, ward: Ward, unit: str) -> tuple[int, str, Sequence[Any]]:
    """Return a unit's id, name and contacts, in the order in which they are written to.

    Raises:
        UnknownUnit: there is no such unit.
    """
    unit_id, name = find_unit(connection, ward, unit)
    return unit_id, name, models.of_unit(connection, ward.id, unit_id)


def find_contact(connection: Connection, ward: Ward, unit: str, *, channel: str, address: str) -> Any:
    """Return a unit's contact in use by its address, however that is written.

    Raises:
        UnknownUnit, UnknownContact, BadValue: there is none.
    """
    unit_id, name = find_unit(connection, ward, unit)
    written = canonical_address(channel, address)
    row = models.by_address(connection, ward.id, unit_id, channel, written)
    if row is None or not row.active:
        raise UnknownContact(name)
    return row


def contact_by_id(connection: Connection, ward: Ward, unit: str, contact_id: int) -> Any:
    """Return a unit's contact in use.

    Raises:
        UnknownUnit, UnknownContact: there is none.
    """
    unit_id, name = find_unit(connection, ward, unit)
    row = models.by_id(connection, ward.id, unit_id, contact_id)
    if row is None:
        raise UnknownContact(name)
    return row


def remove_contact(
    connection: Connection, ward: Ward, contact: Any, *, by: str | None, now: datetime
) -> None:
    """Write to a contact no more; what was written stays in the history. A second time changes nothing.

    Raises:
        UnknownUser, NotPermitted: they may not.
    """
    actor = manager(connection, ward, by)
    if models.remove(connection, ward.id, contact.id):
        facts = {"channel": contact.channel, "contact": contact.id, "unit": contact.unit_id}
        record(connection, ward.id, "contact.removed", facts, actor=actor, now=now)


def unmute_contact(
    connection: Connection, ward: Ward, contact: Any, *, by: str | None, now: datetime
) -> None:
    """Write again to a contact that had opted out or could not be reached: its owner has told `by` so.

    Raises:
        UnknownUser, NotPermitted: they may not.
    """
    actor = manager(connection, ward, by)
    if models.unmute(connection, ward.id, contact.id):
        facts = {"channel": contact.channel, "contact": contact.id, "unit": contact.unit_id}
        record(connection, ward.id, "contact.unmuted", facts, actor=actor, now=now)


def rank_contact(
    connection: Connection, ward: Ward, contact: Any, rank: int, *, by: str | None, now: datetime
) -> None:
    """Give a contact its place: those of the lowest rank are written to, a higher one stands in.

    Raises:
        BadValue: there is no such rank.
        UnknownUser, NotPermitted: they may not.
    """
    check_rank(rank)
    actor = manager(connection, ward, by)
    place = {
        "ward": ward.id,
        "unit": contact.unit_id,
        "channel": contact.channel,
        "address": contact.address,
    }
    if models.put(connection, **place, role=contact.role, rank=rank) is not None:
        facts = {"channel": contact.channel, "contact": contact.id, "rank": rank, "unit": contact.unit_id}
        record(connection, ward.id, "contact.ranked", facts, actor=actor, now=now)


def unit_name(connection: Connection, ward: Ward, unit_id: int) -> str | None:
    """Return a unit's name; None where the ward has no such unit."""
    return next((row.name for row in directory.unit_names(connection, ward.id) if row.id == unit_id), None)
