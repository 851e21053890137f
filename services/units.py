"""The units that a ward knows: those that ship, and its own with every spelling that it has settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from config.units import load_units
from domain.errors import WardError
from domain.people import Action
from domain.reading.normal import key, squeezed
from domain.reading.unit_words import names_many
from domain.reading.units import Unit, UnitBook
from domain.refusals import BadValue, UnknownUnit, UnknownWard
from models import directory
from models import units as models
from services.history import hashed, record
from services.people import Ward, find_unit, permitted, the_ward

OWN = "own"  # the kind of a unit that says nothing of its kind; it belongs to no group by it
LONGEST = 200
_KINDS = {
    "phong": "department",
    "van": "department",
    "trung": "service",
    "tram": "service",
    "truong": "service",
}


class SpellingTaken(WardError):
    """The spelling names another unit already."""

    def __init__(self, alias: str, unit: str) -> None:
        super().__init__(
            f"{alias} names {unit}",
            f"“{alias}” đã là tên của đơn vị “{unit}”. Nếu trước đây ghi nhầm, đề nghị bỏ cách viết đó "
            "trước: cchc unit alias … --of … --remove",
        )


class NoGroup(WardError):
    """The name is a single unit's."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is no group",
            f"“{name}” là một đơn vị, không phải nhóm. Tên nhóm bắt đầu bằng “Các …”, "
            "ví dụ “Các phòng chuyên môn”.",
        )


def ward_units(connection: Connection, ward: Ward) -> UnitBook:
    """Return the book by which documents of this ward are read: its own names first, then those that ship."""
    shipped = load_units().at(ward.name)
    units = {unit.name: unit for unit in shipped.units}
    own: dict[str, Unit] = {}
    for row in models.settled(connection, ward.id):
        known = units.pop(row.name, None)
        kinds = known.kinds if known else ()
        kind = "group" if row.is_group else known.kind if known else _kind(row.name)
        spellings = (*(known.spellings if known else ()), *row.aliases)
        own[row.name] = Unit(row.name, kind, spellings, kinds, tuple(row.members))
    return UnitBook((*own.values(), *units.values()), shipped.similar)


def known_units(connection: Connection, code: str | None) -> UnitBook:
    """Return the book of the ward with this code or of the only one; the shipped one before there is any."""
    try:
        ward = the_ward(connection, code)
    except UnknownWard:
        return load_units()
    return ward_units(connection, ward)


def add_alias(connection: Connection, ward: Ward, alias: str, *, of: str, by: str, now: datetime) -> str:
    """Make another spelling known for a unit, in every document from now on; return the unit's name.

    A second time changes nothing.

    Raises:
        SpellingTaken: it names another unit.
        UnknownUnit, BadValue, UnknownUser, NotPermitted: it can't be done so.
    """
    person = permitted(connection, ward, by, Action.MANAGE_UNITS)
    alias = squeezed(alias)
    if not key(alias) or len(alias) > LONGEST:
        raise BadValue("Cách viết", alias, f"cần có chữ, không quá {LONGEST} ký tự")
    unit, name = _unit(connection, ward, of)
    known = ward_units(connection, ward).known(alias)
    if known is not None and known.name != name:
        raise SpellingTaken(alias, known.name)
    if known is None and models.confirm_alias(connection, ward.id, unit, alias):
        facts = {"alias_sha256": hashed(alias), "unit": unit}
        record(connection, ward.id, "unit.alias-added", facts, actor=person.actor, now=now)
    return name


def remove_alias(connection: Connection, ward: Ward, alias: str, *, of: str, by: str, now: datetime) -> str:
    """Take a spelling back from a unit, however it is typed; return the unit's name.

    What was read before stays. A second time changes nothing.

    Raises:
        UnknownUnit, UnknownUser, NotPermitted: it can't be done so.
    """
    person = permitted(connection, ward, by, Action.MANAGE_UNITS)
    unit, name = _unit(connection, ward, of)
    for row in models.aliases(connection, ward.id):
        if row.unit_id == unit and key(row.alias) == key(alias):
            models.drop_alias(connection, ward.id, unit, row.alias)
            facts = {"alias_sha256": hashed(row.alias), "unit": unit}
            record(connection, ward.id, "unit.alias-removed", facts, actor=person.actor, now=now)
    return name


def set_members(
    connection: Connection, ward: Ward, group: str, members: Sequence[str], *, by: str, now: datetime
) -> tuple[str, tuple[str, ...]]:
    """Say which units a group stands for from now on; return its name and theirs.

    Occurrences that are open stay with their units. A second time changes nothing.

    Raises:
        NoGroup: the name is a single unit's.
        UnknownUnit, BadValue, UnknownUser, NotPermitted: it can't be done so.
    """
    person = permitted(connection, ward, by, Action.MANAGE_UNITS)
    group_id, name = _group(connection, ward, group)
    found = dict(_unit(connection, ward, member) for member in members if key(member))
    if not found or group_id in found:
        raise BadValue(
            "Danh sách đơn vị của nhóm", "; ".join(members), "cần ít nhất một đơn vị khác nhóm này"
        )
    models.make_group(connection, ward.id, group_id)
    if models.set_members(connection, ward.id, group_id, sorted(found)):
        facts = {"members": sorted(found), "unit": group_id}
        record(connection, ward.id, "unit.members-set", facts, actor=person.actor, now=now)
    return name, tuple(found.values())


def _unit(connection: Connection, ward: Ward, name: str) -> tuple[int, str]:
    """Return a unit of the ward; one that only the shipped book knows becomes the ward's."""
    try:
        return find_unit(connection, ward, name)
    except UnknownUnit:
        known = load_units().known(name)
        if known is None:
            raise
    return directory.put_unit(connection, ward.id, known.name, is_group=known.kind == "group"), known.name


def _group(connection: Connection, ward: Ward, name: str) -> tuple[int, str]:
    """Return a group of the ward, a new one where nobody knows the name."""
    try:
        unit, found = _unit(connection, ward, name)
    except UnknownUnit:
        found = squeezed(name)
        unit = directory.put_unit(connection, ward.id, found, is_group=True) if names_many(found) else 0
    if not names_many(found):
        raise NoGroup(found)
    return unit, found


def _kind(name: str) -> str:
    return _KINDS.get(key(name).split(" ")[0], OWN)
