"""Turn the rows of all tables of tasks into entries, so that none is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from domain.plans import Finding, Source
from domain.reading.doubts import about_plan
from domain.reading.drafts import Entry
from domain.reading.grid import FIELDS, Columns, header_at, is_column_numbers, is_repeat
from domain.reading.layout import Line, Row
from domain.reading.narrowing import is_time_alone
from domain.reading.normal import fold, key, squeezed
from domain.reading.numbering import led, mark_of
from domain.reading.row_entries import Table, entry_of, is_closing, is_note, number_of, place_of
from domain.reading.tables import joined

_CLOSING = re.compile(
    r"noi nhan|(?:tm|kt|tl|q)\. ?\w|tm uy ban|kt chu tich|nguoi lap|nguoi ky|thu truong don vi"
)


@dataclass(slots=True)
class Gathered:
    """What the tables gave: entries, where each table's begin, doubts, and rows that are no tasks'."""

    entries: list[Entry] = field(default_factory=list)
    headings: list[tuple[int, Entry]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    others: list[list[Row]] = field(default_factory=list)
    passed: list[tuple[str, ...]] = field(default_factory=list)  # headers again, and numbers of columns
    unread: list[str] = field(default_factory=list)  # cells of columns that `column_unread` names

    def doubt(self, code: str, row: Row, **facts: Any) -> None:
        """Add a finding about a row."""
        source = squeezed(" ".join(row.cells))
        self.findings.append(about_plan(code, source=source, place=place_of(row), row=row.number, **facts))


def gather(blocks: Sequence[Line | Row]) -> Gathered:
    """Read all tables in order; a table without a header goes on with the columns above if they fit."""
    gathered, pending, last = Gathered(), list[tuple[int, Line]](), None
    at = 0
    for is_row, group in groupby(blocks, key=lambda block: block.table if isinstance(block, Row) else 0):
        items = list(group)
        if not is_row:
            pending += [(at + n, item) for n, item in enumerate(items) if isinstance(item, Line)]
            at += len(items)
            continue
        at += len(items)
        rows = [_plain(item) for item in items if isinstance(item, Row)]
        heading = _heading_before(pending)
        last = _read_table(gathered, rows, last, heading)
        pending = []
    return gathered


def _plain(row: Row) -> Row:
    """Return a row without the marks for bold that some exports leave."""
    if not any("**" in cell for cell in row.cells):
        return row
    return replace(row, cells=tuple(cell.replace("**", "").strip() for cell in row.cells))


def _heading_before(pending: list[tuple[int, Line]]) -> Entry | None:
    """Return the numbered title that stands right before a table, past what only introduces it."""
    said = [(at, line) for at, line in pending if key(line.text)]
    for at, line in reversed(said[-4:]):
        found = led(line.text)
        if (
            found
            and found[0].kind in {"part", "roman", "letter", "number", "section"}
            and len(line.text) < 250
        ):
            title = squeezed(found[1]).strip(" *_:")
            return Entry(found[0], {"content": title}, Source(0, at + 1, line.page), title=True)
    return None


def _alone(row: Row) -> Line | None:
    """Return a row of one filled cell as the line that it is: a spreadsheet has no others."""
    said = [cell for cell in row.cells if cell.strip()]
    return Line(said[0], row.page) if len(said) == 1 else None


def _read_table(
    gathered: Gathered, rows: list[Row], above: Table | None, heading: Entry | None
) -> Table | None:
    """Read one table; return the state that the next one may go on with."""
    start = next((at for at in range(len(rows)) if header_at(rows[at:])), None)
    table = above
    if start is None:
        if above is None or not _fits(above, rows):
            gathered.others.append(rows)
            return above
        table = replace(above, broken=True, closed=False)
        start = 0
    elif start and above is not None and _fits(above, rows[:start]):
        table = replace(above, broken=True, closed=False)
        for row in rows[:start]:
            _read_row(gathered, table, row)
    elif start:
        gathered.others.append(rows[:start])
        heading = heading or _heading_before(
            [(row.number, line) for row in rows[:start] if (line := _alone(row))]
        )
    if heading is not None:
        gathered.headings.append((len(gathered.entries), heading))
    at = start
    while at < len(rows):
        found = header_at(rows[at:])
        repeated = table is not None and is_repeat(table.columns, rows[at].cells)
        if found and (at == start or repeated or _is_other_header(found[0], rows[at])):
            table = _begin(gathered, found[0], rows[at + found[1] :], table if repeated else None)
            gathered.passed += [row.cells for row in rows[at : at + found[1]]]
            at += found[1]
            continue
        if table is not None:
            _read_row(gathered, table, rows[at])
        at += 1
    return table


def read_rows(gathered: Gathered, columns: Columns, rows: list[Row]) -> None:
    """Read rows whose columns are known already."""
    table = _begin(gathered, columns, rows, None)
    for row in rows:
        _read_row(gathered, table, row)


def _is_other_header(columns: Columns, row: Row) -> bool:
    """Say whether a row inside a table is a header with other columns: each of its cells is a heading."""
    said = [at for at, cell in enumerate(row.cells) if cell.strip()]
    return len(said) >= 3 and columns.read >= set(said)


def _begin(gathered: Gathered, columns: Columns, rows: list[Row], above: Table | None) -> Table:
    gathered.names |= columns.names
    told = above.columns.unread if above is not None else []
    unread = [text for text in columns.unread if text not in told]
    if unread and rows:
        source, place = "; ".join(unread), place_of(rows[0])
        gathered.findings.append(about_plan("column_unread", source=source, place=place))
    if above is not None:
        return replace(above, columns=columns, broken=True, closed=False)
    number = columns.at.get("number")
    numbered = number is not None and any(
        mark_of(row.cells[number]) for row in rows if number < len(row.cells) and row.cells[number].strip()
    )
    return Table(columns, numbered)


def _fits(above: Table, rows: list[Row]) -> bool:
    """Say whether a table without a header looks like the rest of the one above."""
    if above.closed and not any(mark_of(row.cells[0]) for row in rows if row.cells):
        return False
    width = len(above.columns.header)
    return any(
        len(row.cells) == width and sum(bool(cell.strip()) for cell in row.cells) >= 2 for row in rows
    ) or any(bool(row.cells) and bool(mark_of(row.cells[0])) and len(row.cells) == width for row in rows)


def _read_row(gathered: Gathered, table: Table, row: Row) -> None:
    """File one row: a section, a task, a part, the rest of a task, or a note."""
    said = [(at, cell) for at, cell in enumerate(row.cells) if cell.strip()]
    if not said or is_column_numbers(row.cells) or is_repeat(table.columns, row.cells):
        table.broken = table.broken or bool(said)
        gathered.passed.append(row.cells)
        return
    if table.page is not None and row.page is not None and row.page != table.page:
        table.broken = True
    table.page = row.page
    first = squeezed(said[0][1])
    columns = table.columns
    stray: list[str] = []
    for at, cell in said:
        if at not in columns.read:
            (gathered.unread if "".join(columns.header[at : at + 1]) else stray).append(cell)
    if stray and len(said) > 1:
        source = squeezed("; ".join(stray))
        found = about_plan("stray_cell", source=source, place=place_of(row), row=row.number)
        gathered.findings.append(found)
    if words := columns.words_for_marks(row):
        found = about_plan(
            "mark_words", source=squeezed("; ".join(words)), place=place_of(row), row=row.number
        )
        gathered.findings.append(found)
    if len(said) <= 2 and not mark_of(first) and (table.closed or _CLOSING.match(fold(first))):
        table.closed = True
        gathered.doubt("note_row", row)
        return
    if len(said) == 1 and is_closing(table, said[0]):
        gathered.doubt("note_row", row)
        return
    entry = entry_of(table, row, said)
    if entry is not None:
        table.closed = False
        if entry.mark is None and number_of(table, row):
            gathered.doubt("number_unread", row)
        gathered.entries.append(entry)
    elif not _continues(gathered, table, row, said):
        gathered.doubt("odd_row", row)
    table.broken = False


def _is_own_row(cells: dict[str, str], entry: Entry) -> bool:
    """Say whether a row without a number may be work of its own: it names a unit, or another time."""
    if cells.get("lead"):
        return True
    own = is_time_alone(cells["time"]) and is_time_alone(entry.cells.get("time", ""))
    return own and not cells["content"].lstrip()[:1].islower()


def _continues(gathered: Gathered, table: Table, row: Row, said: list[tuple[int, str]]) -> bool:
    """Join a row without a number to the entry above, cell by cell; a note is only told."""
    only = squeezed(said[0][1]) if len(said) == 1 else ""
    if only and is_note(only):
        gathered.doubt("note_row", row)
        return True
    if not gathered.entries or table.columns.cells(row).get("number", "").strip():
        return False
    entry, cells = gathered.entries[-1], table.columns.cells(row)
    if not any(cells.get(name, "").strip() for name in FIELDS):
        gathered.doubt("note_row", row)
        return True
    if entry.title and entry.is_head and not any(cells.get(name) for name in FIELDS if name != "content"):
        entry.cells["content"] = joined(entry.cells.get("content", ""), cells.get("content", ""))
        return True
    apart = not table.broken and cells.get("content") and cells.get("time") and _is_own_row(cells, entry)
    if apart:
        gathered.doubt("row_joined", row)
    beside = table.columns.at.get("number") in row.below  # the number is merged down: rows, not wrapped text
    for name, cell in cells.items():
        if name == "number" or not cell.strip():
            continue
        above = entry.cells.get(name, "")
        entry.cells[name] = f"{above}\n{cell}" if (beside or apart) and above else joined(above, cell)
    entry.title = entry.title and not any(cells.get(name) for name in FIELDS if name != "content")
    return True
