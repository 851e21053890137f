"""What stands in an address, which people share and change by hand: days and numbers."""

from __future__ import annotations

import re
from datetime import date

from domain.refusals import BadValue

EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)  # the database's instants have an end
WRITTEN = "viết ngày/tháng/năm, ví dụ 31/3/2026"
_WRITTEN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
LONGEST = 18  # digits; the database can still add to such a number


def written_day(text: str) -> date:
    """Return a day as people write it, `31/3/2026`, or as a date field gives it.

    Raises:
        ValueError: it is no day.
    """
    written = _WRITTEN.fullmatch(text)
    if written:
        return date(int(written[3]), int(written[2]), int(written[1]))
    return date.fromisoformat(text)


def for_field(text: str) -> str:
    """Return a day of an address as a date field takes it; what is no day stays as it was typed."""
    try:
        return written_day(text.strip()).isoformat()
    except ValueError:
        return text


def day_of(text: str, what: str) -> date | None:
    """Return a day; None where none is asked for.

    Raises:
        BadValue: it is no day, or none that an office has to do with.
    """
    try:
        day = written_day(text.strip()) if text.strip() else None
    except ValueError:
        raise BadValue(what, text[:40], WRITTEN) from None
    if day is not None and not EARLIEST <= day <= LATEST:
        raise BadValue(what, text[:40], "ghi một ngày từ năm 1900 đến năm 2999")
    return day


def number_of(text: str, what: str, expected: str, *, least: int = 1) -> int | None:
    """Return a whole number from `least` on; None where none is asked for.

    Raises:
        BadValue: it is none, or larger than any that we give; the notice says what is `expected`.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST and int(text) >= least):
        raise BadValue(what, text[:40], expected)
    return int(text)
