"""What a run of tokens says about time, before the phrases of a clause are put together."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.reading.rhythm import DayOfPeriod
from domain.reading.spans import Span
from domain.reading.tokens import Token

# The kinds of phrase. A citation or a cut-off names days, and none of them is a deadline.
DATE = "date"
DAY = "day"
RHYTHM = "rhythm"
ONGOING = "ongoing"
EVENT = "event"
VAGUE = "vague"
OFFSET = "offset"
CUTOFF = "cutoff"
CITATION = "citation"
EXCEPT = "except"


_NOON = 12
_HALVES_OF_DAY = {"sáng": 0, "trưa": 0, "chiều": _NOON, "tối": _NOON}


@dataclass(slots=True)
class Phrase:
    """One phrase; `first` and `last` are token places, `last` exclusive."""

    kind: str
    first: int
    last: int
    spans: list[Span] = field(default_factory=list)
    bound: str = ""  # before, until, in, from, after, or empty
    clock: str | None = None
    rhythms: list[str] = field(default_factory=list)
    days: DayOfPeriod | None = None
    base: tuple[int, int] | None = None  # tokens that name the event
    number: int = 0  # of days; of months where `unit` is M
    unit: str = "D"
    working: bool = False
    onward: bool = False  # và các năm tiếp theo
    from_issue: bool = False  # từ nay, kể từ ngày ký
    scope: bool = False  # đối với báo cáo …
    named: bool = False  # names a report: báo cáo 6 tháng
    periodic: bool = False  # định kỳ, without saying how often
    about: bool = False  # khoảng, ước: the days are not exact


def clock_at(ts: list[Token], i: int, *, opens: bool = True) -> tuple[str, int] | None:
    """Read a time of day: 15:00, 10h00, 16 giờ, 16 giờ 30 phút, 24h00'."""
    hour, mark, third = ts[i], ts[i + 1], ts[i + 2]
    if hour.kind != "num" or not isinstance(hour.value, int) or hour.value > 24:
        return None
    if mark.kind == ":" and third.kind == "num" and len(third.text) == 2:
        minutes, j = third.value, i + 3
    elif mark.kind == "hour":
        with_minutes = third.kind == "num" and len(third.text) == 2 and ts[i + 3].kind not in {"/", "-", "."}
        minutes, j = (third.value, i + 3) if with_minutes else (0, i + 2)
    else:
        return None
    j += ts[j].kind in {"minute", "’", "'", "′", "´", "`"}
    if not isinstance(minutes, int) or minutes > 59:
        return None
    hours = hour.value
    if ts[j].text in _HALVES_OF_DAY:
        hours += _HALVES_OF_DAY[ts[j].text] if hours < _NOON else 0
        j += 1
    if opens and ts[j].kind in {"-", "to"}:  # 7h30 - 11h30
        until = clock_at(ts, j + 1, opens=False)
        if until is not None:
            return until
    j += ts[j].kind == "," and ts[j + 1].kind in {"unit", "weekday", "num"}
    j += unit_at(ts, j, "D") and ts[j + 1].kind in {"weekday", "nth"}
    return f"{hours:02d}:{minutes:02d}", j


def unit_at(ts: list[Token], i: int, *units: str) -> bool:
    """Say whether one of these units stands at `i`."""
    return ts[i].kind == "unit" and ts[i].value in units


def numbered(ts: list[Token], i: int) -> bool:
    """Say whether the unit before `i` has its number there, so that it names one and not each."""
    following = ts[i]
    return following.kind in {"num", "numeral", "nth"} or following.text in {"i", "ii", "iii", "iv"}
