"""Read a Roman number alone as a quarter, and tell a project's own quarters from the calendar's."""

from __future__ import annotations

from domain.reading.atoms import ROMANS, is_year, number_at
from domain.reading.clauses import Clause
from domain.reading.tokens import Token

_PLAIN_ROMANS = {"i", "ii", "iii", "iv"}
_LISTS = {",", "-", "and", "to"}
_BOUNDS = {"before", "until", "in"}
_ENDS = {"end", "(", ")", ";", "."}
MOST_QUARTERS = 4


def as_quarter(clause: Clause, text: str) -> tuple[Clause, bool]:
    """Return the clause with `quý` before a Roman number that stands alone, and whether there was one."""
    ts, count = clause
    following = text[ts[count - 1].end :].strip()
    if following.startswith(".") and len(following) > 1:
        return clause, False  # I. Ban hành kế hoạch …
    at = 1 if count > 1 and ts[0].kind in _BOUNDS else 0
    if ts[at].text not in _PLAIN_ROMANS or not _stands_alone(ts, at):
        return clause, False
    start = ts[at].start
    return ([*ts[:at], Token("unit", "Q", start, start, "quý"), *ts[at:]], count + 1), True


def _stands_alone(ts: list[Token], at: int) -> bool:
    """Say whether nothing but others of its kind, a year or brackets follow the number."""
    j = at
    while True:
        if not (ts[j].text in _PLAIN_ROMANS or number_at(ts, j, MOST_QUARTERS)) or len(ts[j].text) > 3:
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
