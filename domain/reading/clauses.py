"""Part a text into clauses: bullets, sentences, lines and semicolons each begin another."""

from __future__ import annotations

from domain.reading.tokens import END, PAD, Token

Clause = tuple[list[Token], int]
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
    if mark == ";" and following.kind == "num" and items[index + 2].kind == "/":
        return False  # trước ngày 10/3; 10/6; 10/9
    if mark in {";", "•"}:
        return True
    if mark == ".":
        return following.kind == "end" or (following.start > token.end and following.kind != "num")
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
