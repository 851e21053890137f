"""One server for many users: the first one starts it, the last one stops it.

Each holds a shared lock on a file for as long as it uses the server; the system takes the
lock back when its holder dies, however it dies. A server that nobody holds any more, because
its last user was killed, is simply used again by the next one.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from config.embedded_server import EmbeddedServer
from config.faults import reported


@contextlib.contextmanager
def using(data: Path, extra: Mapping[str, str] | None = None) -> Iterator[EmbeddedServer]:
    """Use the server of `data`, started if it doesn't run; the last user to leave stops it.

    Raises:
        SystemFault: the server cannot be made or started.
    """
    server = EmbeddedServer(data, extra)
    with reported("Không mở được thư mục dữ liệu"):
        server.data.mkdir(parents=True, exist_ok=True)
        users = (server.data / "database.lock").open("a")
    with users:
        with _changing(server):
            fcntl.flock(users, fcntl.LOCK_SH)
            server.start()
        try:
            yield server
        finally:
            with _changing(server):
                if _last(users):
                    server.stop()


@contextlib.contextmanager
def _changing(server: EmbeddedServer) -> Iterator[None]:
    """Let one process at a time start or stop the server."""
    with reported("Không mở được thư mục dữ liệu"):
        turn = (server.data / "database.start.lock").open("a")
    with turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
