"""Prefect as a stranger sees it, people who work on occurrences, and processes of our own."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from domain.plans import Stage
from flows.deployments import WORK_POOL
from flows.relay import Engine as Relay
from models.database import transaction
from services.stages import Submission, accept, send_back, submit
from services.waking import wake_due
from tests.builders import NOW, TODAY, occurrence, office, plan_of, task
from tests.waiting import LONGEST_S

QUIET = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_WORKER_QUERY_SECONDS": "0.3",
}

# Loaded by every Python process that we start: writes down whom it connects to.
WATCHER = """
import os, sys
def _watch(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        address = arguments[1][0]
    elif event == "socket.getaddrinfo":
        address = arguments[0]
    else:
        return
    with open(os.environ["CONNECTIONS"], "a") as log:
        log.write(f"{address}\\n")
sys.addaudithook(_watch)
"""


def eventually(look: Callable[[], object], what: str | Callable[[], str], timeout: float = LONGEST_S) -> None:
    """Wait until `look` gives something true: another process is at work."""
    end = time.monotonic() + timeout
    while not look():
        if time.monotonic() > end:
            said = what if isinstance(what, str) else what()
            pytest.fail(f"within {timeout:g} s there was no {said}")
        time.sleep(0.05)


@functools.cache
def watched() -> Path:
    """Make the folder that holds the watcher and what it saw."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-watch-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "sitecustomize.py").write_text(WATCHER)
    (folder / "connections").touch()
    return folder


@contextmanager
def process(
    module: str, *arguments: str, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module as a process of its own; whatever is left of it afterwards is killed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "CCHC_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    kept |= {"PYTHONPATH": str(watched()), "CONNECTIONS": str(watched() / "connections")}
    command = [sys.executable, "-P", "-m", module, *arguments]
    running = subprocess.Popen(command, env={**kept, **QUIET, **environment}, start_new_session=True)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


class Rest:
    """Prefect's REST API as a stranger sees it, to check what our own client did."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=LONGEST_S, trust_env=False)

    def post(self, path: str, **body: Any) -> Any:
        """Send a POST and return the answer's JSON."""
        answer = self._http.post(path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        """Send a GET and return the answer's JSON."""
        return self._http.get(path).raise_for_status().json()

    def patch(self, path: str, **body: Any) -> None:
        """Send a PATCH."""
        self._http.patch(path, json=body).raise_for_status()

    def delete(self, path: str) -> None:
        """Send a DELETE."""
        self._http.delete(path).raise_for_status()

    def empty(self) -> None:
        """Remove every flow with its deployments and runs, and the work pool."""
        for flow in self.post("/flows/filter"):
            self.delete(f"/flows/{flow['id']}")
        self._http.delete(f"/work_pools/{WORK_POOL}")

    def runs(self) -> list[dict[str, Any]]:
        """Return every flow run."""
        found: list[dict[str, Any]] = self.post("/flow_runs/filter", sort="ID_DESC")
        return found

    def run(self, name: str) -> dict[str, Any]:
        """Return the one run of this name; `state_type` is `MISSING` where there is none."""
        found = [run for run in self.runs() if run["name"] == name]
        assert len(found) < 2, f"{len(found)} runs are called {name}"
        return found[0] if found else {"state_type": "MISSING", "state_name": None}

    def history(self, name: str) -> list[str]:
        """Return the names of the states that a run went through."""
        states = self.get(f"/flow_run_states/?flow_run_id={self.run(name)['id']}")
        return [state["name"] for state in sorted(states, key=lambda state: state["timestamp"])]

    def wait_for(self, name: str, state: str, timeout: float = LONGEST_S) -> dict[str, Any]:
        """Wait until the run of this name shows this state's name."""
        seen: dict[str, Any] = {}

        def look() -> bool:
            seen.update(self.run(name))
            return bool(seen["state_name"] == state)

        eventually(
            look, lambda: f"{name}: {state} (it is {seen['state_type']} {seen['state_name']})", timeout
        )
        return seen


class Desk:
    """People who work on occurrences, and a dispatcher beside them that wakes the runs."""

    def __init__(self, engine: Engine, relay: Relay) -> None:
        self.engine = engine
        self._relay = relay
        self._stop = threading.Event()
        self._dispatcher = threading.Thread(target=self._dispatch, daemon=True)
        self.ward = 0

    def __enter__(self) -> Desk:
        self._dispatcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._dispatcher.join(LONGEST_S)

    def set_up(self, *codes: str, opens_on: date = date(2026, 1, 14)) -> None:
        """Activate a plan whose tasks have one occurrence each."""
        tasks = [task(code, occurrences=[occurrence(opens_on=opens_on)]) for code in codes]
        with transaction(self.engine) as connection:
            self.ward = office(connection, plan_of(*tasks)).ward.id

    def submit(self, code: str, stage: Stage) -> None:
        """Hand a stage in."""
        handed_in = Submission(self.occurrence(code), stage, TODAY, doc_number="5/KH")
        with transaction(self.engine) as connection:
            submit(connection, self.ward, handed_in, by="lan", today=TODAY, now=NOW)

    def accept(self, code: str, *stages: Stage) -> None:
        """Accept stages, in order."""
        one = self.occurrence(code)
        with transaction(self.engine) as connection:
            for stage in stages:
                accept(connection, self.ward, one, stage, by="dieuphoi", now=NOW)

    def send_back(self, code: str, stage: Stage) -> None:
        """Return a stage to its unit."""
        one = self.occurrence(code)
        with transaction(self.engine) as connection:
            send_back(connection, self.ward, one, stage, by="dieuphoi", reason="Thiếu chữ ký", now=NOW)

    def occurrence(self, code: str) -> int:
        """Return the id of the task's only occurrence."""
        statement = (
            "SELECT o.id FROM cchc.occurrence o"
            " JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id WHERE t.code = %s"
        )
        with transaction(self.engine) as connection:
            found: int = connection.exec_driver_sql(statement, (code,)).scalar_one()
        return found

    def ask(self, question: str) -> Any:
        """Return the one value that a query gives."""
        with transaction(self.engine) as connection:
            return connection.exec_driver_sql(question).scalar_one()

    def _dispatch(self) -> None:
        begin = functools.partial(transaction, self.engine)
        while not self._stop.is_set():
            if not wake_due(begin, self._relay.wake, lambda: datetime.now(UTC)):
                self._stop.wait(0.05)
