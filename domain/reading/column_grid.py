"""Words at their places on a line, and the columns that they stand in.

Places are counted in widths of a character: exactly so in plain text, on the average in a PDF.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.reading.cell_text import Printed
from domain.reading.headings import heading
from domain.reading.normal import fold

GAP = 1.6  # wider than this, a space parts two columns
DRIFT = 3.0  # so far from its edge a column's text may begin
_HEADER_LINES = 5
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, where it begins and where it ends."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class WordLine:
    """The words of a printed line from left to right; none where space is left between two lines."""

    words: tuple[Word, ...]
    page: int | None = None

    @property
    def text(self) -> str:
        """The words, parted by single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def runs(self) -> list[list[Word]]:
        """The runs of words that no wider space parts."""
        runs: list[list[Word]] = []
        for word in self.words:
            if runs and word.start - runs[-1][-1].end < GAP:
                runs[-1].append(word)
            else:
                runs.append([word])
        return runs

    @property
    def pieces(self) -> list[Printed]:
        """The runs of words, each as one text."""
        return [printed(run) for run in self.runs]


def printed(words: Sequence[Word]) -> Printed:
    """Return words of one line as one text."""
    return Printed(" ".join(word.text for word in words), words[0].start, words[-1].end)


def words_of(line: str) -> tuple[Word, ...]:
    """Return the words of a line of plain text."""
    return tuple(Word(match[0], match.start(), match.end()) for match in _WORD.finditer(line))


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header: what it says over each column, and how many lines it takes."""

    cells: tuple[Printed, ...]
    lines: int

    @property
    def names(self) -> list[str | None]:
        """The kind of each column."""
        return [heading(cell.text) for cell in self.cells]


def header_at(lines: Sequence[WordLine], at: int) -> Header | None:
    """Return the header that begins at a line, or None; what is below its first row is left out."""
    stacked: list[list[Printed]] = []
    found: Header | None = None
    for count, line in enumerate(lines[at : at + _HEADER_LINES], start=1):
        if not line.words or line.page != lines[at].page or not _stack(stacked, line.pieces):
            break
        cells = tuple(_together(parts) for parts in stacked)
        if is_heading([cell.text for cell in cells]):
            found = Header(cells, count)
            break
    if found is None:
        return None
    later = header_at(lines, at + 1) if found.lines > 1 else None
    if later is not None and later.lines < found.lines and not _over(lines[at], later):
        return None
    return _with_rest(lines, at, found, stacked)


def _stack(stacked: list[list[Printed]], pieces: Iterable[Printed]) -> bool:
    """Lay a line's pieces under those that they stand below; False where one spans several."""
    for piece in pieces:
        over = [parts for parts in stacked if _overlap(parts, piece)]
        if len(over) > 1:
            return False
        if over:
            over[0].append(piece)
        else:
            stacked.append([piece])
            stacked.sort(key=lambda parts: parts[0].start)
    return True


def _overlap(parts: list[Printed], piece: Printed) -> bool:
    return min(part.start for part in parts) < piece.end and piece.start < max(part.end for part in parts)


def _together(parts: list[Printed]) -> Printed:
    texts = [part.text for part in parts]
    text = ("" if all(len(part) <= 2 for part in texts) else " ").join(texts)
    return Printed(text, min(part.start for part in parts), max(part.end for part in parts))


def is_heading(cells: Sequence[str]) -> bool:
    """Say whether these are a header's cells: they name the content, who or when, and one more."""
    names = {name for cell in cells if (name := heading(cell))}
    return (
        bool({"content", "subject"} & names) and len(names) >= 3 and bool({"time", "lead", "shared"} & names)
    )


def _over(line: WordLine, header: Header) -> bool:
    """Say whether a line above a header belongs to it: each piece is a heading over one of its cells."""
    for piece in line.pieces:
        below = [cell for cell in header.cells if _overlap([cell], piece)]
        if len(below) != 1 or heading(piece.text) is None:
            return False
    return True


def _with_rest(lines: Sequence[WordLine], at: int, header: Header, stacked: list[list[Printed]]) -> Header:
    """Add the lines that go on with the header: words under its cells before anything is numbered."""
    for count, line in enumerate(lines[at + header.lines : at + _HEADER_LINES], start=header.lines + 1):
        if (
            not line.words
            or line.page != lines[at].page
            or _begins_row(line, header)
            or any(len(_under(stacked, p)) != 1 for p in line.pieces)
        ):
            break
        _stack(stacked, line.pieces)
        header = Header(tuple(_together(parts) for parts in stacked), count)
    return header


