"""When messages leave: what can wait keeps quiet hours and days off, and waits no longer than that."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingCalendar
from domain.leaving import PATIENT, leaves_at
from domain.quiet import QuietHours, may_leave

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = QuietHours(time(21), time(6, 30))
TET = {date(2026, 2, day): "Tết" for day in (16, 17, 18, 19, 20)}
CALENDAR = WorkingCalendar(
    date(2026, 1, 1), date(2026, 12, 31), off=TET, worked={date(2026, 2, 28): "làm bù"}
)

START = datetime(2026, 1, 1, tzinfo=HANOI)
moments = st.integers(0, 330 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))
hours = st.builds(QuietHours, minutes, minutes).filter(lambda each: each.begins != each.ends)


@given(moments, hours)
def test_what_can_wait_leaves_on_a_working_day_outside_quiet_hours_and_no_later_than_that(
    moment: datetime, quiet: QuietHours
) -> None:
    leaves = leaves_at({"reminder"}, "email", moment, quiet, CALENDAR)

    assert leaves >= moment
    assert CALENDAR.is_working(leaves.date())
    assert not quiet.quiet(leaves.time())
    before = moment
    while before < leaves:  # nothing in between would have done
        assert quiet.quiet(before.time()) or not CALENDAR.is_working(before.date())
        before += timedelta(minutes=17)


@given(moments, hours, st.sampled_from(["event", "returned", "moved", "cancelled", "accepted", "alarm"]))
def test_what_has_just_happened_is_told_at_once_by_mail_and_outside_quiet_hours_by_telephone(
    moment: datetime, quiet: QuietHours, reason: str
) -> None:
    assert leaves_at({reason}, "email", moment, quiet, CALENDAR) == moment
    rings = leaves_at({reason}, "zalo-group", moment, quiet, CALENDAR)
    assert not quiet.quiet(rings.time())
    assert rings == may_leave(moment, quiet)


@pytest.mark.parametrize("reason", sorted(PATIENT))
def test_a_message_that_can_wait_in_one_part_waits_as_a_whole(reason: str) -> None:
    evening = datetime(2026, 2, 13, 22, 0, tzinfo=HANOI)

    leaves = leaves_at({reason, "event"}, "email", evening, NIGHT, CALENDAR)

    assert leaves == datetime(2026, 2, 23, 6, 30, tzinfo=HANOI)


def test_a_made_up_saturday_is_a_day_like_any_other() -> None:
    early = datetime(2026, 2, 28, 5, 0, tzinfo=HANOI)

    assert leaves_at({"reminder"}, "phone", early, NIGHT, CALENDAR).day == 28


def test_equal_ends_mean_that_no_hour_is_quiet() -> None:
    midnight = datetime(2026, 2, 27, 0, 0, tzinfo=HANOI)

    assert leaves_at({"reminder"}, "email", midnight, QuietHours(time(0), time(0)), CALENDAR) == midnight
