"""Cut the lines of a table into its columns, which plain text keeps only about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from domain.reading.cell_text import Printed
from domain.reading.column_grid import GAP, Word, WordLine, printed
from domain.reading.normal import fold

NUMBER = re.compile(
    r"\(?(?:(?:[IVX]+\.)?\d{1,3}(?:\.\d{1,3})*[.)]*|[a-zđ][.)]|[IVXLĐA-H]{1,5}[.)]?|\(\d\))(?:\s\(\d\))?"
)
_DIGITS = re.compile(r"\(?\d{1,3}(?:\.\d{1,3})*[.)]*")
_TITLE = re.compile(r"(?:[IVX]{1,5}|[A-ZĐ])\s*[.)/:]\s+[A-ZĐÀ-Ỹ]")
_OPENING = re.compile(r"[-–—+•*“\"(]*[^\W_a-zà-ỹđ]|[-–—+•*]$")
_DRIFT = 3.0  # so far from its edge a column's text may begin
_SAMPLE, _PLACES = 2000, 30  # so many runs and places are looked at; a page has fewer
_SHIFT = 8.0  # so far the columns of one row may be from those of the page


@dataclass(slots=True)
class CutLine:
    """A line cut into its columns; `whole` where it is one text over several of them."""

    line: WordLine
    cells: list[Printed | None]
    whole: bool
    doubtful: bool
    gaping: frozenset[int] = frozenset()  # the columns with wide space between their words


@dataclass(slots=True)
class RowLines:
    """The lines of a row, and where its columns begin."""

    lines: list[WordLine]
    edges: list[float]
    numbered: bool


def rows_at_edges(lines: Sequence[WordLine], header: Sequence[Printed], *, exact: bool) -> list[RowLines]:
    """Return the lines below a header in groups, each with the places at which its columns begin.

    Columns stand where they do on the page, and each row's by itself where places aren't `exact`:
    `pdftotext` moves them.
    """
    groups: list[RowLines] = []
    for _, group in groupby(lines, key=lambda line: line.page):
        page = list(group)
        edges = boundaries(page, header)
        groups += [RowLines(page, edges, False)] if exact else _rows(page, edges)
    return groups


def cut_lines(groups: Iterable[RowLines], known: Sequence[set[str]]) -> list[CutLine]:
    """Return the lines cut into their columns; `known` is what `standing_alone` gives for the table."""
    found: list[CutLine] = []
    for row in groups:
        for at, line in enumerate(row.lines):
            columns, doubtful = _split(
                line, row.edges, known, first=row.numbered and at == 0, drifts=row.numbered
            )
            cells = [printed(words) if words else None for words in columns]
            gaping = frozenset(at for at, words in enumerate(columns) if _gapes(words))
            found.append(CutLine(line, cells, _is_whole(line, row.edges), doubtful, gaping))
    return found


def _gapes(words: Sequence[Word]) -> bool:
    return any(word.start - before.end >= GAP for before, word in pairwise(words))


def boundaries(lines: Iterable[WordLine], header: Sequence[Printed]) -> list[float]:
    """Return where each column but the first begins.

    Between the middles of two headings it is the place at which the most runs of words begin and
    which cuts the fewest; columns whose text stands in their middle have no such edge, but a gap.
    """
    runs = [piece for line in lines for piece in line.pieces]
    return [
        _edge(runs, (left.start + left.end) / 2, (right.start + right.end) / 2, right.start)
        for left, right in pairwise(header)
    ]


def _edge(runs: Sequence[Printed], low: float, high: float, usual: float) -> float:
    runs = runs[:: len(runs) // _SAMPLE + 1]
    starts = Counter(round(2 * run.start) / 2 for run in runs if low < run.start <= high)
    begins = {place: starts[place] for place, _ in starts.most_common(_PLACES)} | {
        usual: sum(abs(start - usual) <= 0.5 and count for start, count in starts.items())
    }

    def cost(place: float) -> tuple[int, float]:
        cut = sum(run.start < place - 0.3 and run.end > place + 0.3 for run in runs)
        return 2 * cut - begins[place], abs(place - usual)

    return min(begins, key=cost)


def _rows(page: Sequence[WordLine], edges: list[float]) -> list[RowLines]:
    """Part a page where numbers stand in the first column, and find each row's own edges."""
    groups: list[RowLines] = []
    for line in page:
        numbered = (
            bool(line.words) and NUMBER.fullmatch(line.words[0].text) and line.words[0].start < edges[0]
        )
        whole = bool(line.words) and _is_whole(line, edges)
        if numbered or whole or not groups:
            groups.append(RowLines([], edges, bool(numbered) and not whole))
        groups[-1].lines.append(line)
    for group in groups:
        runs = [piece for line in group.lines for piece in line.pieces]
        group.edges = [edges[0]]
        afters = [*edges[2:], edges[-1] + 2 * _SHIFT]
        for before, edge, after in zip(edges, edges[1:], afters, strict=False):
            low = max((before + edge) / 2, group.edges[-1] + GAP)
            group.edges.append(_edge(runs, low, (edge + after) / 2, edge) if group.numbered else edge)
    return groups


