"""The grammar of the reports of a year: `quý I, 6 tháng, 9 tháng và năm`."""

from __future__ import annotations

from domain.reading.atoms import ROMANS, is_year, number_at
from domain.reading.phrase import RHYTHM, Phrase, unit_at
from domain.reading.rhythm import MONTHLY
from domain.reading.tokens import Token
from domain.reading.years import half_at

LIST_MARKS = {",", "/", "-", "and", "+"}
_REPORTS_A_YEAR, _FEW_REPORTS = 4, 3
_Named = tuple[int, int]


def reports_at(ts: list[Token], i: int) -> Phrase | None:
    """Read `quý I, 6 tháng, 9 tháng và năm`: the reports of a year, named by the months that end them."""
    months: list[int] = []
    j = last = i
    while len(months) < _REPORTS_A_YEAR:
        named = _report_at(ts, j)
        if named is None or (months and named[0] <= months[-1]):
            break
        months.append(named[0])
        j = last = named[1]
        if ts[j].kind not in LIST_MARKS:
            break
        j += 1 + (ts[j + 1].kind == "and")
    if len(months) < _FEW_REPORTS or not any(month in {3, 9} for month in months):
        return None
    return Phrase(RHYTHM, i, last, rhythms=[f"{MONTHLY};BYMONTH={','.join(map(str, months))}"])


def _report_at(ts: list[Token], j: int) -> _Named | None:
    """Return (the month that ends the report's period, place after)."""
    j += ts[j].text == "báo cáo"
    if unit_at(ts, j, "Q"):
        number = ROMANS.get(ts[j + 1].text) or number_at(ts, j + 1, 4)
        return (number * 3, j + 2) if number and number < 5 and ts[j + 2].kind != "/" else None
    if ts[j].text == "cả" and unit_at(ts, j + 1, "Y"):
        return 12, j + 2
    if unit_at(ts, j, "Y"):
        return 12, j + 1 + is_year(ts[j + 1])
    half = half_at(ts, j)
    if half is not None and half[0].first_month == 1:
        return half[0].last_month, half[1]
    number = number_at(ts, j, 9)
    return (number, j + 2) if number in {3, 6, 9} and unit_at(ts, j + 1, "M") else None
