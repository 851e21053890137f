"""The grammar of what comes back: hằng quý, định kỳ 6 tháng, 02 lần/năm, ngày 10 của tháng cuối quý."""

from __future__ import annotations

from dataclasses import replace

from domain.reading.atoms import ORDINALS, is_year, number_at
from domain.reading.phrase import RHYTHM, Phrase, numbered, unit_at
from domain.reading.rhythm import (
    BY_UNIT,
    DAILY,
    HALF_YEARLY,
    MONTHLY,
    QUARTERLY,
    WEEKLY,
    YEARLY,
    every,
    times_in,
)
from domain.reading.tokens import Token
from domain.reading.year_reports import LIST_MARKS, reports_at

_WEEKDAY_NUMBERS = {2: "MO", 3: "TU", 4: "WE", 5: "TH", 6: "FR", 7: "SA"}
_REPORTS = {"báo cáo", "sơ kết", "tổng kết"}
_EACH = {"các quý", "các tháng", "những tháng"}
_EACH_YEAR = {"các năm", "những năm"}
_WORKDAYS = 5


def rhythm_at(ts: list[Token], i: int) -> Phrase | None:
    """Read how often: `định kỳ` and `hằng` open a list of periods, `lần` counts them."""
    kind = ts[i].kind
    if kind == "periodic":
        return _periodic(ts, i)
    if kind == "every":
        return _every(ts, i)
    if kind in {"weekday", "nth"}:
        return _weekly(ts, i)
    if kind == "era" and ts[i].text in _EACH_YEAR and not numbered(ts, i + 1):  # Quý I các năm
        return Phrase(RHYTHM, i, i + 1, rhythms=[YEARLY])
    if kind in {"num", "numeral"}:
        counted = _counted(ts, i)
        if counted is not None:
            return counted
    if kind == "unit" and ts[i].text in _EACH and _stands_for_all(ts, i + 1):  # các quý trong năm
        return Phrase(RHYTHM, i, i + 1, rhythms=[BY_UNIT[str(ts[i].value)]])
    if kind == "unit":
        counted = _per_unit(ts, i) or _week_each_month(ts, i)
        if counted is not None:
            return counted
    reported = ts[i - 1].text in _REPORTS and not (ts[i].value == "Y" and is_year(ts[i + 1]))
    four = reports_at(ts, i)
    if four is not None or not (reported or _opens_list(ts, i)):
        return four
    listed = _listed(ts, i, i)
    return replace(listed, named=reported) if listed else None


def _stands_for_all(ts: list[Token], i: int) -> bool:
    """Say whether nothing narrows `các quý`: no number, no `đầu`, no `còn lại`."""
    return not numbered(ts, i) and ts[i].kind not in {"edge", "rest"}


def _opens_list(ts: list[Token], i: int) -> bool:
    """Say whether a bare list begins here: `tháng, quý, năm`, `6 tháng và năm`."""
    first = _period_at(ts, i)
    if first is None or ts[i].value == "Y" or ts[i].kind == "era" or ts[first[1]].kind not in LIST_MARKS:
        return False
    second = _period_at(ts, first[1] + 1)
    return second is not None and not is_year(ts[second[1]])


def _periodic(ts: list[Token], i: int) -> Phrase:
    j = i + 1
    counted = _counted(ts, j)
    if counted is not None:
        listed = (
            _listed(ts, i, counted.last + 1, begun=counted.rhythms) if ts[counted.last].kind == "," else None
        )
        return listed or replace(counted, first=i)
    if ts[j].kind == "every":
        following = _every(ts, j)
        return replace(following, first=i) if following else Phrase(RHYTHM, i, j, periodic=True)
    if ts[j].kind == "word" and ts[j].text == "vào":
        j += 1
    return _listed(ts, i, j) or Phrase(RHYTHM, i, i + 1, periodic=True)


def _every(ts: list[Token], i: int) -> Phrase | None:
    j = i + 1
    counted = _counted(ts, j) or _months(ts, i, j)
    if counted is not None:
        return replace(counted, first=i)
    counted = _per_unit(ts, j)  # mỗi năm 02 lần
    return replace(counted, first=i) if counted else _listed(ts, i, j)


