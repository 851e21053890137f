"""The grammar of series: stretches of the calendar in a list or a range.

    series := element (joiner element)*          joiner := , | - | và | đến

A range is one stretch; so is a list without gaps (Quý III, IV). Others stay apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.reading.atoms import Found, day_at, is_year, month_at, quarter_at
from domain.reading.elements import element_at, part_at
from domain.reading.spans import Span, day, part_of
from domain.reading.tokens import Token
from domain.reading.years import half_at, year_span_at

_JOINS = {",", "-", "+", "and", "to", ";"}
_UNTIL = {"đến hết", "tới hết", "cho đến hết"}
_DAY_JOINS = {"-", "to", ",", "and"}
_DAYS = range(1, 32)
_GOES_ON = {",", "and", "end", ")", "unit", "every"}  # what may follow another month of the same day
_MANY_DAYS = 31


def _days_between(ts: list[Token], i: int) -> tuple[list[Span], int] | None:
    """Read 01-15/3/2026, ngày 10 đến 20/3/2026 and 10, 11 và 20/3/2026."""
    worded = ts[i].kind == "unit" and ts[i].value == "D"
    j = i + worded
    if not worded and i and ts[i - 1].kind in {"times", "era"}:
        return None
    days: list[int] = []
    joins: list[str] = []
    while _plain_day(ts, j) and ts[j + 1].kind in _DAY_JOINS and len(days) < _MANY_DAYS:
        days.append(int(ts[j].value))
        joins.append(ts[j + 1].kind)
        j += 2
        if ts[j].kind == "unit" and joins[-1] == "," and not worded:
            return None
        if _plain_day(ts, j + (ts[j].kind == "unit")) and ts[j].value == "D":
            j += ts[j + 2].kind in _DAY_JOINS
    if not days:
        return None
    last = day_at(ts, j)
    if last is None and len(days) == 1 and not worded and joins == ["-"]:
        return _bare_months(ts, i)
    if last is None or last[0].unit != "day" or ts[j].kind in {"weekday", "nth"}:
        return None
    return _days_of(last[0], days, joins, apart=ts[j].kind == "unit"), last[1]


def _plain_day(ts: list[Token], j: int) -> bool:
    return ts[j].kind == "num" and len(ts[j].text) <= 2 and ts[j].value in _DAYS


def _days_of(last: Span, days: list[int], joins: list[str], *, apart: bool) -> list[Span]:
    """Return the days of one month; a range is one stretch, and so are days in a row, unless named apart."""
    found = [replace(last, first_day=days[0], last_day=days[0])]
    for number, join in zip([*days[1:], last.first_day], joins, strict=True):
        before = found[-1]
        row = number == before.last_day + 1 and not apart
        if join in {"-", "to"} or row:
            found[-1] = replace(before, last_day=number, unit="part", joined=True)
        else:
            found.append(replace(last, first_day=number, last_day=number))
    return found


def _bare_months(ts: list[Token], j: int) -> tuple[list[Span], int] | None:
    """Read 5-10/2026: months, since no day has a year right after it."""
    last = month_at(ts, j + 2)
    first = month_at(ts, j, bare=True)
    if last is None or first is None or ts[j + 2].kind != "num":
        return None
    return [range_between(first[0], last[0])], last[1]


def series_at(ts: list[Token], i: int) -> tuple[list[Span], int] | None:
    """Read a series at `i`: stretches without a gap are joined, the others stay apart."""
    pair = _days_between(ts, i)
    if pair is not None:
        return pair
    found = element_at(ts, i)
    if found is None:
        return None
    spans, joins = [found[0]], [""]
    j = found[1]
    while ts[j].kind in _JOINS or ts[j].text in _UNTIL or _slashed_years(ts, j, spans[-1]):
        following = _next_element(ts, j, spans[-1])
        if following is None:
            break
        spans.append(following[0])
        joins.append(ts[j].kind)
        j = following[1]
    if len(spans) > 1:
        spans = _joined(_with_years(_ranges(spans, joins)))
    return spans, j


def _slashed_years(ts: list[Token], j: int, last: Span) -> bool:
    return ts[j].kind == "/" and last.unit == "year" and is_year(ts[j + 1])


def _next_element(ts: list[Token], j: int, last: Span) -> Found | None:
    k = j + 1
    if ts[j].kind == "," and ts[k].kind in {"and", "to"}:
        k += 1
    readers: dict[str, Callable[[list[Token], int], Found | None]] = {
        "month": lambda ts, k: month_at(ts, k, bare=ts[k].kind == "num"),
        "quarter": lambda ts, k: quarter_at(ts, k, bare=ts[k].kind in {"word", "num"}),
        "year": lambda ts, k: year_span_at(ts, k, bare=True),
        "half": half_at,
        "part": lambda ts, k: part_at(ts, k) or _same_edge(ts, k, last),
        "day": lambda ts, k: (
            day_at(ts, k) or (_same_day(ts, k, last) if ts[j].kind in {",", "and"} else None)
        ),
    }
    found = readers[last.unit](ts, k)
    if found is None and ts[j].kind in {"to", "until"}:  # quý II đến tháng 9/2026
        k += ts[k].kind == "until"
        found = element_at(ts, k)
    return found


def _same_edge(ts: list[Token], k: int, last: Span) -> Found | None:
    """Read on in `cuối tháng 3, 6, 9`, `cuối quý I, II`: the same part of another month or quarter."""
    if not last.edge or ts[k].kind == "unit":
        return None
    unit = next((token.value for token in reversed(ts[max(k - 8, 0) : k]) if token.kind == "unit"), None)
    found = (
        month_at(ts, k, bare=True) if unit == "M" else quarter_at(ts, k, bare=True) if unit == "Q" else None
    )
    return (part_of(found[0], last.edge), found[1]) if found else None


def _same_day(ts: list[Token], k: int, last: Span) -> Found | None:
    """Read on in `ngày 10 tháng 3, tháng 6, 9, 12`: the same day of another month."""
    named = ts[k].kind == "unit" and ts[k].value == "M"
    worded = ts[k - 3].kind == "unit" or ts[k - 2].kind == "num"
    if not named and not (worded and ts[k - 1].kind in {",", "and"} and ts[k + 1].kind in _GOES_ON):
        return None
    if named and all(token.value != "M" for token in ts[max(k - 7, 0) : k - 1]):
        return None  # 15/12/2026, tháng 5: no day of May
    found = month_at(ts, k, bare=not named)
    if found is None:
        return None
    if ts[found[1]].kind in {"-", "to"}:
        return None  # a run of months
    number = last.first_day
    if number < 1:  # ngày cuối tháng 3, 6, 9
        return replace(found[0], unit="day", first_day=number), found[1]
    return replace(day(number, found[0].first_month, found[0].year), shift=found[0].shift), found[1]


def _with_years(spans: list[Span]) -> list[Span]:
    """Give a stretch without a year the year of the next one that has it, else of the one before."""
    filled = list(spans)
    for index in range(len(filled) - 2, -1, -1):
        if not filled[index].dated and filled[index + 1].dated:
            filled[index] = filled[index].with_year(filled[index + 1].year, filled[index + 1].shift)
    for index in range(1, len(filled)):
        if not filled[index].dated and filled[index - 1].dated:
            filled[index] = filled[index].with_year(filled[index - 1].year, filled[index - 1].shift)
    return filled


def _ranges(spans: list[Span], joins: list[str]) -> list[Span]:
    together = [spans[0]]
    for span, join in zip(spans[1:], joins[1:], strict=True):
        if join in {"-", "to", "until", "/"}:
            together[-1] = range_between(together[-1], span)
        else:
            together.append(span)
    return together


def _joined(spans: list[Span]) -> list[Span]:
    together: list[Span] = [spans[0]]
    for span in spans[1:]:
        if span.unit not in {"day", "half"} and _follows(together[-1], span):
            together[-1] = range_between(together[-1], span)
        else:
            together.append(span)
    return together


def _follows(before: Span, after: Span) -> bool:
    if before.unit == "year":
        return (before.last_year or before.year or 0) + 1 == after.year
    if before.year is not None and (before.last_year or before.year) + 1 == after.year:
        return (before.last_month, after.first_month) == (
            12,
            1,
        ) and before.last_day == 0  # Quý IV/2027, Quý I/2028
    same_year = (before.last_year or before.year) == after.year and before.shift == after.shift
    return same_year and before.last_month + 1 == after.first_month and before.last_day == 0


def range_between(first: Span, last: Span) -> Span:
    """Return the stretch of `từ first đến last`; whichever lacks a year takes the other's."""
    year, last_year = first.year, last.last_year or last.year
    wraps = (first.first_month, first.first_day) > (last.last_month, last.last_day or 31)
    if year is None and last_year is not None and not first.shift:
        year = last_year - wraps  # từ tháng 11 đến tháng 3/2026
    elif year is not None and last_year is None:
        last_year = year + max(wraps, last.shift)
    return Span(
        first.unit if first.unit == last.unit and first.unit != "day" else "part",
        year,
        first.first_month,
        first.first_day,
        last.last_month,
        last.last_day,
        last_year if last_year != year else None,
        first.shift,
        first.fuzzy or last.fuzzy or first.shift < 0 < last.shift,
        joined=True,
        last_shift=max(wraps, last.shift - first.shift) if year is None else 0,
    )
