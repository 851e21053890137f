"""Waiting for what another process, thread or server is about to do."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection

# Costs nothing but where it fails, and a busy machine takes its time.
LONGEST_S = 120.0
BLOCKED = (
    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
)


def until(
    happens: Callable[[], object], what: str = "what was waited for", seconds: float = LONGEST_S
) -> None:
    """Wait until something is true; fail by name if it does not become so."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


def until_blocked(connection: Connection) -> None:
    """Wait until somebody waits for what this transaction holds."""
    until(lambda: connection.exec_driver_sql(BLOCKED).scalar_one(), "somebody who waits for this transaction")
