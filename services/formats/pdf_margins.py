"""Take page numbers and running heads out of pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from services.formats.pdf_pages import PrintedPage
from services.formats.pdf_words import Text, in_margin, lines_in

_NUMBERS = re.compile(r"\W*(?:trang\W*)?\d{1,4}(?:\s*/\s*\d{1,4})?\W*", re.IGNORECASE)
_NUMBERED = 0.12  # of the page's height: a lone number so near to its edge is the page's
_OFTEN = 3  # a running head stands on so many pages


def drop_margins(pages: Sequence[PrintedPage]) -> None:
    """Take out page numbers, and what pages repeat at their top or bottom."""
    lined = {page.number: list(lines_in(_outside(page))) for page in pages}
    repeated = Counter(
        text
        for page in pages
        for text in {_without_numbers(line) for line in lined[page.number] if in_margin(line, page.height)}
    )
    for page in pages:
        lines = lined[page.number]
        ends = [line for line in (lines[:1] + lines[-1:]) if in_margin(line, page.height, _NUMBERED)]
        dropped = [line for line in ends if _NUMBERS.fullmatch(_said(line))]
        dropped += [
            line
            for line in lines
            if in_margin(line, page.height) and repeated[_without_numbers(line)] >= _OFTEN
        ]
        gone = {id(word) for line in dropped for word in line}
        page.text.words = [word for word in page.words if id(word) not in gone]


def _outside(page: PrintedPage) -> list[Text]:
    return [word for word in page.words if not any(g.top <= word.middle[1] <= g.bottom for g in page.grids)]


def _said(line: Sequence[Text]) -> str:
    return " ".join(word.text for word in line)


def _without_numbers(line: Sequence[Text]) -> str:
    return re.sub(r"\d+", "#", _said(line))
