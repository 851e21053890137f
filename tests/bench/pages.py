"""The list of tasks against a bare FastAPI page of the same size, in one run, with 16 clients each."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

from sqlalchemy import Connection

from domain.plans import PlanReading, TaskKind
from models.database import open_engine, transaction
from services.people import Ward
from tests.bench.office import NOW, TODAY, new_database, server
from tests.builders import CENTRE, CULTURE, OFFICE, occurrence, office, plan_of, task
from tests.signing_in import signed_in

CLIENTS, WARDS, TASKS = 16, 114, 33
SECONDS = 2.0
ROUNDS = 5
GOAL, SLOWEST_MS = 0.5, 100


def run() -> None:
    """Print pages a second and the 95th percentile: ours with one ward and with many, and the bare page."""
    with server() as running:
        for wards in (1, WARDS):
            url = new_database(running, f"pages{wards}")
            cookies = _fill(url, wards)
            with _ours(url) as (port, pid):
                own = _Page(port, pid, "/tasks", [f"cookie: cchc_session={each}" for each in cookies])
                body = own.fetch()
                with _bare(body) as (bare_port, bare_pid):
                    _compare(wards, own, _Page(bare_port, bare_pid, "/", ["x: y"]))


def _compare(wards: int, own: _Page, bare: _Page) -> None:
    pairs = [(own.measure(), bare.measure()) for _ in range(ROUNDS)]
    ratio = statistics.median(a.per_second / b.per_second for a, b in pairs)
    ours = statistics.median(a.per_second for a, _ in pairs)
    theirs = statistics.median(b.per_second for _, b in pairs)
    p95 = statistics.median(a.p95_ms for a, _ in pairs)
    used = [
        statistics.median(each)
        for each in zip(*((a.processor_ms, b.processor_ms) for a, b in pairs), strict=True)
    ]
    print(
        f"{wards} wards of {TASKS} tasks, {CLIENTS} clients: the list {ours:.0f}/s, p95 {p95:.0f} ms (goal <"
        f" {SLOWEST_MS}); a bare page of as many bytes {theirs:.0f}/s, p95"
        f" {statistics.median(b.p95_ms for _, b in pairs):.0f} ms; ratio {ratio:.2f} (goal ≥ {GOAL});"
        f" computing {used[0]:.2f} and {used[1]:.2f} ms a page",
        flush=True,
    )


class _Measured:
    def __init__(self, latencies: list[float], seconds: float, processor: float) -> None:
        self.per_second = len(latencies) / seconds
        self.processor_ms = processor / len(latencies) * 1000
        self.p95_ms = statistics.quantiles(latencies, n=20)[-1] * 1000


class _Page:
    """Asks one address over and over, on one connection for each client."""

    def __init__(self, port: int, pid: int, path: str, headers: list[str]) -> None:
        self.port, self.pid = port, pid
        self.requests = [
            f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{header}\r\n\r\n".encode() for header in headers
        ]

    def fetch(self) -> bytes:
        """Return the page."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            return _ask(connection, self.requests[0])

    def measure(self) -> _Measured:
        """Ask with all clients at once for some seconds."""
        self.fetch()
        barrier, latencies = Barrier(CLIENTS + 1), [list[float]() for _ in range(CLIENTS)]
        threads = [
            Thread(target=self._client, args=(barrier, mine, self.requests[number % len(self.requests)]))
            for number, mine in enumerate(latencies)
        ]
        for thread in threads:
            thread.start()
        barrier.wait()
        begin, used = time.perf_counter(), _processor(self.pid)
        for thread in threads:
            thread.join()
        every = [each for mine in latencies for each in mine]
        return _Measured(every, time.perf_counter() - begin, _processor(self.pid) - used)

    def _client(self, barrier: Barrier, mine: list[float], request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            barrier.wait()
            end = time.perf_counter() + SECONDS
            while (start := time.perf_counter()) < end:
                _ask(connection, request)
                mine.append(time.perf_counter() - start)


def _ask(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    data = connection.recv(262144)
    while (head := data.find(b"\r\n\r\n")) < 0:
        data += connection.recv(262144)
    if not data.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(data[:head].decode())
    length = int(data[:head].lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    parts, missing = [data], head + 4 + length - len(data)
    while missing > 0:
        part = connection.recv(262144)
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)[head + 4 :]


def _processor(pid: int) -> float:
    """Return the seconds that a process has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _fill(url: str, wards: int) -> list[str]:
    """Make wards with plans of the usual size; return a cookie for each client, all in different sessions."""
    cookies: list[str] = []
    engine = open_engine(url)
    for number in range(wards):
        with transaction(engine) as connection:
            ward = office(connection, _plan(number), today=TODAY, now=NOW).ward
            cookies += [_enter(connection, ward) for _ in range(-(-CLIENTS // wards))]
    engine.dispose()
    return cookies[-CLIENTS:]


def _enter(connection: Connection, ward: Ward) -> str:
    return signed_in(connection, ward, "dieuphoi", datetime.now(UTC))


def _plan(number: int) -> PlanReading:
    units = (OFFICE, CULTURE, CENTRE)
    tasks = []
    for index in range(TASKS):
        due = date(2026, 3, 31) + timedelta(days=7 * index)
        kind = TaskKind.EVENT if index % 4 == 3 else TaskKind.SCHEDULED
        occurrences = [] if kind is TaskKind.EVENT else [occurrence(plan=due)]
        made = task(
            f"{'I' * (1 + index // 11)}.{index % 11 + 1}",
            kind,
            lead=units[index % 3],
            occurrences=occurrences,
        )
        title = f"Xây dựng và ban hành kế hoạch cải cách hành chính số {index}, kiểm tra việc thực hiện"
        tasks.append(replace(made, title=title))
    return plan_of(*tasks, issuer=f"UBND phường Số {number}")


@contextmanager
def _ours(url: str) -> Iterator[tuple[int, int]]:
    folder = Path(tempfile.mkdtemp(prefix="cchc-bench-"))
    environment = os.environ | {"CCHC_DATA": str(folder), "CCHC_DATABASE_URL": url}
    try:
        with _served("web.app:app", environment) as found:
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _bare(body: bytes) -> Iterator[tuple[int, int]]:
    """Serve a page that renders a template of constant text, as long as `body`."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-bench-"))
    text = body.decode().replace("{", "(").replace("}", ")")
    (folder / "page.html").write_text(text, encoding="utf-8")
    (folder / "bare.py").write_text(BARE, encoding="utf-8")
    try:
        with _served("bare:app", os.environ | {"PYTHONPATH": str(folder), "BARE": str(folder)}) as found:
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


BARE = """
import os
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

app = FastAPI()
templates = Jinja2Templates(directory=os.environ["BARE"])


@app.get("/", response_class=HTMLResponse)
def page(request: Request):
    return templates.TemplateResponse(request, "page.html", {})
"""


@contextmanager
def _served(app: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        app,
        "--port",
        str(port),
        "--log-level",
        "warning",
        "--no-access-log",
    ]
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("the server did not start") from None
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not answer")
