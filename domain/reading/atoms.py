"""The grammar of calendar words: days, months, quarters, halves, years.

Each function takes the tokens and a place, and returns what stands there with the place after it, or None:

    element := day | month | quarter | half | part | year
"""

from __future__ import annotations

from dataclasses import replace

from domain.reading.spans import Span, day, month, part_of, quarter, whole_year
from domain.reading.tokens import Token

Found = tuple[Span, int]
_ROMANS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "l": 1, "ll": 2, "lll": 3, "lv": 4, "il": 2, "li": 2, "v": 5}
_WEEKS = {"thứ hai": 2, "thứ ba": 3, "thứ tư": 4, "nhất": 1}
_YEARS = range(1990, 2101)


def is_year(token: Token) -> bool:
    """Say whether the token is a year in four figures."""
    return token.kind == "num" and token.value in _YEARS and len(token.text) == 4


def number_at(ts: list[Token], i: int, highest: int) -> int | None:
    """Return the number at `i`, in figures or words, where it is from 1 to `highest`."""
    token = ts[i]
    if token.kind in {"num", "numeral"} and isinstance(token.value, int) and 1 <= token.value <= highest:
        return token.value
    return None


def year_at(ts: list[Token], i: int, marks: str = "/-.") -> tuple[int | None, int, int]:
    """Return (year, shift, place after) of the year that follows at `i`; the place is `i` where none does."""
    j = i
    if ts[j].kind in marks and is_year(ts[j + 1]):
        return int(ts[j + 1].value), 0, j + 2
    if ts[j].kind in {",", "of", "in"}:
        j += 1
    if ts[j].kind == "year" and isinstance(ts[j].value, int):
        return None, int(ts[j].value), j + 1
    if ts[j].kind == "unit" and ts[j].value == "Y" and is_year(ts[j + 1]):
        return int(ts[j + 1].value), 0, j + 2
    if j == i and is_year(ts[j]):
        return int(ts[j].value), 0, j + 1
    return None, 0, i


def day_at(ts: list[Token], i: int) -> Found | None:
    """Read one day: 15/01/2026, ngày 15 tháng 01 năm 2026, 15/01, 2026-01-15."""
    j, named = i, False
    if ts[j].kind == "weekday":  # thứ Sáu, ngày 13/3/2026
        j += 1 + (ts[j + 1].kind == ",")
    if ts[j].kind == "unit" and ts[j].value == "D":
        j, named = j + 1, True
    first, mark, second = ts[j], ts[j + 1], ts[j + 2]
    if first.kind != "num":
        return None
    if is_year(first):
        return _iso_day(ts, j)
    if mark.text in {"các", "của"} and second.kind == "unit" and numbered_month(ts, j + 2):
        return _worded_day(ts, j, j + 3)
    if mark.kind == "unit" and mark.value == "M":
        return _worded_day(ts, j, j + 2)
    if (
        mark.kind not in {"/", "-", "."}
        or second.kind != "num"
        or len(first.text) > 2
        or len(second.text) > 2
    ):
        return None
    return _figured_day(ts, j, named=named)


def _iso_day(ts: list[Token], j: int) -> Found | None:
    mark, second, again, third = ts[j + 1 : j + 5]
    if mark.kind in {"-", "/"} and again.kind == mark.kind and second.kind == third.kind == "num":
        return day(int(third.value), int(second.value), int(ts[j].value)), j + 5
    return None


def numbered_month(ts: list[Token], i: int) -> bool:
    """Say whether a month with its number stands at `i`."""
    return ts[i].value == "M" and number_at(ts, i + 1, 12) is not None


def _worded_day(ts: list[Token], j: int, k: int) -> Found | None:
    number = number_at(ts, k, 99)
    if number is None or len(ts[j].text) > 2 or is_year(ts[k]):
        return None
    year, shift, after = year_at(ts, k + 1)
    return replace(day(int(ts[j].value), number, year), shift=shift), after


def _figured_day(ts: list[Token], j: int, *, named: bool) -> Found | None:
    mark, second = ts[j + 1].kind, ts[j + 2]
    after = j + 3
    found = day(int(ts[j].value), int(second.value))
    third = ts[after + 1]
    if ts[after].kind == mark and third.kind == "num":
        if len(third.text) == 2 and mark == "/":
            return found.with_year(2000 + int(third.value)), after + 2
        return (found.with_year(int(third.value)), after + 2) if is_year(third) else None
    if mark != "/" and not named:
        return None
    if ts[after].kind == "/" and mark != "/":
        return None  # 01-15/3/2026 is two days
    year, shift, end = year_at(ts, after, "-" if mark == "/" else "")
    if not (1 <= found.first_month <= 12) and year is None:
        return None
    return replace(found, year=year, shift=shift), end


