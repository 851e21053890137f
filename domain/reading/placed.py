"""The grammar of days named by their place: ngày 20 hằng tháng, ngày 10 của tháng cuối quý, cuối tháng."""

from __future__ import annotations

from dataclasses import replace

from domain.reading.atoms import number_at
from domain.reading.phrase import DAY, Phrase, numbered, unit_at
from domain.reading.rhythm import DayOfPeriod
from domain.reading.tokens import Token

_MANY_DAYS = 12
_BOUNDS = {"before", "until", "in"}
_ORDER = {1: "first", 2: "second", 3: "last"}


def day_of_period_at(ts: list[Token], i: int) -> Phrase | None:
    """Read a day by its place: ngày 20 hằng tháng, ngày 10 của tháng cuối quý, cuối tháng."""
    named = _day_number(ts, i)
    if named is None:
        return _first_days(ts, i) or _month_of_period(ts, i)
    days, j, explicit = named
    tail, after = _tail(ts, j)
    if tail is None and not explicit:
        return None
    working = ts[i + 1].kind == "workday" and unit_at(ts, i, "D")
    found = replace(tail or DayOfPeriod(()), days=days, working=working)
    return Phrase(DAY, i, after if tail else j, days=found)


def _first_days(ts: list[Token], i: int) -> Phrase | None:
    """Read `5 ngày đầu (của) tháng sau`, `10 ngày đầu hằng tháng`: the last of them is due."""
    number = number_at(ts, i, 28)
    if number is None or not unit_at(ts, i + 1, "D") or ts[i + 2].value != "first":
        return None
    j = i + 3
    while ts[j].kind in {"of", "every", "in"}:
        j += 1
    following = ts[j].kind == "next" and ts[j].value == "M"
    if not following and not (unit_at(ts, j, "M") and not numbered(ts, j + 1)):
        return None
    return Phrase(DAY, i, j + 1, days=DayOfPeriod((number,), "next" if following else "same", "M"))


def _day_number(ts: list[Token], i: int) -> tuple[tuple[int, ...], int, bool] | None:
    """Return (days, place after, whether `ngày` is written)."""
    j = i
    if unit_at(ts, j, "D"):
        j += 1
        j += ts[j].kind == "workday"
        if ts[j].kind == "edge" and ts[j].value in {"last", "first"} and not unit_at(ts, j + 1, "Q"):
            return (-1 if ts[j].value == "last" else 1,), j + 1, True
        if ts[j].kind == "nth" and not (unit_at(ts, j + 2, "W") or unit_at(ts, j + 3, "W")):
            j += 1  # ngày làm việc thứ 5 của tháng
    number = number_at(ts, j, 31) if ts[j].kind == "num" else None
    if ts[j - 1].kind == "nth" and j == i:
        return None  # tháng thứ 2 của quý
    if number is None or unit_at(ts, j + 1, "D", "W", "P") or ts[j + 1].kind in {"times", "/", "hour"}:
        return None
    days, after = [number], j + 1
    while ts[after].kind in {"and", ","} and len(days) < _MANY_DAYS:
        k = after + 1 + unit_at(ts, after + 1, "D")
        another = number_at(ts, k, 31) if ts[k].kind == "num" else None
        if another is None or ts[k + 1].kind == "/":
            break
        days.append(another)
        after = k + 1
    named = j > i
    if unit_at(ts, after, "M") and (numbered(ts, after + 1) or not named):
        return None  # a day and its month; 6 tháng is no day
    return tuple(days), after, named


