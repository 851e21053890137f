"""A document laid out: its lines and table rows, in the order in which they stand in it.

Every format becomes this before anything is understood; see `services.formats` for those that need
a library, and `domain.reading.tables` for plain text.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.plans import Finding


@dataclass(frozen=True, slots=True)
class Line:
    """A line or paragraph outside every table; `page` is None where the format has no pages."""

    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `table` counts in the document and `number` in the table, from 1.

    A cell merged across columns stands once, in its first column, and is empty in the others.
    A cell merged down rows stands once, in its first row; below it is empty and its column is
    named in `below`. Lines inside a cell are parted by a line break.
    """

    table: int
    number: int
    cells: tuple[str, ...]
    page: int | None = None
    below: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document laid out, and what its format hid or made doubtful; `scanned` where it was recognised."""

    blocks: tuple[Line | Row, ...]
    findings: tuple[Finding, ...] = ()
    scanned: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all tables."""
        return tuple(block for block in self.blocks if isinstance(block, Row))

    @property
    def body(self) -> tuple[str, ...]:
        """The lines outside the tables."""
        return tuple(block.text for block in self.blocks if isinstance(block, Line))

    @property
    def text(self) -> str:
        """Everything that is written, cells parted by tabs."""
        return "\n".join(
            block.text if isinstance(block, Line) else "\t".join(block.cells) for block in self.blocks
        )
