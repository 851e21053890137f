"""A database with a long history and a superuser in it; an office where the packaged plan is under way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine

from domain.plans import PlanReading
from models.database import open_engine
from models.migrate import driver_url
from services.audit import Against, verify
from services.reading import read_file
from services.setup import PACKAGED
from tests import amending
from tests.builders import Office, office
from tests.story import Tampering, long_story


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest) -> str:
    """Make a database with a long history in two wards; return its URL."""
    url: str = request.getfixturevalue("new_database")(request.getfixturevalue("migrated"))
    engine = open_engine(url)
    long_story(engine)
    long_story(engine, "UBND phường Bên Cạnh")
    engine.dispose()
    return url


@pytest.fixture
def superuser(told: str) -> Iterator[Tampering]:
    engine = create_engine(driver_url(told))
    with engine.connect() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        size = connection.exec_driver_sql("SELECT size FROM cchc.audit_log WHERE ward_id = 1").scalar_one()
        yield Tampering(connection, size)
        connection.rollback()
    engine.dispose()


@pytest.fixture
def tables(url: str) -> Iterator[Connection]:
    """Open a module's database as whoever may change its tables behind the program's back."""
    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection
        connection.rollback()
    engine.dispose()


def problems(connection: Connection) -> list[str]:
    """Return what the log says of the first ward's tables."""
    return verify(connection, Against(live=True)).wards[0].problems


@pytest.fixture(scope="module")
def packaged() -> PlanReading:
    return read_file(PACKAGED)


@pytest.fixture
def ward(connection: Connection, packaged: PlanReading) -> Office:
    return office(connection, packaged, today=amending.DAY, now=amending.NOW)
