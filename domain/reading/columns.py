"""Tables without rules: columns parted by space alone, as `pdftotext -layout` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from domain.plans import Finding, Source
from domain.reading.cell_text import Printed, wrapped
from domain.reading.column_grid import (
    Header,
    WordLine,
    boundaries,
    column_of,
    crossed,
    header_at,
    printed,
    run_text,
    split_at,
    words_of,
)
from domain.reading.layout import Line, Row, Sheet
from domain.reading.normal import composed
from domain.reading.paragraphs import lines_of
from domain.reading.print_doubts import about_print
from domain.reading.row_starts import Ranked, row_starts

_NUMBER = re.compile(
    r"\(?(?:(?:[IVX]+\.)?\d{1,3}(?:\.\d{1,3})*[.)]*|[a-zđ][.)]|[IVXLĐA-H]{1,5}[.)]?|\(\d\))(?:\s\(\d\))?"
)
_DIGITS = re.compile(r"\(?\d{1,3}(?:\.\d{1,3})*[.)]*")
_TITLE = re.compile(r"(?:[IVX]{1,5}|[A-ZĐ])\s*[.)/:]")
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-–—]\s*)?(?:trang\s*:?\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?(?:\s*[-–—])?\s*", re.I
)


def lay_out(text: str) -> Sheet:
    """Lay out plain text whose tables are set with spaces; a form feed begins a page.

    Lines outside the tables are put together to paragraphs, and page numbers are left out.
    """
    blocks, findings = blocks_of(_lines(composed(text)))
    return Sheet(tuple(blocks), tuple(findings))


def _lines(text: str) -> list[WordLine]:
    pages = text.split("\f")
    found: list[WordLine] = []
    for number, page in enumerate(pages, start=1):
        lines = page.splitlines()
        for at in _numbered(lines) if len(pages) > 1 else ():
            lines[at] = ""
        found += [WordLine(words_of(line), number if len(pages) > 1 else None) for line in lines]
    return found


def _numbered(lines: Sequence[str]) -> Iterator[int]:
    """Give the first and the last line of a page where they hold nothing but its number."""
    written = [at for at, line in enumerate(lines) if line.strip()]
    for at in dict.fromkeys(written[:1] + written[-1:]):
        if _PAGE_NUMBER.fullmatch(lines[at]):
            yield at


@dataclass(slots=True)
class _Table:
    """A table under construction, over all of its pages."""

    number: int
    header: Header
    texts: list[str]  # of the header's lines
    rows: int = 0


@dataclass(slots=True)
class _Building:
    blocks: list[Line | Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tables: int = 0
    full: float = 1.0  # share of the widest line, for lines outside the tables
    fits: float = 1.0  # the same for those in a column

    def add(self, table: _Table, cells: Sequence[str], page: int | None) -> Source:
        """Add a row, unless nothing is in it; return where it stands."""
        if any(cells):
            table.rows += 1
            self.blocks.append(Row(table.number, table.rows, tuple(cells), page))
        return Source(table.number, table.rows, page)


def blocks_of(
    lines: Sequence[WordLine], *, tables: int = 0, exact: bool = False
) -> tuple[list[Line | Row], list[Finding]]:
    """Return the lines and rows in printed lines, and what is doubtful; `tables` came before.

    `exact` are the places of words that were measured; counted characters give only about a width.
    """
    building = _Building(tables=tables, full=0.98 if exact else 0.85, fits=0.98 if exact else 0.6)
    at, table = 0, None
    starts = _headers(lines)
    for index, (begin, header) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else len(lines)
        building.blocks += lines_of(lines[at:begin], full=building.full)
        texts = [line.text for line in lines[begin : begin + header.lines]]
        if table is None or texts != table.texts or any(line.words for line in lines[at:begin]):
            building.tables += 1
            table = _Table(building.tables, header, texts)
        building.add(table, [cell.text for cell in header.cells], lines[begin].page)
        at = begin + header.lines
        following = starts[index + 1][1] if index + 1 < len(starts) else None
        again = following is not None and [cell.text for cell in following.cells] == [
            cell.text for cell in header.cells
        ]
        at += _read_rows(building, table, header, lines[at:end], again=again)
    building.blocks += lines_of(lines[at:], full=building.full)
    return building.blocks, building.findings


def _headers(lines: Sequence[WordLine]) -> list[tuple[int, Header]]:
    """Return each header and its place; one that repeats has as many lines as before."""
    found: list[tuple[int, Header]] = []
    after = 0
    for at, line in enumerate(lines):
        if at < after or len(line.words) < 2:
            continue
        header = header_at(lines, at)
        if header is None:
            continue
        if found:
            first, known = found[-1]
            above = [line.text for line in lines[first : first + known.lines]]
            if above == [line.text for line in lines[at : at + known.lines]]:
                header = header_at(lines[: at + known.lines], at) or header
        found.append((at, header))
        after = at + header.lines
    return found


@dataclass(slots=True)
class _Ruled:
    """A line cut into its columns; `whole` where it is one text over several of them."""

    line: WordLine
    cells: list[Printed | None]
    whole: bool
    doubtful: bool


def _read_rows(
    building: _Building, table: _Table, header: Header, lines: Sequence[WordLine], *, again: bool
) -> int:
    """Add the rows below a header, which stands `again` below them; return how many lines they take."""
    cut = _cut(lines, header)
    number = _number_column(header, cut)
    cut = cut[: _length(cut, number, again=again)]
    rooms = [room * building.fits for room in _rooms(cut)]
    for page, group in groupby(cut, key=lambda ruled: ruled.line.page):
        for whole, run in groupby(group, key=lambda ruled: ruled.whole):
            if whole:
                title = " ".join(ruled.line.text for ruled in run)
                building.add(table, [title] + [""] * (len(header.cells) - 1), page)
            else:
                _add_run(building, table, list(run), number, rooms)
    return len(cut)


def _cut(lines: Sequence[WordLine], header: Header) -> list[_Ruled]:
    pages = [list(group) for _, group in groupby(lines, key=lambda line: line.page)]
    edged = [(page, boundaries(page, header.cells)) for page in pages]
    known = _standing_alone(edged, len(header.cells))
    found: list[_Ruled] = []
    for page, edges in edged:
        for line in page:
            columns, doubtful = split_at(line, edges, known)
            cells = [printed(words) if words else None for words in columns]
            found.append(_Ruled(line, cells, _is_whole(line, edges), doubtful))
    return found


def _standing_alone(edged: Sequence[tuple[list[WordLine], list[float]]], width: int) -> list[set[str]]:
    """Return for each column the runs of words that stand in it for certain."""
    known: list[set[str]] = [set() for _ in range(width)]
    for page, edges in edged:
        for line in page:
            for run in line.runs:
                if not crossed(edges, printed(run)) and len(text := run_text(run)) > 2:
                    known[column_of(run[0], edges)].add(text)
    return known


def _is_whole(line: WordLine, edges: Sequence[float]) -> bool:
    """Say whether a line is one text from the first column over the others, as a section's title is."""
    pieces = line.pieces
    if len(pieces) != 1 or pieces[0].start > edges[0] - 0.5:
        return False
    return len(crossed(edges, pieces[0])) > bool(_DIGITS.fullmatch(line.words[0].text))


