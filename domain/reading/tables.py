"""Find the rows of a table in text lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.reading import columns
from domain.reading.grid import header_at
from domain.reading.layout import Line, Row, Sheet
from domain.reading.normal import composed

_BULLET = re.compile(r"\s*[-–—+•*]\s*\S")


def text_sheet(text: str) -> Sheet:
    """Lay out a text whose table rows are the lines with tabs or `|`, or whose columns are set with spaces.

    A form feed begins a page.
    """
    if not any(map(_cells, text.splitlines())):
        sheet = columns.lay_out(text)
        if sheet.rows or "\f" in text:
            return sheet
    return Sheet(tuple(_blocks(composed(text))))


def _blocks(text: str) -> Iterator[Line | Row]:
    pages = text.split("\f")
    table, number, inside = 0, 0, False
    for page, line in ((page, line) for page, lines in enumerate(pages, 1) for line in lines.splitlines()):
        place = page if len(pages) > 1 else None
        cells = _cells(line)
        if cells is None:
            yield Line(line, place)
            inside = inside and not line.strip()
            continue
        if not inside:
            table, number, inside = table + 1, 0, True
        if any(cells):
            number += 1
            yield Row(table, number, cells, place)


def _cells(line: str) -> tuple[str, ...] | None:
    if "\t" in line:
        return tuple(cell.strip() for cell in line.split("\t"))
    if line.count("|") < 2:
        return None
    cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
    ruled = all(set(cell) <= set("-:= ") for cell in cells)
    return tuple("" for _ in cells) if ruled else cells


def is_header(cells: Sequence[str]) -> bool:
    """Say whether a row is a header by itself: it names the content, and who or when."""
    return header_at([Row(1, 1, tuple(cells))]) is not None


def joined(above: str, below: str) -> str:
    """Return a cell with the rest of it from the next page; a bullet begins a line of its own."""
    if not above or not below:
        return above or below
    return f"{above}\n{below}" if _BULLET.match(below) else f"{above} {below}"
