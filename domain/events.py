"""Events: what makes two documents the same one, and which day a reading means after one."""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendar import WorkingCalendar
from domain.names import folded


def identity(doc_number: str, issuer: str, doc_date: date) -> str:
    """Return what identifies a document: number, issuer and year, since numbers start anew each year."""
    return f"{folded(doc_number)}|{folded(issuer)}|{doc_date.year}"


def days_after(document: date, days: int, calendar: WorkingCalendar, *, working: bool) -> date:
    """Return the day that lies `days` after the document's, counting working days only if `working`."""
    if not working:
        return document + timedelta(days)
    day = document
    for _ in range(days):
        day = calendar.on_or_after(day + timedelta(1))
    return day
