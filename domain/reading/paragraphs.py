"""Lines outside the tables: put together to paragraphs, and a letterhead's two halves one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from domain.reading.cell_text import Printed, paragraphs
from domain.reading.column_grid import WordLine
from domain.reading.layout import Line

# Space that is left for a number or a day to be written in: `Số:     /KH-UBND`, `ngày     tháng 01`.
_BLANK = re.compile(r"\bsố\s*:?\t\s*[/-]|\b(?:ngày|tháng|năm)\t(?:tháng|năm|\d)", re.IGNORECASE)
_HALVES = 3.0  # at least so much space parts them


def lines_of(lines: Sequence[WordLine], *, full: float) -> list[Line]:
    """Return the paragraphs in printed lines; one that goes on over a page break is one.

    A line counts as full from the share `full` of the page's widest line on.
    """
    found: list[Line] = []
    for page, group in groupby(lines, key=lambda line: line.page):
        told = [Line(text, page) for text in _of_page(list(group), full)]
        if found and told and _goes_on(found[-1].text, told[0].text):
            found[-1] = Line(f"{found[-1].text} {told.pop(0).text}", found[-1].page)
        found += told
    return found


def _goes_on(above: str, below: str) -> bool:
    return below[:1].islower() and below[1:2] != ")" and above[-1:] not in {".", ";", ":", "/"}


def _of_page(lines: list[WordLine], full: float) -> Iterator[str]:
    written = [line for line in lines if line.words]
    margin = min((line.words[0].start for line in written), default=0.0)
    room = (max((line.words[-1].end for line in written), default=0.0) - margin) * full
    for halves, group in groupby(lines, key=_in_halves):
        run = list(group)
        if halves:
            yield from _half(run, 0)
            yield from _half(run, 1)
            continue
        for filled, part in groupby(run, key=lambda line: bool(line.words)):
            if filled:
                whole = [Printed(line.text, line.words[0].start, line.words[-1].end) for line in part]
                yield from paragraphs(whole, margin, room)


def _in_halves(line: WordLine) -> bool:
    pieces = line.pieces
    if len(pieces) != 2 or _BLANK.search(f"{pieces[0].text}\t{pieces[1].text}"):
        return False
    return pieces[1].start - pieces[0].end >= _HALVES


def _half(run: Sequence[WordLine], side: int) -> Iterator[str]:
    """Give the lines of a half; capitals below capitals and what begins in lower case go on with a line."""
    said = ""
    for line in run:
        text = line.pieces[side].text
        if said and (text[:1].islower() or (text.isupper() and said.isupper())):
            said += f" {text}"
            continue
        if said:
            yield said
        said = text
    yield said
