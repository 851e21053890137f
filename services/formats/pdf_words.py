"""The words of a page: put together from its letters, without what only looks like text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from domain.reading.normal import composed

_BULLETS = str.maketrans(
    {"\uf0b7": "•", "\uf0a7": "•", "\uf0d8": "•", "\uf0fc": "•", "\uf02d": "-", "\u00ad": "-"}
)
_UNMAPPED = re.compile(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]")
_NO_GAP = 0.15  # of the letter's size: narrower gaps part no words
_HUGE = 4.0  # times the usual size: no text, but a watermark
_MARGIN = 0.07  # of the page's height: where page numbers and running heads stand
_LEGACY_FONT = re.compile(r"(?:^|\+)(?:\.Vn|VNI[-_ ]|Vni[-_ ])")
_VIETNAMESE = re.compile(r"[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")


@dataclass(frozen=True, slots=True)
class Text:
    """A word at its place on the page, in points from the top left."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle, across and down."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


@dataclass(slots=True)
class PageText:
    """A page's words, and what was found out about them."""

    words: list[Text] = field(default_factory=list)
    size: float = 12.0  # of most letters
    letters: int = 0
    slanted: str = ""  # what stands askew or is huge: a watermark, a stamp
    unmapped: int = 0  # letters whose font doesn't say which they are
    legacy: bool = False  # the letters of TCVN3 or VNI


def text_of(page: Any) -> PageText:
    """Return the words of an upright page, in lines from top to bottom."""
    chars = _once(page.chars)
    level = [char for char in chars if is_level(char)]
    size = median(char["size"] for char in level) if level else 0.0
    upright = [char for char in level if char["size"] < _HUGE * size]
    found = PageText(letters=sum(not char["text"].isspace() for char in upright))
    found.slanted = "".join(
        char["text"] for char in chars if not is_level(char) or char["size"] >= _HUGE * size
    ).strip()
    if not upright:
        return found
    found.size = size
    found.unmapped = sum(bool(_UNMAPPED.search(char["text"].translate(_BULLETS))) for char in upright)
    found.legacy = _is_legacy(upright)
    found.words = [
        Text(composed(word["text"]).translate(_BULLETS), word["x0"], word["x1"], word["top"], word["bottom"])
        for word in _words(upright)
    ]
    return found


def is_level(char: dict[str, Any]) -> bool:
    """Say whether a letter stands upright."""
    along, up = char["matrix"][:2]
    return bool(char["upright"]) and abs(up) <= abs(along) / 20


def _once(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out letters printed twice at one place, as bold is sometimes made."""
    seen: dict[tuple[str, int, int], dict[str, Any]] = {}
    for char in chars:
        seen.setdefault((char["text"], round(char["x0"]), round(char["top"])), char)
    return list(seen.values())


def _words(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from pdfplumber.utils.text import extract_words

    words: list[dict[str, Any]] = extract_words(
        chars, x_tolerance_ratio=_NO_GAP, y_tolerance=3, keep_blank_chars=False, use_text_flow=False
    )
    return words


def _is_legacy(chars: list[dict[str, Any]]) -> bool:
    """Say whether letters are those of TCVN3 or VNI: signs where Vietnamese has its own letters."""
    foreign = [char["text"] for char in chars if not char["text"].isascii()]
    own = sum(bool(_VIETNAMESE.search(composed(text))) for text in foreign)
    named = sum(bool(_LEGACY_FONT.search(char["fontname"])) for char in chars) > len(chars) / 2
    if named:
        return own < len(foreign) / 10
    return len(foreign) > len(chars) / 12 and len(foreign) > 20 and own < len(foreign) / 20


def lines_in(words: Iterable[Text]) -> list[list[Text]]:
    """Return words as lines: those whose middles are about level, from left to right."""
    lines: list[list[Text]] = []
    for word in sorted(words, key=lambda word: (word.middle[1], word.x0)):
        last = lines[-1][0] if lines else None
        half = max(word.bottom - word.top, last.bottom - last.top) / 2 if last is not None else 0.0
        if last is not None and abs(word.middle[1] - last.middle[1]) < max(half * 0.7, 2.0):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.x0) for line in lines]


def in_margin(line: list[Text], height: float, share: float = _MARGIN) -> bool:
    """Say whether a line stands where page numbers and running heads do."""
    return line[0].bottom < share * height or line[0].top > (1 - share) * height
