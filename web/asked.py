"""What stands in an address, which people share and change by hand: days and numbers."""

from __future__ import annotations

from datetime import date

from domain.refusals import BadValue

EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)  # the database's instants have an end
LONGEST = 18  # digits; the database can still add to such a number


def day_of(text: str, what: str) -> date | None:
    """Return a day; None where none is asked for.

    Raises:
        BadValue: it is no day, or none that an office has to do with.
    """
    try:
        day = date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise BadValue(what, text[:40], "viết năm-tháng-ngày, ví dụ 2026-03-31") from None
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
