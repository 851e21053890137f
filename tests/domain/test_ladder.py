"""The reminder ladder, walked through day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import WorkingCalendar
from domain.ladder import Ladder, Step, steps_today

DAY = timedelta(days=1)
FIRST, LAST = date(2025, 11, 1), date(2027, 4, 30)
TET = [date(2026, 2, 14) + n * DAY for n in range(9)]
CALENDAR = WorkingCalendar(
    date(2023, 1, 1),
    date(2028, 12, 31),
    off=dict.fromkeys([*TET, date(2026, 1, 1), date(2026, 1, 2), date(2026, 9, 1), date(2026, 9, 2)], "nghỉ"),
    worked={date(2026, 1, 10): "làm bù", date(2026, 8, 22): "làm bù"},
)
LADDER = Ladder((30, 14, 7, 3, 1, 0), 3, ((3, "head"), (6, "coordinator"), (9, "leader")))
DUES = [date(2026, 1, 1) + n * DAY for n in range(365)]
REACH = 40  # days late up to which the tests look


def rungs(due: date) -> dict[date, str]:
    """Return the day of each step for `due`, from the ladder's words; of several on one day, the nearest."""
    days = {}
    for ahead in sorted(LADDER.before, reverse=True):
        days[CALENDAR.on_or_before(due - ahead * DAY)] = "0" if ahead == 0 else f"-{ahead}"
    late, day = 0, due
    while day <= due + REACH * DAY:
        day += DAY
        if CALENDAR.is_working(day):
            late += 1
            if late % LADDER.late_every == 0:
                days[day] = f"+{late}"
    return days


def walked(mornings: Iterable[date], last_before: date) -> dict[date, list[tuple[date, str]]]:
    """Run the mornings one after the other; return what each due date got, and when."""
    got = defaultdict(list)
    since = last_before
    for today in mornings:
        for step in steps_today(
            today, since=since, ladder=LADDER, calendar=CALENDAR, oldest_due=today - REACH * DAY
        ):
            got[step.due_on].append((today, step.name))
        since = today
    return got


def test_over_a_year_no_step_is_missed_and_none_comes_twice() -> None:
    days = [FIRST + n * DAY for n in range((LAST - FIRST).days)]

    got = walked(days, FIRST - DAY)

    for due in DUES:
        expected = [(day, name) for day, name in rungs(due).items() if day <= due + REACH * DAY]
        assert got[due] == expected, due


def test_nobody_is_reminded_on_a_day_off() -> None:
    off = [FIRST + n * DAY for n in range((LAST - FIRST).days) if not CALENDAR.is_working(FIRST + n * DAY)]

    for day in off:
        for since in (day - DAY, day - 30 * DAY):
            steps = steps_today(
                day, since=since, ladder=LADDER, calendar=CALENDAR, oldest_due=day - REACH * DAY
            )
            assert not list(steps), day


@settings(deadline=None)
@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 120), st.integers(-REACH, REACH))
def test_after_an_outage_of_any_length_each_due_date_gets_the_newest_step_at_most(
    today: date, outage: int, ahead: int
) -> None:
    since, due = today - outage * DAY, today + ahead * DAY
    missed = [name for day, name in rungs(due).items() if since < day <= today]

    steps = steps_today(today, since=since, ladder=LADDER, calendar=CALENDAR, oldest_due=today - REACH * DAY)

    got = [step.name for step in steps if step.due_on == due]
    if not CALENDAR.is_working(today) or not missed:
        assert got == []
    elif due < today and not missed[-1].startswith("+"):
        # The steps before the date would say something that is no longer so.
        assert got == [f"+{CALENDAR.working_days(due, today)}"]
    else:
        assert got == [missed[-1]]


@settings(deadline=None, max_examples=30)
@given(st.sets(st.integers(0, 300), min_size=1, max_size=60))
def test_whichever_mornings_fail_no_due_date_hears_twice_in_a_day_or_twice_the_same(
    numbers: set[int],
) -> None:
    mornings = [date(2026, 1, 1) + n * DAY for n in sorted(numbers)]

    for due, steps in walked(mornings, date(2025, 12, 31)).items():
        assert len({day for day, _ in steps}) == len(steps), due
        assert len({name for _, name in steps}) == len(steps), due


def test_an_outage_longer_than_the_calendar_ends_like_any_other() -> None:
    today = date(2026, 3, 2)

    steps = list(
        steps_today(
            today, since=date(2019, 1, 1), ladder=LADDER, calendar=CALENDAR, oldest_due=today - 800 * DAY
        )
    )

    assert len({step.due_on for step in steps}) == len(steps)
    assert Step(date(2026, 3, 2), "0", 0) in steps
    assert Step(date(2026, 2, 25), "+3", 3) in steps


@pytest.mark.parametrize(
    ("today", "due", "step"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), "0"),
        (date(2026, 3, 6), date(2026, 3, 8), "0"),  # due on a Sunday: told on the Friday
        (date(2026, 3, 6), date(2026, 4, 6), "-30"),  # the 30th day before is a Saturday
        (date(2026, 2, 13), date(2026, 3, 22), "-30"),  # the 30th day before lies within Tết
        (date(2026, 3, 5), date(2026, 3, 2), "+3"),
        (date(2026, 3, 10), date(2026, 3, 2), "+6"),
    ],
)
def test_a_step_comes_on_its_day_or_the_working_day_before(today: date, due: date, step: str) -> None:
    steps = steps_today(
        today, since=today - DAY, ladder=LADDER, calendar=CALENDAR, oldest_due=today - REACH * DAY
    )

    assert [each.name for each in steps if each.due_on == due] == [step]


def test_the_longer_it_is_late_the_higher_it_is_told() -> None:
    told = LADDER.told()

    def hears(late: int) -> list[str]:
        return [role for role, least in told if least <= late]

    assert hears(0) == ["officer"]
    assert hears(3) == ["officer", "head"]
    assert hears(6) == ["officer", "head", "coordinator"]
    assert hears(9) == hears(12) == ["officer", "head", "coordinator", "leader"]
