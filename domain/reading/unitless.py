"""Give a number without a unit that of its column: `III` under `Quý`, `5 - 7` under `Tháng`."""

from __future__ import annotations

from domain.reading.atoms import ROMANS, is_year, number_at
from domain.reading.clauses import Clause
from domain.reading.normal import level
from domain.reading.tokens import Token

_UNITS = {"quý": ("Q", 4), "tháng": ("M", 12)}
_PLAIN_ROMANS = {"i", "ii", "iii", "iv"}
_LISTS = {",", "-", "and", "to"}
_BOUNDS = {"before", "until", "in"}
_ENDS = {"end", "(", ")", ";", "."}
MOST_QUARTERS = 4


def with_unit(clause: Clause, column: str, text: str) -> tuple[Clause, bool]:
    """Return the clause with the unit that its first number lacks, and whether that unit was guessed.

    Roman numbers are quarters wherever they stand alone; figures take what the column's heading says.
    """
    ts, count = clause
    following = text[ts[count - 1].end :].strip()
    if following.startswith(".") and len(following) > 1:
        return clause, False  # I. Ban hành kế hoạch …
    at = 1 if count > 1 and ts[0].kind in _BOUNDS else 0
    roman = ts[at].text in _PLAIN_ROMANS
    unit = _unit_of(column) if roman or ts[at].kind == "num" else ""
    if not (roman or unit) or not _stands_alone(ts, at, unit or "quý"):
        return clause, False
    unit = "quý" if roman else unit
    start = ts[at].start
    added = Token("unit", _UNITS[unit][0], start, start, unit)
    return ([*ts[:at], added, *ts[at:]], count + 1), roman and _unit_of(column) != "quý"


def _unit_of(column: str) -> str:
    """Return the one unit that the words of a heading name."""
    named = set(level(column).replace("quí", "quý").replace("/", " ").split()) & set(_UNITS)
    return named.pop() if len(named) == 1 else ""


def _stands_alone(ts: list[Token], at: int, unit: str) -> bool:
    """Say whether nothing but others of its kind, a year or brackets follow the number."""
    j = at
    while True:
        if not (ts[j].text in _PLAIN_ROMANS or number_at(ts, j, _UNITS[unit][1])) or len(ts[j].text) > 3:
            return False
        j += 1
        if ts[j].kind not in _LISTS:
            break
        j += 1
    if is_year(ts[j + 1]) and (ts[j].kind in {"/", "-"} or ts[j].value == "Y"):
        j += 2
    return ts[j].kind in _ENDS


def has_own_quarters(ts: list[Token], count: int) -> bool:
    """Say whether the text counts quarters of its own from a project's start: Quý 5, Quý 8."""
    for at in range(count):
        if ts[at].value != "Q" or ts[at].kind != "unit":
            continue
        j = at + 1
        while ts[j].kind == "num" or ts[j].text in ROMANS:
            number = ts[j].value
            if isinstance(number, int) and MOST_QUARTERS < number < 100 and not is_year(ts[j + 2]):
                return True
            if ts[j + 1].kind not in _LISTS:
                break
            j += 2
    return False
