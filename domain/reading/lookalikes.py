"""The grammar of what only looks like a deadline: meetings, terms, cut-offs, `nếu có`, `các năm sau`."""

from __future__ import annotations

from dataclasses import replace

from domain.reading.atoms import day_at, is_year
from domain.reading.causes import OWN_WORK, starts_phrase
from domain.reading.phrase import CUTOFF, DATE, EVENT, EXCEPT, VAGUE, Phrase, unit_at
from domain.reading.rhythm import HALF_YEARLY, MONTHLY, QUARTERLY, YEARLY
from domain.reading.series import series_at
from domain.reading.spans import Span, whole_year
from domain.reading.tokens import Token
from domain.reading.years import half_at, year_span_at

# What the name of a day may hold, and how many words.
_NAMING = {"word", "feast", "session", "and", "numeral", "of", "stage", "edge"}
_LONG_NAME = 12
_NINE = 9
_BRACKETS = {"(", ")", ".", "-", ","}


def session_at(ts: list[Token], i: int, count: int) -> Phrase | None:
    """Read a meeting, whose month is when it is held and not when work is due; one to be held is the work."""
    if i and ts[i - 1].kind == "stage" and ts[i - 1].value == "implement":
        return None
    end = i + 1
    while end < count and ts[end].kind not in {";", "(", ",", "before", "until"}:
        if ts[end].kind == "and" and starts_phrase(ts, end + 1):
            break
        end += 1
    for j in range(i + 1, end):
        series = series_at(ts, j)
        if series is not None and series[0][0].unit in {"day", "month", "quarter"}:
            return Phrase(EVENT, i, max(end, series[1]), series[0], base=(i, max(end, series[1])))
    return Phrase(EVENT, i, end, base=(i, end))


def term_at(ts: list[Token], i: int) -> Phrase:
    """Read `học kỳ I năm học 2026-2027`, whose days each province sets."""
    j = i + 1
    if ts[j].kind in {"num", "numeral"} or ts[j].text in {"i", "ii"}:
        j += 1
    j += ts[j].kind in {"of", ","}
    year = year_span_at(ts, j)
    return Phrase(VAGUE, i, year[1] if year else j)


def if_any_at(ts: list[Token], i: int, count: int, found: list[Phrase]) -> Phrase:
    """Read `(nếu có)`: the words before it, back to the last phrase, happen only if needed."""
    if ts[i].text == "nếu có" and not any(
        token.kind not in _BRACKETS for token in (*ts[:i], *ts[i + 1 : count])
    ):
        return Phrase(VAGUE, i, i + 1)
    first = i
    while first > 0 and not (found and first <= found[-1].last):
        first -= 1
    while ts[first].kind in {"and", ",", "("} and first < i:
        first += 1
    return Phrase(EVENT, i, i + 1, base=(first, i + 1))


def except_at(ts: list[Token], i: int, count: int) -> Phrase:
    """Read `(trừ thứ Bảy, Chủ nhật)`, `(lùi từ tháng 4)`: what is left out or was is no time of the work."""
    end = i + 1
    while end < count and ts[end].kind not in {")", ";", "("}:
        end += 1
    return Phrase(EXCEPT, i, end)


def bare_months(ts: list[Token]) -> Phrase:
    """Read `9 tháng` alone, the report of nine months, and `6 tháng`, which may be anything."""
    if ts[0].value == _NINE:
        return Phrase(DATE, 0, 2, [Span("half", None, 1, 1, _NINE, 0, fuzzy=True)])
    return Phrase(VAGUE, 0, 2)


def onward_at(first: int, i: int, found: list[Phrase]) -> Phrase:
    """Read `trong các năm tiếp theo`: from the year after the last one named, else after the plan's."""
    named = [span for phrase in found for span in phrase.spans if span.year is not None]
    year = (named[-1].last_year or named[-1].year) if named else None
    after = whole_year(year + 1) if year is not None else replace(whole_year(None), shift=1)
    return Phrase(DATE, first, i + 1, [after], "from", onward=True)


def cutoff_at(ts: list[Token], i: int, count: int) -> Phrase:
    """Read `(số liệu) tính từ … đến …`: the days that a report covers, never its deadline."""
    end = i + 1
    while end < count and ts[end].kind not in {";", ")", "("}:
        if ts[end].kind == "," and starts_phrase(ts, end + 1):
            break
        if ts[end].kind == "before" and end > i + 1 and starts_phrase(ts, end):
            break  # số liệu đến 31/12/2025 trước ngày 15/01/2026
        end += 1
    units = {str(token.value) for token in ts[max(i - 6, 0) : end] if token.kind == "unit"}
    units |= {"Y" for token in ts[i:end] if token.kind == "year"}
    years = any(is_year(token) for token in ts[i:end])
    named = (("Y", YEARLY), ("Q", QUARTERLY), ("P", MONTHLY), ("M", MONTHLY))
    rhythms = [rhythm for unit, rhythm in named if unit in units and not years]
    if any(half_at(ts, at) for at in range(max(i - 6, 0), end) if ts[at].kind == "num"):
        rhythms = [HALF_YEARLY]
    return Phrase(CUTOFF, i, end, rhythms=rhythms[:1])


def named_day_at(ts: list[Token], first: int, i: int, limit: int, bound: str) -> Phrase | None:
    """Read `trước Ngày hội Đại đoàn kết 18/11`, `trước khai giảng 05/9`: a day with its name before it."""
    for j in range(i, min(i + _LONG_NAME, limit)):
        token = ts[j]
        if j > i and (token.kind == "num" or unit_at(ts, j, "D")):
            dated = day_at(ts, j)
            if dated is not None:
                return Phrase(DATE, first, dated[1], [dated[0]], bound)
        named = unit_at(ts, j, "D") and j == i
        if not named and (token.kind not in _NAMING or token.text in OWN_WORK):
            return None
    return None
