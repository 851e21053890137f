"""What every test may ask for: a real PostgreSQL, and empty databases in it."""

from __future__ import annotations

import faulthandler
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine

from config.embedded_server import EmbeddedServer
from config.shared_server import using
from models.database import open_engine
from models.migrate import upgrade
from tests.databases import Databases
from tests.proofs import LONG, times

# A test's data may be lost with the machine, so nothing waits for the disk.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A test that waits for a lock which nobody will let go fails by name, well before it is timed out.
IN_TIME = {"lock_timeout": "100s", "idle_in_transaction_session_timeout": "200s"}
END = 120  # seconds in which a process ends after its last test

NewDatabase = Callable[..., str]

# Files that take long come first, so that the processes that share the suite end together.
LONG_FILES = (
    "cli/test_acceptance.py",
    "flows/test_lifecycle.py",
    "flows/test_prefect_server.py",
    "cli/test_up.py",
    "browser/",
    "flows/",
    "web/test_access.py",
    "services/formats/",
    "services/test_year_of_messages.py",
    "config/test_embedded_server.py",
)

# The suite tries the same examples each time, so that a change fails by what it did and never by luck on an
# old defect; `make proofs` looks for new ones (ADR 0033). A slow machine is no defect.
settings.register_profile(
    "cchc",
    derandomize=not LONG,
    max_examples=times(40, 100),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("cchc")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of long files first, each file still whole and in its own order."""

    def rank(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next(
            (rank for rank, name in enumerate(LONG_FILES) if f"/tests/{name}" in path), len(LONG_FILES)
        )

    items.sort(key=rank)


def pytest_unconfigure() -> None:
    """Say where every thread is if one of them keeps the process from ending, and end it."""
    faulthandler.dump_traceback_later(END, exit=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud that no page was seen by a browser, where there was none."""
    skipped = terminalreporter.stats.get("skipped", [])
    unseen = [each for each in skipped if each.nodeid.startswith("tests/browser/")]
    if unseen:
        terminalreporter.section("NO BROWSER", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(unseen)} tests of pages were left out: there is no chromium here.")


@pytest.fixture
def data() -> Iterator[Path]:
    """Give an empty data folder with a short path, which another account may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def initialised() -> Iterator[Path]:
    """Make the folder of a server that was never started; copying it is much faster than making one."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-"))
    folder.chmod(0o711)
    EmbeddedServer(folder, NOT_DURABLE).ensure_initialised()
    yield folder / "pgdata"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def data_with_server(data: Path, initialised: Path) -> Path:
    """Give a data folder that has the folder of its server already."""
    subprocess.run(["cp", "-a", str(initialised), str(data)], check=True)
    return data


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """Run one PostgreSQL for the whole session."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-"))
    folder.chmod(0o711)
    with using(folder, {**NOT_DURABLE, **IN_TIME, "max_connections": "200"}) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server_url(server: EmbeddedServer) -> str:
    """Give the URL of the maintenance database, as superuser."""
    return server.url("postgres")


@pytest.fixture(scope="session")
def databases(server: EmbeddedServer) -> Databases:
    """Keep the databases of the session's server."""
    return Databases(server)


@pytest.fixture(scope="session")
def new_database(databases: Databases) -> NewDatabase:
    """Give a function that makes one more database, a copy of `template`, and returns its URL."""
    return databases.make


@pytest.fixture
def fresh_database(new_database: NewDatabase) -> str:
    """Give the URL of an empty database of the test's own."""
    return new_database()


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> str:
    """Make the template that every database with our schema is copied from; return its name."""
    url = databases.make()
    upgrade(url)
    databases.learn(url)
    return url.split("?")[0].rsplit("/", 1)[1]


@pytest.fixture
def database_url(databases: Databases, migrated: str) -> Iterator[str]:
    """Give the URL of a database of the test's own, with our schema and nothing in it."""
    url = databases.take(migrated)
    yield url
    databases.give_back(url)


@pytest.fixture(scope="session")
def engines() -> dict[str, Engine]:
    """Keep an engine for each database that is used again, with the statements that it has compiled."""
    return {}


@pytest.fixture
def engine(database_url: str, engines: dict[str, Engine]) -> Iterator[Engine]:
    """Give a pool of connections to the test's own database, in the program's role."""
    pool = engines.setdefault(database_url, open_engine(database_url))
    yield pool
    pool.dispose()


@pytest.fixture(scope="session")
def shared_engine(new_database: NewDatabase, migrated: str) -> Iterator[Engine]:
    """Give a pool to the one database in which nothing is ever committed."""
    pool = open_engine(new_database(migrated))
    yield pool
    pool.dispose()


@pytest.fixture
def connection(shared_engine: Engine) -> Iterator[Connection]:
    """Give a transaction in an empty database that is rolled back after the test."""
    with shared_engine.connect() as opened:
        yield opened
