"""Tell what a row of a table begins: a section, a title, a task, a part; or nothing of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from domain.plans import Source
from domain.reading.drafts import Entry
from domain.reading.grid import FIELDS, Columns
from domain.reading.layout import Row
from domain.reading.normal import fold, key, squeezed
from domain.reading.numbering import Mark, led, mark_of

_TOTAL = re.compile(r"tong (?:kinh phi|du toan|nguon von|muc (?:dau tu|kinh phi)|nhu cau|chi phi)\b")
_NOTE = re.compile(r"(?:ghi chu|luu y|chu thich|tong (?:so|cong)|cong|nguon)\b\s*(?:[:(.\d•]|$)|\(•+\)")
_FOOTNOTE = re.compile(r"(?:\(\d{1,2}\)|\[\d{1,2}\]|\*+|[¹²³⁴⁵])\s*[^\W\d_].{20,}")
_ENDING = re.compile(r"\W*(?:tren day la|trong qua trinh|yeu cau|de nghi|giao|can cu|nhan duoc)\b")
_DITTO = {"", "nt", "nhu tren", "n t"}
_QUOTES = re.compile(r'\s*(?:["”“〃]|\'\'|-\s*["”“]\s*-|-?\s*nt\s*-?|như trên)\s*', re.IGNORECASE)


def place_of(row: Row) -> Source:
    """Return where a row stands."""
    return Source(row.table, row.number, row.page)


@dataclass(slots=True)
class Table:
    """One table of tasks as far as it was read, with its lines before it."""

    columns: Columns
    numbered: bool
    heading: tuple[Mark, str, Source] | None = None
    carried: dict[int, str] = field(default_factory=dict)
    broken: bool = False  # a page ended just before this row
    closed: bool = False  # what follows is no task: Nơi nhận, signatures
    page: int | None = None


def is_note(text: str) -> bool:
    """Say whether a row's only text is a note or a total."""
    said = fold(squeezed(text))
    return bool(_NOTE.match(said) or _TOTAL.match(said))


def is_closing(table: Table, only: tuple[int, str]) -> bool:
    """Say whether a row's only text is a sentence below the table: a footnote, `Trên đây là …`, a duty."""
    at, text = only
    shown = squeezed(text)
    if at or at in table.columns.contents or "number" not in table.columns.at:
        return False
    sentence = shown.endswith((".", "./")) and len(shown) > 40 and not shown.isupper()
    return bool(_FOOTNOTE.match(shown)) or (
        sentence and (led(shown) is None or bool(_ENDING.match(fold(shown))))
    )


def entry_of(table: Table, row: Row, said: list[tuple[int, str]]) -> Entry | None:
    """Return what the row begins; None where it goes on with the one above."""
    cells = _filled(table, row)
    number = cells.get("number", "").strip()
    others = sum(bool(cell.strip()) for cell in cells.values())
    if len(said) == 1 and others <= 1:
        return _titled(table, row, said[0])
    mark = mark_of(number) if number else None
    content = cells.get("content", "")
    if mark is not None:
        alone = not any(cells.get(name, "").strip() for name in FIELDS if name != "content")
        if mark.kind == "dash":
            mark = Mark("dash", "-")
        return Entry(mark, cells, place_of(row), title=alone)
    if number and content:
        return Entry(None, cells, place_of(row))
    if number:
        return _number_in_front(cells, number, row)
    return _unnumbered(table, row, cells, content)


def _number_in_front(cells: dict[str, str], text: str, row: Row) -> Entry | None:
    """Return the entry of a row whose number and content share the first cell."""
    found = led(text)
    if found is None:
        return None
    alone = not any(cells.get(name, "").strip() for name in FIELDS if name != "content")
    return Entry(found[0], {**cells, "content": found[1]}, place_of(row), title=alone)


def _unnumbered(table: Table, row: Row, cells: dict[str, str], content: str) -> Entry | None:
    """Return what a row without a number in its column begins."""
    others = any(cells.get(name, "").strip() for name in FIELDS if name != "content")
    when = cells.get("lead", "").strip() or cells.get("time", "").strip()
    found = led(content)
    if found and found[0].kind == "sub":
        return Entry(found[0], {**cells, "content": found[1]}, place_of(row))
    if found and found[0].kind == "dash" and when and not table.broken:
        return Entry(Mark("dash", "-"), {**cells, "content": found[1]}, place_of(row))
    if found and found[0].kind in {"roman", "letter"}:
        return Entry(found[0], {**cells, "content": found[1]}, place_of(row), title=not others)
    if table.numbered:
        return None
    if found and found[0].kind == "number":
        return Entry(found[0], {**cells, "content": found[1]}, place_of(row), title=not others)
    if not content.strip() or (table.broken and content[:1].islower()):
        return None
    return Entry(None, cells, place_of(row)) if others else None


def _filled(table: Table, row: Row) -> dict[str, str]:
    """Return the row's cells; a cell that is merged down belongs to each numbered row beside it."""
    number = table.columns.at.get("number")
    begins = number is None or number not in row.below
    shown = list(row.cells)
    for at, cell in enumerate(row.cells):
        if at not in row.below:
            table.carried[at] = cell
        elif begins and not cell.strip():
            shown[at] = table.carried.get(at, "")
    return table.columns.cells(replace(row, cells=tuple(shown)))


def _titled(table: Table, row: Row, only: tuple[int, str]) -> Entry | None:
    """Return what a row with one filled cell begins: a section, a title; None where it goes on."""
    at, text = only
    found = led(text)
    columns = table.columns
    place = place_of(row)
    if found and found[0].kind in {"roman", "letter", "part", "section"}:
        return Entry(found[0], {"content": found[1]}, place, title=True)
    leading = at == 0 or at in columns.contents
    if found and leading and (found[0].kind == "number" or found[0].kind == "sub"):
        return Entry(found[0], {"content": found[1]}, place, title=True)
    if found or not leading or is_note(text):
        return None
    letters = [char for char in text if char.isalpha()]
    capital = len(letters) > 3 and sum(char.isupper() for char in letters) > 0.8 * len(letters)
    if at in columns.contents and _is_rest(text, broken=table.broken):
        return None
    spanning = at == 0 and at not in columns.contents and len(letters) > 3
    alone = (
        not table.numbered
        and not table.broken
        and text[:1].isupper()
        and not text.rstrip().endswith((".", ";"))
    )
    return Entry(None, {"content": text.strip()}, place, title=True) if capital or spanning or alone else None


def _is_rest(text: str, *, broken: bool) -> bool:
    """Say whether capitals end the cell above: an abbreviation, or a word after a page break."""
    words = text.split()
    return len(words) == 1 and (broken or (len(text) <= 5 and text.isascii()))


def number_of(table: Table, row: Row) -> str:
    """Return what stands in the column of numbers."""
    return table.columns.cells(row).get("number", "").strip()


def is_ditto(cell: str) -> bool:
    """Say whether a cell only points at the one above: ″, nt, như trên."""
    return bool(cell.strip()) and bool(_QUOTES.fullmatch(cell)) and key(cell) in _DITTO
