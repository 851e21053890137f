"""Words at their places on a line of print.

Places are counted in widths of a character: exactly so in plain text, on the average in a PDF.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.reading.cell_text import Printed
from domain.reading.normal import composed

GAP = 1.6  # wider than this, a space parts two columns
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
    return tuple(Word(composed(match[0]), match.start(), match.end()) for match in _WORD.finditer(line))
