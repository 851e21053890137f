"""The grammar of calendar words: days, months, quarters, halves, years.

Each function takes the tokens and a place, and returns what stands there with the place after it, or None.
"""

from __future__ import annotations

from dataclasses import replace

from domain.reading.spans import Span, day, month, quarter
from domain.reading.tokens import Token

Found = tuple[Span, int]
_Number = tuple[int, int]
SCANNED_ROMANS = {
    "l": 1,
    "ll": 2,
    "il": 2,
    "li": 2,
    "lll": 3,
    "iil": 3,
    "ili": 3,
    "lii": 3,
    "ill": 3,
    "lil": 3,
    "lli": 3,
    "lv": 4,
}
ROMANS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5} | SCANNED_ROMANS
_MIXED_ROMANS = {"ii": 2, "iii": 3, "iv": 4}
LUNAR = {"giêng", "chạp"}
_SHORT_YEARS = range(20, 41)
ORDINALS = {"thứ hai": 2, "thứ ba": 3, "thứ tư": 4, "nhất": 1}
_YEARS = range(1900, 2300)


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
    if ts[j].kind in {",", "("} and is_year(ts[j + 1]) and ts[j + 2].kind in {"end", ")", ".", ";", ":"}:
        closing = ts[j].kind == "(" and ts[j + 2].kind == ")"
        if closing or ts[j].kind == ",":  # Quý I, 2026; Quý I (2026)
            return int(ts[j + 1].value), 0, j + 2 + closing
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
    if ts[j].kind in {"weekday", "nth"}:
        return _after_weekday(ts, j)
    while ts[j].kind == "unit" and ts[j].value == "D" and j < i + 2:  # ngày ngày
        j, named = j + 1, True
    first, mark, second = ts[j], ts[j + 1], ts[j + 2]
    if first.kind != "num":
        return None
    if is_year(first):
        return _iso_day(ts, j)
    if (
        mark.text in {"các", "của"}
        and second.value == "M"
        and (numbered_month(ts, j + 2) or ts[j + 3].kind == "edge")
    ):
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


def _after_weekday(ts: list[Token], i: int) -> Found | None:
    """Read on in `thứ Sáu, ngày 13/3/2026`, `thứ 6 (13/3/2026)`."""
    j = i + 1 + (ts[i].kind == "nth")
    bracketed = ts[j].kind == "("
    j += bracketed or ts[j].kind == ","
    if ts[j].kind != "num" and not (ts[j].kind == "unit" and ts[j].value == "D"):
        return None
    found = day_at(ts, j)
    if found is None:
        return None
    return found[0], found[1] + (bracketed and ts[found[1]].kind == ")")


def _iso_day(ts: list[Token], j: int) -> Found | None:
    mark, second, again, third = ts[j + 1 : j + 5]
    if mark.kind in {"-", "/"} and again.kind == mark.kind and second.kind == third.kind == "num":
        return day(int(third.value), int(second.value), int(ts[j].value)), j + 5
    return None


def numbered_month(ts: list[Token], i: int) -> bool:
    """Say whether a month with its number stands at `i`."""
    return ts[i].value == "M" and number_at(ts, i + 1, 12) is not None


def _worded_day(ts: list[Token], j: int, k: int) -> Found | None:
    if ts[k].kind == "edge":  # ngày 10 tháng cuối quý II/2026
        ended, chosen = _month_of_quarter(ts, k), int(ts[j].value)
        return (replace(ended[0], unit="day", first_day=chosen, last_day=chosen), ended[1]) if ended else None
    number = number_at(ts, k, 99)
    if number is None or len(ts[j].text) > 2 or is_year(ts[k]):
        return None
    year, shift, after = year_at(ts, k + 1)
    found = day(int(ts[j].value), number, year, shift)
    found.fuzzy = ts[k].text in LUNAR
    return found, after


def _figured_day(ts: list[Token], j: int, *, named: bool) -> Found | None:
    mark, second = ts[j + 1].kind, ts[j + 2]
    after = j + 3
    found = day(int(ts[j].value), int(second.value))
    third = ts[after + 1]
    if ts[after].kind == mark and third.kind == "num":
        if len(third.text) == 2 and mark in {"/", "."}:
            return found.with_year(2000 + int(third.value)), after + 2
        return (found.with_year(int(third.value)), after + 2) if is_year(third) else None
    if mark != "/" and not named and not _after_bound(ts, j):
        return None
    if ts[after].kind == "/" and mark != "/":
        return None  # 01-15/3/2026 is two days
    if ts[after].kind == "unit" and ts[after].value == "D":
        return None  # không quá 1/2 ngày
    year, shift, end = year_at(ts, after, "-" if mark == "/" else "")
    if not (1 <= found.first_month <= 12) and year is None:
        return None
    found.year, found.shift = year, shift
    return found, end


def _after_bound(ts: list[Token], j: int) -> bool:
    """Say whether `15.3` stands right after `trước`, `đến`, `từ` and is no share, so that it is a day."""
    if not j or ts[j - 1].kind not in {"before", "until", "to", "from"}:
        return False
    number, after = ts[j + 2].value, ts[j + 3].kind
    return isinstance(number, int) and 1 <= number <= 12 and after not in {"%", "word", "num", "-"}