def _per_unit(ts: list[Token], i: int) -> Phrase | None:
    """Read năm 02 lần, quý/lần, tháng/1 lần, năm ít nhất 02 lần."""
    if not unit_at(ts, i, "D", "W", "M", "Q", "Y", "P"):
        return None
    j = i + 1
    slashed = ts[j].kind == "/"
    while ts[j].kind in {"/", "least", ","}:
        j += 1
    number = number_at(ts, j, 60)
    if number is not None and ts[j + 1].kind == "times":
        return Phrase(RHYTHM, i, j + 2, rhythms=[times_in(number, str(ts[i].value))])
    if slashed and ts[j].kind == "times":
        return Phrase(RHYTHM, i, j + 1, rhythms=[BY_UNIT[str(ts[i].value)]])
    return None


def _months(ts: list[Token], first: int, i: int) -> Phrase | None:
    number = number_at(ts, i, 60)
    if number is None or not unit_at(ts, i + 1, "M", "W", "Q", "Y", "D"):
        return None
    return Phrase(RHYTHM, first, i + 2, rhythms=[every(number, str(ts[i + 1].value))])


def _listed(ts: list[Token], first: int, i: int, begun: list[str] | None = None) -> Phrase | None:
    """Read a list of periods: tháng, quý, 6 tháng, năm."""
    rhythms = list(begun or ())
    j = i
    while True:
        if ts[j].kind == "every":
            j += 1
        named = _period_at(ts, j)
        if named is None:
            break
        rhythm, after = named
        if rhythm:
            rhythms.append(rhythm)
        i, j = after, after
        if ts[j].kind not in LIST_MARKS:
            break
        j += 1 + (ts[j + 1].kind == "and")
    return Phrase(RHYTHM, first, i, rhythms=rhythms) if rhythms else None


def _period_at(ts: list[Token], j: int) -> tuple[str, int] | None:
    """Read one period's name; the empty rhythm is a period without a length, as `giai đoạn`."""
    token = ts[j]
    if token.text == "cả" and unit_at(ts, j + 1, "Y") and not is_year(ts[j + 2]):
        return YEARLY, j + 2
    if token.text == "nửa" and unit_at(ts, j + 1, "Y"):
        return HALF_YEARLY, j + 2
    if token.kind == "unit" and not _names_one(ts, j):
        return BY_UNIT[str(token.value)], j + 1
    if token.kind == "era":
        return ("", j + 1) if not numbered(ts, j + 1) else None
    number = number_at(ts, j, 11)
    if number and unit_at(ts, j + 1, "M") and ts[j + 2].kind != "edge" and ts[j + 2].kind != "from":
        if number == 6:
            return HALF_YEARLY, j + 2
        return f"FREQ=YEARLY;BYMONTH={number}", j + 2
    if number == 1 and unit_at(ts, j + 1, "Y") and not is_year(ts[j + 2]):
        return YEARLY, j + 2
    return None


def _names_one(ts: list[Token], j: int) -> bool:
    """Say whether the unit at `j` has a number of its own; `hàng quý, năm 2026` is still each year."""
    if ts[j].value == "Y" or ts[j - 1].text == "mỗi":  # mỗi quý 01 hội nghị
        return False
    return numbered(ts, j + 1) and ts[j + 2].kind != "times"


def _counted(ts: list[Token], i: int) -> Phrase | None:
    """Read `3 tháng một lần`, `06 tháng/lần`, `02 lần/năm`, `định kỳ 03 tháng`."""
    number = number_at(ts, i, 60)
    if number is None:
        return None
    if ts[i + 1].kind == "times" or (unit_at(ts, i + 1, "P") and ts[i + 2].kind == "/"):
        return _times(ts, i, number)
    if not unit_at(ts, i + 1, "M", "W", "Q", "Y", "D"):
        return None
    unit, j = str(ts[i + 1].value), i + 2
    if unit == "D" and ts[j].kind == "/" and unit_at(ts, j + 1, "W", "M", "Q", "Y"):
        rhythm = DAILY if number >= _WORKDAYS else times_in(number, str(ts[j + 1].value))
        return Phrase(RHYTHM, i, j + 2, rhythms=[rhythm])  # 01 ngày/tuần, 7 ngày/tuần
    if number == 1:  # một năm hai lần
        often = _per_unit(ts, i + 1)
        if often is not None:
            return replace(often, first=i)
    if ts[j].kind == "/" and ts[j + 1].kind == "times":
        return Phrase(RHYTHM, i, j + 2, rhythms=[every(number, unit)])
    j += ts[j].kind == "/"
    if ts[j].value == 1 and ts[j + 1].kind == "times":
        return Phrase(RHYTHM, i, j + 2, rhythms=[every(number, unit)])
    after_periodic = ts[i - 1].kind == "periodic"
    if after_periodic and ts[i + 2].kind not in {"edge", "from", "workday"} and unit != "D":
        return Phrase(RHYTHM, i, i + 2, rhythms=[every(number, unit)])
    return None


