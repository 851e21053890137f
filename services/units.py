"""The units that a ward knows: those that ship, and its own with every spelling that it has settled."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from config.units import load_units
from domain.reading.units import Unit, UnitBook
from models import directory
from services.people import Ward

OWN = "own"  # the kind of a unit that doesn't ship; it belongs to no group by its kind


def ward_units(connection: Connection, ward: Ward) -> UnitBook:
    """Return the book by which documents of this ward are read."""
    shipped = load_units()
    units = {unit.name: unit for unit in shipped.units}
    for row in directory.units(connection, ward.id):
        known = units.get(row.name) or shipped.known(row.name)
        if known is None:
            units[row.name] = Unit(row.name, "group" if row.is_group else OWN, tuple(row.aliases))
            continue
        new = tuple(alias for alias in row.aliases if shipped.known(alias) is None)
        units[known.name] = replace(known, spellings=(*known.spellings, *new))
    return UnitBook(tuple(units.values()))
