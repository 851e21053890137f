"""All of 2026 on the real plan, morning by morning, against days that are counted on the fingers."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time

import pytest
from sqlalchemy import Connection

from domain.plans import PlanReading
from services.reminder_rules import set_hours
from tests.year import (
    DAY,
    HANOI,
    NEW_HOURS,
    NEW_HOURS_FROM,
    YEAR,
    Year,
    plan_year,
    work_is_done,
    works,
)


@pytest.fixture
def year(connection: Connection, packaged: PlanReading) -> Year:
    return plan_year(connection, packaged)


def test_over_the_year_each_step_is_told_once_to_each_and_nothing_else_is(year: Year) -> None:
    done = work_is_done(year)

    def noon(day: date) -> None:
        for line in done.get(day, ()):
            year.hand_in(line, day)
        if day == NEW_HOURS_FROM - DAY:
            now = datetime.combine(day, time(12), HANOI)
            set_hours(year.connection, year.ward, NEW_HOURS, by="dieuphoi", now=now)

    year.mornings(YEAR, noon)

    queued = year.queued()
    expected = Counter(row for line in year.lines for row in line.rows())
    assert len(year.lines) == 60
    assert sum(expected.values()) > 1500
    assert Counter(row for row, _ in queued) == expected
    assert set(expected.values()) == {1}
    for (day, *_), leaves in queued:
        assert works(day)
        assert leaves == datetime.combine(day, time(7) if day < NEW_HOURS_FROM else time(7, 45), HANOI)


def test_after_tet_each_stage_is_spoken_of_once_and_nothing_in_between(year: Year) -> None:
    year.mornings(day for day in YEAR if day <= date(2026, 2, 27))

    rows = [row for row, _ in year.queued()]
    expected = {row for line in year.lines for row in line.rows() if row[0] <= date(2026, 2, 27)}
    assert set(rows) == expected
    assert not [row for row in rows if date(2026, 2, 13) < row[0] < date(2026, 2, 23)]
    first = [row for row in rows if row[0] == date(2026, 2, 23)]
    assert len({(who, *stage) for _, *stage, _, who in first}) == len(first) > 0


@pytest.mark.parametrize(
    ("last_run", "next_run"),
    [
        (date(2026, 2, 11), date(2026, 2, 25)),  # before Tết and after it nobody ran anything
        (date(2026, 3, 4), date(2026, 3, 12)),  # over the due dates of the first quarter
        (date(2026, 5, 20), date(2026, 6, 15)),
        (date(2026, 8, 26), date(2026, 9, 5)),  # back on a Saturday: nothing before Monday
    ],
)
def test_after_an_outage_each_stage_that_missed_a_step_gets_one_and_no_more(
    year: Year, last_run: date, next_run: date
) -> None:
    year.mornings(last_run - n * DAY for n in (2, 1, 0))
    before = {row for row, _ in year.queued()}
    year.mornings(day for day in YEAR if next_run <= day <= next_run + 2 * DAY)

    back = next(day for day in YEAR if day >= next_run and works(day))
    after = [row for row, _ in year.queued() if row not in before and row[0] == back]
    missed = {
        (line.occurrence, line.stage)
        for line in year.lines
        if line.opens_on <= back and any(last_run < day <= back for day in line.rungs())
    }
    assert {(row[1], row[2]) for row in after} == missed
    assert len(missed) > 3
    assert len({(row[1], row[2], row[4]) for row in after}) == len(after)
    assert len({(row[1], row[2], row[3]) for row in after}) == len(missed)
    assert not [row for row, _ in year.queued() if last_run < row[0] < back]