def _times(ts: list[Token], i: int, number: int) -> Phrase | None:
    j = i + 2
    j += ts[j].kind in {"/", "every", "in"} or ts[j].value == 1
    many = number_at(ts, j, 60)
    if number == 1 and many and ts[j - 1].kind == "/" and unit_at(ts, j + 1, "D", "W", "M", "Q", "Y"):
        return Phrase(RHYTHM, i, j + 2, rhythms=[every(many, str(ts[j + 1].value))])  # 01 lần/6 tháng
    if not unit_at(ts, j, "D", "W", "M", "Q", "Y", "P"):
        return None
    last = j + 1
    if is_year(ts[last]):  # 02 đợt trong năm 2025: the year is said as it is elsewhere
        last = j - (ts[j - 1].kind in {"/", "in"})
    return Phrase(RHYTHM, i, last, rhythms=[times_in(number, str(ts[j].value))])


def _weekly(ts: list[Token], i: int) -> Phrase | None:
    """Read `thứ Sáu hàng tuần`, `thứ 6 (tuần)`; after `tháng` or `lần` it is a count and no weekday."""
    if ts[i - 1].kind in {"times", "session", "workday"} or unit_at(ts, i - 1, "M", "W", "Q", "P"):
        return None
    if ts[i].kind == "weekday":
        name, j = str(ts[i].value), i + 1
    elif ts[i + 1].kind == "num" and ts[i + 1].value in _WEEKDAY_NUMBERS:
        name, j = _WEEKDAY_NUMBERS[int(ts[i + 1].value)], i + 2
    else:
        return None
    if is_year(ts[j]):
        return None  # mô hình thứ nhất 2028, thứ hai 2030
    placed = _week_of_month(ts, j)
    if placed is not None:
        return Phrase(RHYTHM, i, placed[1], rhythms=[f"{MONTHLY};BYDAY={placed[0]}{name}"])
    if unit_at(ts, j, "W") and ts[j + 1].kind == "edge":  # thứ Sáu tuần cuối của quý
        k = j + 2 + (ts[j + 2].kind in {"of", "every"})
        if unit_at(ts, k, "Q") and not numbered(ts, k + 1):
            return Phrase(RHYTHM, i, k + 1, rhythms=[QUARTERLY], about=True)
    k = j + (ts[j].kind in {"of", "in", "every"})
    k += ts[k].kind == "every"
    if unit_at(ts, k, "W"):
        j = k + 1
    if ts[j].kind in {"to", "-"} and ts[j + 1].kind in {"weekday", "nth"}:
        through = _weekly(ts, j + 1)
        if through is not None:  # thứ Hai đến thứ Sáu: which day is due isn't said
            return replace(through, first=i, about=True)
    return Phrase(RHYTHM, i, j, rhythms=[f"{WEEKLY};BYDAY={name}"])


def _week_each_month(ts: list[Token], i: int) -> Phrase | None:
    """Read `tuần đầu tháng kế tiếp`, `tuần cuối hằng tháng`: which days is for people to say."""
    if not unit_at(ts, i, "W"):
        return None
    j = i + 1 + (ts[i + 1].kind == "nth")
    if ts[j].kind not in {"edge", "num"} and ts[j].text not in ORDINALS:
        return None
    j += 1
    while ts[j].kind in {"of", "every", "in"}:
        j += 1
    monthly = (unit_at(ts, j, "M") and not numbered(ts, j + 1)) or (
        ts[j].kind == "next" and ts[j].value == "M"
    )
    return Phrase(RHYTHM, i, j + 1, rhythms=[MONTHLY], about=True) if monthly else None


def _week_of_month(ts: list[Token], i: int) -> tuple[int, int] | None:
    """Read on in `thứ Sáu tuần cuối tháng`, `thứ Hai đầu tiên hằng tháng`: (which one, place after)."""
    j = i
    while unit_at(ts, j, "W") or ts[j].kind in {"of", "nth"}:
        j += 1
    edges = {"first": 1, "last": -1}
    number = edges.get(str(ts[j].value)) if ts[j].kind == "edge" else ORDINALS.get(ts[j].text)
    if number is None and ts[j - 1].kind == "nth":
        number = number_at(ts, j, 4)
    if number is None:
        return None
    j += 1
    while ts[j].kind in {"of", "every", "in"}:
        j += 1
    return (number, j + 1) if unit_at(ts, j, "M") and not numbered(ts, j + 1) else None
