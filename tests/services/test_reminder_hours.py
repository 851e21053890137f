"""When a ward's messages leave: set by its people, kept by all that a morning queues."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from config.calendar import working_calendar
from domain.errors import WardError
from domain.ladder import Ladder
from domain.plans import Stage
from domain.quiet import QuietHours
from domain.refusals import BadValue
from services.reminder_rules import (
    Hours,
    hours_by_ward,
    packaged_hours,
    set_hours,
    ward_hours,
)
from services.reminders import leaves, sweep
from tests.builders import NOW, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk, two_kinds

DAY = timedelta(days=1)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SPARSE = Ladder((20, 5), 2, ((2, "leader"),))


@pytest.fixture
def desk(connection: Connection) -> Office:
    return two_kinds(connection)


def events(connection: Connection, kind: str) -> list[dict[str, Any]]:
    rows = connection.exec_driver_sql(
        "SELECT body FROM cchc.audit_event WHERE kind LIKE %(kind)s ORDER BY position", {"kind": kind}
    )
    return [json.loads(body) for body in rows.scalars()]


def test_hours_are_set_once_each_with_their_former_value(connection: Connection, desk: Office) -> None:
    hours = Hours(time(8), QuietHours(time(20), time(7)), 5)

    changed = [set_hours(connection, desk.ward, hours, by="quantri", now=NOW) for _ in range(2)]

    assert changed == [True, False]
    line = ward_hours(connection, desk.ward)
    assert (line.hours, line.changed_by) == (hours, "quantri")
    assert hours_by_ward(connection).of(desk.ward.id) == hours
    assert hours_by_ward(connection).of(desk.ward.id + 1) == packaged_hours()
    [event] = events(connection, "reminder.hours-set")
    assert event["facts"] == {
        "bulletin_weekday": 5,
        "former": {"bulletin_weekday": 1, "from_time": "07:00", "quiet": "21:00-06:30"},
        "from_time": "08:00",
        "quiet": "20:00-07:00",
    }


@pytest.mark.parametrize(
    "hours",
    [
        Hours(time(6), QuietHours(time(21), time(6, 30)), 1),
        Hours(time(12, 30), QuietHours(time(12), time(13)), 1),
        Hours(time(7), QuietHours(time(21), time(6, 30)), 0),
        Hours(time(7), QuietHours(time(21), time(6, 30)), 8),
    ],
)
def test_hours_in_which_nothing_could_start_are_refused(
    connection: Connection, desk: Office, hours: Hours
) -> None:
    with pytest.raises(BadValue):
        set_hours(connection, desk.ward, hours, by="quantri", now=NOW)


def test_all_that_a_morning_queues_leaves_by_the_wards_own_hours(
    connection: Connection, desk: Office
) -> None:
    dated = [occurrence(plan=TODAY + 5 * DAY)]
    other = office(connection, plan_of(task("II.2", occurrences=dated), issuer="UBND phường Hai"))
    set_hours(
        connection, desk.ward, Hours(time(9, 15), QuietHours(time(20), time(7)), 1), by="quantri", now=NOW
    )
    Desk(connection, desk).submit(Stage.PLAN)

    early = datetime(2026, 3, 3, 23, tzinfo=UTC)  # six in the morning of Wednesday in Hà Nội
    swept = sweep(connection, TODAY + 2 * DAY, early, timezone=HANOI)

    rows = connection.exec_driver_sql(
        "SELECT ward_id, reason, not_before FROM cchc.outbox"
        " WHERE reason IN ('reminder', 'escalation', 'waiting', 'bulletin')"
    ).all()
    leaving = {(row.ward_id, row.reason): row.not_before.astimezone(HANOI).time() for row in rows}
    assert leaving == {
        (desk.ward.id, "reminder"): time(9, 15),
        (desk.ward.id, "waiting"): time(9, 15),
        (desk.ward.id, "bulletin"): time(9, 15),
        (other.ward.id, "reminder"): time(7),
        (other.ward.id, "bulletin"): time(7),
    }
    assert swept.waiting > 0
    assert swept.bulletins == 2
    again = sweep(connection, TODAY + 2 * DAY, early, timezone=HANOI)
    assert (again.reminders, again.waiting, again.bulletins) == (0, 0, 0)


CALENDAR = working_calendar(2025, 2027)
CLOCK = st.times().map(lambda each: each.replace(second=0, microsecond=0))


@given(st.integers(0, 500_000), CLOCK, CLOCK, CLOCK)
def test_nothing_leaves_before_its_time_in_quiet_hours_or_on_a_day_off(
    minutes: int, from_time: time, begins: time, ends: time
) -> None:
    quiet = QuietHours(begins, ends)
    if quiet.quiet(from_time):
        return
    start = datetime(2026, 1, 5, tzinfo=HANOI) + timedelta(minutes=minutes)
    today = CALENDAR.on_or_before(start.date())

    moment = leaves(start, today, Hours(from_time, quiet, 1), CALENDAR)

    assert moment >= start
    assert CALENDAR.is_working(moment.date())
    assert moment.time() >= from_time
    assert not quiet.quiet(moment.time())
    if start.date() == today and start.time() <= from_time:
        assert moment == datetime.combine(today, from_time, HANOI)


def test_a_refusal_names_what_is_wrong_in_vietnamese(connection: Connection, desk: Office) -> None:
    with pytest.raises(WardError) as refused:
        set_hours(
            connection, desk.ward, Hours(time(6), QuietHours(time(21), time(7)), 1), by="quantri", now=NOW
        )

    assert refused.value.notice == (
        "Giờ bắt đầu nhắc việc “06:00” không đúng: không được nằm trong giờ yên lặng 21:00-07:00."
    )