def standing_alone(groups: Iterable[RowLines], width: int) -> list[set[str]]:
    """Return for each column the runs of words that stand in it for certain."""
    known: list[set[str]] = [set() for _ in range(width)]
    for group in groups:
        for line in group.lines:
            for run in line.runs:
                if not _crossed(group.edges, printed(run)) and len(text := _folded(run)) > 2:
                    known[_column(run[0], group.edges)].add(text)
    return known


def _is_whole(line: WordLine, edges: Sequence[float]) -> bool:
    """Say whether a line is one text over several columns, as a section's title is.

    It begins in the first column, or stands in the middle and looks like a title.
    """
    pieces = line.pieces
    if len(pieces) != 1:
        return False
    if pieces[0].start > edges[0] - 0.5:
        return _crossed(edges, pieces[0]) > 0 and _TITLE.match(pieces[0].text) is not None
    return _crossed(edges, pieces[0]) > bool(_DIGITS.fullmatch(line.words[0].text))


def _crossed(edges: Sequence[float], run: Printed) -> int:
    """Return over how many edges a run of words reaches."""
    return sum(run.start < edge - 0.3 and run.end > edge + 0.8 for edge in edges)


def _column(word: Word, edges: Sequence[float]) -> int:
    return sum(edge <= word.start + 0.3 for edge in edges)


def _folded(run: Sequence[Word]) -> str:
    return fold(" ".join(word.text for word in run))


def _split(
    line: WordLine, edges: Sequence[float], known: Sequence[set[str]], *, first: bool, drifts: bool
) -> tuple[list[list[Word]], bool]:
    """Return a line's words by column, and whether it is doubtful where one of them belongs.

    Text drifts: a run of words that begins right before an edge belongs behind it, and one that
    reaches over an edge is cut where a side is `known` to stand alone in its column on other lines;
    on a row's `first` line before a capital; else at the nearest word. The last is doubtful.
    """
    columns: list[list[Word]] = [[] for _ in range(len(edges) + 1)]
    doubtful = False
    runs = line.runs
    for number, run in enumerate(runs):
        at = _column(run[0], edges)
        while run and at < len(edges) and run[-1].end > edges[at] + 0.8:
            behind = _column(runs[number + 1][0], edges) if number + 1 < len(runs) else None
            place, unsure = _cut(
                run, edges[at], (known[at], known[at + 1]), first=first, filled=bool(columns[at])
            )
            if unsure and behind == at + 1 and run[-1].end < edges[at] + _SHIFT:
                break  # the next column has words of its own on this line
            doubtful |= unsure
            columns[at] += run[:place]
            run = run[place:]
            at += 1
        columns[min(at, len(edges))] += run
        doubtful |= drifts and at < len(edges) and _may_hold_more(run, edges[at], known[at + 1])
    return columns, doubtful


def _may_hold_more(run: Sequence[Word], edge: float, known: set[str]) -> bool:
    """Say whether a run right before an edge ends with what stands alone in the next column elsewhere."""
    if not run or run[-1].end < edge - _DRIFT:
        return False
    ends = (run[place:] for place in range(1, len(run)))
    return any(_OPENING.match(end[0].text) and _folded(end) in known for end in ends)


def _cut(
    run: Sequence[Word], edge: float, known: tuple[set[str], set[str]], *, first: bool, filled: bool
) -> tuple[int, bool]:
    """Return before which word a run is cut at an edge, and whether that is doubtful.

    Where the column before the edge is `filled` already, space parts the run from it.
    """
    if filled and abs(run[0].start - edge) <= 2 * _DRIFT:
        return 0, False
    if _folded(run) in known[0] and run[0].start < edge - _DRIFT:
        return len(run), False
    ranked = sorted(_ranked(run, edge, known, first=first))
    evidence, distance, place = ranked[0]
    if evidence:
        return place, False
    return (place if distance <= _DRIFT else len(run)), True


def _ranked(
    run: Sequence[Word], edge: float, known: tuple[set[str], set[str]], *, first: bool
) -> Iterator[tuple[int, float, int]]:
    """Give for each word how little speaks for a cut before it: evidence, then distance."""
    for place, word in enumerate(run):
        distance = abs(word.start - edge)
        sides = (_folded(run[:place]), _folded(run[place:]))
        evidence = sum(len(text) for text, texts in zip(sides, known, strict=True) if text in texts)
        evidence += first and bool(_OPENING.match(word.text))
        yield -evidence if distance <= _SHIFT else 0, distance, place