def _number_column(header: Header, cut: Sequence[_Ruled]) -> int | None:
    names = header.names
    if "number" in names:
        return names.index("number")
    first = [cell.text for ruled in cut if not ruled.whole and (cell := ruled.cells[0])]
    return 0 if first and all(_NUMBER.fullmatch(text) for text in first) else None


def _length(cut: Sequence[_Ruled], number: int | None, *, again: bool) -> int:
    """Return how many lines belong to the table: up to its last number, and what goes on from there."""
    last = max((at for at, ruled in enumerate(cut) if _opens(ruled, number)), default=-1)
    end = last + 1
    blank = 0
    for at in range(last + 1, len(cut)):
        ruled = cut[at]
        blank = 0 if ruled.line.words else blank + 1
        odd = number is not None and not ruled.whole and ruled.cells[number] is not None
        titled = ruled.whole and again and _TITLE.match(ruled.line.text)
        if (ruled.whole and not titled) or odd or blank > 2:
            break
        if ruled.line.words:
            end = at + 1
    return end


def _opens(ruled: _Ruled, number: int | None) -> bool:
    """Say whether a row begins on this line for certain."""
    if ruled.whole:
        return False
    if number is None:
        return sum(cell is not None for cell in ruled.cells) > 2
    cell = ruled.cells[number]
    return cell is not None and _NUMBER.fullmatch(cell.text) is not None


def _rooms(cut: Sequence[_Ruled]) -> list[float]:
    """Return how wide the lines of each column are at most."""
    width = max((len(ruled.cells) for ruled in cut), default=0)
    return [
        max((c.end - c.start for r in cut if not r.whole and (c := r.cells[at])), default=0.0)
        for at in range(width)
    ]


def _add_run(
    building: _Building, table: _Table, run: list[_Ruled], number: int | None, rooms: list[float]
) -> None:
    """Add the rows in lines between two rows that span the table, or between the ends of a page."""
    ranked = [Ranked(tuple(cell.text if cell else "" for cell in r.cells), _opens(r, number)) for r in run]
    starts, certain = row_starts(ranked, number)
    place = Source(table.number, table.rows + 1, run[0].line.page)
    for begin, end in zip(starts, [*starts[1:], len(run)], strict=True):
        part = run[begin:end]
        cells = [
            wrapped([cell for r in part if (cell := r.cells[at])], room) for at, room in enumerate(rooms)
        ]
        place = building.add(table, cells, part[0].line.page)
        for ruled in part:
            if ruled.doubtful:
                building.findings.append(about_print("columns_touch", ruled.line.text, place=place))
    if not certain:
        building.findings.append(about_print("rows_guessed", run[0].line.text, place=place))
