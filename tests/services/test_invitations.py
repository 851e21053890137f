"""Due dates in letters: entered, moved and taken away in the calendar of whoever reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import Connection

from domain.plans import Stage
from models import queue
from models.history import SYSTEM
from notifications.channels import Message
from services.announcements import work_cancelled
from services.composing import Parcel, parcels_of
from services.due_dates import set_date
from services.occurrences import open_due
from services.people import Ward, add_contact
from tests.builders import NOW, OFFICE, TODAY, occurrence, office, plan_of, task
from tests.post import HERE, SECOND

MAIL = "vp@phuong.vn"
DAY = timedelta(days=1)


def planned(connection: Connection, *tasks: str, mail: str = MAIL, **dues: date | None) -> Ward:
    later = occurrence(opens_on=TODAY + DAY, **dues)
    ward = office(connection, plan_of(*(task(code, occurrences=[later]) for code in tasks))).ward
    add_contact(connection, ward, OFFICE, channel="email", address=mail, actor=SYSTEM, now=NOW)
    return ward


def letters(connection: Connection) -> list[Message]:
    rows = queue.claim(connection, channel="email", now=NOW + SECOND, until=NOW + SECOND * 9, limit=100)
    parcels: Sequence[Parcel] = parcels_of(connection, [row for row in rows if not row.stale], HERE, NOW)
    for parcel in parcels:
        queue.drop(connection, parcel.ward, parcel.ids, NOW)
    return [each.message for each in parcels if each.message and each.message.recipient == MAIL]


def enclosed(message: Message) -> list[Any]:
    return [Calendar.from_ical(each.content) for each in message.attachments]


def events(message: Message) -> list[Any]:
    return [event for calendar in enclosed(message) for event in calendar.walk("VEVENT")]


def opened(connection: Connection, ward: Ward) -> Message:
    open_due(connection, TODAY + DAY, NOW, ward_id=ward.id)
    [letter] = letters(connection)
    return letter


def test_an_opening_letter_invites_to_each_of_its_dates(connection: Connection) -> None:
    ward = planned(connection, "II.2")

    letter = opened(connection, ward)

    assert [str(each["METHOD"]) for each in enclosed(letter)] == ["REQUEST", "REQUEST"]
    assert [each.decoded("DTSTART") for each in events(letter)] == [date(2026, 3, 31), date(2026, 12, 9)]
    assert {str(each["ATTENDEE"]) for each in events(letter)} == {f"mailto:{MAIL}"}
    assert len({each.name for each in letter.attachments}) == 2


def test_many_dates_come_as_one_file(connection: Connection) -> None:
    ward = planned(connection, "II.2", "II.3", "II.4")

    letter = opened(connection, ward)

    [calendar] = enclosed(letter)
    assert str(calendar["METHOD"]) == "PUBLISH"
    assert len(events(letter)) == 6


def test_a_date_that_is_taken_away_leaves_the_calendar(connection: Connection) -> None:
    ward = planned(connection, "II.2")
    invited = {str(each["UID"]) for each in events(opened(connection, ward))}
    connection.exec_driver_sql("UPDATE cchc.stage SET due_on = NULL WHERE stage = 'plan'")
    connection.exec_driver_sql(
        "INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel,"
        " contact_id, note, not_before) SELECT ward_id, occurrence_id, 'plan', 'moved', '2026-03-31/-/1',"
        " recipient, channel, contact_id, 'Bỏ thời hạn.', not_before FROM cchc.outbox"
        " WHERE channel = 'email' LIMIT 1"
    )

    [letter] = letters(connection)

    [calendar] = enclosed(letter)
    [event] = events(letter)
    assert (str(calendar["METHOD"]), str(event["STATUS"])) == ("CANCEL", "CANCELLED")
    assert event["SEQUENCE"] == 1
    assert str(event["UID"]) in invited


def test_work_that_is_cancelled_leaves_the_calendar_with_all_its_open_dates(connection: Connection) -> None:
    ward = planned(connection, "II.2")
    opened(connection, ward)
    [one] = connection.exec_driver_sql("SELECT id FROM cchc.occurrence").scalars()
    connection.exec_driver_sql("UPDATE cchc.occurrence SET state = 'cancelled', cancel_reason = 'x'")
    work_cancelled(connection, ward.id, 1, "45/QĐ-UBND", [one], now=NOW)

    [letter] = letters(connection)

    assert {str(each["METHOD"]) for each in enclosed(letter)} == {"CANCEL"}
    assert len(events(letter)) == 2


@pytest.mark.parametrize("dues", [{"plan": None, "report": None}])
def test_a_letter_without_a_date_encloses_nothing(connection: Connection, dues: dict[str, None]) -> None:
    ward = planned(connection, "II.2", **dues)

    assert opened(connection, ward).attachments == ()


def test_the_moved_date_of_a_person_moves_the_same_entry(connection: Connection) -> None:
    ward = planned(connection, "II.2")
    first = {str(each["UID"]): each["SEQUENCE"] for each in events(opened(connection, ward))}
    set_date(
        connection,
        ward,
        "II.2",
        Stage.PLAN,
        date(2026, 4, 15),
        reason="x",
        by="dieuphoi",
        today=TODAY,
        now=NOW,
    )

    [letter] = letters(connection)

    [event] = events(letter)
    assert first[str(event["UID"])] == 0
    assert event["SEQUENCE"] == 1
    assert event.decoded("DTSTART") == date(2026, 4, 15)
