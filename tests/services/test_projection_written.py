"""First dates, opening days, names and checkpoints: the log says where the tables were changed."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from domain.plans import Stage
from models.database import open_engine, transaction
from models.projection_written import WRITTEN
from services.audit import Against, verify
from services.due_dates import set_date
from services.events import EventRequest, raise_event
from services.projection import differences
from tests.amending import ADDED, LATER_DATE, amend
from tests.builders import NOW, TODAY, Office
from tests.decisions import in_words
from tests.packs import archive
from tests.services.conftest import problems


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a ward that handed files in, recorded a document with its file and let a pack be taken."""
    made: str = request.getfixturevalue("new_database")(request.getfixturevalue("migrated"))
    engine = open_engine(made)
    one = archive(engine, tmp_path_factory.mktemp("data"))
    with transaction(engine) as connection:
        letter = one.store.keep(BytesIO(b"cong van"), "công văn.pdf")
        arrived = EventRequest("guidance", "7/HD", TODAY, "Sở Nội vụ", "Hướng dẫn", due_on=TODAY, file=letter)
        raise_event(connection, one.ward, arrived, by="dieuphoi", today=TODAY, now=NOW)
        set_date(
            connection, one.ward, "VI.3", Stage.PLAN, TODAY, reason="x", by="chutich", today=TODAY, now=NOW
        )
    one.pack()
    engine.dispose()
    return made


def test_the_tables_of_honest_work_follow_from_the_log(tables: Connection) -> None:
    assert problems(tables) == []


CHANGES = {
    "a first date": ("UPDATE cchc.stage SET nominal_due = nominal_due + 60", "thời hạn ban đầu bước"),
    "a first date taken away": ("UPDATE cchc.stage SET nominal_due = NULL", "không có"),
    "a date made uncertain": ("UPDATE cchc.stage SET assumed = true WHERE occurrence_id = 1", "tạm tính"),
    "the day on which it opens": ("UPDATE cchc.occurrence SET opens_on = opens_on + 90", "ngày mở kỳ II.2"),
    "a unit's name": (
        "UPDATE cchc.unit SET name = 'Phòng Khác' WHERE name LIKE 'Trung tâm%%'", "tên đơn vị số",
    ),
    "a file's name": ("UPDATE cchc.submission_document SET name = 'khác.pdf'", "tên tệp"),
    "the name of a document that arrived": (
        "UPDATE cchc.event SET file_name = 'khác.pdf'", "tên tệp của văn bản, sự kiện số 1",
    ),
    "a checkpoint gone": ("DELETE FROM cchc.checkpoint", "điểm chốt ở"),
}  # fmt: skip # a change a line


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_written_once_is_held_against_the_event_that_says_it(tables: Connection, what: str) -> None:
    statement, said = CHANGES[what]
    assert tables.exec_driver_sql(statement).rowcount
    found = problems(tables)

    assert any(said in problem and problem.startswith("Vị trí ") for problem in found), found


def test_a_size_that_the_file_does_not_have_is_found(engine: Engine, data: Path) -> None:
    one = archive(engine, data)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET ROLE NONE")
        connection.exec_driver_sql("UPDATE cchc.document SET size = size + 1 WHERE sha256 <> repeat('0', 64)")
        found = verify(connection, Against(documents=one.store)).wards[0].problems
        connection.rollback()

    assert sum("sổ ghi" in problem and "byte nhưng tệp có" in problem for problem in found) == 3


def test_what_has_not_opened_is_held_against_the_plan_that_was_activated(
    connection: Connection, ward: Office
) -> None:
    connection.exec_driver_sql("SET ROLE NONE")
    changed = connection.exec_driver_sql(
        "UPDATE cchc.stage SET nominal_due = nominal_due + 1 FROM cchc.occurrence o"
        " WHERE o.id = occurrence_id AND o.state = 'planned' AND stage = 'report'"
    ).rowcount
    connection.exec_driver_sql("UPDATE cchc.occurrence SET opens_on = opens_on + 1 WHERE state = 'planned'")
    found = list(differences(connection, ward.ward.id))

    assert changed > 0
    assert sum("thời hạn ban đầu" in said for _, said in found) == min(changed, 100)
    assert any("ngày mở kỳ" in said for _, said in found)


@pytest.mark.parametrize("said", [LATER_DATE, ADDED, LATER_DATE.replace("30/10", "30/4")])
def test_an_amendment_gives_first_dates_of_its_own(connection: Connection, ward: Office, said: str) -> None:
    amend(connection, ward, in_words(said))

    assert problems(connection) == []

    connection.exec_driver_sql("SET ROLE NONE")
    connection.exec_driver_sql("UPDATE cchc.stage SET nominal_due = nominal_due + 1")
    assert any("thời hạn ban đầu" in problem for problem in problems(connection))


def test_a_log_that_was_begun_before_events_told_of_these_holds_nothing_against_them(
    connection: Connection, ward: Office
) -> None:
    """Its events are as they were: without first dates, opening days and names."""
    connection.exec_driver_sql("SET ROLE NONE")
    connection.exec_driver_sql("SET session_replication_role = replica")
    connection.exec_driver_sql(
        "UPDATE cchc.audit_event SET body = (body::jsonb #- '{facts,nominal}' #- '{facts,assumed}'"
        " #- '{facts,opens_on}' #- '{facts,units}' #- '{facts,planned}')::text"
    )
    connection.exec_driver_sql("UPDATE cchc.stage SET nominal_due = nominal_due + 1, assumed = NOT assumed")
    connection.exec_driver_sql("UPDATE cchc.unit SET name = name || ' cũ' WHERE name LIKE 'Các phòng%%'")

    rows = [connection.exec_driver_sql(query, {"ward": ward.ward.id}).all() for query in WRITTEN]
    assert rows == [[]] * len(WRITTEN)
