"""Letters about more time: leaders are asked while there is something to decide, units are answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from domain.plans import Stage
from models.database import transaction
from models.history import SYSTEM
from services import extensions
from services.people import Ward, add_contact
from services.stages import Submission, submit
from tests.builders import NOW, OFFICE, TODAY, occurrence, office, plan_of, task
from tests.post import Post, Recorder

LATER = date(2026, 4, 15)
WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


@pytest.fixture
def ward(engine: Engine) -> Ward:
    """Give an office in which a unit has just asked for more time, and nothing else is to be told."""
    with transaction(engine) as connection:
        made = office(connection, plan_of(task("II.2", occurrences=[occurrence()]))).ward
        add_contact(connection, made, OFFICE, channel="email", address="vp@phuong.vn", actor=SYSTEM, now=NOW)
        connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'sent'")
        extensions.request(connection, made, 1, Stage.PLAN, until=LATER, reason="Chờ Sở", by="lan", **WHEN)
    return made


def grant(connection: Connection, ward: Ward) -> None:
    extensions.grant(connection, ward, 1, until=LATER, answer="Đồng ý", by="chutich", **WHEN)


def refuse(connection: Connection, ward: Ward) -> None:
    extensions.refuse(connection, ward, 1, answer="Không có căn cứ", by="chutich", **WHEN)


def take_back(connection: Connection, ward: Ward) -> None:
    extensions.withdraw(connection, ward, 1, by="lan", **WHEN)


def hand_in(connection: Connection, ward: Ward) -> None:
    submit(connection, ward.id, Submission(1, Stage.PLAN, TODAY), by="lan", **WHEN)


def test_a_leader_reads_who_asks_until_when_why_and_where_to_decide(engine: Engine, ward: Ward) -> None:
    mail = Recorder()
    Post(engine).send(mail)

    (letter,) = mail.messages
    assert letter.recipient == "chutich@example.vn"
    assert letter.subject == "[CCHC] II.2: Đề nghị gia hạn ban hành kế hoạch (hạn 31/03/2026)"
    assert letter.text.startswith("Kính gửi: Lãnh đạo UBND phường Thử Nghiệm")
    for said in (
        "Cơ quan, đơn vị chủ trì đề nghị gia hạn, kính trình lãnh đạo quyết định:",
        f"Cơ quan, đơn vị chủ trì: {OFFICE}",
        "Nội dung đề nghị: Đề nghị gia hạn từ 31/03/2026 đến 15/04/2026. Lý do: Chờ Sở",
        "Xem chi tiết tại: http://127.0.0.1:8000/extensions",
        "Kính đề nghị lãnh đạo xem xét, chấp thuận hoặc từ chối.",
    ):
        assert said in letter.text


@pytest.mark.parametrize("act", [grant, refuse, take_back, hand_in])
def test_a_letter_that_asks_for_what_is_decided_or_overtaken_does_not_leave(
    engine: Engine, ward: Ward, act: Callable[[Connection, Ward], None]
) -> None:
    with transaction(engine) as connection:
        act(connection, ward)
    mail = Recorder()
    Post(engine).send(mail)

    assert "chutich@example.vn" not in mail.told()
    assert Post(engine).rows(of="reason = 'extension-asked'") == ["dropped"]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            grant,
            "Chấp thuận gia hạn: thời hạn chuyển từ 31/03/2026 sang 15/04/2026. Ý kiến của lãnh đạo: Đồng ý",
        ),
        (
            refuse,
            "Không chấp thuận gia hạn; thời hạn vẫn là 31/03/2026. Ý kiến của lãnh đạo: Không có căn cứ",
        ),
    ],
)
def test_a_unit_reads_what_became_of_its_request_and_gets_the_date_for_its_calendar(
    engine: Engine, ward: Ward, act: Callable[[Connection, Ward], None], said: str
) -> None:
    with transaction(engine) as connection:
        act(connection, ward)
    mail = Recorder()
    Post(engine).send(mail)

    (letter,) = mail.messages
    assert letter.recipient == "vp@phuong.vn"
    assert letter.subject == "[CCHC] II.2: Kết quả đề nghị gia hạn ban hành kế hoạch"
    assert f"Quyết định: {said}" in letter.text
    (enclosed,) = letter.attachments
    day = b"20260415" if act is grant else b"20260331"
    assert b"DTSTART;VALUE=DATE:" + day in enclosed.content
