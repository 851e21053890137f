"""Gather the units of a plan: which names it uses, and how each of them is spelt."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from domain.plans import Finding, UnitReading
from domain.reading.doubts import about_plan
from domain.reading.normal import key
from domain.reading.unit_words import of_above, well_formed
from domain.reading.units import Unit, UnitBook, UnitHit, members_of, split_units

_WARD = re.compile(r"\b(?:phuong|(?<!thi )xa|dac khu|thi tran)\b")


@dataclass(slots=True)
class Names:
    """The units named so far, with their spellings in their order; `home` issued the plan."""

    book: UnitBook
    home: str = ""
    spellings: dict[str, list[str]] = field(default_factory=dict)
    hits: dict[str, UnitHit] = field(default_factory=dict)
    _unknown: dict[str, str] = field(default_factory=dict)

    def read(self, cell: str) -> list[UnitHit]:
        """Return the units in a cell and remember them; an unknown one keeps the name it had first."""
        found = [self._same(hit) for hit in split_units(cell, self.book, self.home)]
        for hit in found:
            spelt = self.spellings.setdefault(hit.name, [])
            if hit.spelling not in spelt:
                spelt.append(hit.spelling)
            self.hits.setdefault(hit.name, hit)
        return found

    def _same(self, hit: UnitHit) -> UnitHit:
        if hit.unit is not None:
            return hit
        return replace(hit, name=self._unknown.setdefault(key(hit.name) or hit.name, hit.name))

    def is_odd(self, hit: UnitHit) -> bool:
        """Say whether a person should look at this name.

        A ward's own units are known; those of others (a ministry's, a province's), and
        authorities above a ward, are taken where they are built like a unit's name.
        """
        if hit.unit is not None or hit.is_group:
            return False
        ward = not self.home or _WARD.search(key(self.home)) is not None
        return not well_formed(hit.name) or (ward and not of_above(hit.name))

    def findings(self) -> list[Finding]:
        """Return one finding that names the unknown units that were taken as they are."""
        new = [hit.name for hit in self.hits.values() if not (hit.unit or hit.is_group or self.is_odd(hit))]
        return [about_plan("units_new", source="; ".join(new), units="; ".join(new))] if new else []

    @property
    def named(self) -> list[Unit]:
        """The known units, without groups."""
        return [hit.unit for hit in self.hits.values() if hit.unit and not hit.is_group]

    def members(self, name: str) -> tuple[str, ...]:
        """Return the units of the plan that a group stands for; a plain unit has none."""
        hit = self.hits[name]
        return members_of(hit, self.named) if hit.is_group else ()

    def readings(self) -> tuple[UnitReading, ...]:
        """Return each unit with its other spellings."""
        return tuple(
            UnitReading(name, tuple(spelt for spelt in spellings if spelt != name), self.members(name))
            for name, spellings in self.spellings.items()
        )
