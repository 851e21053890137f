"""One real Prefect server on PostgreSQL for all tests of flows, emptied before each."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.embedded_server import EmbeddedServer
from flows.prefect_api import PrefectApi
from flows.relay import Engine as Relay
from models.databases import ensure_databases
from tests.flows.prefect_office import Desk, Rest, eventually, process
from tests.ports import free_port


@pytest.fixture(scope="session")
def prefect_environment(server: EmbeddedServer) -> Iterator[dict[str, str]]:
    """Run Prefect's server for the whole session; give what its clients must know."""
    home = Path(tempfile.mkdtemp(prefix="cchc-prefect-"))
    port = free_port()
    client = {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "PREFECT_HOME": str(home)}
    database = ensure_databases(server.url("flows"))
    settings = {"PREFECT_API_DATABASE_CONNECTION_URL": database.url, **database.environment, **client}
    start = ("server", "start", "--host", "127.0.0.1", "--port", str(port))
    with process("prefect", *start, environment=settings), PrefectApi(client["PREFECT_API_URL"]) as api:
        eventually(api.healthy, "the start of Prefect's server", 240)
        yield client
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def rest(prefect_environment: dict[str, str]) -> Rest:
    """Give an empty Prefect, seen from outside."""
    seen = Rest(prefect_environment["PREFECT_API_URL"])
    seen.empty()
    return seen


@pytest.fixture
def api(prefect_environment: dict[str, str], rest: Rest) -> Iterator[PrefectApi]:
    """Give our client of an empty Prefect."""
    with PrefectApi(prefect_environment["PREFECT_API_URL"]) as client:
        yield client


@pytest.fixture
def desk(engine: Engine, prefect_environment: dict[str, str], rest: Rest) -> Iterator[Desk]:
    """Give an empty Prefect, an empty database and people to work on it."""
    relay = Relay(prefect_environment["PREFECT_API_URL"])
    with Desk(engine, relay) as people:
        yield people
    relay.close()


@pytest.fixture
def start_worker(
    prefect_environment: dict[str, str], database_url: str, tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Give a function that starts our worker on the test's database, with more settings if wanted.

    It returns when the worker works.
    """
    ready = tmp_path / "ready"
    settings = {**prefect_environment, "CCHC_DATABASE_URL": database_url, "CCHC_READY_FILE": str(ready)}
    with ExitStack() as stack:

        def start(**more: str) -> subprocess.Popen[bytes]:
            ready.unlink(missing_ok=True)
            worker = stack.enter_context(process("flows.worker", environment={**settings, **more}))
            eventually(lambda: ready.exists() or worker.poll() is not None, "the start of the worker")
            assert worker.poll() is None
            return worker

        yield start
