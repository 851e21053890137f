"""Put the pages of a PDF together: rows of ruled tables, rows set by columns, paragraphs."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from domain.plans import Finding, Source
from domain.reading.cell_text import Printed, wrapped
from domain.reading.column_grid import Word, WordLine
from domain.reading.columns import blocks_of
from domain.reading.layout import Line, Row, Sheet
from domain.reading.normal import key
from domain.reading.print_doubts import about_print
from services.formats.pdf_pages import PrintedPage
from services.formats.pdf_rules import SNAP, Grid
from services.formats.pdf_words import Text, lines_in

_WIDTH = 0.45  # of a letter's size: how wide letters are on the average
_APART = 0.6  # of a letter's size: so much more space than usual parts two lines
_FITS = 0.97
_NUMBER = re.compile(r"\d{1,3}[.)]?")


@dataclass(slots=True)
class _Table:
    number: int
    grid: Grid
    page: int
    header: tuple[str, ...]
    rows: int = 0


@dataclass(slots=True)
class _Building:
    blocks: list[Line | Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    waiting: list[WordLine] = field(default_factory=list)  # lines whose columns are yet to be seen
    tables: int = 0
    table: _Table | None = None  # the last ruled one, while nothing stands below it

    def flush(self) -> None:
        """Lay out the lines that wait."""
        if any(line.words for line in self.waiting):
            blocks, findings = blocks_of(self.waiting, tables=self.tables, exact=True)
            self.blocks += blocks
            self.findings += findings
            self.tables = max([self.tables, *(block.table for block in blocks if isinstance(block, Row))])
            self.table = None
        self.waiting = []


def sheet_of(pages: Sequence[PrintedPage]) -> Sheet:
    """Return the pages as one sheet; a table that goes on over a page break stays one table."""
    building = _Building()
    for page in pages:
        _add_page(building, page)
    building.flush()
    return Sheet(tuple(building.blocks), tuple(building.findings))


def _add_page(building: _Building, page: PrintedPage) -> None:
    inside: dict[int, list[Text]] = {at: [] for at in range(len(page.grids))}
    outside: list[Text] = []
    for word in page.words:
        at = next((at for at, grid in enumerate(page.grids) if _within(grid, word)), None)
        (outside if at is None else inside[at]).append(word)
    done = 0.0
    for at, grid in enumerate(page.grids):
        above = [word for word in outside if done <= word.middle[1] < grid.top]
        building.waiting += _word_lines(above, page)
        done = grid.bottom
        if _is_unparted(grid, inside[at]):
            building.waiting += _word_lines(inside[at], page)
            continue
        building.flush()
        _add_table(building, grid, inside[at], page)
    building.waiting += _word_lines([word for word in outside if word.middle[1] >= done], page)


def _within(grid: Grid, word: Text) -> bool:
    across, down = word.middle
    return grid.xs[0] <= across <= grid.xs[-1] and grid.top <= down <= grid.bottom


def _is_unparted(grid: Grid, words: Sequence[Text]) -> bool:
    """Say whether a cell of the first column holds several rows' numbers: no rules part the rows."""
    numbered = [word for word in words if word.middle[0] < grid.xs[1] and _NUMBER.fullmatch(word.text)]
    bands = Counter(sum(top <= word.middle[1] for top in grid.ys) for word in numbered)
    return any(count > 1 for count in bands.values())


def _word_lines(words: Sequence[Text], page: PrintedPage) -> list[WordLine]:
    """Return words as lines in widths of letters, with an empty line where more space is left."""
    lines = lines_in(words)
    gaps = [max(b[0].top - a[0].bottom, 0.0) for a, b in itertools.pairwise(lines)]
    usual = median(gaps) if gaps else 0.0
    found: list[WordLine] = []
    for line, gap in zip(lines, [0.0, *gaps], strict=False):
        if gap > usual + _APART * page.text.size:
            found.append(WordLine((), page.number))
        found.append(WordLine(tuple(_word(word, page) for word in line), page.number))
    return found


