"""Any ladder that a ward may set, over any pattern of mornings that ran or failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import WorkingCalendar
from domain.ladder import (
    ABOVE,
    Ladder,
    Step,
    UnfitLadder,
    checked,
    ladder_of,
    most_specific,
    step_on,
    steps_today,
)
from domain.plans import Stage, TaskKind

DAY = timedelta(days=1)
START = date(2026, 1, 1)
DAYS = st.dates(date(2025, 12, 1), date(2027, 1, 31))


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    before = draw(st.lists(st.integers(0, 120), min_size=1, max_size=20, unique=True))
    lates = sorted(draw(st.lists(st.integers(1, 120), min_size=3, max_size=3)))
    roles = [role for role in ABOVE if draw(st.booleans())]
    return checked(Ladder(tuple(before), draw(st.integers(1, 60)), tuple(zip(lates, roles, strict=False))))


CALENDARS = st.builds(
    lambda off, worked: WorkingCalendar(
        date(2025, 6, 1),
        date(2028, 12, 31),
        dict.fromkeys(off, "nghỉ"),
        dict.fromkeys(worked - off, "làm bù"),
    ),
    st.sets(DAYS, max_size=40),
    st.sets(DAYS, max_size=20),
)
PATTERNS = st.sets(st.integers(0, 250), min_size=1, max_size=120).map(sorted)


def rungs(due: date, ladder: Ladder, calendar: WorkingCalendar, until: date) -> dict[date, Step]:
    """Count on the fingers on which day each step comes; of several on one day the nearest."""
    days = {}
    for ahead in ladder.before:
        day = due - ahead * DAY
        while not calendar.is_working(day):
            day -= DAY
        days[day] = Step(due, "0" if ahead == 0 else f"-{ahead}", 0)
    late, day = 0, due
    while day < until:
        day += DAY
        if calendar.is_working(day):
            late += 1
            if late % ladder.late_every == 0:
                days[day] = Step(due, f"+{late}", late)
    return days


def walked(
    pattern: Sequence[int], due: date, ladder: Ladder, calendar: WorkingCalendar
) -> list[tuple[date, date, Step | None]]:
    """Run the mornings one after the other; return for each working one since when it spoke, and the step."""
    since, got = START - DAY, []
    for today in (START + n * DAY for n in pattern):
        if calendar.is_working(today):
            step = step_on(today, due, since=since, ladder=ladder, calendar=calendar)
            got.append((since, today, step))
            since = today
    return got


@settings(deadline=None)
@given(PATTERNS, st.integers(-20, 250), ladders(), CALENDARS)
def test_whichever_mornings_fail_each_missed_step_is_made_up_for_by_the_newest_alone(
    pattern: list[int], ahead: int, ladder: Ladder, calendar: WorkingCalendar
) -> None:
    due = START + ahead * DAY
    days = rungs(due, ladder, calendar, START + 260 * DAY)

    told = walked(pattern, due, ladder, calendar)

    for since, today, step in told:
        missed = [day for day in sorted(days) if since < day <= today]
        if not missed:
            assert step is None, (since, today)
        elif days[missed[-1]].late == 0 and today > due:
            # What the missed steps would have said is no longer so: it is late by now.
            assert step == Step(
                due, f"+{calendar.working_days(due, today)}", calendar.working_days(due, today)
            )
        else:
            assert step == days[missed[-1]], (since, today)
    names = [step.name for _, _, step in told if step is not None]
    assert len(set(names)) == len(names)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 360), st.integers(1, 200), ladders(), CALENDARS)
def test_a_morning_tells_each_due_date_at_most_one_step_and_misses_none(
    number: int, outage: int, ladder: Ladder, calendar: WorkingCalendar
) -> None:
    today, oldest = START + number * DAY, START + (number - 60) * DAY
    since = today - outage * DAY

    steps = list(steps_today(today, since=since, ladder=ladder, calendar=calendar, oldest_due=oldest))

    assert len({step.due_on for step in steps}) == len(steps)
    if not calendar.is_working(today):
        assert steps == []
        return
    alone = [
        step_on(today, oldest + n * DAY, since=max(since, oldest - DAY), ladder=ladder, calendar=calendar)
        for n in range(60 + 120 + 80)
    ]
    assert steps == [step for step in alone if step is not None]


@given(ladders())
def test_a_ladder_is_kept_as_one_text_and_read_back_as_it_was(ladder: Ladder) -> None:
    assert ladder_of(ladder.stated()) == ladder
    assert checked(ladder) == ladder
    assert ladder_of(ladder.stated()).stated() == ladder.stated()


def ladder(**more: Any) -> Ladder:
    return Ladder(**{"before": (7, 0), "late_every": 3, "escalation": ((3, "head"), (9, "leader")), **more})


def test_steps_may_be_typed_in_any_order_and_rungs_may_share_a_day() -> None:
    assert checked(ladder(before=(0, 30, 7))).before == (30, 7, 0)
    assert checked(ladder(escalation=((3, "head"), (3, "leader")))).escalation[1] == (3, "leader")


@pytest.mark.parametrize(
    ("unfit", "said"),
    [
        ({"before": ()}, "từ 1 đến 20"),
        ({"before": tuple(range(21))}, "từ 1 đến 20"),
        ({"before": (7, 7)}, "một lần"),
        ({"before": (121,)}, "đến 120"),
        ({"before": (-1,)}, "đến 120"),
        ({"late_every": 0}, "không được bỏ nhắc"),
        ({"late_every": 61}, "không được bỏ nhắc"),
        ({"escalation": ((3, "mayor"),)}, "mỗi cấp một lần"),
        ({"escalation": ((3, "head"), (6, "head"))}, "mỗi cấp một lần"),
        ({"escalation": ((0, "head"),)}, "từ 1 đến 120"),
        ({"escalation": ((121, "head"),)}, "từ 1 đến 120"),
        ({"escalation": ((6, "head"), (3, "leader"))}, "không được báo cáo sớm hơn"),
        ({"escalation": ((3, "leader"), (6, "head"))}, "không được báo cáo sớm hơn"),
    ],
)
def test_a_ladder_that_nobody_could_climb_is_refused_in_words(unfit: dict[str, Any], said: str) -> None:
    with pytest.raises(UnfitLadder) as refused:
        checked(ladder(**unfit))

    assert said in refused.value.notice


@pytest.mark.parametrize(
    ("scopes", "chosen"),
    [
        ([("recurring", "report"), ("recurring", ""), ("", "report"), ("", "")], ("recurring", "report")),
        ([("recurring", ""), ("", "report"), ("", "")], ("recurring", "")),
        ([("", "report"), ("", ""), ("recurring", "plan")], ("", "report")),
        ([("", ""), ("event", "report"), ("event", "")], ("", "")),
        ([("event", "report"), ("recurring", "plan"), ("", "plan")], None),
    ],
)
def test_of_several_rules_the_most_specific_counts(
    scopes: list[tuple[str, str]], chosen: tuple[str, str] | None
) -> None:
    assert most_specific(scopes, TaskKind.RECURRING, Stage.REPORT) == chosen
