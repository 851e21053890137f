"""From an event that is raised to the letter at the mail server, with the dispatcher running beside."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine

from domain.plans import TaskKind
from models.database import open_engine, transaction
from models.history import SYSTEM
from services.events import EventRequest, raise_event
from services.people import Ward, add_contact
from tests.bench.mail import SENDER, listening
from tests.bench.office import new_database, server
from tests.builders import OFFICE, office, plan_of, task

EVENTS = 60
PAUSE_S = 0.25  # so that each event finds the dispatcher idle


class _Arrivals:
    """Keeps when a letter that names a document arrived."""

    def __init__(self) -> None:
        self.at, self.came = 0.0, Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.at = time.perf_counter()
        self.came.set()
        return "250 2.0.0 Ok: queued as 4F1D2A9C"


def run() -> None:
    """Print the median and the 95th percentile of the time from the commit to the mail server."""
    arrivals = _Arrivals()
    with server() as running, listening(arrivals) as port:
        url = new_database(running, "latency")
        engine = open_engine(url)
        ward = _ward(engine)
        with _dispatcher(url, port):
            _wait(arrivals, _raised(engine, ward, 0))  # the first one waits for the start
            seconds = []
            for number in range(1, EVENTS + 1):
                time.sleep(PAUSE_S)
                seconds.append(_wait(arrivals, _raised(engine, ward, number)))
        engine.dispose()
    p95 = statistics.quantiles(seconds, n=20)[-1]
    print(
        f"{EVENTS} events, each to one letter: median {statistics.median(seconds) * 1000:.0f} ms,"
        f" p95 {p95 * 1000:.0f} ms, slowest {max(seconds) * 1000:.0f} ms (goal: p95 ≤ 2000 ms)"
    )


def _ward(engine: Engine) -> Ward:
    with transaction(engine) as connection:
        made = office(connection, plan_of(task("V.1", TaskKind.EVENT, event_types=["guidance"])))
        add_contact(
            connection,
            made.ward,
            OFFICE,
            channel="email",
            address="vp@thanhdong.vn",
            actor=SYSTEM,
            now=datetime.now(UTC),
        )
        connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'sent'")
    return made.ward


def _raised(engine: Engine, ward: Ward, number: int) -> float:
    now = datetime.now(UTC)
    asked = EventRequest("guidance", f"{number}/SNV", now.date(), "Sở Nội vụ", "Hướng dẫn", due_on=None)
    with transaction(engine) as connection:
        raise_event(connection, ward, asked, by="dieuphoi", today=now.date(), now=now)
    return time.perf_counter()


def _wait(arrivals: _Arrivals, since: float) -> float:
    if not arrivals.came.wait(30):
        raise RuntimeError("no letter came")
    arrivals.came.clear()
    return max(arrivals.at - since, 0.0)


@contextmanager
def _dispatcher(url: str, port: int) -> Iterator[None]:
    folder = Path(tempfile.mkdtemp(prefix="cchc-bench-"))
    environment = os.environ | {
        "CCHC_DATA": str(folder),
        "CCHC_DATABASE_URL": url,
        "CCHC_MAIL_URL": f"mailto://127.0.0.1:{port}?from={SENDER}&mode=insecure",
        "PREFECT_API_URL": "http://127.0.0.1:9/api",  # nobody answers there, which delays no letter
    }
    process = subprocess.Popen([sys.executable, "-m", "cli.dispatcher"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
