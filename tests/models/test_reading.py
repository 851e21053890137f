"""The connections of the pages: they change nothing, and go by no ward's numbers."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import InternalError

from models import desks
from models.database import open_reader, transaction
from tests.builders import occurrence, office, plan_of, task


@pytest.fixture
def reader(database_url: str) -> Iterator[Engine]:
    pool = open_reader(database_url, pool_size=2, name="a test")
    yield pool
    pool.dispose()


def test_what_a_page_reads_was_all_true_at_one_moment_and_is_not_changed_by_it(
    reader: Engine, engine: Engine
) -> None:
    question = "SELECT count(*) FROM cchc.ward"
    with reader.begin() as page:
        before = page.exec_driver_sql(question).scalar_one()
        with transaction(engine) as connection:
            office(connection, plan_of(task("I.1")))
        assert page.exec_driver_sql(question).scalar_one() == before

    with pytest.raises(InternalError, match="read-only"), reader.begin() as page:
        page.exec_driver_sql("DELETE FROM cchc.outbox")


def test_lists_of_a_ward_that_is_newer_than_the_last_count_are_not_joined_in_loops(
    engine: Engine, reader: Engine, database_url: str
) -> None:
    """The server guesses that a ward it has not counted yet has no rows; its lists then took seconds."""
    rows = [task(f"I.{number}", occurrences=[occurrence()]) for number in range(1, 34)]
    with transaction(engine) as connection:
        office(connection, plan_of(*rows, issuer="UBND phường Cũ"))
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("ANALYZE")
    with transaction(engine) as connection:
        ward = office(connection, plan_of(*rows, issuer="UBND phường Mới")).ward

    statement = desks.STEPS.replace("%(states)s", "$1").replace("%(ward)s", "$2").replace("%(unit)s", "$3")
    for pool in (reader, engine):
        with pool.begin() as connection:
            connection.exec_driver_sql(f"PREPARE steps (text[], smallint, bigint) AS {statement}")
            plan = connection.exec_driver_sql(
                f"EXPLAIN EXECUTE steps ('{{open}}', {ward.id}, NULL)"
            ).scalars()
            assert "Join Filter: (s.occurrence_id = o.id)" not in "\n".join(plan)
