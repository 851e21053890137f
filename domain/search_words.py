"""What somebody means who types a few words into a search: words, or days."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

from domain.names import plain

_DAY = re.compile(r"(?:ngày|hạn)?\s*(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?", re.IGNORECASE)
_MONTH = re.compile(r"(?:tháng|hạn)?\s*(\d{1,2})[/.-](\d{4})", re.IGNORECASE)
_SHORT = 3  # letters of a word that is marked only where it stands alone


def days_meant(words: str, today: date) -> tuple[date, date] | None:
    """Return the first and the last day that the words mean; None where they are no date.

    `31/3/2026` is a day, `31/3` that day of this year, `3/2026` a month.
    """
    if month := _MONTH.fullmatch(words.strip()):
        return _month(int(month[1]), int(month[2]))
    if day := _DAY.fullmatch(words.strip()):
        try:
            meant = date(int(day[3] or today.year), int(day[2]), int(day[1]))
        except ValueError:
            return None
        return meant, meant
    return None


def _month(month: int, year: int) -> tuple[date, date] | None:
    if not (1 <= month <= 12 and 1900 <= year <= 2999):
        return None
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def spans_of(text: str, words: str) -> list[tuple[int, int]]:
    """Return where the words stand in a text, whatever their marks and capitals, in order, never overlapping.

    The whole of the words counts before each of them, which counts only where a word of the text begins,
    and a short one only as a whole word: “kế” is not found in “kết”. Neighbours are one.
    """
    letters, places = _plain_with_places(text)
    asked = " ".join(plain(words).split())
    found = _places_of(asked, letters) if asked else []
    if not found:
        found = [
            span for word in asked.split() for span in _places_of(word, letters) if _alone(span, letters)
        ]
    spans: list[tuple[int, int]] = []
    for start, end in sorted(found):
        first, last = places[start], places[end - 1] + 1
        if spans and not text[spans[-1][1] : first].strip():
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    return spans


def _alone(span: tuple[int, int], letters: str) -> bool:
    start, end = span
    begins = start == 0 or not letters[start - 1].isalnum()
    ends = end == len(letters) or not letters[end].isalnum()
    return begins and (ends or end - start > _SHORT)


@lru_cache(maxsize=4096)  # a page of hits has thousands of letters, and few different ones
def _plain_letter(letter: str) -> str:
    return plain(letter)


def _plain_with_places(text: str) -> tuple[str, list[int]]:
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for letter in _plain_letter(char):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


def _places_of(word: str, letters: str) -> list[tuple[int, int]]:
    found = []
    start = letters.find(word)
    while start >= 0:
        found.append((start, start + len(word)))
        start = letters.find(word, start + len(word))
    return found
