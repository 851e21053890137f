"""What a message says to whom: the greeting names those who read it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from config.calendar import working_calendar
from models.database import transaction
from models.grants import queue_alarm
from models.history import SYSTEM
from services.people import add_contact
from tests.builders import NOW, OFFICE, TODAY, occurrence, office, plan_of, task
from tests.post import Post, Recorder

DAYS_BEFORE = [TODAY - timedelta(days=days) for days in range(60)]


def test_those_above_the_unit_are_greeted_by_what_they_are(engine: Engine) -> None:
    calendar = working_calendar(2025, 2026)
    due = next(day for day in DAYS_BEFORE if calendar.working_days(day, TODAY) == 12)
    with transaction(engine) as connection:
        late = task("II.2", occurrences=[occurrence(plan=due, report=None)])
        one = office(connection, plan_of(late))
        connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'sent'")
        for role, address in (("officer", "vp@phuong.vn"), ("head", "cvp@phuong.vn")):
            add_contact(
                connection,
                one.ward,
                OFFICE,
                channel="email",
                address=address,
                role=role,
                actor=SYSTEM,
                now=NOW,
            )
    post, channel = Post(engine), Recorder()
    post.morning()
    post.send(channel)

    greeted = {message.recipient: message.text.partition("\n")[0] for message in channel.messages}
    assert greeted["vp@phuong.vn"] == f"Kính gửi: {OFFICE}"
    assert greeted["cvp@phuong.vn"] == f"Kính gửi: Người đứng đầu {OFFICE}"
    assert greeted["chutich@example.vn"].startswith("Kính gửi: Lãnh đạo UBND")
    assert greeted["dieuphoi@example.vn"].startswith("Kính gửi: Bộ phận theo dõi kế hoạch")


def test_an_alarm_is_named_after_its_channel(engine: Engine) -> None:
    with transaction(engine) as connection:
        one = office(connection, plan_of(task("II.2", occurrences=[occurrence(plan=TODAY, report=None)])))
        connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'sent'")
        queue_alarm(connection, [one.ward.id], step="zalo-group/1", note="Kênh nhóm Zalo tạm giữ.", now=NOW)
    post, channel = Post(engine), Recorder()
    post.send(channel)

    assert {message.subject for message in channel.messages} == {"[CCHC] Cảnh báo: Kênh nhóm Zalo"}
