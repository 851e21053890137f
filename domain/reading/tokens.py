"""Part time text into tokens: numbers, document numbers, marks, and the words of the lexicon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from domain.reading.lexicon import BOUND_SLIPS, LEXICON, UNIT_SLIPS, VARIANTS, Entry, bare_lexicon
from domain.reading.normal import fold

_PIECES = re.compile(
    r"(\d+(?:/\d{4})?[/-](?=[a-zđ0-9/&-]*[a-zđ]{2})[a-zđ]{1,9}[a-zđ0-9]*(?:[-/&][a-zđ0-9]+)*(?![^\W\d_])"
    r"|\d{1,4}/\d{4}/qh\d+)"
    r"|(\d+)|([^\W\d_]+)|(\n|[^\w\s]|_)"
)
_MISREAD = re.compile(r"(?<![^\W\d_])[lo](?=\d)|(?<=\d)[lo](?![^\W\d_])|(?<=\d)[lo](?=\d)")
_MISREAD_AS = {"l": "1", "o": "0"}
PAD = 12  # sentinels after the last token, so that looking ahead needs no guard


class Token(NamedTuple):
    """One token: `text` is levelled, `start` and `end` are its place in the composed text."""

    kind: str
    value: str | int
    start: int
    end: int
    text: str


END = Token("end", "", 0, 0, "")


@dataclass(slots=True)
class Tokens:
    """The tokens of a text, padded with `PAD` ends, and the words that had to be guessed."""

    items: list[Token]
    count: int
    slips: list[str]


def tokenize(levelled: str) -> Tokens:
    """Part levelled text (see `normal.level`) into tokens."""
    slips: list[str] = []
    mended = (
        _MISREAD.sub(lambda found: _MISREAD_AS[found[0]], levelled) if _looks_misread(levelled) else levelled
    )
    if mended != levelled:
        slips.append(levelled.strip())
    raw = _pieces(mended)
    items = _grouped(raw, _lexicon_for(mended), slips)
    items = _without_spelt_numbers(items)
    count = len(items)
    items.extend([END] * PAD)
    return Tokens(items, count, slips)


def _looks_misread(text: str) -> bool:
    return ("l" in text or "o" in text) and _MISREAD.search(text) is not None


def _pieces(text: str) -> list[Token]:
    found: list[Token] = []
    for match in _PIECES.finditer(text):
        group, piece = match.lastindex, match[0]
        start, end = match.span()
        if group == 3:
            word = VARIANTS.get(piece, piece)
            found.append(Token("word", word, start, end, word))
        elif group == 2:
            found.append(Token("num", int(piece) if len(piece) < 10 else -1, start, end, piece))
        elif group == 4:
            found.append(Token("and" if piece == "&" else piece, piece, start, end, piece))
        else:
            found.append(Token("doc", piece, start, end, piece))
    return found


_BARE_WORDS = ("ngay", "truoc", "thang", "quy ", "thuong xuyen", "hang nam", "nam 20", "dinh ky", "cham nhat")
_SHIFTS = {"year", "next", "onward"}
_SLIP_KINDS = {"ongoing", "periodic", "sudden", "finish", "stage", "checked", "era"}


@cache
def _garbled() -> dict[tuple[str, str], tuple[str, str, str | int]]:
    """Return the phrases of two words that are known again without their diacritics."""
    return {
        (fold(head), fold(tail[0])): (f"{head} {tail[0]}", kind, value)
        for head, entries in LEXICON.items()
        for tail, kind, value in entries
        if len(tail) == 1 and kind in _SLIP_KINDS
    }


@cache
def _folded(word: str) -> str:
    return fold(word)


@cache
def _bare() -> dict[str, list[Entry]]:
    return bare_lexicon()


def _lexicon_for(text: str) -> dict[str, list[Entry]]:
    """Return the lexicon without diacritics where the text has none at all."""
    return _bare() if text.isascii() and any(word in text for word in _BARE_WORDS) else LEXICON


def _grouped(raw: list[Token], lexicon: dict[str, list[Entry]], slips: list[str]) -> list[Token]:
    items: list[Token] = []
    index, count = 0, len(raw)
    words = [token.text for token in raw]
    words.append("")
    while index < count:
        token = raw[index]
        if token.kind == "word":
            size, token = _lexeme(raw, words, index, lexicon)
            if size == 1 and token.kind in {"word", "unit"}:
                size, token = _mended(raw, index, items, slips, token)
            index += size
        else:
            index += 1
        items.append(token)
    return items


def _lexeme(
    raw: list[Token], words: list[str], index: int, lexicon: dict[str, list[Entry]]
) -> tuple[int, Token]:
    token, text, following = raw[index], words[index], words[index + 1]
    for tail, kind, value in lexicon.get(text, ()):
        if not tail:
            return 1, Token(kind, value, token.start, token.end, text)
        if tail[0] != following:
            continue
        size = len(tail)
        if size > 1 and tuple(words[index + 1 : index + 1 + size]) != tail:
            continue
        if kind not in _SHIFTS or not _cut_short(raw, index, size):
            whole = f"{text} {' '.join(tail)}"
            return size + 1, Token(kind, value, token.start, raw[index + size].end, whole)
    return 1, token


def _cut_short(raw: list[Token], index: int, size: int) -> bool:
    """Say whether `năm sau` is only the end of one phrase and the start of `sau khi`."""
    after = index + size + 1
    return raw[index + size].text == "sau" and after < len(raw) and raw[after].text in {"khi", "ngày"}


def _mended(
    raw: list[Token], index: int, before: list[Token], slips: list[str], token: Token
) -> tuple[int, Token]:
    """Return the word that a garbled one must have been, with the number of pieces it takes."""
    if index + 1 < len(raw) and raw[index + 1].kind == "word":
        following = raw[index + 1]
        known = _garbled().get((_folded(token.text), _folded(following.text)))
        if known is not None and known[0] != f"{token.text} {following.text}":
            slips.append(f"{token.text} {following.text}")
            return 2, Token(known[1], known[2], token.start, following.end, known[0])
    return 1, _mended_unit(raw, index, before, slips) if token.kind == "word" else token


def _mended_unit(raw: list[Token], index: int, before: list[Token], slips: list[str]) -> Token:
    """Return a garbled `tuần` or `ngày` mended, where its neighbours leave no doubt."""
    token = raw[index]
    bound = BOUND_SLIPS.get(_folded(token.text))
    if bound is not None and token.text != bound:
        slips.append(token.text)
        return Token("before", "", token.start, token.end, bound)
    unit = UNIT_SLIPS.get(_folded(token.text))
    if unit is None:
        return token
    beside = before[-1].kind if before else ""
    number_follows = index + 1 < len(raw) and raw[index + 1].kind == "num"
    if beside == "every" or (number_follows and beside in {"before", "until", "in", "from", "to", "", ","}):
        slips.append(token.text)
        entry = LEXICON[unit][-1]
        return Token(entry[1], entry[2], token.start, token.end, unit)
    return token


def _without_spelt_numbers(items: list[Token]) -> list[Token]:
    """Drop the number repeated in words, as in `16 (mười sáu)`."""
    if not any(token.kind == "(" for token in items):
        return items
    kept: list[Token] = []
    index = 0
    while index < len(items):
        closing = index + 2
        if (
            items[index].kind == "("
            and kept
            and kept[-1].kind == "num"
            and closing < len(items)
            and items[closing].kind == ")"
            and (items[index + 1].kind == "numeral" or items[index + 1].text == "năm")
        ):
            index = closing + 1
            continue
        kept.append(items[index])
        index += 1
    return kept
