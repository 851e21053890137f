"""Duties, answers, documents, plans and tasks: the log says where the tables were changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from domain.people import Role
from domain.plans import Stage
from models.database import transaction
from models.history import SYSTEM
from models.projection import ALL
from models.projection_office import OFFICE
from services.assignments import assign, led_tasks
from services.audit import Against, verify
from services.documents import DocumentStore
from services.due_dates import set_date
from services.event_answers import answer_nothing, unanswered
from services.events import EventRequest, raise_event
from services.people import add_user
from services.stand_ins import name_stand_in
from tests.builders import NOW, TODAY
from tests.builders import OFFICE as UNIT
from tests.packs import archive
from tests.post import Post, Recorder
from tests.services.conftest import problems


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a ward in which somebody is in charge, stands in, answers, records a document, moves a date."""
    from models.database import open_engine

    made: str = request.getfixturevalue("new_database")(request.getfixturevalue("migrated"))
    engine = open_engine(made)
    one = archive(engine, tmp_path_factory.mktemp("data"))
    with transaction(engine) as connection:
        add_user(connection, one.ward, "nga", role=Role.OFFICER, unit=UNIT, email=None, actor=SYSTEM, now=NOW)
        pairs = [(row.task_id, row.unit_id) for row in led_tasks(connection, one.ward) if row.code == "II.2"]
        assign(connection, one.ward, pairs, "lan", by="dieuphoi", now=NOW)
        name_stand_in(
            connection, one.ward, "lan", "nga", first=TODAY, last=TODAY + timedelta(9), reason="Nghỉ phép",
            by="lan", today=TODAY, now=NOW,
        )  # fmt: skip
        april = TODAY + timedelta(31)
        asked = [(each.task_id, each.month) for each in unanswered(connection, one.ward, april)][:1]
        answer_nothing(connection, one.ward, asked, by="dieuphoi", today=april, now=NOW)
        arrived = EventRequest("guidance", "7/HD", april, "Sở Nội vụ", "Hướng dẫn", due_on=april)
        raise_event(connection, one.ward, arrived, by="dieuphoi", today=april, now=NOW)
        set_date(
            connection, one.ward, "VI.3", Stage.PLAN, TODAY, reason="x", by="chutich", today=TODAY, now=NOW
        )
    post = Post(engine)
    post.now = NOW + timedelta(minutes=1)
    post.send(Recorder())
    engine.dispose()
    return made


@pytest.mark.parametrize("query", [*ALL, *OFFICE])
def test_no_check_goes_through_a_list_again_for_each_row(tables: Connection, query: str) -> None:
    """Of a hundred thousand messages it did, once the list was too long to be hashed."""
    ward = {"ward": 1}
    plan = "\n".join(tables.exec_driver_sql(f"EXPLAIN {query}", ward).scalars())

    assert "hashed SubPlan" not in plan
    assert "(ANY" not in plan


def test_the_tables_of_honest_work_follow_from_the_log(tables: Connection) -> None:
    assert problems(tables) == []


