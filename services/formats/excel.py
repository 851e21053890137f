"""Lay out an Excel workbook (.xlsx, .xlsm, .xltx): the rows of its sheets, the lines around each table."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from domain.plans import Source
from domain.reading.layout import Line, Row, Sheet
from domain.reading.normal import key
from domain.reading.tables import is_header
from services.formats.archive import damaged
from services.formats.excel_cells import Cell, in_words, shown
from services.formats.excel_guard import checked_workbook
from services.formats.notes import Notes

_LINE_CELLS = 2  # a row with more of them belongs to a table
_AFTER_TABLE = ("noi nhan", "tm", "kt", "tl", "tuq", "chu tich", "nguoi lap", "thu truong")


def lay_out(data: bytes) -> Sheet:
    """Return the rows of every visible sheet, each sheet with content one table, rows numbered as in Excel.

    What stands above a table's header or below its last row comes out as lines. Formulas are never
    worked out: what Excel stored as their result is read.

    Raises:
        HarmfulFile, LockedFile, DamagedFile: see `services.formats.archive`.
    """
    notes = Notes()
    book = _workbook(checked_workbook(data, notes))
    blocks: list[Line | Row] = []
    table = 0
    for sheet in book.worksheets:
        page = _Page(sheet)
        if not page.rows:
            continue
        if sheet.sheet_state != "visible":
            notes.add("hidden_sheet", sheet.title, apart=sheet.title)
            continue
        laid = page.blocks(table + 1)
        blocks += laid
        table += any(isinstance(block, Row) for block in laid)
        page.note(notes, table)
    return Sheet(tuple(blocks), notes.findings())


def _workbook(file: io.BytesIO) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what it drops, none of which is text in cells
            return load_workbook(file, data_only=True, keep_links=False)
    except (MemoryError, RecursionError):
        raise
    except Exception as problem:  # whatever a part that openpyxl can't read makes it raise
        raise damaged(problem) from problem


@dataclass(slots=True)
class _Page:
    """One sheet: its cells with text by row and column, and what is merged."""

    sheet: Worksheet
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    below: dict[int, set[int]] = field(default_factory=dict)  # columns merged from above, by row

    def __post_init__(self) -> None:
        for (row, column), cell in sorted(self.sheet._cells.items()):
            if shown(cell.value, cell.number_format):
                self.rows.setdefault(row, {})[column] = cell
        for merged in self.sheet.merged_cells.ranges:
            if merged.min_col in self.rows.get(merged.min_row, {}):
                for row in range(merged.min_row + 1, merged.max_row + 1):
                    self.below.setdefault(row, set()).add(merged.min_col)

    def blocks(self, table: int) -> list[Line | Row]:
        """Return the sheet's lines and rows in order."""
        lines = self._lines()
        inside = [row for row in self.rows if row not in lines]
        columns = sorted({column for row in inside for column in self.rows[row]})
        blocks: list[Line | Row] = []
        for row, cells in self.rows.items():
            if row in lines:
                blocks += [Line(line) for line in _as_lines(cells.values())]
                continue
            said = tuple(_said(cells, column) for column in columns)
            merged = self.below.get(row, set())
            below = frozenset(at for at, column in enumerate(columns) if column in merged)
            blocks.append(Row(table, row, said, below=below))
        return blocks

    def _lines(self) -> set[int]:
        """Return the rows outside the table: few cells, above its header or below its end."""
        few = {row for row, cells in self.rows.items() if len(cells) <= _LINE_CELLS}
        wide = [row for row in self.rows if row not in few]
        if not wide:
            return few
        headers = [row for row in wide if is_header(_texts(self.rows[row].values()))]
        first = headers[0] if headers else wide[0]
        last = max(row for row in self.rows if row not in few or row in self.below)
        return {row for row in few if row < first} | self._trailing(first, last)

    def _trailing(self, header: int, last: int) -> set[int]:
        """Return the rows below the table: after an empty row, unruled under a ruled table, or signatures."""
        after = [row for row in self.rows if row > last]
        ruled = any(_is_ruled(cell) for cell in self.rows[header].values())
        before = last
        for at, row in enumerate(after):
            cells = self.rows[row].values()
            unruled = ruled and not any(_is_ruled(cell) for cell in cells)
            signed = any(key(text).startswith(_AFTER_TABLE) for text in _texts(cells))
            if row > before + 1 or unruled or signed:
                return set(after[at:])
            before = row
        return set()

    def note(self, notes: Notes, table: int) -> None:
        """Note hidden rows and columns, comments, and cells that show an error."""
        title = self.sheet.title
        rows = self.sheet.row_dimensions
        hidden = [row for row in self.rows if row in rows and rows[row].hidden]
        if hidden:
            notes.place = Source(table, hidden[0])
            notes.add("hidden_rows", title, len(hidden), apart=title)
        used = {column for cells in self.rows.values() for column in cells}
        spans = [each for each in self.sheet.column_dimensions.values() if each.hidden]
        unseen = sum(any((each.min or 0) <= column <= (each.max or 0) for each in spans) for column in used)
        notes.place = None
        if unseen:
            notes.add("hidden_columns", title, unseen, apart=title)
        for row, cells in self.rows.items():
            for cell in cells.values():
                notes.place = Source(table, row)
                if cell.comment is not None:
                    notes.add("comments", cell.comment.text)
                if cell.font.strike:
                    notes.add("struck_text", shown(cell.value, cell.number_format))
                if cell.data_type == "e":
                    notes.add("error_value", f"{cell.coordinate}: {cell.value}")
        notes.place = None


def _said(cells: Mapping[int, Cell], column: int) -> str:
    cell = cells.get(column)
    return "" if cell is None else shown(cell.value, cell.number_format)


def _texts(cells: Iterable[Cell]) -> tuple[str, ...]:
    return tuple(shown(cell.value, cell.number_format) for cell in cells)


def _as_lines(cells: Iterable[Cell]) -> list[str]:
    """Return the lines in a row's cells; what follows a colon stays on the colon's line."""
    lines: list[str] = []
    for cell in cells:
        text = in_words(cell.value, cell.number_format)
        if lines and lines[-1].endswith(":"):
            lines[-1] += f" {text}"
        else:
            lines.append(text)
    return [line for text in lines for line in text.split("\n")]


def _is_ruled(cell: Cell) -> bool:
    border = cell.border
    return any(
        side is not None and side.style for side in (border.top, border.bottom, border.left, border.right)
    )
