"""What happened while a message waited: whom it may no longer reach, and who else is at work."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from domain.plans import Stage
from models.database import transaction
from models.fallbacks import fall_back
from models.history import SYSTEM
from notifications.channels import Answer, Message, Outcome
from notifications.smtp_refusals import judge
from services.channels import hold, pass_on
from services.contacts import find_contact, remove_contact
from services.history import record
from services.resending import resend
from tests.builders import NOW, OFFICE
from tests.post import AGAIN, SECOND, SENT, Post, Recorder, plan_with
from tests.services.test_settling import CLOSED, GROUP, REFUSED, Group, contact, enable, ward_of
from tests.waiting import LONGEST_S, until_blocked

UNIT = "lan@phuong.vn"
HOUR = timedelta(hours=1)


@pytest.fixture
def post(engine: Engine) -> Post:
    """Give a unit with a mailbox and a task, and nothing that waits."""
    with transaction(engine) as connection:
        desk = plan_with(connection, 1)
        enable(connection, GROUP, "zalo-user")
        contact(connection, desk.ward, "email", UNIT, 1)
        connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'sent' WHERE state = 'pending'")
    return Post(engine)


def queue(post: Post, reason: str, step: str = "x", *, channel: str = "email", to: str = UNIT) -> None:
    with transaction(post.engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.outbox (ward_id, occurrence_id, reason, step, recipient, channel, contact_id,"
            " not_before) SELECT o.ward_id, o.id, %(reason)s, %(step)s, %(to)s, %(channel)s,"
            " (SELECT c.id FROM cchc.contact c WHERE c.address = %(to)s), %(now)s FROM cchc.occurrence o",
            {"reason": reason, "step": step, "to": to, "channel": channel, "now": post.now},
        )


def change(post: Post, statement: str) -> None:
    with transaction(post.engine) as connection:
        connection.exec_driver_sql(statement)


def test_what_waits_for_a_contact_that_was_removed_is_not_sent_to_it_and_somebody_hears_of_it(
    post: Post,
) -> None:
    queue(post, "accepted")
    with transaction(post.engine) as connection:
        ward = ward_of(connection)
        gone = find_contact(connection, ward, OFFICE, channel="email", address=UNIT)
        remove_contact(connection, ward, gone, by=None, now=NOW)
    mail = Recorder()
    post.send(mail)
    post.send(mail)

    assert UNIT not in mail.told()
    assert "dieuphoi@example.vn" in mail.told()
    assert post.rows(of="reason = 'accepted'") == ["failed"]


def test_who_has_opted_out_does_not_get_what_was_queued_before_it_goes_another_way(post: Post) -> None:
    with transaction(post.engine) as connection:
        contact(connection, ward_of(connection), "zalo-user", "u-lan", 1)
        connection.exec_driver_sql("UPDATE cchc.contact SET rank = 2 WHERE channel = 'email'")
    queue(post, "returned", channel="zalo-user", to="u-lan")
    change(post, "UPDATE cchc.contact SET muted_at = now(), muted_why = 'x' WHERE address = 'u-lan'")
    user, mail = Recorder(), Recorder()
    user.name = "zalo-user"
    post.send(user)
    post.send(mail)

    assert user.messages == []
    assert mail.told() == [UNIT]


def test_what_opens_work_is_not_told_once_the_work_is_cancelled(post: Post) -> None:
    queue(post, "opened")
    change(post, "UPDATE cchc.occurrence SET state = 'cancelled', cancel_reason = 'x', cancel_document = 'x'")
    mail = Recorder()
    post.send(mail)

    assert mail.messages == []
    assert post.rows(of="reason = 'opened' AND step = 'x'") == ["dropped"]


def test_why_a_stage_was_returned_is_not_told_once_it_was_handed_in_again(engine: Engine) -> None:
    with transaction(engine) as connection:
        desk = plan_with(connection, 1)
        contact(connection, desk.ward, "email", UNIT, 1)
        for reason in ("Thiếu phụ lục", "Thiếu chữ ký"):
            desk.submit(Stage.PLAN)
            desk.send_back(Stage.PLAN, reason=reason)
    post, mail = Post(engine), Recorder()
    post.now = NOW + SECOND
    post.send(mail)

    [letter] = mail.messages
    assert "Thiếu chữ ký" in letter.text


def test_what_was_queued_while_a_channel_was_being_held_goes_another_way_too(post: Post) -> None:
    with transaction(post.engine) as connection:
        contact(connection, ward_of(connection), GROUP, "g-vp", 1)
        connection.exec_driver_sql("UPDATE cchc.contact SET rank = 2 WHERE channel = 'email'")
        hold(connection, GROUP, "-237", "nhóm đã hết hạn", post.now)
    queue(post, "accepted", channel=GROUP, to="g-vp")  # by who saw the channel open
    with transaction(post.engine) as connection:
        pass_on(connection, GROUP, post.now)
    mail = Recorder()
    post.send(mail)

    assert UNIT in mail.told()


def test_what_a_person_sends_again_is_tried_for_as_long_as_at_first(post: Post) -> None:
    queue(post, "accepted")
    while post.rows(of="reason = 'accepted'") != ["failed"]:
        post.send(Recorder(AGAIN))
        post.now += HOUR
    with transaction(post.engine) as connection:
        [message] = post.rows("id", of="reason = 'accepted'")
        resend(connection, ward_of(connection), message, by=None, now=post.now)
    post.send(Recorder(AGAIN))

    assert post.rows(of="reason = 'accepted'") == ["retry"]


def test_coordinators_hear_of_what_fails_at_once_and_then_not_more_than_hourly(post: Post) -> None:
    mail = Refusing()
    for number in range(12):  # one fails every ten minutes
        queue(post, "accepted", str(number))
        post.send(mail)
        post.send(mail)
        post.now += timedelta(minutes=10)

    letters = [each for each in mail.messages if each.recipient == "dieuphoi@example.vn"]
    assert len(letters) == 2
    assert "(5)" in letters[1].text


def test_an_alarm_reaches_administrators_though_the_databases_clock_is_behind(post: Post) -> None:
    post.now = datetime.now(UTC).replace(hour=3) + timedelta(days=1)
    queue(post, "returned", channel=GROUP, to="g-vp")
    post.send(Group(CLOSED))
    mail = Recorder()
    post.send(mail)

    assert any("Cảnh báo" in each.subject for each in mail.messages)


def test_an_alarm_does_not_repeat_what_waits_for_a_verdict(engine: Engine) -> None:
    with transaction(engine) as connection:
        plan_with(connection, 1).submit(Stage.PLAN)
    post = Post(engine)
    post.now = NOW + timedelta(days=3)
    post.morning(post.now.date())
    change(
        post,
        "INSERT INTO cchc.outbox (ward_id, reason, step, recipient, channel, note, not_before)"
        " SELECT ward_id, 'alarm', 'x', recipient, 'email', 'x', not_before FROM cchc.outbox"
        " WHERE reason = 'waiting'",
    )
    mail = Recorder()
    post.send(mail)

    waiting = [each for each in mail.messages if "chờ nghiệm thu" in each.text.lower()]
    assert len(waiting) == len({each.recipient for each in waiting}) > 0
    assert any(each.subject.startswith("[CCHC] Cảnh báo") for each in mail.messages)


def test_an_outage_without_answers_leaves_few_messages_unclear_and_the_rest_go_after_it(post: Post) -> None:
    for number in range(40):
        queue(post, "accepted", str(number))
    silent, ends = Recorder(Answer(Outcome.UNKNOWN, "không trả lời")), post.now + timedelta(minutes=30)
    while post.now < ends:
        post.send(silent)
        post.now += timedelta(seconds=10)
    post.now += HOUR
    post.send(Recorder())

    states = post.rows(of="reason = 'accepted' AND step <> 'x' AND channel = 'email'")
    assert states.count("unknown") == len(silent.messages) <= 7
    assert states.count("sent") == 40 - len(silent.messages)


def test_letters_that_are_not_relayed_keep_no_other_letter_waiting(post: Post) -> None:
    for number in range(3):
        queue(post, "accepted", str(number), to=f"a{number}@elsewhere.vn")
    queue(post, "accepted", "b")

    class Inside(Recorder):
        def send(self, message: Message) -> Answer:
            super().send(message)
            inside = message.recipient == UNIT
            return SENT if inside else judge("RCPT", 554, "554 5.7.1 Relay access denied")

    post.send(Inside())
    assert post.rows(of="step = 'b'") == ["sent"]
    post.now += timedelta(minutes=59)
    assert post.send(Inside()) == 0


def test_to_hold_a_channel_waits_for_whoever_writes_to_several_wards_instead_of_against_them(
    post: Post,
) -> None:
    with transaction(post.engine) as connection:
        connection.exec_driver_sql("INSERT INTO cchc.ward (code, name) VALUES ('hai', 'UBND phường Hai')")
        first, second = connection.exec_driver_sql("SELECT id FROM cchc.ward ORDER BY id").scalars()
        connection.exec_driver_sql(
            "INSERT INTO cchc.outbox (ward_id, reason, step, recipient, channel, note, not_before)"
            " VALUES (%(ward)s, 'alarm', 'x', 'g', 'zalo-group', 'x', %(now)s)",
            {"ward": second, "now": NOW},
        )
    post.now = NOW + SECOND
    sender = threading.Thread(target=post.send, args=(Group(CLOSED),), daemon=True)
    with transaction(post.engine) as connection:
        record(connection, first, "test.first", {}, actor=SYSTEM, now=NOW)
        sender.start()
        until_blocked(connection)
        record(connection, second, "test.second", {}, actor=SYSTEM, now=NOW)
    sender.join(LONGEST_S)

    assert post.rows(of="channel = 'zalo-group'") == ["retry"]


def test_who_queues_what_stands_in_for_a_message_and_who_records_that_one_do_not_wait_for_each_other(
    post: Post,
) -> None:
    with transaction(post.engine) as connection:
        contact(connection, ward_of(connection), GROUP, "g-vp", 1)
        connection.exec_driver_sql("UPDATE cchc.contact SET rank = 2 WHERE channel = 'email'")
    queue(post, "accepted", channel=GROUP, to="g-vp")
    queue(post, "accepted")  # what is formal goes both ways at once
    [lost] = post.rows("id", of="channel = 'zalo-group'")
    sender = threading.Thread(target=post.send, args=(Recorder(),), daemon=True)
    with transaction(post.engine) as connection:
        ward = ward_of(connection).id
        record(connection, ward, "test.first", {}, actor=SYSTEM, now=NOW)
        sender.start()
        until_blocked(connection)
        assert fall_back(connection, ward, [lost], NOW) == []
    sender.join(LONGEST_S)

    assert post.rows(of="reason = 'accepted' AND channel = 'email' AND step = 'x'") == ["sent"]


class Refusing(Recorder):
    """A mail server that refuses the unit's letters."""

    def send(self, message: Message) -> Answer:
        taken = super().send(message)
        return REFUSED if message.recipient == UNIT else taken
