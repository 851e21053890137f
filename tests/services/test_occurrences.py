"""Opening occurrences whose day has come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from models.database import transaction
from models.history import SYSTEM
from services.audit import verify
from services.occurrences import open_due
from services.people import add_contact
from tests.builders import CULTURE, NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task

LATER = date(2026, 4, 1)


def planned(connection: Connection, count: int = 3, issuer: str = "UBND phường Thử Nghiệm") -> Office:
    """Give a plan whose occurrences open on LATER, and a unit that is reached by mail."""
    tasks = [task(f"I.{n}", occurrences=[occurrence(opens_on=LATER)]) for n in range(1, count + 1)]
    one = office(connection, plan_of(*tasks, issuer=issuer))
    add_contact(connection, one.ward, OFFICE, channel="email", address="lan@p.vn", actor=SYSTEM, now=NOW)
    return one


def told(connection: Connection) -> list[tuple[str, str, str, str | None]]:
    rows = connection.exec_driver_sql(
        "SELECT reason, channel, recipient, digest FROM cchc.outbox ORDER BY channel, id"
    )
    return [tuple(row) for row in rows]


def test_what_is_due_opens_on_its_day_and_once(connection: Connection) -> None:
    planned(connection)

    assert [open_due(connection, day, NOW) for day in (TODAY, LATER - timedelta(days=1))] == [0, 0]
    assert [open_due(connection, LATER, NOW) for _ in range(2)] == [3, 0]
    stages = connection.exec_driver_sql("SELECT stage, state FROM cchc.stage ORDER BY occurrence_id").all()
    assert {tuple(row) for row in stages} == {
        ("plan", "open"),
        ("implement", "waiting"),
        ("report", "waiting"),
    }
    assert verify(connection).ok


def test_a_day_that_was_missed_is_made_up_for(connection: Connection) -> None:
    planned(connection)

    assert open_due(connection, LATER + timedelta(days=40), NOW) == 3


def test_the_unit_is_told_in_one_digest_and_each_run_is_started(connection: Connection) -> None:
    planned(connection)
    open_due(connection, LATER, NOW)

    assert told(connection) == [
        *[("opened", "email", "lan@p.vn", "morning/2026-04-01")] * 3,
        *[("opened", "engine", "", None)] * 3,
    ]


def test_one_occurrence_can_be_opened_without_the_others(connection: Connection) -> None:
    planned(connection)
    one = connection.exec_driver_sql("SELECT max(id) FROM cchc.occurrence").scalar_one()

    assert open_due(connection, LATER, NOW, occurrence_ids=[one]) == 1
    assert open_due(connection, LATER, NOW, occurrence_ids=[one]) == 0
    assert open_due(connection, LATER, NOW, occurrence_ids=[]) == 0
    assert open_due(connection, LATER, NOW) == 2


def test_one_ward_can_be_opened_without_the_others(connection: Connection) -> None:
    first = planned(connection)
    planned(connection, issuer="UBND phường Khác")

    assert open_due(connection, LATER, NOW, ward_id=first.ward.id) == 3
    assert open_due(connection, LATER, NOW) == 3
    assert verify(connection).ok


def test_a_unit_that_cannot_be_reached_is_spoken_for_by_the_coordinators(connection: Connection) -> None:
    due = task("I.1", lead=CULTURE, occurrences=[occurrence(opens_on=LATER)])
    office(connection, plan_of(due))
    open_due(connection, LATER, NOW)

    assert sorted(who for _, channel, who, _ in told(connection) if channel == "email") == [
        "dieuphoi-vh@example.vn",
        "dieuphoi@example.vn",
    ]


def test_opening_from_many_processes_at_once_opens_each_once(engine: Engine) -> None:
    with engine.begin() as connection:
        planned(connection, 30)
        planned(connection, 30, issuer="UBND phường Khác")

    def go(_: int) -> int:
        with transaction(engine) as connection:
            return open_due(connection, LATER, NOW)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(go, range(6))) == 60
    with engine.connect() as connection:
        assert verify(connection).ok
        assert len(told(connection)) == 120


def test_an_opening_killed_before_its_commit_is_made_again_whole(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        planned(connection)
    with engine.connect() as killed:
        open_due(killed, LATER, NOW)
        pid = killed.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with psycopg.connect(database_url, autocommit=True) as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(OperationalError):
            killed.exec_driver_sql("SELECT 1")

    with transaction(engine) as connection:
        assert told(connection) == []
        assert open_due(connection, LATER, NOW) == 3
        assert verify(connection).ok
