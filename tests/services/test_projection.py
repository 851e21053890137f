"""Nothing in the live tables can be changed so that it no longer follows from the log."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine

from domain.plans import Stage
from models.database import transaction
from models.migrate import driver_url
from services.audit import Against, verify
from services.extensions import grant, request
from services.stages import Submission, submit
from tests.builders import NOW, TODAY
from tests.packs import Archive, archive
from tests.post import Post, Recorder
from tests.story import Tampering


@pytest.fixture(scope="module")
def worked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Archive]:
    """Make a ward whose task was handed in, returned, accepted, prolonged and written about."""
    from models.database import open_engine

    url: str = request.getfixturevalue("new_database")(request.getfixturevalue("migrated"))
    engine = open_engine(url)
    one = archive(engine, tmp_path_factory.mktemp("data"))
    _prolong(engine, one)
    post = Post(engine)
    post.now = NOW + timedelta(minutes=1)
    post.send(Recorder())
    engine.dispose()
    return url, one


def _prolong(engine: Engine, one: Archive) -> None:
    with transaction(engine) as connection:
        occurrence = connection.exec_driver_sql(
            "SELECT id FROM cchc.occurrence WHERE state = 'open' ORDER BY id LIMIT 1"
        ).scalar_one()
        asked = request(
            connection, one.ward, occurrence, Stage.REPORT, until=TODAY + timedelta(days=300), reason="Bão",
            by="lan", today=TODAY, now=NOW,
        )  # fmt: skip
        until = TODAY + timedelta(days=290)
        grant(connection, one.ward, asked, until=until, objective=True, by="chutich", today=TODAY, now=NOW)
        waiting = Submission(occurrence, Stage.IMPLEMENT, TODAY)
        submit(connection, one.ward.id, waiting, by="lan", today=TODAY, now=NOW)


@pytest.fixture
def tables(worked: tuple[str, Archive]) -> object:
    engine = create_engine(driver_url(worked[0]))
    with engine.connect() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        yield Tampering(connection, 0)
        connection.rollback()
    engine.dispose()


def problems(connection: Connection) -> list[str]:
    return verify(connection, Against(live=True)).wards[0].problems


def test_the_tables_of_honest_work_follow_from_the_log(tables: Tampering) -> None:
    assert problems(tables.connection) == []


def last(connection: Connection, kind: str) -> int:
    position: int = connection.exec_driver_sql(
        "SELECT max(position) FROM cchc.audit_event WHERE kind = %s", (kind,)
    ).scalar_one()
    return position


CHANGES = {
    "a stage that was never accepted": (
        "UPDATE cchc.stage SET state = 'accepted' WHERE stage = 'implement' AND attempt = 1",
        "stage.submitted", "bước implement",
    ),
    "an attempt more": (
        "UPDATE cchc.stage SET attempt = 3 WHERE stage = 'plan' AND attempt = 2", "stage.accepted", "lần 3",
    ),
    "a due date": (
        "UPDATE cchc.stage SET due_on = due_on + 30 WHERE stage = 'report' AND occurrence_id = 1",
        "due.changed", "thời hạn bước report",
    ),
    "a due date that was taken away": (
        "UPDATE cchc.stage SET due_on = NULL WHERE stage = 'plan' AND occurrence_id = 1",
        "stage.submitted", "không có",
    ),
    "late made on time": (
        "UPDATE cchc.submission SET late = false WHERE late", "stage.submitted", "late 0",
    ),
    "a day of the work": (
        "UPDATE cchc.submission SET effective_on = effective_on - 5 WHERE stage = 'implement'",
        "stage.submitted", "lần nộp 1",
    ),
    "another's submission": (
        "UPDATE cchc.submission SET submitted_by = 4 WHERE stage = 'implement'", "stage.submitted", "by 4",
    ),
    "a note": (
        "UPDATE cchc.submission SET note = 'khác' WHERE note IS NOT NULL", "stage.submitted", "ghi chú khác",
    ),
    "who accepted": (
        "UPDATE cchc.submission SET decided_by = 6 WHERE verdict = 'accepted'", "stage.accepted",
        "tài khoản 6",
    ),
    "a verdict that was never given": (
        "UPDATE cchc.submission SET verdict = 'accepted', decided_by = 1, decided_at = now()"
        " WHERE stage = 'implement'", None, "nhật ký ghi không có",
    ),
    "a submission gone": (
        "DELETE FROM cchc.submission WHERE stage = 'implement'", "stage.submitted", "không có",
    ),
    "another document": (
        "UPDATE cchc.submission_document SET sha256 = repeat('f', 64) WHERE name = 'CON'", "stage.submitted",
        "documents",
    ),
    "an occurrence cancelled": (
        "UPDATE cchc.occurrence SET state = 'cancelled', cancel_reason = 'x' WHERE id = 1",
        "occurrence.opened", "kỳ II.2",
    ),
    "an occurrence of another unit": (
        "UPDATE cchc.occurrence SET unit_id = 2 WHERE id = 1", "occurrence.opened", "đơn vị 2",
    ),
    "a role": ("UPDATE cchc.account SET role = 'leader' WHERE name = 'lan'", "account.added", "leader"),
    "an account let in again": (
        "UPDATE cchc.account SET active = false WHERE name = 'lan'", "account.added", "đã khoá",
    ),
    "an account from nowhere": (
        "INSERT INTO cchc.account (ward_id, name, role) VALUES (1, 'la', 'admin')", None,
        "nhật ký ghi không có",
    ),
    "a delivery that failed": (
        "UPDATE cchc.delivery SET outcome = 'failed' WHERE outcome = 'sent'", "delivery.sent", "failed",
    ),
    "what a provider answered": (
        "UPDATE cchc.delivery SET answer = 'x'", "delivery.sent", "lần gửi thông báo",
    ),
    "a delivery that never was": (
        "INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, answer)"
        " SELECT ward_id, outbox_id, 9, now(), 'sent', '' FROM cchc.delivery LIMIT 1", None,
        "nhật ký ghi không có",
    ),
    "an extension": (
        "UPDATE cchc.extension SET granted_until = granted_until + 1", "extension.granted",
        "đề nghị gia hạn",
    ),
    "an excuse": ("UPDATE cchc.extension SET objective = false", "extension.granted", "khách quan"),
    "a former date": (
        "UPDATE cchc.due_change SET former_due = former_due + 5", None, "thời hạn cũ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_does_not_follow_from_the_log_is_named_with_the_event_that_says_otherwise(
    tables: Tampering, what: str
) -> None:
    statement, kind, said = CHANGES[what]
    tables.run(statement)
    found = problems(tables.connection)

    assert found, what
    assert any(said in problem for problem in found), found
    if kind is not None:
        positions = {int(each.split()[2].rstrip(":")) for each in found if each.startswith("Vị trí ")}
        kinds = set(
            tables.connection.exec_driver_sql(
                "SELECT kind FROM cchc.audit_event WHERE position = ANY(%s)", (list(positions),)
            ).scalars()
        )
        assert kind in kinds


def test_a_note_that_was_erased_for_a_persons_sake_breaks_nothing(tables: Tampering) -> None:
    tables.run("UPDATE cchc.submission SET note = NULL")

    assert problems(tables.connection) == []


def test_a_log_written_afresh_with_what_is_no_event_is_told_of_and_stops_nothing(tables: Tampering) -> None:
    head = """{"actor":{"id":0,"role":"system"},"at":"2026-03-02T02:00:00.000000Z","facts":{oops"""
    tables.run(
        "INSERT INTO cchc.ward (code, name) VALUES ('hai', 'UBND phường Hai')",
        "INSERT INTO cchc.audit_event SELECT id, 0, '2026-03-02 02:00Z', 'account.added', b,"
        f" sha256('\\x00'::bytea || convert_to(b, 'UTF8')) FROM cchc.ward, (SELECT '{head}' ||"
        """ '},"kind":"account.added","position":0,"ward":"hai"}' AS b) x WHERE code = 'hai'""",
        "INSERT INTO cchc.audit_log SELECT ward_id, 1, ARRAY[leaf_hash] FROM cchc.audit_event"
        " WHERE ward_id = (SELECT id FROM cchc.ward WHERE code = 'hai')",
    )
    one, two = verify(tables.connection, Against(live=True)).wards

    assert one.problems == []
    assert "không đọc được" in two.problems[0]


@pytest.fixture
def files(engine: Engine, data: Path) -> Archive:
    made = archive(engine, data)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    return made


def against_files(one: Archive) -> list[str]:
    with one.engine.connect() as connection:
        found = verify(connection, Against(documents=one.store)).wards[0].problems
    return [each for each in found if "0000000000000000" not in each]  # the decision's file is not there


def test_documents_on_disk_are_read_again_and_named_where_they_were_handed_in(files: Archive) -> None:
    assert against_files(files) == []
    paths = sorted(path for path in files.store.folder.glob("*/*"))
    first, second = paths[0].read_bytes(), paths[1].read_bytes()

    paths[0].write_bytes(second)
    paths[1].write_bytes(first)
    swapped = against_files(files)
    paths[0].write_bytes(first[:-1] + b"x")
    paths[1].unlink()
    changed = against_files(files)

    assert len(swapped) == 2
    assert all(each.startswith("Vị trí ") and "đã bị sửa" in each for each in swapped)
    assert sorted("đã mất" in each for each in changed) == [False, True]
