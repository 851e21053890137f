"""Tables as files for Excel, in which no text ever becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, BinaryIO

Cell = str | int | float | date | datetime | None
# Bold, wrapped, a text that begins like a formula, and how numbers are shown.
Look = tuple[bool, bool, bool, str]
# What Excel, LibreOffice or Google take for a formula's beginning, wide forms of it included.
FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
# XML has no place for these.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST = 32_767  # characters of a cell
BATCH = 500  # rows that are written at once


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width` is in characters."""

    title: str
    width: int = 14


@dataclass(frozen=True)
class Table:
    """A table with what stands above it; its rows may come one by one. Days become days of Excel."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    head: Sequence[str] = field(default=())


def as_csv(table: Table) -> Iterator[bytes]:
    """Yield a table as UTF-8 with its mark, fields parted by `;`.

    Excel parts fields by the list separator of Windows; where the comma is the decimal sign, as in Vietnam,
    that is the semicolon. Without the mark it would not read Vietnamese letters. The head is left out:
    the first line names the columns. A text that would be a formula gets an apostrophe before it.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([_safe(column.title) for column in table.columns])
    for number, row in enumerate(table.rows, start=1):
        writer.writerow([_plain(cell) for cell in row])
        if number % BATCH == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def write_xlsx(table: Table, target: BinaryIO) -> None:
    """Write a table as an Excel workbook: the head, then a row of titles that stays, days as days.

    Texts are marked as texts, so that they stay so also when somebody edits the cell.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_UNWRITABLE.sub("", table.name)[:31])
    for number, column in enumerate(table.columns):
        sheet.column_dimensions[_letters(number)].width = column.width
    sheet.freeze_panes = f"A{len(table.head) + 2}"
    styles: dict[Look, Any] = {}
    for number, line in enumerate(table.head):
        sheet.append([_cell(sheet, styles, line, bold=number == 0)])
    sheet.append([_cell(sheet, styles, column.title, bold=True, wrapped=True) for column in table.columns])
    for row in table.rows:
        sheet.append([_cell(sheet, styles, cell, wrapped=True) for cell in row])
    book.save(target)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def _plain(cell: Cell) -> str | int | float:
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M:%S}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return _safe(cell) if isinstance(cell, str) else "" if cell is None else cell


def _safe(text: str) -> str:
    begins = text[:1] in FORMULA or text.lstrip()[:1] in FORMULA
    text = text.replace("\x00", "")
    return f"'{text}" if text and begins else text


def _cell(
    sheet: Any, styles: dict[Look, Any], value: Cell, *, bold: bool = False, wrapped: bool = False
) -> Any:
    """Return a cell; cells that look alike share a style, as finding it took half of the time."""
    from openpyxl.cell import Cell as SheetCell

    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)  # Excel knows no time zones
    look = (bold, wrapped, isinstance(value, str) and value.lstrip()[:1] in FORMULA, _format(value))
    cell: Any = SheetCell(sheet, 1, 1, style_array=styles.get(look))
    if isinstance(value, str):
        cell.value = _UNWRITABLE.sub("", value)[:LONGEST]
        cell.data_type = "s"
    else:
        cell.value = value
    if look not in styles:
        _dress(cell, *look)
        styles[look] = cell._style
    return cell


def _format(value: Cell) -> str:
    if isinstance(value, datetime):
        return "dd/mm/yyyy hh:mm:ss"
    return "dd/mm/yyyy" if isinstance(value, date) else ""


def _dress(cell: Any, bold: bool, wrapped: bool, quoted: bool, number_format: str) -> None:
    cell.quotePrefix = quoted
    if number_format:
        cell.number_format = number_format
    if bold:
        cell.font = _looks()[0]
    if wrapped:
        cell.alignment = _looks()[1]


@cache
def _looks() -> tuple[Any, Any]:
    """Return what bold and wrapped cells have; made once."""
    from openpyxl.styles import Alignment, Font

    return Font(bold=True), Alignment(wrap_text=True, vertical="top")


def _letters(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(number + 1))