def _word(word: Text, page: PrintedPage) -> Word:
    unit = _WIDTH * page.text.size
    return Word(word.text, word.x0 / unit, word.x1 / unit)


def _add_table(building: _Building, grid: Grid, words: Sequence[Text], page: PrintedPage) -> None:
    rows = _rows(grid, words, page)
    table = _continued(building, grid, rows, page)
    for cells, below in rows:
        if any(cells):
            table.rows += 1
            building.blocks.append(Row(table.number, table.rows, cells, page.number, below))


def _continued(
    building: _Building, grid: Grid, rows: list[tuple[tuple[str, ...], frozenset[int]]], page: PrintedPage
) -> _Table:
    """Return the table to which a grid belongs: the one at the end of the page before, or a new one."""
    first = next((tuple(key(cell) for cell in cells) for cells, _ in rows if any(cells)), ())
    last = building.table
    if last is not None and last.page == page.number - 1:
        same = len(last.grid.xs) == len(grid.xs) and all(
            abs(a - b) <= 2 * SNAP for a, b in zip(last.grid.xs, grid.xs, strict=True)
        )
        if same or first == last.header:
            last.page, last.grid = page.number, grid
            return last
        if len(last.grid.xs) != len(grid.xs):
            place = Source(building.tables + 1, 1, page.number)
            text = " | ".join(cell for cell in (rows[0][0] if rows else ()) if cell)
            building.findings.append(about_print("columns_changed", text, place=place, page=page.number))
    building.tables += 1
    building.table = _Table(building.tables, grid, page.number, first)
    return building.table


def _rows(
    grid: Grid, words: Sequence[Text], page: PrintedPage
) -> list[tuple[tuple[str, ...], frozenset[int]]]:
    """Return the cells of each row, and the columns merged with the row above."""
    origins = grid.origins()
    held: dict[tuple[int, int], list[Text]] = {}
    for word in words:
        across, down = word.middle
        row = max(at for at, top in enumerate(grid.ys[:-1]) if top <= down or at == 0)
        column = max(at for at, left in enumerate(grid.xs[:-1]) if left <= across or at == 0)
        held.setdefault(origins[row][column], []).append(word)
    rooms = _rooms(grid, origins, held, page)
    found = []
    for row, cells in enumerate(origins):
        texts = tuple(
            _text(held.get(origin, []), rooms.get(origin, 0.0), page) if origin == (row, column) else ""
            for column, origin in enumerate(cells)
        )
        below = frozenset(column for column, origin in enumerate(cells) if origin[0] < row)
        found.append((texts, below))
    return found


def _rooms(
    grid: Grid,
    origins: list[list[tuple[int, int]]],
    held: dict[tuple[int, int], list[Text]],
    page: PrintedPage,
) -> dict[tuple[int, int], float]:
    """Return how wide the lines of each cell could be: its width less what its column leaves free."""
    unit = _WIDTH * page.text.size
    margins: dict[int, float] = {}
    for (_, column), words in held.items():
        free = min(word.x0 for word in words) - grid.xs[column]
        margins[column] = min(margins.get(column, free), free)
    rooms: dict[tuple[int, int], float] = {}
    for cells in origins:
        for column, origin in enumerate(cells):
            width = grid.xs[column + 1] - grid.xs[origin[1]] - 2 * max(margins.get(origin[1], 0.0), 0.0)
            rooms[origin] = max(rooms.get(origin, 0.0), _FITS * width / unit)
    return rooms


def _text(words: Sequence[Text], room: float, page: PrintedPage) -> str:
    unit = _WIDTH * page.text.size
    lines = [
        Printed(" ".join(word.text for word in line), line[0].x0 / unit, line[-1].x1 / unit)
        for line in lines_in(words)
    ]
    return wrapped(lines, room)
