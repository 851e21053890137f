"""Stretches of days by which people look for what is due."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class Window(StrEnum):
    """When something is due, as people ask for it."""

    OVERDUE = "qua-han"
    WEEK = "tuan-nay"
    MONTH = "thang-nay"
    NEXT_MONTH = "thang-sau"


WINDOW_NAMES: dict[Window, str] = {
    Window.OVERDUE: "đã quá hạn",
    Window.WEEK: "trong tuần này",
    Window.MONTH: "trong tháng này",
    Window.NEXT_MONTH: "trong tháng sau",
}


def falls_in(window: Window, due: date | None, today: date) -> bool:
    """Tell whether a due date lies in a window as it is on `today`.

    A week goes from Monday to Sunday; what is overdue by then still belongs to its week and month.
    """
    if due is None:
        return False
    if window is Window.OVERDUE:
        return due < today
    first, last = _days(window, today)
    return first <= due <= last


def _days(window: Window, today: date) -> tuple[date, date]:
    if window is Window.WEEK:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    month = today.replace(day=1)
    if window is Window.NEXT_MONTH:
        month = _next(month)
    return month, _next(month) - timedelta(days=1)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
