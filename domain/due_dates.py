"""Which due dates can be meant at all."""

from __future__ import annotations

from datetime import date

from domain.refusals import BadValue

FARTHEST = 10  # years ahead; programmes run for five, and what lies beyond is a slip of the keyboard


def check_due(due_on: date, first: date, than: str, year: int) -> None:
    """Return if something of `year` can fall due on this day; `than` says what day `first` is.

    Raises:
        BadValue: it lies before `first`, or so far ahead that nobody would ever be reminded.
    """
    if due_on < first:
        raise BadValue("Thời hạn", f"{due_on:%d/%m/%Y}", f"không được trước {than}")
    if due_on.year > year + FARTHEST:
        raise BadValue("Thời hạn", f"{due_on:%d/%m/%Y}", f"không được sau năm {year + FARTHEST}")
