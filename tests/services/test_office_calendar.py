"""Notices of days off that people record: what they change, for whom, and how they are taken back."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from domain.calendar import Notice
from domain.refusals import BadValue, NotPermitted
from models.history import SYSTEM
from services.office_calendar import (
    UnknownNotice,
    add_notice,
    calendar_around,
    notices,
    office_calendar,
    withdraw_notice,
)
from services.people import Ward, add_contact
from services.reminders import finish, sweep
from tests.builders import NOW, OFFICE, TODAY, occurrence, office, plan_of, task

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = timedelta(days=1)
NEXT_YEAR = Notice("Công văn 1/VPCP-KGVX", 2027, (date(2027, 2, 11),), (date(2027, 2, 20),))


@pytest.fixture
def ward(connection: Connection) -> Ward:
    return office(connection, plan_of(task("II.2", occurrences=[occurrence(plan=TODAY)]))).ward


def add(connection: Connection, ward: Ward, notice: Notice = NEXT_YEAR, by: str = "dieuphoi") -> int:
    return add_notice(connection, ward, notice, by=by, now=NOW)


def events(connection: Connection, ward_id: int) -> list[Any]:
    rows = connection.exec_driver_sql(
        "SELECT body FROM cchc.audit_event WHERE ward_id = %(ward)s AND kind LIKE 'calendar.%%'"
        " ORDER BY position",
        {"ward": ward_id},
    )
    return [json.loads(body) for body in rows.scalars()]


def test_a_year_is_provisional_until_a_notice_of_it_is_recorded(connection: Connection, ward: Ward) -> None:
    assert 2027 in calendar_around(connection, TODAY).provisional

    number = add(connection, ward, Notice("Công văn 1/VPCP-KGVX", 2027))

    assert calendar_around(connection, TODAY).provisional == {2023, 2024, 2025, 2028}
    withdraw_notice(connection, ward, number, by="quantri", now=NOW)
    assert 2027 in calendar_around(connection, TODAY).provisional


def test_what_people_record_lies_over_what_ships_and_the_later_over_the_earlier(
    connection: Connection, ward: Ward
) -> None:
    add(connection, ward, Notice("Văn bản A", 2026, (TODAY,), (date(2026, 3, 7), date(2026, 1, 2))))
    calendar = office_calendar(connection, 2026, 2026)
    assert calendar.off[TODAY] == "Văn bản A"
    assert not calendar.is_working(TODAY)
    assert calendar.is_working(date(2026, 3, 7))
    assert calendar.is_working(date(2026, 1, 2))  # it ships as a day off

    add(connection, ward, Notice("Văn bản B", 2026, (date(2026, 3, 7),), (TODAY,)))
    calendar = office_calendar(connection, 2026, 2026)
    assert calendar.is_working(TODAY)
    assert not calendar.is_working(date(2026, 3, 7))


def test_the_same_notice_is_recorded_once_and_a_withdrawn_one_may_come_again(
    connection: Connection, ward: Ward
) -> None:
    first, same = add(connection, ward), add(connection, ward, NEXT_YEAR, "quantri")
    for _ in range(2):
        assert withdraw_notice(connection, ward, first, by="dieuphoi", now=NOW) == NEXT_YEAR
    again = add(connection, ward)

    assert first == same < again
    assert len(events(connection, ward.id)) == 3
    assert [(each.number, each.withdrawn_at is None) for each in notices(connection) if each.number] == [
        (first, False),
        (again, True),
    ]


def test_every_ward_has_the_change_in_its_own_history(connection: Connection, ward: Ward) -> None:
    other = office(connection, plan_of(task("II.2"), issuer="UBND phường Hai")).ward

    number = add(connection, ward)

    [own], [others] = events(connection, ward.id), events(connection, other.id)
    assert own["actor"]["role"] == "coordinator"
    assert others["actor"] == json.loads(SYSTEM)
    assert own["facts"] == {
        "document": "Công văn 1/VPCP-KGVX",
        "notice": number,
        "off": ["2027-02-11"],
        "worked": ["2027-02-20"],
        "year": 2027,
    }
    assert others["facts"] == {**own["facts"], "by_ward": ward.id}


@pytest.mark.parametrize(
    "notice",
    [
        Notice(" ", 2027),
        Notice("x" * 201, 2027),
        Notice("A", 1999),
        Notice("A", 2101),
        Notice("A", 2027, (date(2026, 12, 31),)),
        Notice("A", 2027, (), (date(2028, 1, 1),)),
        Notice("A", 2027, (date(2027, 2, 11),), (date(2027, 2, 11),)),
    ],
)
def test_a_notice_that_cannot_be_is_refused(connection: Connection, ward: Ward, notice: Notice) -> None:
    with pytest.raises(BadValue):
        add(connection, ward, notice)

    assert [each for each in notices(connection) if each.number] == []


def test_only_coordinators_and_administrators_record_notices(connection: Connection, ward: Ward) -> None:
    number = add(connection, ward)
    for by in ("lan", "chutich", "thanhtra"):
        with pytest.raises(NotPermitted):
            add(connection, ward, by=by)
        with pytest.raises(NotPermitted):
            withdraw_notice(connection, ward, number, by=by, now=NOW)
    with pytest.raises(UnknownNotice):
        withdraw_notice(connection, ward, number + 1, by="dieuphoi", now=NOW)


def test_nobody_is_reminded_on_a_day_that_a_notice_takes_off(connection: Connection, ward: Ward) -> None:
    add_contact(connection, ward, OFFICE, channel="email", address="lan@phuong.vn", actor=SYSTEM, now=NOW)
    add(connection, ward, Notice("Nghỉ bão", 2026, (TODAY,)))

    def swept(day: date) -> int:
        return sweep(connection, day, NOW, timezone=HANOI).reminders

    assert swept(TODAY) == 0
    assert swept(TODAY - 3 * DAY) == 1  # the Friday before speaks for the due date itself


def test_what_a_day_off_declared_overnight_would_have_told_is_told_after_it_once(
    connection: Connection, ward: Ward
) -> None:
    add_contact(connection, ward, OFFICE, channel="email", address="lan@phuong.vn", actor=SYSTEM, now=NOW)
    friday, monday = TODAY - 3 * DAY, TODAY  # the plan is due on Monday, which a storm takes
    told = []
    for day in (friday, TODAY + DAY, TODAY + 2 * DAY):
        told.append(sweep(connection, day, NOW, timezone=HANOI).reminders)
        finish(connection, day, NOW + (day - friday))
        if day == friday:
            add_notice(
                connection,
                ward,
                Notice("Nghỉ bão", 2026, (monday,)),
                by="dieuphoi",
                now=NOW + timedelta(hours=1),
            )

    rows = connection.exec_driver_sql("SELECT step FROM cchc.outbox WHERE reason = 'reminder' ORDER BY id")
    assert told == [1, 1, 0]
    assert rows.scalars().all() == [f"{TODAY}/-1", f"{TODAY}/+1"]


def test_late_days_are_counted_by_the_notices(connection: Connection, ward: Ward) -> None:
    friday = TODAY + 4 * DAY
    before = calendar_around(connection, TODAY).working_days(TODAY, friday)

    add(connection, ward, Notice("Nghỉ bão", 2026, (TODAY + DAY, TODAY + 2 * DAY)))

    assert (before, calendar_around(connection, TODAY).working_days(TODAY, friday)) == (4, 2)


def test_the_calendar_is_made_once_for_as_long_as_the_notices_stay_the_same(
    connection: Connection, ward: Ward
) -> None:
    first = calendar_around(connection, TODAY)
    assert calendar_around(connection, TODAY + DAY) is first

    add(connection, ward)
    assert calendar_around(connection, TODAY) is not first
