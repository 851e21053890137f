"""Gather the units of a plan: which names it uses, and how each of them is spelt."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.plans import UnitReading
from domain.reading.units import Unit, UnitBook, UnitHit, members_of, split_units


@dataclass(slots=True)
class Names:
    """The units named so far, with their spellings in the order of their appearance."""

    book: UnitBook
    spellings: dict[str, list[str]] = field(default_factory=dict)
    hits: dict[str, UnitHit] = field(default_factory=dict)

    def read(self, cell: str) -> list[UnitHit]:
        """Return the units in a cell and remember them."""
        found = split_units(cell, self.book)
        for hit in found:
            spelt = self.spellings.setdefault(hit.name, [])
            if hit.spelling not in spelt:
                spelt.append(hit.spelling)
            self.hits.setdefault(hit.name, hit)
        return found

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
