"""The grammar of one stretch of the calendar: whole periods, their edges, their weeks and their days.

element := day | month | quarter | half | part | week | year
"""

from __future__ import annotations

from dataclasses import replace

from domain.reading.atoms import (
    ORDINALS,
    Found,
    day_at,
    month_at,
    number_at,
    quarter_at,
)
from domain.reading.spans import LAST_WEEK, Span, month, part_of, whole_year
from domain.reading.tokens import Token
from domain.reading.years import half_at, year_span_at


def part_at(ts: list[Token], i: int) -> Found | None:
    """Read cuối quý I, đầu tháng 3/2026, nửa đầu năm 2026."""
    if ts[i].kind != "edge":
        return None
    j = i + 1
    j += ts[j].kind == "of"
    found = month_at(ts, j) or quarter_at(ts, j) or year_span_at(ts, j)
    if found is not None and ts[j].kind == "school":
        return _part_of_school_year(found[0], str(ts[i].value)), found[1]
    if found is None and ts[j].kind == "unit" and ts[j].value == "Y":
        found = whole_year(None), j + 1
    if found is None:
        return None
    return part_of(found[0], str(ts[i].value)), found[1]


def _part_of_school_year(whole: Span, edge: str) -> Span:
    if edge == "first":
        return replace(whole, last_month=9, last_day=30, last_year=None)
    return replace(whole, first_month=5, year=whole.last_year, last_year=None) if edge == "last" else whole


def week_at(ts: list[Token], i: int) -> Found | None:
    """Read tuần 2 tháng 3/2026, tuần thứ nhất của tháng 3: which seven days is for people to confirm."""
    j = i + 1
    j += ts[j].kind == "nth"
    number = ORDINALS.get(ts[j].text) or number_at(ts, j, 5)
    edge = {"first": 1, "last": LAST_WEEK}.get(str(ts[j].value)) if ts[j].kind == "edge" else None
    j += 1
    j += ts[j].kind == "of"
    found = month_at(ts, j)
    if found is None or (number is None and edge is None):
        return None
    return replace(found[0], unit="part", week=number or edge or 1, fuzzy=True), found[1]


def months_of_year_at(ts: list[Token], i: int) -> Found | None:
    """Read `tháng cuối năm (2026)` and `những tháng đầu năm`."""
    j = i + 2 + (ts[i + 2].kind == "of")
    if ts[i + 1].kind != "edge" or ts[i + 1].value not in {"first", "last"} or ts[j].value != "Y":
        return None
    year = year_span_at(ts, j) or (whole_year(None), j + 1)
    if ts[i].text != "tháng":
        return part_of(year[0], str(ts[i + 1].value)), year[1]
    number = 1 if ts[i + 1].value == "first" else 12
    return replace(month(number, year[0].year), shift=year[0].shift), year[1]


_COUNTED = {"bước", "vòng", "khóa", "khoá", "lớp", "kỳ", "phần", "nhóm", "mục", "số", "điểm", "khoản", "điều"}


def edge_day_at(ts: list[Token], i: int) -> Found | None:
    """Read ngày cuối cùng của tháng 6/2026, ngày làm việc đầu tiên của quý III."""
    j = i + 1
    working = ts[j].kind == "workday"
    j += working
    edge = ts[j].value
    if ts[j].kind != "edge" or edge not in {"first", "last"}:
        return None
    j += 1
    j += ts[j].kind == "of"
    found = month_at(ts, j) or quarter_at(ts, j) or year_span_at(ts, j)
    if found is None and ts[j].kind == "unit" and ts[j].value == "Y":
        found = whole_year(None), j + 1
    if found is None:
        return None
    whole, after = found
    if edge == "first":
        return replace(whole, unit="day", last_month=whole.first_month, last_day=1), after
    return replace(whole, unit="day", first_month=whole.last_month, first_day=0, working=working), after


def days_at(ts: list[Token], i: int) -> Found | None:
    """Read 10 ngày đầu tháng 3/2026, 15 ngày cuối của tháng 6."""
    number = number_at(ts, i, 20)
    unit, edge = ts[i + 1], ts[i + 2]
    if number is None or unit.value != "D" or edge.kind != "edge" or edge.value not in {"first", "last"}:
        return None
    found = month_at(ts, i + 3 + (ts[i + 3].kind == "of"))
    if found is None:
        return None
    if edge.value == "first":
        return replace(found[0], unit="part", last_day=number), found[1]
    return replace(found[0], unit="part", first_day=1 - number), found[1]


def _day_or_edge(ts: list[Token], i: int) -> Found | None:
    return day_at(ts, i) or edge_day_at(ts, i)


def _month_or_edge(ts: list[Token], i: int) -> Found | None:
    return months_of_year_at(ts, i) or month_at(ts, i)


def _is_ordinal(ts: list[Token], i: int) -> bool:
    """Say whether `thứ` and what it counts stand before a number: hội nghị lần thứ 3/2026."""
    return ts[i - 1].text == "lần thứ" or (ts[i - 1].kind == "nth" and i > 1 and ts[i - 2].kind == "times")


def element_at(ts: list[Token], i: int) -> Found | None:
    """Read the one stretch that begins at `i`, whatever its size."""
    token = ts[i]
    kind = token.kind
    if kind == "edge":
        return part_at(ts, i)
    if kind in {"num", "numeral"}:
        if i and (ts[i - 1].kind in {"times", "era"} or ts[i - 1].text in _COUNTED or _is_ordinal(ts, i)):
            return None  # đợt 1 tháng 4: no first of April
        return day_at(ts, i) or half_at(ts, i) or month_at(ts, i) or year_span_at(ts, i) or days_at(ts, i)
    if kind == "unit":
        readers = {"D": _day_or_edge, "M": _month_or_edge, "Q": quarter_at, "Y": year_span_at, "W": week_at}
        reader = readers.get(str(token.value))
        return reader(ts, i) if reader else None
    if kind in {"year", "era", "school"}:
        return year_span_at(ts, i)
    if kind in {"weekday", "nth"}:
        return day_at(ts, i)
    return month_at(ts, i) or quarter_at(ts, i) if kind == "word" else None
