"""Tables without rules: columns parted by space alone, as `pdftotext -layout` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, zip_longest

from domain.plans import Finding, Source
from domain.reading.cell_text import wrapped
from domain.reading.column_cut import NUMBER, CutLine, RowLines, cut_lines, rows_at_edges, standing_alone
from domain.reading.column_grid import WordLine, words_of
from domain.reading.column_headers import Header, header_at, header_of, pieces_of
from domain.reading.layout import Line, Row, Sheet
from domain.reading.normal import composed
from domain.reading.paragraphs import lines_of
from domain.reading.print_doubts import about_print
from domain.reading.row_starts import Layout, Ranked, is_centred, row_starts

_TITLE = re.compile(r"(?:[IVX]{1,5}|[A-ZĐ])\s*[.)/:]")
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-–—]\s*)?(?:trang\s*:?\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?(?:\s*[-–—])?\s*", re.I
)
_GAPING = 0.2  # of a column's lines
_ABOUT_ALL = {"rows_guessed", "columns_merged"}


def lay_out(text: str) -> Sheet:
    """Lay out plain text whose tables are set with spaces; a form feed begins a page.

    Lines outside the tables are put together to paragraphs, and page numbers are left out. Where `text`
    has letters and their marks apart, places were counted with the marks or without: the way counts
    that leaves fewer doubts.
    """
    ways = [blocks_of(_lines(way)) for way in dict.fromkeys((composed(text), text))]
    blocks, findings = min(ways, key=lambda way: len(way[1]))
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
    said: tuple[str, ...]  # by its header
    rows: int = 0


@dataclass(slots=True)
class _Building:
    blocks: list[Line | Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tables: int = 0
    exact: bool = False

    def doubt(self, code: str, source: str, place: Source) -> None:
        """Add a doubt about a row, or about the rows of a table, which is said once."""
        about_all = code in _ABOUT_ALL and any(
            finding.place and finding.place.table == place.table
            for finding in self.findings
            if finding.code == code.replace("_", "-")
        )
        if not about_all:
            self.findings.append(about_print(code, source, place=place))

    @property
    def full(self) -> float:
        """The share of the widest line from which on a line is full, outside the tables."""
        return 0.98 if self.exact else 0.85

    @property
    def fits(self) -> float:
        """The same inside a column."""
        return 0.98 if self.exact else 0.6

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
    building = _Building(tables=tables, exact=exact)
    at, table = 0, None
    parts = _parts(lines, exact=exact)
    for part, following in zip_longest(parts, parts[1:]):
        building.blocks += lines_of(lines[at : part.begin], full=building.full)
        if table is None or part.said != table.said or any(line.words for line in lines[at : part.begin]):
            building.tables += 1
            table = _Table(building.tables, part.said)
        building.add(table, [cell.text for cell in part.header.cells], lines[part.begin].page)
        again = following is not None and following.said == part.said
        at = part.begin + part.header.lines + _read_rows(building, table, part, again=again)
    building.blocks += lines_of(lines[at:], full=building.full)
    return building.blocks, building.findings


@dataclass(slots=True)
class _Part:
    """A header and the lines down to the next one."""

    begin: int
    header: Header
    said: tuple[str, ...]  # by the header's lines
    rows: list[RowLines]
    cut: list[CutLine] = field(default_factory=list)

    @property
    def likeness(self) -> tuple[tuple[str, ...], int]:
        """What parts of one table share: the header, and as many columns."""
        return self.said, len(self.header.cells)


def _parts(lines: Sequence[WordLine], *, exact: bool) -> list[_Part]:
    """Part lines at their headers and cut them; parts with one header know each other's cells."""
    headers = _headers(lines)
    ends = [begin for begin, _ in headers[1:]] + [len(lines)]
    parts: list[_Part] = []
    for (begin, header), end in zip(headers, ends, strict=False):
        first = begin + header.lines
        said = tuple(line.text for line in lines[begin:first])
        rows = rows_at_edges(lines[first:end], header.cells, exact=exact)
        parts.append(_Part(begin, header, said, rows))
    known: dict[tuple[tuple[str, ...], int], list[set[str]]] = {}
    for part in parts:
        alone = known.setdefault(part.likeness, [set() for _ in part.header.cells])
        for texts, more in zip(alone, standing_alone(part.rows, len(part.header.cells)), strict=True):
            texts |= more
    for part in parts:
        part.cut = cut_lines(part.rows, known[part.likeness])
    return parts


def _headers(lines: Sequence[WordLine]) -> list[tuple[int, Header]]:
    """Return each header and its place.

    Where one repeats it is cut as on the page that shows most columns: elsewhere its words may touch.
    """
    best: dict[tuple[str, ...], tuple[int, list[list[int]]]] = {}
    for at, header in _found(lines, best):
        said = lines[at : at + header.lines]
        known = best.get(tuple(line.text for line in said))
        if known is None or known[0] < len(header.cells):
            runs = [[len(piece.text.split()) for piece in pieces_of(line)] for line in said]
            best[tuple(line.text for line in said)] = len(header.cells), runs
    return list(_found(lines, best))


