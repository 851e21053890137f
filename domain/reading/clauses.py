"""Part a text into clauses: bullets, sentences, lines and semicolons each begin another."""

from __future__ import annotations

from domain.reading.tokens import END, PAD, Token

Clause = tuple[list[Token], int]
_LIST = 60  # tokens of the longest list of days
_BULLET_WORDS = {"stage", "finish", "vague", "cause", "before", "until", "unit", "in"}


def clauses_of(items: list[Token], count: int, text: str) -> list[Clause]:
    """Return each clause as padded tokens with their number; bullets and line ends are left out."""
    clauses: list[Clause] = []
    current: list[Token] = []
    for index in range(count):
        token = items[index]
        mark = token.kind
        if mark not in {"-", "+", "•", ";", ".", "\n"}:
            current.append(token)
        elif _parts(items, index, count, text):
            _close(clauses, current)
            current = []
        elif mark not in {"\n", "•"}:
            current.append(token)
    _close(clauses, current)
    return clauses


def _close(clauses: list[Clause], current: list[Token]) -> None:
    if any(token.kind not in {".", ",", ")", "end"} for token in current):
        count = len(current)
        clauses.append((current + [END] * PAD, count))


def _parts(items: list[Token], index: int, count: int, text: str) -> bool:
    token, following = items[index], items[index + 1]
    mark = token.kind
    if mark == ";" and _lists_days(items, index):
        return False  # trước ngày 10/3; 10/6; 10/9
    if mark in {";", "•"}:
        return True
    if mark == ".":
        return following.kind == "end" or (following.start > token.end and _opens_sentence(items, index))
    capital = following.kind != "end" and text[following.start].isupper()
    if mark == "\n":
        return capital or following.kind in {"-", "+", "•"}
    before = items[index - 1] if index else END
    opens_line = index == 0 or before.kind in {"\n", ";", ".", ":"}
    if opens_line:
        return following.kind != "num" or index == 0
    spaced = token.start > before.end and following.start > token.end
    if mark == "+":
        return spaced and capital and following.kind != "unit"
    ranged = following.kind == "unit" and before.kind in {"num", "word"}  # Quý IV/2025 - Quý I/2026
    return spaced and capital and following.kind in _BULLET_WORDS and before.kind != "unit" and not ranged


def _lists_days(items: list[Token], index: int) -> bool:
    """Say whether a semicolon stands in a list of days under one bound, none of them the start of a range."""
    if items[index - 1].kind != "num" or items[index + 1].kind != "num" or items[index + 2].kind != "/":
        return False
    end = index + 4 + 2 * (items[index + 4].kind == "/")
    if items[end].kind in {"-", "to"}:
        return False
    begun = index - 1
    while begun > max(index - _LIST, 0) and items[begun].kind in {"num", "/", ";", ",", "unit"}:
        begun -= 1
    return items[begun].kind in {"before", "until"}


def _opens_sentence(items: list[Token], index: int) -> bool:
    """Say whether a stop before a number ends a sentence: `… năm 2026. 15/5 …`, not `ngày 02. 3. 2026`."""
    if items[index + 1].kind != "num":
        return True
    before = items[index - 1]
    told = before.kind != "num" or len(before.text) == 4
    return told and (items[index + 2].kind in {"/", "-", "unit"} or len(items[index + 1].text) == 4)