def month_at(ts: list[Token], i: int, *, bare: bool = False) -> Found | None:
    """Read one month: tháng 2/2026, tháng mười, T9/2025, 9/2025; `bare` allows the number alone."""
    j, named = i, bare
    if (ts[j].kind == "unit" and ts[j].value == "M") or _prefixes(ts, j, "t"):
        j, named = j + 1, True
    number = number_at(ts, j, 99 if named and not bare else 12)  # tháng 13 is read, and found impossible
    if number is None or (len(ts[j].text) > 2 and ts[j].kind == "num"):
        return None
    if not named:
        if ts[j].kind == "num" and ts[j + 1].kind == "/" and is_year(ts[j + 2]):
            return month(number, int(ts[j + 2].value)), j + 3
        return None
    if ts[j + 1].kind == "/" and ts[j + 2].kind == "num" and not is_year(ts[j + 2]):
        return None  # a day
    year, shift, after = year_at(ts, j + 1)
    if bare and year is None and ts[j + 1].kind in {"unit", "hour", "times"}:
        return None
    return replace(month(number, year), shift=shift), after


def _prefixes(ts: list[Token], i: int, letter: str) -> bool:
    """Say whether the letter stands right before a number: T9, Q1."""
    return ts[i].text == letter and ts[i].end == ts[i + 1].start


def quarter_at(ts: list[Token], i: int, *, bare: bool = False) -> Found | None:
    """Read one quarter: Quý I/2026, quí IV-2025, quý 3 năm 2026; `bare` allows the number alone."""
    j = i
    if (ts[j].kind == "unit" and ts[j].value == "Q") or _prefixes(ts, j, "q"):
        j += 1
        j += ts[j].kind == "." and ts[j].end == ts[j + 1].start  # Q.I/2026
    elif not bare:
        return None
    number = _ROMANS.get(ts[j].text) or number_at(ts, j, 4)
    if ts[j].text == "1" and ts[j + 1].text == "v" and ts[j].end == ts[j + 1].start:
        number, j = 4, j + 1  # scanned IV
    if number is None:
        return None
    if bare and ts[j + 1].kind in {"unit", "hour", "times"} and ts[j + 1].value != "Y":
        return None
    year, shift, after = year_at(ts, j + 1)
    return replace(quarter(number, year), shift=shift), after


def half_at(ts: list[Token], i: int) -> Found | None:
    """Read 6 tháng đầu năm (2026), 9 tháng đầu năm, sáu tháng cuối năm."""
    number = number_at(ts, i, 11)
    if number is None or ts[i + 1].value != "M" or ts[i + 2].kind != "edge":
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


def part_at(ts: list[Token], i: int) -> Found | None:
    """Read cuối quý I, đầu tháng 3/2026, nửa đầu năm 2026."""
    if ts[i].kind != "edge":
        return None
    j = i + 1
    j += ts[j].kind == "of"
    found = month_at(ts, j) or quarter_at(ts, j) or year_span_at(ts, j)
    if found is None and ts[j].kind == "unit" and ts[j].value == "Y":
        found = whole_year(None), j + 1
    if found is None:
        return None
    return part_of(found[0], str(ts[i].value)), found[1]


def week_at(ts: list[Token], i: int) -> Found | None:
    """Read tuần 2 tháng 3/2026, tuần thứ nhất của tháng 3: which seven days is for people to confirm."""
    j = i + 1
    j += ts[j].kind == "nth"
    number = _WEEKS.get(ts[j].text) or number_at(ts, j, 5)
    edge = {"first": 1, "last": 4}.get(str(ts[j].value)) if ts[j].kind == "edge" else None
    j += 1
    j += ts[j].kind == "of"
    found = month_at(ts, j)
    if found is None or (number is None and edge is None):
        return None
    week = number or edge or 1
    last = 0 if week >= 4 else week * 7
    return replace(found[0], unit="part", first_day=week * 7 - 6, last_day=last, fuzzy=True), found[1]


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


def element_at(ts: list[Token], i: int) -> Found | None:
    """Read the one stretch that begins at `i`, whatever its size."""
    token = ts[i]
    kind = token.kind
    if kind == "edge":
        return part_at(ts, i)
    if kind in {"num", "numeral"}:
        return day_at(ts, i) or half_at(ts, i) or month_at(ts, i) or year_span_at(ts, i)
    if kind == "unit":
        readers = {"D": day_at, "M": month_at, "Q": quarter_at, "Y": year_span_at, "W": week_at}
        reader = readers.get(str(token.value))
        return reader(ts, i) if reader else None
    if kind in {"year", "era", "school"}:
        return year_span_at(ts, i)
    if kind == "weekday":
        return day_at(ts, i)
    return month_at(ts, i) or quarter_at(ts, i) if kind == "word" else None
