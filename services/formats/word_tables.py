"""Lay out one Word table: cells in their columns, merged ones as `Row` has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.formats.word_package import Element, W, value
from services.formats.word_text import children

COLUMN_LIMIT = 200
_SLIVER = 200  # twips, 3.5 mm: rows whose borders nearly meet make columns that hold no text


@dataclass(slots=True)
class Cell:
    """One cell: the column it begins in, and whether it only continues the one above."""

    element: Element
    column: int
    continues: bool = False


@dataclass(slots=True)
class GridRow:
    """One row: its cells in order, and whether a tracked change takes it away or adds it."""

    cells: list[Cell] = field(default_factory=list)
    width: int = 0
    deleted: bool = False
    inserted: bool = False


@dataclass(slots=True)
class Grid:
    """A table's rows on one set of columns."""

    rows: list[GridRow]
    width: int


def grid_of(table: Element) -> Grid:
    """Return the cells of a table, each in its column."""
    elements = [element for element in children(table) if element.tag == W + "tr"]
    columns = _columns(table)
    rows = [_row(element, columns) for element in elements]
    if any(len({cell.column for cell in row.cells}) < len(row.cells) for row in rows):
        rows = [_row(element, []) for element in elements]
    _close(rows)
    return Grid(rows, max((row.width for row in rows), default=0))


def _columns(table: Element) -> list[int]:
    """Return for each column of Word's grid the one that people see, which begins at most a sliver before."""
    grid = table.find(W + "tblGrid")
    widths = [_whole(each.get(W + "w")) for each in grid.findall(W + "gridCol")] if grid is not None else []
    if not all(widths):
        return []
    seen: list[int] = []
    column, begun = -1, _SLIVER
    for width in widths[:COLUMN_LIMIT]:
        if begun >= _SLIVER:
            column, begun = column + 1, 0
        seen.append(column)
        begun += width
    return seen


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0


def _row(element: Element, columns: list[int]) -> GridRow:
    properties = element.find(W + "trPr")
    row = GridRow(
        deleted=properties is not None and properties.find(W + "del") is not None,
        inserted=properties is not None and properties.find(W + "ins") is not None,
    )
    at = _whole(value(properties, "gridBefore"))
    for cell in children(element):
        if cell.tag != W + "tc" or at >= COLUMN_LIMIT:
            continue
        own = cell.find(W + "tcPr")
        if value(own, "hMerge") not in {"continue", ""}:
            row.cells.append(Cell(cell, _seen(at, columns), value(own, "vMerge") in {"continue", ""}))
        at += max(_whole(value(own, "gridSpan")), 1)
    row.width = _seen(min(at, COLUMN_LIMIT) - 1, columns) + 1 if at else 0
    return row


def _seen(at: int, columns: list[int]) -> int:
    if at < len(columns):
        return columns[at]
    return at - len(columns) + (columns[-1] + 1 if columns else 0)


def _close(rows: list[GridRow]) -> None:
    """Let a cell continue only what is there: with nothing above in its column it is a cell of its own."""
    above: set[int] = set()
    for row in rows:
        for cell in row.cells:
            cell.continues = cell.continues and cell.column in above
        above = {cell.column for cell in row.cells}


def paragraphs_and_tables(cell: Element) -> Iterator[Element]:
    """Give the blocks of a cell, or of the document's body, in order."""
    for block in children(cell):
        if block.tag in {W + "p", W + "tbl", W + "altChunk"}:
            yield block
