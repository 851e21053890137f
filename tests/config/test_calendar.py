"""Vietnam's working days, as the official notices have them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from config.calendar import working_calendar


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),  # Tết Dương lịch
        (date(2026, 1, 2), False),  # swapped with Saturday 10 January
        (date(2026, 1, 5), True),
        (date(2026, 1, 10), True),
        (date(2026, 1, 17), False),
        (date(2026, 2, 17), False),  # mùng 1 Tết
        (date(2026, 4, 30), False),
        (date(2026, 5, 1), False),
        (date(2026, 8, 22), True),
        (date(2026, 8, 29), False),
        (date(2026, 8, 31), False),  # swapped with Saturday 22 August
        (date(2026, 9, 1), False),
        (date(2026, 9, 2), False),
        (date(2026, 9, 3), True),
        (date(2026, 11, 23), True),
        (date(2026, 11, 24), False),  # Ngày Văn hóa Việt Nam
        (date(2026, 11, 25), True),
    ],
)
def test_the_days_of_2026_are_those_of_the_notices(day: date, works: bool) -> None:
    assert working_calendar(2026, 2026).is_working(day) is works


def test_counting_steps_over_swapped_days() -> None:
    days = working_calendar(2025, 2027)

    assert days.working_days(date(2025, 12, 31), date(2026, 1, 10)) == 6
    assert days.working_days(date(2026, 8, 21), date(2026, 9, 3)) == 7
    assert days.on_or_before(date(2026, 9, 2)) == date(2026, 8, 28)


def test_a_year_without_a_notice_is_provisional() -> None:
    days = working_calendar(2026, 2027)

    assert days.provisional == {2027}


def test_every_day_off_names_where_it_comes_from() -> None:
    days = working_calendar(2026, 2026)

    assert days.off[date(2026, 1, 2)] == "Công văn 12729/VPCP-KGVX"
    assert days.worked[date(2026, 8, 22)] == "Công văn 12729/VPCP-KGVX"
    assert all(days.off.values())


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31), date(2027, 6, 1)])
def test_reckoning_on_any_day_reaches_the_oldest_due_date_and_the_farthest_step(day: date) -> None:
    days = working_calendar(day.year - 3, day.year + 2)

    assert days.working_days(day - timedelta(days=800), day) > 500
    assert days.working_days(day, day + timedelta(days=60)) > 30
