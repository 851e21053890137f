"""A dispatcher that is killed, often and at each point: nothing lost, nothing settled sent twice."""

from __future__ import annotations

import multiprocessing
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine

from services.audit import verify
from services.outbox import LEASE
from tests.builders import NOW
from tests.killing import dispatch
from tests.post import plan_with
from tests.proofs import times

KILLS = times(40, 200)
MESSAGES = 8 * KILLS
SEED = 20261128
# Where a process can end: around each transaction, and around the call of the mail server.
POINTS = [
    *((f"transaction {number}", when) for number in range(1, 5) for when in ("begun", "worked", "committed")),
    *((f"letter {number}", when) for number in (1, 2) for when in ("before", "after")),
]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.killing"])


class Far:
    """A mail server that keeps the Message-ID of each letter that it took."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        head = envelope.content.partition(b"\r\n\r\n")[0].decode()
        [name] = [line[12:] for line in head.split("\r\n") if line.startswith("Message-ID: ")]
        self.taken[name.strip()] += 1
        return "250 2.0.0 Ok: queued as 4F1D2A9C"


@pytest.fixture
def far() -> Iterator[tuple[Far, str]]:
    handler, listener = Far(), socket.create_server(("127.0.0.1", 0))

    class Server(Controller):
        def _create_server(self) -> Any:
            return self.loop.create_server(self._factory_invoker, sock=listener)

    port = listener.getsockname()[1]
    server = Server(handler, hostname="127.0.0.1", port=port, server_hostname="localhost")
    server.start()
    yield handler, f"mailto://127.0.0.1:{port}?from=cchc@phuong.vn&mode=insecure"
    server.stop()


def queue_messages(url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        desk = plan_with(connection, 1)
    with psycopg.connect(url) as superuser:
        superuser.execute(
            "INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel,"
            " digest, not_before) SELECT %s, %s, 'plan', 'accepted', n::text, 'u' || n / 2 || '@phuong.vn',"
            " 'email', CASE WHEN n %% 4 < 2 THEN 'd' || n / 2 END, %s FROM generate_series(1, %s) n",
            [desk.ward.id, desk.occurrence, NOW, MESSAGES],
        )


def start(url: str, mail: str, now: datetime, fatal: tuple[str, str] | None = None) -> BaseProcess:
    """Start a dispatcher; return once it has claimed what is due, or has died of it."""
    begun = FORKS.Event()
    process = FORKS.Process(target=dispatch, args=(url, mail, now, fatal, begun), daemon=True)
    process.start()
    while process.is_alive() and not begun.wait(0.05):
        pass
    return process


def rows(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(
            connection.exec_driver_sql(
                "SELECT b.state, b.attempts, d.message ->> 'message_id' AS message_id,"
                " (SELECT count(*) FROM cchc.delivery t WHERE t.outbox_id = b.id) AS tries"
                " FROM cchc.outbox b"
                " LEFT JOIN cchc.delivery d ON d.outbox_id = b.id AND d.outcome = 'sent'"
                " WHERE b.reason = 'accepted' ORDER BY b.id"
            )
        )


def judge(engine: Engine, far: Far) -> Counter[str]:
    """Hold the outbox against what the mail server took; return how many rows are in which state."""
    found = rows(engine)
    assert len(found) == MESSAGES
    for row in found:
        assert row.state in {"sent", "unknown"}, "something was lost"
        assert row.tries == row.attempts == 1
        assert row.state == "unknown" or far.taken[row.message_id] == 1
    assert max(far.taken.values()) == 1, "a letter was sent twice"
    with engine.connect() as connection:
        assert verify(connection).ok
    return Counter(row.state for row in found)


def test_kills_at_random_lose_nothing_and_send_nothing_twice(
    engine: Engine, database_url: str, far: tuple[Far, str]
) -> None:
    queue_messages(database_url, engine)
    handler, mail = far
    chance, now = random.Random(SEED), NOW
    killed = 0
    for _ in range(KILLS):
        now += LEASE + timedelta(seconds=1)
        process = start(database_url, mail, now)
        time.sleep(chance.uniform(0, 0.06))  # the one thing that is waited for: a random moment
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
    for _ in range(2):  # what the last one held is settled too
        now += LEASE + timedelta(seconds=1)
        survivor = start(database_url, mail, now)
        survivor.join()
        assert survivor.exitcode == 0

    states = judge(engine, handler)
    assert killed == KILLS
    assert KILLS / 10 < states["unknown"] <= 2 * KILLS, (
        "a kill leaves one message unclear, of two rows at most"
    )
    assert states["sent"] > MESSAGES / 2


@pytest.mark.parametrize("point", POINTS, ids=" ".join)
def test_a_kill_at_each_point_is_made_up_for_or_said(
    engine: Engine, database_url: str, far: tuple[Far, str], point: tuple[str, str], monkeypatch: Any
) -> None:
    monkeypatch.setattr("tests.services.test_outbox_killed.MESSAGES", 8)
    queue_messages(database_url, engine)
    handler, mail = far

    process = start(database_url, mail, NOW, point)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    for later in (1, 2):
        survivor = start(database_url, mail, NOW + later * (LEASE + timedelta(seconds=1)))
        survivor.join()
        assert survivor.exitcode == 0

    states = judge(engine, handler)
    left = point[0].startswith("letter") or point in {
        ("transaction 2", "committed"),
        *((f"transaction {number}", when) for number in (3, 4) for when in ("begun", "worked", "committed")),
    }
    assert (states["unknown"] > 0) is left
