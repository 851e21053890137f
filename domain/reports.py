"""The periods that reports are about, and how a task of the plan asks for one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.errors import WardError


class Kind(StrEnum):
    """The reports that a ward writes about its administrative reform."""

    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    ADHOC = "adhoc"


KIND_NAMES: dict[Kind, str] = {
    Kind.QUARTER: "Báo cáo quý",
    Kind.HALF: "Báo cáo 6 tháng",
    Kind.YEAR: "Báo cáo năm",
    Kind.ADHOC: "Báo cáo đột xuất",
}
ROMAN = ("I", "II", "III", "IV")
_FIRST_YEAR, _LAST_YEAR = 2000, 2998
_LABELS = (
    (re.compile(r"quý (I{1,3}|IV|[1-4])\b\D*(\d{4})", re.IGNORECASE), Kind.QUARTER),
    (re.compile(r"(?:6|sáu) tháng( cuối năm)?\D*(\d{4})", re.IGNORECASE), Kind.HALF),
    (re.compile(r"năm()\D*(\d{4})", re.IGNORECASE), Kind.YEAR),
)
# “chế độ báo cáo cải cách hành chính định kỳ”, and not a report about one of its fields.
_ABOUT = re.compile(r"báo cáo\b.{0,40}?\b(cải cách hành chính|cchc)\b", re.IGNORECASE)


class NoPeriod(WardError):
    """What was given names no period of this kind."""

    def __init__(self, kind: Kind, text: str) -> None:
        how = {
            Kind.QUARTER: "quý viết là 1/2026, Q1/2026 hoặc I/2026",
            Kind.HALF: "nửa năm viết là 1/2026 (6 tháng đầu năm) hoặc 2/2026 (6 tháng cuối năm)",
            Kind.YEAR: "năm viết đủ bốn chữ số, ví dụ 2026",
            Kind.ADHOC: "cần ngày đầu và ngày cuối trong cùng một năm, ngày đầu không sau ngày cuối",
        }[kind]
        super().__init__(f"no {kind} period: {text!r}", f"Kỳ báo cáo “{text}” không đúng: {how}.")


@dataclass(frozen=True, slots=True)
class Period:
    """What a report is about: the days from `first` to `last` of one year; `label` as titles write it."""

    kind: Kind
    label: str
    first: date
    last: date

    @property
    def year(self) -> int:
        """The plan's year."""
        return self.first.year

    @property
    def code(self) -> str:
        """Return the period as addresses and commands write it: `1/2026`, `2026`."""
        match self.kind:
            case Kind.QUARTER:
                return f"{self.last.month // 3}/{self.year}"
            case Kind.HALF:
                return f"{self.last.month // 6}/{self.year}"
            case Kind.YEAR:
                return str(self.year)
            case Kind.ADHOC:
                return f"{self.first.isoformat()}_{self.last.isoformat()}"


def quarter(year: int, number: int) -> Period:
    """Return a quarter, 1 to 4."""
    label = f"Quý {ROMAN[number - 1]} năm {year}"
    return Period(Kind.QUARTER, label, date(year, 3 * number - 2, 1), _end(year, 3 * number))


def half(year: int, number: int) -> Period:
    """Return half a year, 1 or 2."""
    label = f"6 tháng {'đầu' if number == 1 else 'cuối'} năm {year}"
    return Period(Kind.HALF, label, date(year, 6 * number - 5, 1), _end(year, 6 * number))


def whole(year: int) -> Period:
    """Return a year."""
    return Period(Kind.YEAR, f"Năm {year}", date(year, 1, 1), date(year, 12, 31))


def between(first: date, last: date) -> Period:
    """Return any days of one year.

    Raises:
        NoPeriod: they are of two years, or the last comes before the first.
    """
    label = f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"
    if first > last or first.year != last.year:
        raise NoPeriod(Kind.ADHOC, label)
    return Period(Kind.ADHOC, label, first, last)


def period_of(kind: Kind, text: str) -> Period:
    """Read a period as `Period.code` and people write it.

    Raises:
        NoPeriod: it is none of this kind.
    """
    text = text.strip()
    if kind is Kind.ADHOC:
        return _days(text)
    found = re.fullmatch(r"(?:(?:quý\s*|q)?(\d|I{1,3}|IV)\s*[/.-]\s*)?(\d{4})", text, re.IGNORECASE)
    if found is None or not _FIRST_YEAR <= int(found[2]) <= _LAST_YEAR:
        raise NoPeriod(kind, text)
    made = _numbered(kind, found[1], int(found[2]))
    if made is None:
        raise NoPeriod(kind, text)
    return made


def latest(kind: Kind, today: date) -> Period:
    """Return the period of this kind that `today` falls into; an ad hoc one is the year so far."""
    match kind:
        case Kind.QUARTER:
            return quarter(today.year, (today.month + 2) // 3)
        case Kind.HALF:
            return half(today.year, 1 if today.month <= 6 else 2)
        case Kind.YEAR:
            return whole(today.year)
        case Kind.ADHOC:
            return between(date(today.year, 1, 1), today)


def asked_for(title: str, label: str) -> Period | None:
    """Return which report an occurrence of a task asks for, by their words; None for none.

    `6 tháng/2026` says nothing about which half: it is the first.
    """
    if not _ABOUT.search(title):
        return None
    for pattern, kind in _LABELS:
        if found := pattern.search(label):
            number = found[1] if kind is Kind.QUARTER else "2" if found[1] else "1"
            return _numbered(kind, None if kind is Kind.YEAR else number, int(found[2]))
    return None


def _numbered(kind: Kind, number: str | None, year: int) -> Period | None:
    count = _count(number)
    match kind:
        case Kind.QUARTER if count is not None and 1 <= count <= 4:
            return quarter(year, count)
        case Kind.HALF if count in {1, 2}:
            return half(year, count or 1)
        case Kind.YEAR if number is None:
            return whole(year)
        case _:
            return None


def _count(number: str | None) -> int | None:
    if number is None:
        return None
    return ROMAN.index(number.upper()) + 1 if number.upper() in ROMAN else int(number)


def _days(text: str) -> Period:
    try:
        first, last = (date.fromisoformat(part.strip()) for part in text.split("_"))
    except ValueError:
        raise NoPeriod(Kind.ADHOC, text) from None
    if not _FIRST_YEAR <= first.year <= _LAST_YEAR:
        raise NoPeriod(Kind.ADHOC, text)
    return between(first, last)


def _end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def place_name(ward: str) -> str:
    """Return the place that dates are written with: `Thành Đông` of `UBND phường Thành Đông`."""
    return re.sub(r"^UBND\s+(?:(?:phường|xã|đặc khu|thị trấn)\s+)?", "", ward, flags=re.IGNORECASE)


def committee_lines(ward: str) -> tuple[str, str]:
    """Return a committee's name in capitals on two lines, as letterheads have it."""
    rest = re.sub(r"^UBND\s+", "", ward, flags=re.IGNORECASE)
    return "ỦY BAN NHÂN DÂN", rest.upper()
