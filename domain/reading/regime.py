"""Read the reporting regime from a decision's body: which reports a year has, and when each is due."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.reading.normal import fold
from domain.reading.rhythm import due_in
from domain.reading.spans import month_end

_BRACKETED = re.compile(r"\(([^()]*)\)")
_HINT = re.compile(
    r"bao cao.*\b(truoc|cham nhat|muon nhat|ngay)\b.*\d|\bngay\b.*\bbao cao\b|\b(?:quy|nam)\b.*\btruoc ngay\b"
)
_CUTOFF = re.compile(
    r"\(?\b(?:so lieu|(?:thoi gian|thoi diem) (?:lay|chot)|tinh tu|chot so lieu|ky bao cao tinh)\b[^;.)]*"
)
# Before 10 December, the 10th of the quarter's last month, the 5th of March, June and September.
_DAY = re.compile(
    r"\b(?P<bound>truoc|cham nhat|muon nhat|khong qua|den het|vao|xong truoc|tu)?\s*(?:la\s+)?(?:cac\s+)?"
    r"(?:ngay\s+(?:mung\s+)?(?P<day>\d{1,2}|cuoi(?: cung)?)|(?P<bare>\d{1,2})(?=\s*/|\s+thang))"
    r"(?:\s*/\s*(?P<month>\d{1,2})(?:\s*/\s*(?P<year>\d{4}))?"
    r"|\s+(?:cua\s+)?(?:cac\s+)?thang\s+(?P<months>\d{1,2}(?:\s*(?:,|va)\s*\d{1,2})*)"
    r"(?:\s*(?:/|nam\s)\s*(?P<of>\d{4}))?"
    r"|\s+(?:cua\s+)?(?:thang\s+)?(?P<edge>cuoi|dau)?(?:\s+cung)?(?:\s+cua)?(?:\s+thang)?\s*(?:moi\s+)?"
    r"(?P<unit>quy|ky(?: bao cao)?)(?P<next>\s+(?:sau|tiep theo|ke tiep|lien ke))?"
    r"|\s+(?P<monthly>(?:hang|moi) thang)|\s+(?:cua\s+)?(?P<same>thang cuoi)\b)?"
)
_PERIODS: tuple[tuple[str, tuple[int, ...]], ...] = (
    (r"quy\s+(?P<quarter>iv|i{1,3}|[1-4])\b", ()),
    (r"(?:0?6|sau) thang (?:cuoi nam|cuoi)", (12,)),
    (r"(?:0?6|sau) thang(?: dau nam)?|\bso ket\b", (6,)),
    (r"(?:0?9|chin) thang", (9,)),
    (r"(?:hang|moi|bao cao|dinh ky) thang|\btheo thang\b", tuple(range(1, 13))),
    (r"quy\b", (3, 6, 9, 12)),
    (r"bao cao (?:tong ket )?(?:cong tac )?nam(?: \d{4})?|tong ket nam(?: \d{4})?", (12,)),
    (r"\b(?:ca|va|hoac|hang|moi|dinh ky) nam\b", (12,)),
    (r"(?:^|[,;:(]\s*)nam\b(?! \d{4})", (12,)),
)
_PERIOD = re.compile("|".join(f"(?P<p{at}>{rule})" for at, (rule, _) in enumerate(_PERIODS)))
_ROMANS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_QUARTER_NAMES = {3: "Quý I/{}", 6: "6 tháng/{}", 9: "Quý III/{}", 12: "Năm {}"}


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the year: the month that ends its period, and its last day."""

    year: int
    month: int
    due: date
    written: bool = True  # in the decision; else the period's last day stands in
    monthly: bool = False  # the period is the month alone

    @property
    def label(self) -> str:
        """How people call the period: Quý I/2026, 6 tháng/2026, Năm 2026."""
        name = None if self.monthly else _QUARTER_NAMES.get(self.month)
        return (name or f"Tháng {self.month}/{{}}").format(self.year)

    @property
    def opens_on(self) -> date:
        """The first day of the quarter in which the report is due, or in which its period ends if earlier."""
        month = min((self.year, self.month), (self.due.year, self.due.month))[1]
        return date(self.year, (month - 1) // 3 * 3 + 1, 1)


def reports_of(body: Iterable[str], year: int) -> tuple[Report, ...]:
    """Return the year's reports as the body sets them; the ends of the quarters where it says nothing."""
    best: dict[int, date] = {}
    run: dict[int, date] = {}
    for line in body:
        if not line.strip():
            continue
        found = _best(line, year)
        run = run | found if found and not run.keys() & found.keys() else found
        if len(run) > len(best):
            best = run
    if not best:
        return tuple(Report(year, month, _end(year, month), written=False) for month in (3, 6, 9, 12))
    return tuple(Report(year, month, best[month]) for month in sorted(best))


def _end(year: int, month: int) -> date:
    due = due_in(None, year, month)
    return due or date(year, 12, 31)


def _best(line: str, year: int) -> dict[int, date]:
    """Return the dues that a line sets; brackets that set some by themselves count alone."""
    said = fold(line)
    if not _HINT.search(said):
        return {}
    parts = [dues for part in _BRACKETED.findall(said) if (dues := _dues(part, year))]
    found = _dues(said, year)
    return max([found, *parts], key=len)


def _dues(said: str, year: int) -> dict[int, date]:
    """Return the due day of each period; a longer period's own rule outranks a shorter one's."""
    said = _CUTOFF.sub(" ", said)
    days = _days(said)
    spans = [(day.match.start(), day.match.end()) for day in days]
    periods = [period for period in _PERIOD.finditer(said) if not _inside(period, spans)]
    ranked: dict[int, tuple[int, date]] = {}
    for at, day in enumerate(days):
        before = spans[at - 1][1] if at else 0
        after = spans[at + 1][0] if at + 1 < len(days) else len(said)
        bracketed = [period for period in periods if 0 <= period.start() - spans[at][1] <= 2]
        ours = [] if not bracketed or "(" not in said[spans[at][1] : bracketed[0].end()] else bracketed
        taken = [other for other in periods if at and _follows(said, spans[at - 1][1], other)]
        named = ours or [p for p in periods if before <= p.start() < spans[at][0] and p not in taken]
        named = named or [period for period in periods if spans[at][1] <= period.start() < after]
        for months in map(_months, named) if named else [_own_months(day.match)]:
            _file(ranked, months, day, year)
    dues = {month: due for month, (_, due) in ranked.items()}
    quarters = {month: due for month, due in dues.items() if month % 3 == 0}
    return quarters or dues


@dataclass(frozen=True, slots=True)
class _Day:
    """A day as written; `strict` where it is the first day that is too late."""

    match: re.Match[str]
    strict: bool


def _days(said: str) -> list[_Day]:
    """Return the days that bind: those with a bound or a period, and bare ones that go on with them."""
    found: list[_Day] = []
    for match in _DAY.finditer(said):
        goes_on = bool(found) and match["bare"] and match["month"]
        if match["bound"] in {"tu", "vao"} and not match["unit"]:
            continue
        if match["bound"] or match["unit"] or match["months"] or match["monthly"] or goes_on:
            strict = found[-1].strict if goes_on and not match["bound"] else (match["bound"] or "") == "truoc"
            found.append(_Day(match, strict or (match["bound"] or "").endswith("truoc")))
    return found


def _follows(said: str, end: int, period: re.Match[str]) -> bool:
    """Say whether a period stands in brackets right after a day: 15/3 (quý I)."""
    return 0 <= period.start() - end <= 2 and "(" in said[end : period.end()]


def _inside(period: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    """Say whether a period is part of a day's own words, or only says `hằng năm` right after them."""
    yearly = period[0].strip() in {"hang nam", "moi nam"}
    at = period.start()
    return any(first <= at < last or (yearly and 0 <= at - last <= 1) for first, last in spans)


def _months(period: re.Match[str]) -> tuple[int, ...]:
    if period["quarter"]:
        said = period["quarter"]
        return (3 * (_ROMANS.get(said) or int(said)),)
    return next(months for at, (_, months) in enumerate(_PERIODS) if period[f"p{at}"] is not None)


def _own_months(day: re.Match[str]) -> tuple[int, ...]:
    """Return the months that a day names itself, where no period is named."""
    if day["months"]:
        months = tuple(int(number) for number in re.findall(r"\d+", day["months"]))
        return months if len(months) > 1 else ()
    if day["monthly"]:
        return tuple(range(1, 13))
    return (3, 6, 9, 12) if day["unit"] else ()


def _file(ranked: dict[int, tuple[int, date]], months: tuple[int, ...], day: _Day, year: int) -> None:
    own = [int(number) for number in re.findall(r"\d+", day.match["months"] or "")]
    if len(own) > 1:
        months = tuple(own)
    for month in months:
        due = _due(day, year, month)
        rank = len(months)
        if due is not None and (month not in ranked or rank <= ranked[month][0]):
            ranked[month] = rank, due


def _due(found: _Day, year: int, month: int) -> date | None:
    """Return the last day on which a period's report may be handed in; None where the day isn't its own."""
    day = found.match
    written = int(day["month"] or 0) or (int(day["months"]) if (day["months"] or "").isdigit() else 0)
    of = int(day["year"] or day["of"] or 0)
    at_year, at_month = year, month
    if written:
        following = month == 12 and written <= 2
        if not following and not -2 <= written - month <= 1:
            return None
        at_month, at_year = written, of or year + following
    elif day["next"] or (day["edge"] == "dau" and day["unit"]):
        at_month, at_year = (month + 1, year) if month < 12 else (1, year + 1)
    if not 1 <= at_month <= 12 or not 1900 < at_year < 2200:
        return None
    last = month_end(at_year, at_month)
    number = day["day"] or day["bare"]
    due = date(at_year, at_month, last if number.startswith("cuoi") else min(max(int(number), 1), last))
    return due - timedelta(days=1) if found.strict else due
