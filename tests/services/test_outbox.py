"""What leaves the database: once, as one message, and with a trace of how far it got."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine

from domain.errors import SystemFault
from domain.plans import Stage
from models import queue
from models.database import transaction
from models.history import SYSTEM
from notifications.channels import Action, Answer, Outcome, open_channel
from notifications.inbox import list_inbox, start_inbox
from services.audit import verify
from services.outbox import BATCH, LEASE, send_due
from services.people import add_contact, the_ward
from services.reminders import finish
from tests.builders import CULTURE, NOW, OFFICE, TODAY
from tests.desk import Desk
from tests.post import AGAIN, HERE, SECOND, SENT, Killed, Post, Recorder, plan_with


@pytest.fixture
def post(engine: Engine) -> Post:
    with engine.begin() as connection:
        plan_with(connection, 3, officer="lan@phuong.vn")
    waiting = Post(engine)
    assert waiting.morning() == 3
    waiting.now = NOW + SECOND
    return waiting


def reminders(post: Post) -> list[str]:
    return post.rows()[-3:]


def test_rows_of_one_digest_leave_as_one_message(post: Post) -> None:
    channel = Recorder()

    assert post.send(channel) == 1
    assert post.send(channel) == 0
    assert channel.told() == ["lan@phuong.vn"]
    assert all(f"II.{n}" in channel.messages[0].text for n in (2, 3, 4))
    assert reminders(post) == ["sent"] * 3
    assert post.deliveries() == [(1, "sent")] * 3
    assert post.kinds() == ["delivery.sent"]


def test_a_digest_larger_than_a_batch_still_leaves_as_one_message(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        desk = plan_with(connection, 1, officer="lan@phuong.vn")
    with psycopg.connect(database_url) as superuser:
        superuser.execute(
            "INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel,"
            " digest, not_before) SELECT %s, %s, NULL, 'opened', n::text,"
            " CASE WHEN n <= 3 THEN 'a' ELSE 'b' END || '@phuong.vn', 'email', 'opened/x', %s"
            " FROM generate_series(1, %s) n",
            [desk.ward.id, desk.occurrence, NOW, BATCH + 40],
        )
    post, channel = Post(engine), Recorder()
    for _ in range(3):
        post.send(channel)

    assert channel.told() == ["a@phuong.vn", "b@phuong.vn"]


def test_each_recipient_gets_a_message_of_their_own(engine: Engine) -> None:
    with engine.begin() as connection:
        desk = plan_with(connection, 2, officer="lan@phuong.vn")
        add_contact(
            connection, desk.ward, OFFICE, channel="email", address="a@phuong.vn", actor=SYSTEM, now=NOW
        )
    post, channel = Post(engine), Recorder()
    post.morning()

    assert post.send(channel) == 2
    assert channel.told() == ["a@phuong.vn", "lan@phuong.vn"]


def test_nothing_leaves_before_its_hour(post: Post) -> None:
    post.now, channel = NOW - SECOND, Recorder()

    assert post.send(channel) == 0
    assert channel.messages == []


def test_what_a_busy_server_did_not_take_goes_again_after_a_growing_pause(post: Post) -> None:
    channel, pauses = Recorder(AGAIN), []
    for _ in range(4):
        assert post.send(channel) == 1
        assert post.send(channel) == 0
        (again,) = set(post.rows("not_before")[-3:])
        pauses.append((again - post.now).total_seconds())
        post.now = again
    channel.answers = [SENT]
    assert post.send(channel) == 1

    assert pauses == [30, 60, 120, 240]
    assert reminders(post) == ["sent"] * 3
    assert post.deliveries() == [*((n, "retry") for n in range(1, 5)), (5, "sent")] * 3
    assert len({message.message_id for message in channel.messages}) == 1


def test_a_pause_that_the_provider_asks_for_is_kept(post: Post) -> None:
    post.send(Recorder(Answer(Outcome.RETRY, "421", retry_after=1800)))

    assert set(post.rows("not_before")[-3:]) == {post.now + timedelta(minutes=30)}


def test_after_three_days_a_person_must_look(post: Post) -> None:
    first = post.now
    for later in (timedelta(0), timedelta(days=3)):
        post.now = first + later
        post.send(Recorder(AGAIN))
        assert reminders(post) == ["retry"] * 3

    post.now = first + timedelta(days=3, hours=1)
    post.send(Recorder(AGAIN))
    assert reminders(post) == ["failed"] * 3
    assert post.kinds() == ["delivery.retry"] * 2 + ["delivery.failed"]


def test_what_waited_for_months_for_somebody_to_mend_the_server_is_given_up(post: Post) -> None:
    with transaction(post.engine) as connection:
        connection.exec_driver_sql("UPDATE cchc.outbox SET attempts = 20000 WHERE reason = 'reminder'")

    post.send(Recorder(Answer(Outcome.RETRY, "535 login", action=Action.CHANNEL, channel_down=True)))

    assert reminders(post) == ["failed"] * 3


def test_a_refused_message_is_not_tried_again(post: Post) -> None:
    post.send(Recorder(Answer(Outcome.FAILED, "550 5.1.1 no such user")))
    post.now += timedelta(days=1)
    channel = Recorder()
    post.send(channel)

    assert "lan@phuong.vn" not in channel.told()
    assert reminders(post) == ["failed"] * 3


def test_what_may_have_arrived_is_never_sent_again(post: Post) -> None:
    post.send(Recorder(Answer(Outcome.UNKNOWN, "connection lost after DATA")))
    post.now += timedelta(days=1)

    assert post.send(Recorder()) == 0
    assert reminders(post) == ["unknown"] * 3
    assert post.kinds() == ["delivery.unknown"]


def test_a_crash_while_a_message_leaves_makes_it_unknown_when_its_lease_ends(post: Post) -> None:
    with pytest.raises(Killed):
        post.send(Recorder(Killed()))
    assert reminders(post) == ["sending"] * 3

    later = Recorder()
    post.send(later)
    assert reminders(post) == ["sending"] * 3
    post.now += LEASE + SECOND
    post.send(later)
    assert later.messages == []
    assert reminders(post) == ["unknown"] * 3
    assert post.deliveries() == [(1, "unknown")] * 3
    assert post.kinds() == ["delivery.unknown"]


def test_an_answer_in_hand_waits_for_a_database_that_starts_again(post: Post) -> None:
    broken, waited = [3, 4, 5], []
    numbers = count(1)

    @contextmanager
    def begin() -> Iterator[Connection]:
        if next(numbers) in broken:  # after the message was marked and has left
            raise SystemFault("away", "Cơ sở dữ liệu không phản hồi.")
        with transaction(post.engine) as connection:
            yield connection

    sent = send_due(begin, Recorder(), HERE, lambda: post.now, wait_for=waited.append)

    assert sent == 1
    assert waited == [0.5, 2.0, 8.0]
    assert reminders(post) == ["sent"] * 3


def test_a_crash_before_a_message_leaves_only_delays_it(post: Post) -> None:
    with transaction(post.engine) as connection:  # claimed, and then nothing more
        claimed = queue.claim(connection, channel="email", now=post.now, until=post.now + LEASE, limit=BATCH)
    assert len(claimed) == 3

    channel = Recorder()
    assert post.send(channel) == 0
    post.now += LEASE + SECOND
    assert post.send(channel) == 1
    assert post.send(channel) == 0
    assert reminders(post) == ["sent"] * 3


def test_a_stage_handed_in_meanwhile_is_not_reminded_of(post: Post) -> None:
    with transaction(post.engine) as connection:
        desk = Desk.__new__(Desk)
        desk.connection = connection
        desk.ward, desk.occurrence = _first(connection)
        desk.submit(Stage.PLAN)
    channel = Recorder()

    assert post.send(channel) == 1
    assert "II.2" not in channel.messages[0].text
    assert "II.3" in channel.messages[0].text
    assert reminders(post) == ["dropped", "sent", "sent"]


def _first(connection: Connection) -> tuple[Any, int]:
    one = connection.exec_driver_sql("SELECT min(id) FROM cchc.occurrence").scalar_one()
    return the_ward(connection, None), one


def test_a_reminder_that_waited_for_the_server_gives_way_to_todays(post: Post) -> None:
    post.send(Recorder(AGAIN))
    with transaction(post.engine) as connection:
        finish(connection, TODAY, NOW)
    post.now += timedelta(days=3)
    assert post.morning(TODAY + timedelta(days=3)) == 3  # three working days late
    channel = Recorder()
    post.send(channel)
    post.now += timedelta(hours=2)
    post.send(channel)

    assert channel.told() == ["lan@phuong.vn"]
    assert post.rows()[-6:] == ["dropped"] * 3 + ["sent"] * 3


def test_when_the_server_is_away_the_rest_is_not_tried_in_vain(engine: Engine) -> None:
    with engine.begin() as connection:
        desk = plan_with(connection, 1, officer="lan@phuong.vn")
        add_contact(
            connection, desk.ward, OFFICE, channel="email", address="a@phuong.vn", actor=SYSTEM, now=NOW
        )
    post = Post(engine)
    post.morning()
    away = Recorder(Answer(Outcome.RETRY, "connection refused", channel_down=True))

    assert post.send(away) == 1
    assert away.told() == ["a@phuong.vn"]
    post.now += LEASE + SECOND
    back = Recorder()
    assert post.send(back) == 2
    assert back.told() == ["a@phuong.vn", "lan@phuong.vn"]


def test_an_address_of_the_local_inbox_never_leaves_for_a_real_server(engine: Engine) -> None:
    with engine.begin() as connection:
        plan_with(connection, 1, officer="vp@moi.localhost")
    post, channel = Post(engine), Recorder()
    post.morning()
    post.send(channel)

    assert channel.messages == []
    assert post.rows()[-1:] == ["failed"]


def test_two_dispatchers_at_once_never_send_one_row_twice(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        desk = plan_with(connection, 1, officer="lan@phuong.vn")
    with psycopg.connect(database_url) as superuser:
        superuser.execute(
            "INSERT INTO cchc.outbox (ward_id, occurrence_id, reason, step, recipient, channel, digest,"
            " not_before) SELECT %s, %s, 'opened', n::text, 'u' || n %% 40 || '@phuong.vn', 'email',"
            " 'd' || n %% 2, %s"
            " FROM generate_series(1, 400) n",
            [desk.ward.id, desk.occurrence, NOW],
        )
    post, together, channels = Post(engine), Barrier(4, timeout=60), [Recorder() for _ in range(4)]

    def dispatch(channel: Recorder) -> None:
        together.wait()
        for _ in range(4):
            post.send(channel)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(dispatch, channel) for channel in channels]:
            done.result()

    told = sorted((m.recipient, m.message_id) for channel in channels for m in channel.messages)
    assert len(told) == len(set(told))
    assert len(post.deliveries()) == 400
    assert set(post.rows()) == {"sent"}
    with engine.connect() as connection:
        assert verify(connection).ok


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Any]:
    running = start_inbox(tmp_path)
    yield running
    running.stop()


def test_a_digest_arrives_at_a_real_mail_server_as_one_letter(post: Post, inbox: Any, tmp_path: Path) -> None:
    channel = open_channel("email", inbox.url)
    for _ in range(2):
        send_due(lambda: transaction(post.engine), channel, HERE, lambda: post.now)
    channel.close()

    (letter,) = list_inbox(tmp_path)
    assert "lan@phuong.vn" in letter.to
    assert all(f"II.{n}" in letter.text for n in (2, 3, 4))
    assert OFFICE in letter.text
    assert CULTURE not in letter.text
    assert reminders(post) == ["sent"] * 3
    with post.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT DISTINCT subject, provider_id FROM cchc.delivery").all()
    assert [row.subject for row in kept] == [letter.subject]
    assert kept[0].provider_id
