"""Our pages and a bare page, each served by one process, and a client that is another one."""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg

CLIENTS = 16
BEFORE = 2  # times that each asks unmeasured
WRITES_EVERY = 0.075  # seconds between two commits of an office that is busy


@dataclass(frozen=True)
class Measured:
    """What one look at a page gave; `client` is the share of a processor that asking took."""

    latencies: list[float]
    elapsed: float
    processor: float
    database: float
    client: float
    size: int

    @property
    def per_second(self) -> float:
        """Return how many were answered."""
        return len(self.latencies) / self.elapsed

    @property
    def processor_ms(self) -> float:
        """Return what the server computed for each, the database apart."""
        return self.processor / len(self.latencies) * 1000

    @property
    def database_ms(self) -> float:
        """Return what the database computed for each."""
        return self.database / len(self.latencies) * 1000

    @property
    def p50_ms(self) -> float:
        """Return what half of the answers took at most."""
        return statistics.median(self.latencies) * 1000

    @property
    def p95_ms(self) -> float:
        """Return what 19 of 20 answers took at most."""
        return statistics.quantiles(self.latencies, n=20)[-1] * 1000


@dataclass(frozen=True)
class Answer:
    """One answer as it came."""

    status: int
    body: bytes


class Client:
    """The process that asks; of `requests` there is one for each visitor."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("client.py")
        self.process = subprocess.Popen(
            [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def look(self, port: int, request: str) -> Answer:
        """Return one answer."""
        told = self._order(port, [request])
        return Answer(told["status"], told["body"].encode("latin-1"))

    def measure(
        self, port: int, pid: int, requests: Sequence[str], *, each: int, seconds: float, database: int = 0
    ) -> Measured:
        """Let all visitors ask at once, each so many times or until the time is over.

        Each asks a few times before: a server that has run for a while has planned its statements.
        """
        self._order(port, requests, BEFORE, seconds)
        used, queried = processor(pid), _children(database)
        told = self._order(port, requests, each, seconds)
        return Measured(
            told["latencies"],
            told["elapsed"],
            processor(pid) - used,
            _children(database) - queried,
            told["used"] / told["elapsed"],
            len(told["body"]),
        )

    def _order(self, port: int, requests: Sequence[str], each: int = 0, seconds: float = 0) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        order = {"port": port, "requests": requests, "each": each, "seconds": seconds}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the client is gone")
        told: dict[str, Any] = json.loads(answer)
        return told

    def close(self) -> None:
        """Let it end."""
        self.process.communicate(timeout=10)


@contextmanager
def client() -> Iterator[Client]:
    """Run the process that asks."""
    one = Client()
    try:
        yield one
    finally:
        one.close()


@contextmanager
def writing(url: str) -> Iterator[None]:
    """Commit a harmless row now and then, as an office does; every page is then made anew."""
    stop = Event()

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS public.bench_row (at timestamptz)")
            while not stop.wait(WRITES_EVERY):
                connection.execute("INSERT INTO public.bench_row VALUES (now())")

    writer = Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def processor(pid: int) -> float:
    """Return the seconds that a process has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> float:
    """Return the seconds that the processes below one have computed: a database's, each for a connection."""
    if not pid:
        return 0.0
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    used = 0.0
    for each in below:
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            used += processor(int(each))
    return used


def memory_mb(pid: int) -> int:
    """Return the memory that a process has in use."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


@contextmanager
def ours(url: str, data: Path) -> Iterator[tuple[int, int]]:
    """Serve our pages; return the port and the process."""
    environment = os.environ | {"CCHC_DATA": str(data), "CCHC_DATABASE_URL": url}
    with served("tests.bench.dated:app", environment) as found:
        yield found


@contextmanager
def bare(body: bytes) -> Iterator[tuple[int, int]]:
    """Serve a page that renders a template of constant text, as long as `body`."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-bench-"))
    text = body.decode().replace("{", "(").replace("}", ")")
    (folder / "page.html").write_text(text, encoding="utf-8")
    (folder / "bare.py").write_text(BARE, encoding="utf-8")
    try:
        with served("bare:app", os.environ | {"PYTHONPATH": str(folder), "BARE": str(folder)}) as found:
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
def served(app: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Serve an application with one worker until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "cli.serve",
        app,
        "127.0.0.1",
        str(port),
    ]  # as the program serves its own
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
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
