from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.pace import MINUTE, Pace

START = datetime(2026, 3, 2, tzinfo=UTC)


@given(st.integers(1, 5), st.lists(st.integers(0, 30), max_size=60))
def test_no_minute_ever_holds_more_than_the_pace_allows(most: int, pauses: list[int]) -> None:
    pace, now, left = Pace(most), START, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if not pace.take(now):
            left.append(now)

    for moment in left:
        assert sum(moment - MINUTE < each <= moment for each in left) <= most


@given(st.integers(1, 5), st.integers(1, 20))
def test_what_has_to_wait_may_leave_when_it_was_told(most: int, messages: int) -> None:
    pace, now = Pace(most), START
    for _ in range(messages):
        while wait := pace.take(now):
            now += wait

    assert now - START == MINUTE * ((messages - 1) // most)