def garbled_year(ts: list[Token], i: int) -> bool:
    """Say whether a year with a figure too many or too few follows: /20226, /202."""
    if ts[i].kind not in {"/", "-"} or ts[i + 1].kind != "num":
        return False
    return len(ts[i + 1].text) > 4 or (len(ts[i + 1].text) == 3 and ts[i].kind == "/")


def month_at(ts: list[Token], i: int, *, bare: bool = False) -> Found | None:
    """Read one month: tháng 2/2026, tháng mười, T9/2025, Th.9, 9/2025; `bare` allows the number alone."""
    j, named = i, bare
    if ts[j].kind == "unit" and ts[j].value == "M":
        j, named = j + 1, True
        if ts[j].kind == "edge":
            return _month_of_quarter(ts, j)
    elif ts[j].text in {"t", "th"}:
        j = _after_letter(ts, j)
        named = named or j > i
    number = number_at(ts, j, 99 if named and not bare else 12)  # tháng 13 is read, and found impossible
    if number is None or (len(ts[j].text) > 2 and ts[j].kind == "num"):
        return None
    if not named:
        return _figured_month(ts, j, number)
    if ts[j + 1].kind == "/" and ts[j + 2].kind == "num" and not is_year(ts[j + 2]):
        short = _short_year(ts, j + 1) if not bare else None
        return (month(number, short), j + 3) if short else None  # else a day
    year, shift, after = year_at(ts, j + 1)
    if bare and year is None and ts[j + 1].kind in {"unit", "hour", "times"}:
        return None
    found = month(number, year, shift)
    found.fuzzy = ts[j].text in LUNAR
    return found, after


def _figured_month(ts: list[Token], j: int, number: int) -> Found | None:
    """Read 9/2025, 09-2025 and 09.2025, where no day stands before the month."""
    mark, year = ts[j + 1], ts[j + 2]
    if ts[j].kind != "num" or not is_year(year):
        return None
    tight = len(ts[j].text) == 2 and ts[j].end == mark.start and mark.end == year.start
    apart = not (j and ts[j - 1].kind in "-./" and ts[j - 1].end == ts[j].start)
    if mark.kind == "/" or (mark.kind in {"-", "."} and tight and apart and ts[j + 3].kind != mark.kind):
        return month(number, int(year.value)), j + 3
    return None


def _month_of_quarter(ts: list[Token], i: int) -> Found | None:
    """Read on in `tháng cuối quý II/2026`."""
    found = quarter_at(ts, i + 1 + (ts[i + 1].kind == "of"))
    place = {"first": 0, "mid": 1, "last": 2}.get(str(ts[i].value))
    if found is None or place is None:
        return None
    whole = found[0]
    return replace(month(whole.first_month + place, whole.year), shift=whole.shift), found[1]


def _short_year(ts: list[Token], i: int) -> int | None:
    """Return the year of `/26`."""
    number = ts[i + 1].value
    short = ts[i].kind == "/" and len(ts[i + 1].text) == 2 and ts[i + 2].kind not in {"/", "-"}
    return 2000 + number if short and isinstance(number, int) and number in _SHORT_YEARS else None


def _after_letter(ts: list[Token], i: int) -> int:
    """Return the place of the number that a letter stands right before: T9, T.9, Q1; else `i`."""
    j = i + 1
    if ts[j].kind == "." and ts[j].start == ts[i].end:
        return j + 1
    return j if ts[i].end == ts[j].start else i


def quarter_at(ts: list[Token], i: int, *, bare: bool = False) -> Found | None:
    """Read one quarter: Quý I/2026, quí IV-2025, quý 3 năm 2026; `bare` allows the number alone."""
    j = i
    if ts[j].kind == "unit" and ts[j].value == "Q":
        j += 1
        j += ts[j].kind == "nth"
    elif ts[j].text == "q":
        j = _after_letter(ts, j)
        j += j == i and ts[i + 1].text in ROMANS
    if j == i and not bare:
        return None
    found = _quarter_number(ts, j, named=j > i)
    if found is None:
        return None
    number, after = found
    if garbled_year(ts, after):
        return None
    if bare and ts[after].kind in {"unit", "hour", "times"} and ts[after].value != "Y":
        return None
    short = _short_year(ts, after)
    if short:
        return quarter(number, short), after + 2
    year, shift, after = year_at(ts, after)
    return quarter(number, year, shift), after


def _quarter_number(ts: list[Token], j: int, *, named: bool) -> _Number | None:
    """Return (number, place after): figures, words, `thứ hai`, roman figures even where scanned badly."""
    token = ts[j]
    if token.end == ts[j + 1].start and {token.kind, ts[j + 1].kind} == {"num", "word"}:
        mixed = f"{token.text}{ts[j + 1].text}".replace("1", "i").replace("l", "i")
        if mixed in _MIXED_ROMANS:
            return _MIXED_ROMANS[mixed], j + 2  # scanned II, III, IV: 1I, I1, 1V
    number = ROMANS.get(token.text) or ORDINALS.get(token.text)
    if ts[j + 1].kind == "num" and ts[j + 1].start == token.end:
        return None  # Quý II1
    if number is None:
        number = number_at(ts, j, 99 if named else 4)  # quý 5 is read, and found impossible
        if number is not None and ts[j + 1].kind == "times":
            return None
    return (number, j + 1) if number else None
