"""Counting working days."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingCalendar, in_words

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def calendar(off: Set[date] = frozenset(), worked: Set[date] = frozenset()) -> WorkingCalendar:
    return WorkingCalendar(
        date(2025, 12, 1), date(2027, 1, 31), dict.fromkeys(off, "nghỉ"), dict.fromkeys(worked, "làm bù")
    )


CALENDARS = st.builds(calendar, st.sets(DAYS, max_size=40), st.sets(DAYS, max_size=40))


@given(CALENDARS, DAYS, DAYS)
def test_counting_is_what_counting_on_the_fingers_gives(
    days: WorkingCalendar, after: date, until: date
) -> None:
    low, high = sorted((after, until))
    between = [low + timedelta(n) for n in range(1, (high - low).days + 1)]
    fingers = sum(days.is_working(day) for day in between)

    assert days.working_days(after, until) == (fingers if after <= until else -fingers)


@given(CALENDARS, DAYS)
def test_the_nearest_working_days_are_working_and_nothing_between_them_is(
    days: WorkingCalendar, day: date
) -> None:
    back, forth = days.on_or_before(day), days.on_or_after(day)

    assert back <= day <= forth
    assert days.is_working(back)
    assert days.is_working(forth)
    skipped = [back + timedelta(n) for n in range(1, (forth - back).days)]
    assert not any(days.is_working(each) for each in skipped)


def test_a_saturday_is_worked_only_by_notice() -> None:
    saturday = date(2026, 8, 22)

    assert not calendar().is_working(saturday)
    assert calendar(worked={saturday}).is_working(saturday)


def test_a_notice_that_a_day_is_worked_outdoes_a_holiday() -> None:
    day = date(2026, 1, 2)

    assert not calendar(off={day}).is_working(day)
    assert calendar(off={day}, worked={day}).is_working(day)


@pytest.mark.parametrize("day", [date(2025, 11, 30), date(2027, 2, 1)])
def test_days_outside_the_calendar_are_not_counted_by_guessing(day: date) -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        calendar().working_days(date(2026, 1, 1), day)


def test_a_day_is_written_as_an_office_writes_it() -> None:
    assert in_words(date(2026, 11, 27)) == "thứ Sáu 27/11/2026"
    assert in_words(date(2026, 11, 29)) == "Chủ nhật 29/11/2026"
