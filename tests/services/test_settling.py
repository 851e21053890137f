"""What follows when a message does not arrive: another way, word to a person, a channel that is held."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from domain.people import Role
from domain.refusals import NotPermitted
from models.database import transaction
from models.history import SYSTEM
from notifications.channels import Action, Answer, Outcome
from services.audit import verify
from services.channels import NotHeld, UnknownChannelName, release, states
from services.people import Ward, add_contact, add_user, the_ward
from tests.builders import NOW, OFFICE
from tests.post import HANOI, SECOND, Killed, Post, Recorder, plan_with

GROUP = "zalo-group"
GIVEN_UP = Answer(Outcome.FAILED, "người nhận đã chặn OA", action=Action.RECIPIENT, code="-217")
CLOSED = Answer(Outcome.RETRY, "nhóm đã hết hạn", action=Action.CHANNEL, code="-237", channel_down=True)
QUOTA = Answer(Outcome.RETRY, "hết hạn mức", action=Action.WAIT, code="-144", retry_after=7200)
REFUSED = Answer(Outcome.FAILED, "550 5.1.1 <lan@phuong.vn> không có", action=Action.RECIPIENT, code="550")


class Group(Recorder):
    name = GROUP


def enable(connection: Connection, *names: str) -> None:
    for name in names:
        connection.exec_driver_sql(
            "INSERT INTO cchc.channel_state (name, enabled, changed_at) VALUES (%(name)s, true, %(now)s)"
            " ON CONFLICT (name) DO UPDATE SET enabled = true",
            {"name": name, "now": NOW},
        )


def contact(connection: Connection, ward: Ward, channel: str, address: str, rank: int) -> None:
    add_contact(connection, ward, OFFICE, channel=channel, address=address, actor=SYSTEM, now=NOW)
    connection.exec_driver_sql(
        "UPDATE cchc.contact SET rank = %(rank)s WHERE address = %(address)s",
        {"rank": rank, "address": address},
    )


@pytest.fixture
def post(engine: Engine) -> Post:
    """Give two tasks due today of a unit that reads Zalo first and e-mail in its stead."""
    with engine.begin() as connection:
        desk = plan_with(connection, 2)
        enable(connection, GROUP)
        contact(connection, desk.ward, GROUP, "g-vp", 1)
        contact(connection, desk.ward, "email", "lan@phuong.vn", 2)
        add_user(
            connection,
            desk.ward,
            "dp2",
            role=Role.COORDINATOR,
            unit=None,
            email="dp@phuong.vn",
            actor=SYSTEM,
            now=NOW,
        )
        connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'sent' WHERE state = 'pending'")
    waiting = Post(engine)
    assert waiting.morning() == 2
    waiting.now = NOW + SECOND
    return waiting


def ward_of(connection: Connection) -> Ward:
    return the_ward(connection, None)


def test_a_contact_that_the_provider_gave_up_is_replaced_by_the_next_and_written_to_no_more(
    post: Post,
) -> None:
    post.send(Group(GIVEN_UP))
    mail = Recorder()
    post.send(mail)

    assert mail.told() == ["lan@phuong.vn"]
    assert "II.2" in mail.messages[0].text
    assert "II.3" in mail.messages[0].text
    assert post.rows("muted_why", of="true", table="contact") == ["người nhận đã chặn OA", None]
    post.now += timedelta(days=1)
    with transaction(post.engine) as connection:
        rows = connection.exec_driver_sql(
            "SELECT address FROM cchc.recipient WHERE role = 'officer' AND first AND unit_id = (SELECT id"
            " FROM cchc.unit WHERE name = %(office)s)",
            {"office": OFFICE},
        )
        assert rows.scalars().all() == ["lan@phuong.vn"]


def test_what_has_no_other_way_is_told_to_coordinators_once_and_without_the_address(post: Post) -> None:
    post.send(Group(GIVEN_UP))
    post.send(Recorder(REFUSED))
    mail = Recorder()
    post.send(mail)
    post.send(mail)

    [letter] = [each for each in mail.messages if each.recipient == "dp@phuong.vn"]
    assert "THƯ KHÔNG GỬI ĐƯỢC (2)" in letter.text
    assert "550" in letter.text
    assert "lan@phuong.vn" not in letter.text
    assert post.rows("muted_at", of="channel = 'email'", table="contact") == [None]


def test_a_channel_that_needs_an_administrator_is_held_and_what_waits_goes_another_way(post: Post) -> None:
    post.send(Group(CLOSED))
    assert post.send(Group()) == 0
    mail = Recorder()
    post.send(mail)

    assert "lan@phuong.vn" in mail.told()
    with transaction(post.engine) as connection:
        [held] = [row for row in states(connection, ward_of(connection), post.now) if row.name == GROUP]
        assert (held.held_code, held.held_why) == ("-237", "nhóm đã hết hạn")
        kinds = (
            connection.exec_driver_sql("SELECT kind FROM cchc.audit_event ORDER BY position").scalars().all()
        )
        assert kinds.count("channel.held") == 1
        assert verify(connection).ok
    alarms = [each for each in mail.messages if "tạm giữ" in each.text]
    assert len(alarms) == len({each.recipient for each in alarms}) >= 1


def test_a_released_channel_sends_what_still_waits(post: Post) -> None:
    with transaction(post.engine) as connection:  # nothing can stand in
        connection.exec_driver_sql("UPDATE cchc.contact SET active = false WHERE channel = 'email'")
    post.send(Group(CLOSED))
    with transaction(post.engine) as connection:
        release(connection, ward_of(connection), GROUP, by="dieuphoi", now=post.now)
    post.now += timedelta(minutes=6)
    group = Group()

    assert post.send(group) == 1
    assert group.told() == ["g-vp"]


def test_only_those_who_look_after_channels_release_them_and_only_held_ones(post: Post) -> None:
    with transaction(post.engine) as connection:
        ward = ward_of(connection)
        for by in ("lan", "chutich"):
            with pytest.raises(NotPermitted):
                release(connection, ward, GROUP, by=by, now=NOW)
        with pytest.raises(NotHeld):
            release(connection, ward, GROUP, by="dieuphoi", now=NOW)
        with pytest.raises(UnknownChannelName):
            release(connection, ward, "fax", by="dieuphoi", now=NOW)


def test_waiting_for_a_quota_is_no_failed_try_and_the_rest_waits_with_it(post: Post) -> None:
    for _ in range(5):  # days: longer than a failing message is tried
        assert post.send(Group(QUOTA)) == 1
        assert post.send(Group()) == 0
        post.now += timedelta(days=1)
        if post.now.weekday() == 5:
            post.now += timedelta(days=2)
    group = Group()
    post.send(group)

    assert group.told() == ["g-vp"]


def test_what_may_have_arrived_goes_by_no_other_way(post: Post) -> None:
    post.send(Group(Answer(Outcome.UNKNOWN, "không trả lời kịp")))
    mail = Recorder()
    post.send(mail)

    assert mail.messages == []


@pytest.mark.parametrize(
    ("leaves", "at"),
    [
        (datetime(2026, 3, 2, 22, 0, tzinfo=HANOI), datetime(2026, 3, 3, 6, 30, tzinfo=HANOI)),
        (datetime(2026, 3, 7, 9, 0, tzinfo=HANOI), datetime(2026, 3, 9, 0, 0, tzinfo=HANOI)),
        (datetime(2026, 3, 6, 21, 0, tzinfo=HANOI), datetime(2026, 3, 9, 6, 30, tzinfo=HANOI)),
    ],
)
def test_a_reminder_keeps_quiet_hours_and_days_off(post: Post, leaves: datetime, at: datetime) -> None:
    post.now, group = leaves, Group()
    assert post.send(group) == 0
    post.now = max(at, leaves) - SECOND
    assert post.send(group) == 0
    post.now = datetime(at.year, at.month, at.day, 6, 30, tzinfo=HANOI)
    assert post.send(group) == 1


def test_mornings_that_could_not_leave_leave_as_one_message(post: Post) -> None:
    post.send(Group(QUOTA))
    with transaction(post.engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.outbox (ward_id, occurrence_id, reason, step, recipient, channel, contact_id,"
            " digest, not_before) SELECT ward_id, occurrence_id, 'opened', 'x' || id, recipient, channel,"
            " contact_id, 'morning/2026-03-03', not_before FROM cchc.outbox WHERE channel = 'zalo-group'"
        )
    post.now += timedelta(hours=3)
    group = Group()

    assert post.send(group) == 1
    assert len(set(post.rows("digest", of="channel = 'zalo-group'"))) == 1


def test_a_message_that_cannot_be_written_does_not_keep_the_others(post: Post, monkeypatch: Any) -> None:
    with transaction(post.engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.outbox (ward_id, reason, step, recipient, channel, not_before)"
            " SELECT id, 'no such reason', 'x', 'x@phuong.vn', 'email', %(now)s FROM cchc.ward",
            {"now": NOW},
        )
        connection.exec_driver_sql("UPDATE cchc.outbox SET channel = 'email' WHERE recipient = 'g-vp'")
    mail = Recorder()
    post.send(mail)

    assert "g-vp" in mail.told()
    assert post.rows(of="reason = 'no such reason'") == ["failed"]


def test_a_crash_while_a_channel_answers_is_unknown_and_goes_by_no_other_way(post: Post) -> None:
    with pytest.raises(Killed):
        post.send(Group(Killed()))
    post.now += timedelta(minutes=6)
    post.send(Group())
    mail = Recorder()
    post.send(mail)

    assert post.rows(of="channel = 'zalo-group'") == ["unknown"] * 2
    assert mail.messages == []
