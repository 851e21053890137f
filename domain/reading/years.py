"""The grammar of halves and whole years: 6 tháng đầu năm, năm 2026, năm sau, năm học 2025-2026."""

from __future__ import annotations

from dataclasses import replace

from domain.reading.atoms import Found, is_year, number_at, year_at
from domain.reading.spans import Span, whole_year
from domain.reading.tokens import Token


def half_at(ts: list[Token], i: int) -> Found | None:
    """Read 6 tháng đầu năm (2026), 9 tháng đầu năm, sáu tháng cuối năm."""
    number = number_at(ts, i, 11)
    short = ts[i + 1].text == "t" and ts[i].end == ts[i + 1].start  # 6T đầu năm
    if number is None or not (ts[i + 1].value == "M" or short) or ts[i + 2].kind != "edge":
        return None
    edge, j = ts[i + 2].value, i + 3
    if edge not in {"first", "last"}:
        return None
    year, shift, after = year_at(ts, j, "/")
    if after == j:
        j += ts[j].kind == "of"
        if not (ts[j].kind == "unit" and ts[j].value == "Y"):
            return None
        year, shift, after = None, 0, j + 1
    months = (1, number) if edge == "first" else (13 - number, 12)
    return Span("half", year, months[0], 1, months[1], 0, shift=shift), after


def year_span_at(ts: list[Token], i: int, *, bare: bool = False) -> Found | None:
    """Read năm 2026, 2026, năm sau, năm học 2025-2026; `bare` is for the second of a series."""
    j = i
    if ts[j].kind == "year" and isinstance(ts[j].value, int):
        return replace(whole_year(None), shift=int(ts[j].value), fuzzy=False), j + 1
    if ts[j].kind == "school":
        return _school_year(ts, j + 1)
    while ts[j].kind == "era" or (ts[j].kind == "unit" and ts[j].value == "Y"):
        j += 1
    if not is_year(ts[j]) or (bare and ts[j + 1].kind == "/"):
        return None
    if ts[j + 1].kind in {"-", "/"} and ts[j + 2].kind == "num" and ts[j + 3].kind in {"-", "/"}:
        return None
    return whole_year(int(ts[j].value)), j + 1


def _school_year(ts: list[Token], j: int) -> Found | None:
    if not is_year(ts[j]):
        return None
    year = int(ts[j].value)
    after = j + 3 if ts[j + 1].kind == "-" and is_year(ts[j + 2]) else j + 1
    return Span("part", year, 9, 1, 5, 31, year + 1, fuzzy=True), after
