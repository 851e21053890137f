"""Part time text into tokens: numbers, document numbers, marks, and the words of the lexicon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from domain.reading.lexicon import BOUND_SLIPS, LEXICON, SCANNED, UNIT_SLIPS, VARIANTS, Heads, by_second
from domain.reading.slips import bare_heads, folded, garbled_pair, glued, lexicon_for, mended_digits

_PIECES = re.compile(
    r"(\d+(?:/\d{4})?[/-](?=[a-zđ0-9/&-]{0,30}[a-zđ]{2})[a-zđ]{1,9}[a-zđ0-9]*(?:[-/&][a-zđ0-9]+)*(?![^\W\d_])"
    r"|\d{1,4}/\d{4}/qh\d+)"
    r"|(\d+)|([^\W\d_]+)|(\n|[^\w\s]|_)"
)
PAD = 12  # sentinels after the last token, so that looking ahead needs no guard


class Token(NamedTuple):
    """One token: `text` is levelled, `start` and `end` are its place in the composed text."""

    kind: str
    value: str | int
    start: int
    end: int
    text: str


_NEW = tuple.__new__  # makes a named tuple in half the time
_HEADS = by_second(LEXICON)
_SLIPPED = BOUND_SLIPS.keys() | UNIT_SLIPS.keys()
END = Token("end", "", 0, 0, "")


@dataclass(slots=True)
class Tokens:
    """The tokens of a text, padded with `PAD` ends, and the words that had to be guessed."""

    items: list[Token]
    count: int
    slips: list[str]
    bare: bool = False  # written without diacritics


def tokenize(levelled: str) -> Tokens:
    """Part levelled text (see `normal.level`) into tokens."""
    slips: list[str] = []
    mended = mended_digits(levelled)
    if mended != levelled:
        slips.append(" ".join(levelled.split()))
    raw = _pieces(mended, slips)
    words = [token.text for token in raw]
    lexicon = lexicon_for(mended, words)
    words.append("")
    items = _grouped(raw, words, _HEADS if lexicon is LEXICON else bare_heads(), slips)
    items = _without_spelt_numbers(items)
    count = len(items)
    items.extend([END] * PAD)
    return Tokens(items, count, slips, lexicon is not LEXICON)


def _pieces(text: str, slips: list[str]) -> list[Token]:
    found: list[Token] = []
    for match in _PIECES.finditer(text):
        group, piece = match.lastindex, match[0]
        start, end = match.span()
        if group == 3:
            if piece in LEXICON:
                found.append(_NEW(Token, ("word", piece, start, end, piece)))
            else:
                found.extend(_unknown(piece, start, slips))
        elif group == 2:
            found.append(_NEW(Token, ("num", int(piece) if len(piece) < 10 else -1, start, end, piece)))
        elif group == 4:
            found.append(_NEW(Token, ("and" if piece == "&" else piece, piece, start, end, piece)))
        else:
            found.append(Token("doc", piece, start, end, piece))
    return found


def _unknown(piece: str, start: int, slips: list[str]) -> list[Token]:
    """Return a word that opens no phrase, spelt as the lexicon does, in two where a space is missing."""
    if piece in SCANNED:
        slips.append(piece)
        piece = SCANNED[piece]
    parts = glued(piece)
    if parts is None:
        word = VARIANTS.get(piece, piece)
        return [_NEW(Token, ("word", word, start, start + len(piece), word))]
    found = []
    for part in parts:
        word = VARIANTS.get(part, part)
        found.append(Token("word", word, start, start + len(part), word))
        start += len(part)
    return found


_BEFORE_UNIT = {"before", "until", "in", "from", "to", "", ",", "\n", "•", "-", "+", ":", "("}
_SHIFTS = {"year", "next", "onward"}
_ENDS_SHIFT = {"sau", "trước"}
_GOES_ON = {"khi", "ngày", "tháng", "quý", "thời", "mùng", "kỳ", "hết", "đó"}


def _grouped(raw: list[Token], words: list[str], lexicon: Heads, slips: list[str]) -> list[Token]:
    items: list[Token] = []
    index, count = 0, len(raw)
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


def _lexeme(raw: list[Token], words: list[str], index: int, lexicon: Heads) -> tuple[int, Token]:
    token, text, following = raw[index], words[index], words[index + 1]
    head = lexicon.get(text)
    if head is None:
        return 1, token
    seconds, alone = head
    for tail, kind, value in seconds.get(following, ()):
        size = len(tail)
        if size > 1 and tuple(words[index + 1 : index + 1 + size]) != tail:
            continue
        if kind not in _SHIFTS or not _cut_short(raw, index, size):
            whole = f"{text} {' '.join(tail)}"
            return size + 1, Token(kind, value, token.start, raw[index + size].end, whole)
    return 1, _NEW(Token, (alone[1], alone[2], token.start, token.end, text)) if alone else token


def _cut_short(raw: list[Token], index: int, size: int) -> bool:
    """Say whether `năm sau` is only the end of one phrase and the start of `sau khi`."""
    after = index + size + 1
    if raw[index + size].text not in _ENDS_SHIFT or after >= len(raw):
        return False
    return raw[after].text in _GOES_ON or raw[after].kind == "num"


def _mended(
    raw: list[Token], index: int, before: list[Token], slips: list[str], token: Token
) -> tuple[int, Token]:
    """Return the word that a garbled one must have been, with the number of pieces it takes."""
    if index + 1 < len(raw) and raw[index + 1].kind == "word":
        following = raw[index + 1]
        known = garbled_pair(token.text, following.text)
        if known is not None:
            slips.append(f"{token.text} {following.text}")
            return 2, Token(known[1], known[2], token.start, following.end, known[0])
    return 1, _mended_unit(raw, index, before, slips) if token.kind == "word" else token


def _mended_unit(raw: list[Token], index: int, before: list[Token], slips: list[str]) -> Token:
    """Return a garbled `tuần` or `ngày` mended, where its neighbours leave no doubt."""
    token = raw[index]
    letters = folded(token.text)
    if letters not in _SLIPPED:
        return token
    bound = BOUND_SLIPS.get(letters)
    if bound is not None and token.text != bound:
        slips.append(token.text)
        return Token("before", "", token.start, token.end, bound)
    unit = UNIT_SLIPS.get(letters)
    if unit is None:
        return token
    beside = before[-1].kind if before else ""
    number_follows = index + 1 < len(raw) and raw[index + 1].kind == "num"
    if beside == "every" or (number_follows and beside in _BEFORE_UNIT):
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
