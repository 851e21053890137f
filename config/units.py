"""The table of units' names and spellings, as shipped."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from domain.reading.units import Unit, UnitBook

_FILE = Path(__file__).with_name("units.toml")


@cache
def load_units() -> UnitBook:
    """Read the shipped table; a second call gives the same book."""
    table = tomllib.loads(_FILE.read_text("utf-8"))
    units = [Unit(row["name"], row["kind"], tuple(row.get("spellings", ()))) for row in table["unit"]]
    groups = [
        Unit(row["name"], "group", tuple(row.get("spellings", ())), tuple(row["kinds"]))
        for row in table["group"]
    ]
    return UnitBook((*units, *groups))
