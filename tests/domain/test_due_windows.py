from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.due_windows import Window, falls_in

MONDAY = date(2026, 3, 2)
DAYS = st.dates(date(2020, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        (Window.OVERDUE, [date(2026, 3, 1)], [MONDAY, date(2026, 3, 3)]),
        (Window.WEEK, [MONDAY, date(2026, 3, 8)], [date(2026, 3, 1), date(2026, 3, 9)]),
        (Window.MONTH, [date(2026, 3, 1), date(2026, 3, 31)], [date(2026, 2, 28), date(2026, 4, 1)]),
        (Window.NEXT_MONTH, [date(2026, 4, 1), date(2026, 4, 30)], [date(2026, 3, 31), date(2026, 5, 1)]),
    ],
)
def test_a_window_holds_its_first_and_its_last_day_and_no_other(
    window: Window, inside: list[date], outside: list[date]
) -> None:
    assert all(falls_in(window, day, MONDAY) for day in inside)
    assert not any(falls_in(window, day, MONDAY) for day in outside)
    assert not falls_in(window, None, MONDAY)


@given(today=DAYS, distance=st.integers(-40, 40))
def test_each_day_of_a_week_sees_the_same_week(today: date, distance: int) -> None:
    monday = today - timedelta(days=today.weekday())
    due = today + timedelta(days=distance)

    assert falls_in(Window.WEEK, due, today) is falls_in(Window.WEEK, due, monday)
    assert falls_in(Window.MONTH, due, today) is ((due.year, due.month) == (today.year, today.month))
