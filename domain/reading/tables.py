"""Find the rows of a table in text lines, and its columns by the words of its header."""

from __future__ import annotations

import re

from domain.reading.layout import Line, Row, Sheet
from domain.reading.normal import composed, key

_BULLET = re.compile(r"\s*[-–—+•*]\s*\S")
_HEADINGS: tuple[tuple[str, str], ...] = (
    # In this order: the first that fits names the column.
    ("coordinating", r"\bphoi hop\b(?!.*\bchu tri\b)"),
    ("time", r"\b(thoi gian|thoi han|tien do|thoi diem|han hoan thanh|ngay hoan thanh|lo trinh|ky han)\b"),
    ("product", r"\b(san pham|ket qua|dau ra)\b"),
    (
        "lead",
        r"\b(chu tri|trach nhiem|(co quan|don vi|nguoi|bo phan) (thuc hien|tham muu|phu trach|dau moi))\b",
    ),
    ("note", r"\bghi chu\b"),
    ("number", r"^(s ?tt|tt|so tt|so thu tu|thu tu)$"),
    ("content", r"\b(noi dung|nhiem vu|cong viec|hoat dong|chi tieu)\b"),
)
_HEADING_RULES = tuple((name, re.compile(rule)) for name, rule in _HEADINGS)
_MARKS = re.compile(r"(\s*\(?\d{1,2}\)?|\s*[*¹²³]+)+$")


def text_sheet(text: str) -> Sheet:
    """Lay out a text whose table rows are the lines with tabs or `|`."""
    blocks: list[Line | Row] = []
    table, number, inside = 0, 0, False
    for line in composed(text).splitlines():
        cells = _cells(line)
        if cells is None:
            blocks.append(Line(line))
            inside = inside and not line.strip()
            continue
        if not inside:
            table, number, inside = table + 1, 0, True
        if any(cells):
            number += 1
            blocks.append(Row(table, number, cells))
    return Sheet(tuple(blocks))


def _cells(line: str) -> tuple[str, ...] | None:
    if "\t" in line:
        return tuple(cell.strip() for cell in line.split("\t"))
    if line.count("|") < 2:
        return None
    cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
    ruled = all(set(cell) <= set("-:= ") for cell in cells)
    return tuple("" for _ in cells) if ruled else cells


def columns_of(cells: tuple[str, ...]) -> dict[str, int]:
    """Return which column each heading stands over; the first of two alike counts."""
    columns: dict[str, int] = {}
    for index, cell in enumerate(cells):
        name = heading(cell)
        if name is not None:
            columns.setdefault(name, index)
    return columns


def heading(cell: str) -> str | None:
    """Return the column that a header's words name, or None."""
    said = key(_MARKS.sub("", cell))
    if not said or len(said) > 80:
        return None
    return next((name for name, rule in _HEADING_RULES if rule.search(said)), None)


def is_header(cells: tuple[str, ...]) -> bool:
    """Say whether a row is a header: it names the content and two more columns."""
    columns = columns_of(cells)
    return "content" in columns and len(columns) >= 3 and bool({"time", "lead"} & columns.keys())


def is_second_header(cells: tuple[str, ...]) -> bool:
    """Say whether a row goes on with the header above: its several cells are all headings."""
    said = [cell for cell in cells if cell]
    return len(said) > 1 and all(heading(cell) for cell in said)


def is_column_numbers(cells: tuple[str, ...]) -> bool:
    """Say whether a row only numbers the columns: (1) (2) (3)."""
    numbers = [cell.strip("() .") for cell in cells if cell]
    return len(numbers) >= 3 and numbers == [
        str(at) for at in range(int_or(numbers[0], 1), len(numbers) + int_or(numbers[0], 1))
    ]


def int_or(text: str, default: int) -> int:
    """Return the number that `text` is, or `default`."""
    return int(text) if text.isascii() and text.isdigit() else default


def joined(above: str, below: str) -> str:
    """Return a cell with the rest of it from the next page; a bullet begins a line of its own."""
    if not above or not below:
        return above or below
    return f"{above}\n{below}" if _BULLET.match(below) else f"{above} {below}"
