"""Putting facts into the words of a public office: one line, one date, one distance at a time."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from domain.calendar import WEEKDAYS

LONGEST_TITLE = 120
LONGEST_NOTE = 600
_PERSONAL = re.compile(r"<?[^\s<>\"',;:()]+@[^\s<>\"',;()]+>?|\+?\d[\d .-]{7,}\d")
_HIDDEN = "(đã ẩn)"


@lru_cache(maxsize=2048)
def vietnamese_date(day: date) -> str:
    """Return `day` as offices write it, with its weekday: `thứ Tư, ngày 09/12/2026`."""
    return f"{WEEKDAYS[day.weekday()]}, ngày {day:%d/%m/%Y}"


@lru_cache(maxsize=2048)
def short_date(day: date) -> str:
    """Return `day` as `09/12/2026`."""
    return f"{day:%d/%m/%Y}"


@lru_cache(maxsize=4096)
def distance(days: int | None, working: int | None, *, both: bool = False) -> str:
    """Say how far a due date is: `còn 5 ngày làm việc`, with `both` also by the calendar.

    Without working days the calendar's are said. A due date that passed on days off has no
    working day yet to be late by.
    """
    if days is None:
        return "cần thực hiện"
    if days == 0:
        return "đến hạn hôm nay"
    count = abs(days)
    calendar = f"còn {count} ngày" if days > 0 else f"quá hạn {count} ngày"
    if working is None:
        return calendar
    if working == 0:
        return f"{calendar}, không còn ngày làm việc nào" if days > 0 else calendar
    said = f"còn {working} ngày làm việc" if days > 0 else f"quá hạn {abs(working)} ngày làm việc"
    return f"{said}, {count} ngày theo lịch" if both and abs(working) != count else said


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """Return `text` on one line in NFC, without what cannot be printed: nothing in it can start a header."""
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def shortened(text: str, longest: int = LONGEST_TITLE) -> str:
    """Return `text` on one line, cut between words where it is longer than `longest`."""
    line = clean(text)
    if len(line) <= longest:
        return line
    cut = line[:longest]  # one character is for the ellipsis
    cut = cut.rpartition(" ")[0] or cut[:-1]
    return cut.rstrip(" ,;:.-–") + "…"


def impersonal(text: str) -> str:
    """Return a provider's answer without the addresses and telephone numbers that it names."""
    return _PERSONAL.sub(_HIDDEN, text)


def length(text: str) -> int:
    """Count characters as phones do: one beyond the first plane, such as most emoji, is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def lowered(text: str) -> str:
    """Return `text` as it goes on in a sentence."""
    return text[:1].lower() + text[1:]
