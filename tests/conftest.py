"""What every test may ask for: a real PostgreSQL, and empty databases in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from config.embedded_server import EmbeddedServer
from config.shared_server import using

# A test's data may be lost with the machine, so nothing waits for the disk.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

NewDatabase = Callable[..., str]


@pytest.fixture
def data() -> Iterator[Path]:
    """Give an empty data folder with a short path, which another account may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """Run one PostgreSQL for the whole session."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-"))
    folder.chmod(0o711)
    with using(folder, {**NOT_DURABLE, "max_connections": "200"}) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server_url(server: EmbeddedServer) -> str:
    """Give the URL of the maintenance database, as superuser."""
    return server.url("postgres")


@pytest.fixture(scope="session")
def new_database(server: EmbeddedServer) -> NewDatabase:
    """Give a function that makes one more database, a copy of `template`, and returns its URL."""
    numbers = count(1)

    def make(template: str = "template0") -> str:
        name = f"test_{next(numbers)}"
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return server.url(name)

    return make


@pytest.fixture
def fresh_database(new_database: NewDatabase) -> str:
    """Give the URL of an empty database of the test's own."""
    return new_database()