CHANGES = {
    "an open occurrence gone": ("DELETE FROM cchc.occurrence WHERE id = 1", "kỳ số 1"),
    "an occurrence with its stages gone": (
        "WITH gone AS (DELETE FROM cchc.stage WHERE occurrence_id = 2)"
        " DELETE FROM cchc.occurrence WHERE id = 2",
        "kỳ số 2",
    ),
    "a stage gone": ("DELETE FROM cchc.stage WHERE occurrence_id = 1 AND stage = 'report'", "2 bước"),
    "an occurrence from nowhere": (
        "INSERT INTO cchc.occurrence (ward_id, task_id, unit_id, label, opens_on)"
        " SELECT ward_id, task_id, unit_id, 'la', opens_on FROM cchc.occurrence WHERE id = 1",
        "nhật ký ghi không có",
    ),
    "an occurrence's name": ("UPDATE cchc.occurrence SET label = 'Năm 2027' WHERE id = 1", "Năm 2027"),
    "what opened it": ("UPDATE cchc.occurrence SET event_id = NULL WHERE event_id IS NOT NULL", "sự kiện 1"),
    "when it opened": ("UPDATE cchc.occurrence SET opened_at = opened_at - interval '9 days'", "kỳ II.2"),
    "a former date gone": ("DELETE FROM cchc.due_change", "thời hạn cũ"),
    "why a date moved": ("UPDATE cchc.due_change SET reason = 'khác'", "thời hạn cũ"),
    "who is in charge": ("UPDATE cchc.assignment SET account_id = 9", "người phụ trách nhiệm vụ II.2"),
    "nobody in charge any more": ("DELETE FROM cchc.assignment", "người phụ trách nhiệm vụ II.2"),
    "somebody in charge from nowhere": (
        "INSERT INTO cchc.assignment SELECT ward_id, 2, unit_id, account_id, assigned_by, assigned_at"
        " FROM cchc.assignment",
        "nhật ký ghi không có",
    ),
    "a stand-in's days": ("UPDATE cchc.stand_in SET last_day = last_day + 30", "người làm thay số 1"),
    "who stands in": ("UPDATE cchc.stand_in SET stand_in_id = 4", "người làm thay số 1"),
    "an end of it": ("UPDATE cchc.stand_in SET ended_at = now(), ended_by = 1", "người làm thay số 1"),
    "a stand-in from nowhere": (
        "INSERT INTO cchc.stand_in (ward_id, account_id, stand_in_id, first_day, last_day, reason, made_by,"
        " made_at) SELECT ward_id, 4, 3, first_day, last_day, reason, made_by, made_at FROM cchc.stand_in",
        "nhật ký ghi không có",
    ),
    "an answer": ("UPDATE cchc.event_answer SET answered_by = 6", "câu trả lời tháng 2026-03"),
    "an answer turned": (
        "UPDATE cchc.event_answer SET answer = 'nothing', event_id = NULL WHERE answer = 'arrived'",
        "câu trả lời tháng 2026-04",
    ),
    "an answer gone": ("DELETE FROM cchc.event_answer WHERE answer = 'nothing'", "bảng hiện có không có"),
    "a document's date": ("UPDATE cchc.event SET doc_date = doc_date - 9", "văn bản, sự kiện số 1"),
    "a document's deadline": ("UPDATE cchc.event SET due_on = due_on + 30", "văn bản, sự kiện số 1"),
    "what a document is about": ("UPDATE cchc.event SET summary = 'khác'", "trích yếu"),
    "a message that never left": (
        "UPDATE cchc.outbox SET state = 'sent' WHERE id = (SELECT max(id) FROM cchc.outbox"
        " WHERE channel = 'email' AND state <> 'sent')",
        "nhật ký ghi chưa gửi",
    ),
    "an answer of a recipient": (
        "INSERT INTO cchc.receipt SELECT ward_id, max(id), 'acknowledged', now(), 'person', now()"
        " FROM cchc.outbox GROUP BY ward_id",
        "trả lời cho thông báo số",
    ),
    "the plan's number": ("UPDATE cchc.plan SET number = '9/QĐ'", "kế hoạch số 1"),
    "a plan that ended": ("UPDATE cchc.plan SET state = 'closed'", "kế hoạch số 1"),
    "a task's title": ("UPDATE cchc.task SET title = 'Việc dễ' WHERE code = 'II.2'", "nhiệm vụ II.2"),
    "a task's time": ("UPDATE cchc.task SET time_text = 'Năm 2026' WHERE code = 'II.2'", "nhiệm vụ II.2"),
    "a task's unit": ("UPDATE cchc.task_unit SET unit_id = 2 WHERE role = 'lead' AND task_id = 1", "II.2"),
    "a task's product": ("UPDATE cchc.product SET text = 'Không' WHERE task_id = 1", "nhiệm vụ II.2"),
    "a task gone": ("DELETE FROM cchc.task WHERE code = 'VI.3'", "bảng hiện không có"),
    "a task taken out": ("UPDATE cchc.task SET withdrawn_by = 1 WHERE code = 'II.2'", "đã đưa ra"),
    "a column gone": ("ALTER TABLE cchc.stand_in RENAME COLUMN reason TO why", "chưa đối chiếu"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_does_not_follow_from_the_log_is_named(tables: Connection, what: str) -> None:
    statement, said = CHANGES[what]
    changed = tables.exec_driver_sql(statement).rowcount
    found = problems(tables)

    assert changed, "nothing was there to change"
    assert any(said in problem for problem in found), found


def test_a_file_that_is_lost_hides_no_change_of_the_tables(tables: Connection, tmp_path: Path) -> None:
    tables.exec_driver_sql("UPDATE cchc.stand_in SET last_day = last_day + 30")
    against = Against(documents=DocumentStore(tmp_path), live=True)
    found = verify(tables, against).wards[0].problems

    assert any("đã mất" in problem for problem in found)
    assert any("người làm thay số 1" in problem for problem in found)
