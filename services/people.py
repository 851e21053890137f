"""Wards, units and accounts: who is there, who may act, and how they are reached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from config.units import load_units, similar
from domain.canonical import canonical
from domain.machine_tokens import MachineAccount
from domain.people import PERMITTED, Action, Role
from domain.phones import canonical_phone
from domain.reading.normal import key
from domain.refusals import BadValue, NotPermitted, UnknownUnit, UnknownUser, UnknownWard, UserExists
from models import contacts, directory, links, sessions
from services.history import record

EMAIL = re.compile(r"[^@\s<>,;:\"\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
PLACE = re.compile(r"[A-Za-z0-9_.:@=+/-]{1,128}")  # what Zalo calls a person, a group or a chat
LAST_RANK = 9


@dataclass(frozen=True, slots=True)
class Person:
    """An active account; `actor` is how the history names it: by id and role, never by name."""

    id: int
    name: str
    role: Role
    unit_id: int | None

    @property
    def actor(self) -> str:
        """Return the canonical JSON that stands for this person in the history."""
        return canonical({"id": self.id, "role": self.role.value})


@dataclass(frozen=True, slots=True)
class Ward:
    """The ward that an action concerns."""

    id: int
    code: str
    name: str


def all_wards(connection: Connection) -> list[Ward]:
    """Return the wards that share this installation; most often there is one."""
    return [Ward(row.id, row.code, row.name) for row in directory.wards(connection)]


def the_ward(connection: Connection, code: str | None) -> Ward:
    """Return the ward with this code; without one, the only ward there is.

    Raises:
        UnknownWard: there is none, or several and none was named.
    """
    wards = all_wards(connection)
    if code is None and len(wards) == 1:
        return wards[0]
    for ward in wards:
        if ward.code == code:
            return ward
    raise UnknownWard(code, [ward.code for ward in wards])


def person(connection: Connection, ward: Ward, name: str) -> Person:
    """Return an active account.

    Raises:
        UnknownUser: there is none.
    """
    row = directory.account(connection, ward.id, name)
    if row is None or not row.active:
        raise UnknownUser(name)
    return Person(row.id, row.name, Role(row.role), row.unit_id)


def human(connection: Connection, ward: Ward, name: str) -> Person:
    """Return an active account of a person, who may sign in.

    Raises:
        UnknownUser, MachineAccount: there is none.
    """
    found = person(connection, ward, name)
    row = directory.account(connection, ward.id, name)
    if row is None or row.machine:
        raise MachineAccount(name)
    return found


def permitted(connection: Connection, ward: Ward, name: str, action: Action) -> Person:
    """Return the person if their role allows `action`.

    Raises:
        UnknownUser, NotPermitted: they may not.
    """
    found = person(connection, ward, name)
    if found.role not in PERMITTED[action]:
        raise NotPermitted(found.role, action, sorted(PERMITTED[action]))
    return found


def find_unit(connection: Connection, ward: Ward, name: str) -> tuple[int, str]:
    """Return a unit's id and canonical name by its name or any alias, in any case and spacing.

    The ward's own aliases come first, then the spellings that the program knows.

    Raises:
        UnknownUnit: none fits; the error names the nearest.
    """
    wanted = _folded(name)
    units = directory.unit_names(connection, ward.id)
    for row in units:
        if any(_folded(alias) == wanted for alias in row.aliases):
            return row.id, row.name
    for row in units:
        if _folded(row.name) == wanted:
            return row.id, row.name
    known = load_units().known(name)
    for row in units:
        if known is not None and row.name == known.name:
            return row.id, row.name
    by_key = {key(each): row.name for row in units for each in (row.name, *row.aliases)}
    near = [by_key[each] for each in similar(key(name), list(by_key))]
    raise UnknownUnit(name, list(dict.fromkeys(near))[:3])


def add_user(
    connection: Connection,
    ward: Ward,
    name: str,
    *,
    role: Role,
    unit: str | None,
    email: str | None,
    actor: str,
    now: datetime,
) -> int:
    """Add an account, or return the one that is just so already; a disabled one comes back.

    Raises:
        BadValue, UnknownUnit: the name, address or unit can't be used.
        UserExists: the name belongs to a machine, or to an account with another role or unit.
    """
    if not NAME.fullmatch(name):
        raise BadValue("Tên người dùng", name, "chỉ gồm chữ thường không dấu, số, dấu chấm, gạch")
    if email is not None:
        check_email(email)
    unit_id = None if unit is None else find_unit(connection, ward, unit)[0]
    if role is Role.OFFICER and unit_id is None:
        raise BadValue("Đơn vị", "", "cán bộ phải thuộc một đơn vị (--unit)")
    existing = directory.account(connection, ward.id, name)
    if existing is not None and (existing.machine or (existing.role, existing.unit_id) != (role, unit_id)):
        raise UserExists(name)
    if existing is not None and existing.active and existing.email == email:
        return int(existing.id)
    account_id = directory.put_account(connection, ward.id, name, role, unit_id, email)
    facts = {"account": account_id, "role": role.value, "unit": unit_id}
    record(connection, ward.id, "account.added", facts, actor=actor, now=now)
    return account_id


def disable_user(connection: Connection, ward: Ward, name: str, *, actor: str, now: datetime) -> None:
    """Lock an account out, wherever it is signed in; its history stays.

    Raises:
        UnknownUser: there is no such active account.
    """
    found = person(connection, ward, name)
    directory.disable_account(connection, ward.id, found.id)
    sessions.revoke(connection, ward.id, found.id, now=now, one=None, but=None)
    links.end(connection, ward.id, found.id, now)
    record(connection, ward.id, "account.disabled", {"account": found.id}, actor=actor, now=now)


def add_contact(
    connection: Connection,
    ward: Ward,
    unit: str,
    *,
    channel: str,
    address: str,
    role: str = "officer",
    rank: int | None = None,
    actor: str,
    now: datetime,
) -> tuple[int, str]:
    """Add a way to reach a unit, or change its role or rank; return the unit's id and name.

    Those of the lowest rank are written to, a higher one stands in. Without `rank` a new contact stands
    beside the first ones, another keeps its own. One that was muted stays so.

    Raises:
        UnknownUnit, BadValue: the unit, the address or the rank can't be used.
    """
    unit_id, name = find_unit(connection, ward, unit)
    check_rank(rank)
    row = contacts.put(
        connection,
        ward=ward.id,
        unit=unit_id,
        channel=channel,
        address=canonical_address(channel, address),
        role=role,
        rank=rank,
    )
    if row is not None:
        facts = {"channel": channel, "contact": row.id, "rank": row.rank, "role": role, "unit": unit_id}
        record(connection, ward.id, "contact.added", facts, actor=actor, now=now)
    return unit_id, name


def canonical_address(channel: str, address: str) -> str:
    """Return an address as its channel writes it.

    Raises:
        BadValue: nobody can be reached at it.
    """
    address = address.strip()
    if channel == "email":
        check_email(address)
    elif channel == "phone":
        return canonical_phone(address)
    elif not PLACE.fullmatch(address):
        raise BadValue("Địa chỉ", address[:40], "cần là mã mà Zalo đặt, không có dấu cách")
    return address


def check_rank(rank: int | None) -> None:
    """Return if a contact may have this rank, or none.

    Raises:
        BadValue: it may not.
    """
    if rank is not None and not 1 <= rank <= LAST_RANK:
        raise BadValue("Thứ tự", str(rank), f"là số từ 1 (gửi trước) đến {LAST_RANK}")


def check_email(address: str) -> None:
    """Return if `address` looks like an e-mail address.

    Raises:
        BadValue: it doesn't.
    """
    if len(address) > 254 or not EMAIL.fullmatch(address):
        raise BadValue("Địa chỉ thư", address, "cần có dạng ten@co-quan.vn")


def users(connection: Connection, ward: Ward) -> Sequence[Any]:
    """Return all accounts with their unit's name, by name."""
    return directory.accounts(connection, ward.id)


def units(connection: Connection, ward: Ward) -> Sequence[Any]:
    """Return all units with aliases, members and contacts, by name."""
    return directory.units(connection, ward.id)


def _folded(name: str) -> str:
    import unicodedata

    text = unicodedata.normalize("NFC", name).casefold().replace("–", "-").replace("&", " và ")
    return re.sub(r"\s*-\s*", " - ", re.sub(r"\s+", " ", text)).strip()