def _found(
    lines: Sequence[WordLine], best: dict[tuple[str, ...], tuple[int, list[list[int]]]]
) -> Iterator[tuple[int, Header]]:
    """Give the headers; those whose words are known are cut as there."""
    after = 0
    for at in range(len(lines)):
        if at < after or not lines[at].words:
            continue
        header = None
        for said, (_, runs) in list(best.items()):
            repeated = lines[at : at + len(said)]
            if tuple(line.text for line in repeated) == said:
                header = header_of(repeated, runs)
        header = header or header_at(lines, at)
        if header is not None:
            after = at + header.lines
            yield at, header


def _read_rows(building: _Building, table: _Table, part: _Part, *, again: bool) -> int:
    """Add the rows below a header, which stands `again` below them; return how many lines they take."""
    number = _number_column(part.header, part.cut)
    cut = part.cut[: _length(part.cut, number, again=again)]
    rooms = [room * building.fits for room in _rooms(cut)]
    layout = Layout(number, _content_column(part.header), is_centred(_ranked(cut, number), number))
    for name in _holding_more(part.header, cut):
        building.doubt("columns_merged", name, Source(table.number, table.rows, cut[0].line.page))
    for page, group in groupby(cut, key=lambda ruled: ruled.line.page):
        for whole, run in groupby(group, key=lambda ruled: ruled.whole):
            if whole:
                title = " ".join(ruled.line.text for ruled in run)
                building.add(table, [title] + [""] * (len(part.header.cells) - 1), page)
            else:
                _add_run(building, table, list(run), layout, rooms)
    return len(cut)


def _number_column(header: Header, cut: Sequence[CutLine]) -> int | None:
    names = header.names
    if "number" in names:
        return names.index("number")
    first = [cell.text for ruled in cut if not ruled.whole and (cell := ruled.cells[0])]
    return 0 if first and all(NUMBER.fullmatch(text) for text in first) else None


def _holding_more(header: Header, cut: Sequence[CutLine]) -> Iterator[str]:
    """Give the headings under which words stand apart as in two columns, on many lines."""
    for at, cell in enumerate(header.cells):
        filled = [ruled for ruled in cut if not ruled.whole and ruled.cells[at]]
        if sum(at in ruled.gaping for ruled in filled) > max(_GAPING * len(filled), 1):
            yield cell.text


def _content_column(header: Header) -> int:
    names = header.names
    return next((names.index(name) for name in ("content", "subject") if name in names), 0)


def _ranked(cut: Sequence[CutLine], number: int | None) -> list[Ranked]:
    return [Ranked(tuple(cell.text if cell else "" for cell in r.cells), _opens(r, number)) for r in cut]


def _length(cut: Sequence[CutLine], number: int | None, *, again: bool) -> int:
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


def _opens(ruled: CutLine, number: int | None) -> bool:
    """Say whether a row begins on this line for certain."""
    if ruled.whole:
        return False
    if number is None:
        return sum(cell is not None for cell in ruled.cells) > 2
    cell = ruled.cells[number]
    return cell is not None and NUMBER.fullmatch(cell.text) is not None


def _rooms(cut: Sequence[CutLine]) -> list[float]:
    """Return how wide the lines of each column are but for a few."""
    rooms = []
    for at in range(max((len(ruled.cells) for ruled in cut), default=0)):
        widths = sorted(c.end - c.start for r in cut if not r.whole and (c := r.cells[at]))
        rooms.append(widths[int(0.9 * len(widths))] if widths else 0.0)
    return rooms


def _add_run(
    building: _Building, table: _Table, run: list[CutLine], layout: Layout, rooms: list[float]
) -> None:
    """Add the rows in lines between two rows that span the table, or between the ends of a page."""
    starts, certain = row_starts(_ranked(run, layout.number), layout)
    place = Source(table.number, table.rows + 1, run[0].line.page)
    for begin, end in zip(starts, [*starts[1:], len(run)], strict=True):
        part = run[begin:end]
        cells = [
            wrapped([cell for r in part if (cell := r.cells[at])], room) for at, room in enumerate(rooms)
        ]
        place = building.add(table, cells, part[0].line.page)
        for ruled in part:
            if ruled.doubtful:
                building.doubt("columns_touch", ruled.line.text, place)
    merged = any(
        found.code == "columns-merged" and found.place and found.place.table == table.number
        for found in building.findings
    )
    if not certain and not merged:  # which forbids using the table already
        guessed = layout.centred or layout.number is None
        building.doubt("rows_guessed" if guessed else "row_unsure", run[0].line.text, place)