def _tail(ts: list[Token], j: int) -> tuple[DayOfPeriod | None, int]:
    """Read `hằng tháng`, `của tháng cuối (cùng) quý`, `của tháng báo cáo`, `tháng sau`."""
    k = j + (ts[j].kind in {"of", "in", ","})
    if ts[j].kind == "," and ts[k].kind == "every" and ts[k + 2].kind in _BOUNDS:
        return None, j  # trước ngày 20, hằng quý trước ngày 15
    k += ts[k].kind == "every"
    if ts[k].kind == "next" and ts[k].value == "M":
        return _in_period(ts, k + 1, DayOfPeriod((), "next", "M"))
    if unit_at(ts, k, "Q") and not numbered(ts, k + 1) and k > j:  # ngày cuối cùng của quý
        return DayOfPeriod((), "last" if ts[j - 1].kind == "edge" else "", "Q"), k + 1
    if not unit_at(ts, k, "M") or numbered(ts, k + 1):
        return None, j
    k += 1
    if ts[k].kind == "edge" and ts[k].value in {"first", "last"}:
        if numbered(ts, k + 2) or (ts[k + 1].kind == "of" and numbered(ts, k + 3)):
            return None, j  # tháng cuối quý II
        if unit_at(ts, k + 1, "Y") or (ts[k + 1].kind == "of" and unit_at(ts, k + 2, "Y")):
            return None, j  # tháng cuối năm
        return _in_period(ts, k + 1, DayOfPeriod((), str(ts[k].value)))
    if ts[k].text == "thứ hai":
        return _in_period(ts, k + 1, DayOfPeriod((), "second"))
    if ts[k].text == "báo cáo" or unit_at(ts, k, "P"):
        return DayOfPeriod((), "same", "M"), k + 1
    if {ts[j].kind, ts[k - 2].kind} & {"of", "in", "every", "edge"}:
        return _in_period(ts, k, DayOfPeriod((), "same", "M"))
    return None, j  # ngày 15 tháng …: which month it is isn't known


def _in_period(ts: list[Token], j: int, found: DayOfPeriod) -> tuple[DayOfPeriod, int]:
    """Add the period that the month belongs to: `của quý liền sau`, `kỳ báo cáo`."""
    k = j
    while ts[k].kind in {"of", "in", "every"}:
        k += 1
    if ts[k].kind == "next" and ts[k].value in {"Q", "P"}:
        return replace(found, period=str(ts[k].value), following=True), k + 1
    if unit_at(ts, k, "Q", "P") and not numbered(ts, k + 1):
        if found.month in {"", "same"} and unit_at(ts, k, "P"):
            return replace(found, period="M"), k + 1
        k += 1
        k += ts[k].text == "báo cáo"
        return replace(found, period="Q"), k
    if found.month in {"first", "second", "last"} and not found.period:
        found = replace(found, period="Q")
    return found, j


def _month_of_period(ts: list[Token], i: int) -> Phrase | None:
    """Read `tháng cuối quý`, `cuối mỗi quý`, `cuối tháng`: the last day is meant."""
    if unit_at(ts, i, "M") and ts[i + 1].kind == "nth":  # tháng thứ 2 của quý
        month = _ORDER.get(number_at(ts, i + 2, 3) or 0)
        j = i + 3 + (ts[i + 3].kind == "of")
        j += ts[j].kind == "every"
        quarterly = month is not None and unit_at(ts, j, "Q") and not numbered(ts, j + 1)
        return Phrase(DAY, i, j + 1, days=DayOfPeriod((-1,), month or "", "Q")) if quarterly else None
    if unit_at(ts, i, "M") and (ts[i + 1].kind == "edge" or ts[i + 1].text == "thứ hai"):
        tail, after = _tail(ts, i)
        if tail is not None and tail.month:
            return Phrase(DAY, i, after, days=replace(tail, days=(-1,)))
    first, named = i, unit_at(ts, i, "D")  # ngày cuối quý
    i += named
    if ts[i].kind == "edge" and ts[i].value in {"last", "first"}:
        j = i + 1
        j += ts[j].kind == "of"
        j += ts[j].kind == "every"
        if unit_at(ts, j, "M", "Q", "P") and not numbered(ts, j + 1):
            number = -1 if ts[i].value == "last" else 1
            period = "M" if ts[j].value == "M" else "Q"
            month = "" if period == "M" else str(ts[i].value)
            vague = (number == 1 or unit_at(ts, j, "P")) and not named
            return Phrase(DAY, first, j + 1, days=DayOfPeriod((number,), month, period), about=vague)
    return None
