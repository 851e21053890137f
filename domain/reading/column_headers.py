"""The header of a table set by columns: what it says over each column, in one line or several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from domain.reading.cell_text import Printed
from domain.reading.column_grid import GAP, Word, WordLine, printed
from domain.reading.headings import heading

_LINES = 5
_WORDS = 12  # in two headings that touch


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
    found = _least(lines, at)
    if found is None:
        return None
    header, stacked = found
    later = _least(lines, at + 1) if header.lines > 1 else None
    if later is not None and later[0].lines < header.lines and not _over(lines[at], later[0]):
        return None
    return _with_rest(lines, at, header, stacked)


def header_of(lines: Sequence[WordLine], runs: Sequence[Sequence[int]]) -> Header | None:
    """Return the header that lines make whose runs have so many words, or None."""
    stacked: list[list[Printed]] = []
    for line, counts in zip(lines, runs, strict=True):
        words = iter(line.words)
        pieces = [printed(list(islice(words, count))) for count in counts]
        if not _stack(stacked, pieces):
            return None
    return Header(tuple(_together(parts) for parts in stacked), len(lines))


def _least(lines: Sequence[WordLine], at: int) -> tuple[Header, list[list[Printed]]] | None:
    """Return the fewest lines from here on that make a header; its first line names something."""
    if lines[at].words[0].text[:1].isdigit() or not any(heading(piece.text) for piece in lines[at].pieces):
        return None
    stacked: list[list[Printed]] = []
    for count, line in enumerate(lines[at : at + _LINES], start=1):
        if not line.words or line.page != lines[at].page or not _stack(stacked, pieces_of(line)):
            return None
        cells = tuple(_together(parts) for parts in stacked)
        if is_heading([cell.text for cell in cells]):
            return Header(cells, count), stacked
    return None


def pieces_of(line: WordLine) -> list[Printed]:
    """Return what stands in a line, headings that touch parted."""
    pieces = [piece for run in line.runs for piece in _headings_in(run)]
    return _number_apart(pieces, line)


def _headings_in(run: Sequence[Word]) -> list[Printed]:
    """Part a run of words that is two headings: `Thời gian Sản phẩm`."""
    if len(run) > _WORDS or heading(printed(run).text) is None:
        return [printed(run)]
    for at in range(1, len(run)):
        left, right = printed(run[:at]), printed(run[at:])
        names = heading(left.text), heading(right.text)
        if right.text[0].isupper() and None not in names and names[0] != names[1]:
            return [left, *_headings_in(run[at:])]
    return [printed(run)]


def _number_apart(pieces: list[Printed], line: WordLine) -> list[Printed]:
    """Part the number's heading from the next one, however narrow its column."""
    first = line.words[0]
    if first.text.upper() not in {"TT", "STT"} or pieces[0].text == first.text:
        return pieces
    rest = [word for word in line.words[1:] if word.end <= pieces[0].end]
    return [printed([first]), printed(rest), *pieces[1:]]


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
    """Say whether these are a header's cells: they name the content, who or when, and one more.

    A row whose words happen to name something has a number, or cells that name nothing.
    """
    names = [heading(cell) for cell in cells]
    if cells[0][:1].isdigit() or sum(name is not None for name in names) * 3 < len(cells) * 2:
        return False
    said = set(filter(None, names))
    return bool({"content", "subject"} & said) and len(said) >= 3 and bool({"time", "lead", "shared"} & said)


def _over(line: WordLine, header: Header) -> bool:
    """Say whether a line above a header belongs to it: headings, each over one cell at most."""
    for piece in line.pieces:
        below = [cell for cell in header.cells if _overlap([cell], piece)]
        if len(below) > 1 or heading(piece.text) is None:
            return False
    return True


def _with_rest(lines: Sequence[WordLine], at: int, header: Header, stacked: list[list[Printed]]) -> Header:
    """Add the lines that go on with the header: words under its cells before anything is numbered."""
    for count, line in enumerate(lines[at + header.lines : at + _LINES], start=header.lines + 1):
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
    for piece in line.pieces:
        if piece.text[:1].isupper() and len(piece.text) > 2 and heading(piece.text) is None:
            return True
    return numbered and first.start < header.cells[0].end + GAP and first.text not in {"T"}