def _under(stacked: list[list[Printed]], piece: Printed) -> list[list[Printed]]:
    return [parts for parts in stacked if _overlap(parts, piece)]


def _begins_row(line: WordLine, header: Header) -> bool:
    first = line.words[0]
    numbered = bool(re.fullmatch(r"\(?(?:\d{1,3}|[IVX]{1,4}|[A-ZĐ])[.)]*", first.text))
    if len(line.pieces) == 1 and heading(line.text) is None and not line.pieces[0].text[:1].islower():
        return True
    return numbered and first.start < header.cells[0].end + GAP and first.text not in {"T"}


def boundaries(lines: Iterable[WordLine], header: Sequence[Printed]) -> list[float]:
    """Return where each column but the first begins.

    Between the middles of two headings it is the place at which the most runs of words begin and
    which cuts the fewest; columns whose text stands in their middle have no such edge, but a gap.
    """
    runs = [piece for line in lines for piece in line.pieces]
    return [_edge(runs, left, right) for left, right in itertools.pairwise(header)]


def _edge(runs: list[Printed], left: Printed, right: Printed) -> float:
    low, high = (left.start + left.end) / 2, (right.start + right.end) / 2
    places = {run.start for run in runs if low < run.start <= high} | {right.start}
    begins: dict[float, int] = dict.fromkeys(places, 0)
    for run in runs:
        for place in places:
            begins[place] += abs(run.start - place) <= 0.5

    def cost(place: float) -> tuple[int, float]:
        cut = sum(run.start < place - 0.3 and run.end > place + 0.3 for run in runs)
        return 2 * cut - begins[place], place

    return min(places, key=cost)


def crossed(edges: Sequence[float], run: Printed) -> list[float]:
    """Return the edges over which a run of words reaches."""
    return [edge for edge in edges if run.start < edge - 0.3 and run.end > edge + 0.8]


def split_at(
    line: WordLine, edges: Sequence[float], known: Sequence[set[str]]
) -> tuple[list[list[Word]], bool]:
    """Return a line's words by column, and whether it is doubtful where one of them belongs.

    Text drifts: a run of words that begins right before an edge belongs behind it, and one that
    reaches over an edge is cut where a side is `known` to stand alone in its column on other lines,
    else at the nearest word. Doubtful is a cut that could as well be made at another word, and a run
    over an edge without any word to cut it at.
    """
    columns: list[list[Word]] = [[] for _ in range(len(edges) + 1)]
    doubtful = False
    for run in line.runs:
        at = column_of(run[0], edges)
        while at < len(edges) and run[-1].end > edges[at] + 0.8:
            place, unsure = _cut(run, edges[at], (known[at], known[at + 1]), filled=bool(columns[at]))
            doubtful |= unsure
            columns[at] += run[:place]
            run = run[place:]
            at += 1
            if not run:
                break
        columns[min(at, len(edges))] += run
    return columns, doubtful


def column_of(word: Word, edges: Sequence[float]) -> int:
    """Return the column in which a word begins."""
    return sum(edge <= word.start + 0.3 for edge in edges)


def _cut(
    run: Sequence[Word], edge: float, known: tuple[set[str], set[str]], *, filled: bool
) -> tuple[int, bool]:
    """Return before which word a run is cut at an edge, and whether another is as good.

    Where the column on the left is `filled` already, space parts the run from it: all of it stands
    on the right.
    """

    def told(place: int) -> int:
        sides = (run_text(run[:place]) if place else "", run_text(run[place:]))
        return sum(len(text) for text, texts in zip(sides, known, strict=True) if text in texts)

    if filled and abs(run[0].start - edge) <= 2 * DRIFT:
        return 0, False
    ranked = sorted((-told(place), abs(word.start - edge), place) for place, word in enumerate(run))
    evidence, distance, place = ranked[0]
    if evidence:
        return place, False
    if distance > DRIFT:
        return len(run), True
    return place, len(ranked) > 1 and ranked[1][1] <= distance + 1 and distance > 0.5


def run_text(run: Sequence[Word]) -> str:
    """Return the words of a run in the form in which runs are compared."""
    return fold(" ".join(word.text for word in run))
