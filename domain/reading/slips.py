"""Know words again that were typed or scanned badly, where their neighbours leave no doubt."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from domain.reading.lexicon import LEXICON, Entry, Heads, bare_lexicon, by_second
from domain.reading.normal import fold

_MISREAD = re.compile(
    r"(?<![^\W\d_])[lo](?=\d)|(?<=\d)[lo](?![^\W\d_])|(?<=\d)[lo](?=\d)|(?<![^\W\d_])i(?=\d[/.-]\d)"
)
_NEAR_DIGIT = re.compile(r"\d[lo]|[loi]\d")  # what nearly no text has, and is found fast
_MISREAD_AS = {"l": "1", "o": "0", "i": "1"}
_SLIP_KINDS = {"ongoing", "periodic", "sudden", "finish", "stage", "checked", "era"}
_ROMAN_TAIL = re.compile(r"(q|quý|qúy|quí)([ivl]{1,4})")
_SHORTEST, _GLUED, _LONGEST = 3, 6, 14  # letters in half of a glued word, and in the whole


def mended_digits(text: str) -> str:
    """Return levelled `text` with letters that stand for digits as digits: l5/6, 3O/9."""
    if _NEAR_DIGIT.search(text) and _MISREAD.search(text):
        return _MISREAD.sub(lambda found: _MISREAD_AS[found[0]], text)
    return text


@cache
def garbled() -> dict[tuple[str, str], tuple[str, str, str | int]]:
    """Return the phrases of two words that are known again without their diacritics."""
    return {
        (fold(head), fold(tail[0])): (f"{head} {tail[0]}", kind, value)
        for head, entries in LEXICON.items()
        for tail, kind, value in entries
        if len(tail) == 1 and kind in _SLIP_KINDS
    }


@lru_cache(8192)
def garbled_pair(first: str, second: str) -> tuple[str, str, str | int] | None:
    """Return the phrase that two words must have been; None where they are it, or none."""
    known = garbled().get((fold(first), fold(second)))
    return known if known is not None and known[0] != f"{first} {second}" else None


@cache
def bare_heads() -> Heads:
    """Return the lexicon without diacritics by first and second word."""
    return by_second(_bare())


@lru_cache(8192)
def folded(word: str) -> str:
    """Return `fold(word)`, remembered."""
    return fold(word)


@cache
def _syllables() -> frozenset[str]:
    return frozenset(
        word for head, entries in LEXICON.items() for tail, _, _ in entries for word in (head, *tail)
    )


@cache
def _without_marks() -> frozenset[str]:
    """Return what the lexicon's syllables become without diacritics, where that is no word of its own."""
    known = _syllables()
    return frozenset(fold(word) for word in known if fold(word) not in known) | {"ngay", "quy"}


@cache
def _bare() -> dict[str, list[Entry]]:
    return bare_lexicon()


def lexicon_for(text: str, words: list[str]) -> dict[str, list[Entry]]:
    """Return the lexicon without diacritics where the text has none at all."""
    if not text.isascii():
        return LEXICON
    return _bare() if not _without_marks().isdisjoint(words) else LEXICON


@lru_cache(8192)
def glued(word: str) -> tuple[str, str] | None:
    """Return the two words that lack the space between them: trướcngày, QuýIII."""
    roman = _ROMAN_TAIL.fullmatch(word)
    if roman:
        return roman[1], roman[2]
    known = _syllables()
    if not _GLUED <= len(word) <= _LONGEST or word in known:
        return None
    for at in range(_SHORTEST, len(word) - _SHORTEST + 1):
        if word[:at] in known and word[at:] in known:
            return word[:at], word[at:]
    return None
