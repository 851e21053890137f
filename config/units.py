"""The table of units' names and spellings, as shipped."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from domain.reading.units import Unit, UnitBook

_FILE = Path(__file__).with_name("units.toml")
_LIKE = 70  # of 100: “Phòng VHXH & TT” and “Phòng VHXH” have 77
_LOOKED_AT = 9  # a unit has several spellings, and three units are suggested


@cache
def load_units() -> UnitBook:
    """Read the shipped table; a second call gives the same book."""
    table = tomllib.loads(_FILE.read_text("utf-8"))
    units = [Unit(row["name"], row["kind"], tuple(row.get("spellings", ()))) for row in table["unit"]]
    groups = [
        Unit(row["name"], "group", tuple(row.get("spellings", ())), tuple(row["kinds"]))
        for row in table["group"]
    ]
    return UnitBook((*units, *groups), similar)


def similar(name: str, names: Sequence[str]) -> list[str]:
    """Return the names most like `name`, best first, in whatever order their words stand."""
    from rapidfuzz import fuzz, process  # only an unknown name needs it

    found = process.extract(name, names, scorer=fuzz.token_sort_ratio, limit=_LOOKED_AT, score_cutoff=_LIKE)
    return [each for each, _, _ in found]
