"""The grammar of papers that are cited with the day on which they were issued, which is no deadline."""

from __future__ import annotations

from domain.reading.atoms import day_at
from domain.reading.phrase import CITATION, Phrase, unit_at
from domain.reading.tokens import Token


def citation_at(ts: list[Token], i: int, limit: int) -> Phrase | None:
    """Read a document's number with the day it was issued, which is no deadline."""
    for j in range(i + 1, min(i + 9, limit)):
        kind = ts[j].kind
        if unit_at(ts, j, "D") or (kind == "num" and j == i + 1):
            dated = day_at(ts, j)
            return Phrase(CITATION, i, dated[1] if dated else i + 1)
        if kind not in {"word", "of", "vague"}:
            break
    return Phrase(CITATION, i, i + 1)


def numbered_paper_at(ts: list[Token], i: int) -> Phrase | None:
    """Read `Quyết định 16 ngày 14/01/2026`: a paper with its number and the day it was issued."""
    j = i + 1 + (ts[i + 1].text == "số")
    if ts[j].kind != "num" or not unit_at(ts, j + 1, "D"):
        return None
    dated = day_at(ts, j + 1)
    return Phrase(CITATION, i, dated[1]) if dated else None


def law_at(ts: list[Token], i: int) -> Phrase | None:
    """Read `Luật … ngày 16 tháng 6 năm 2025` and `Nghị quyết ngày 5/3/2026`: a document and its day."""
    for j in range(i + 1, i + 9):
        kind = ts[j].kind
        if unit_at(ts, j, "D"):
            dated = day_at(ts, j)
            return Phrase(CITATION, i, dated[1]) if dated else None
        if kind not in {"word", "vague", "of", "stage"}:
            return None
    return None
