"""Hearing at once that the outbox has something new."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg

from models.migrate import APP_ROLE

OUTBOX = "cchc_outbox"
_LOOK_S = 1.0  # how soon a stop is noticed
_RECONNECT_S = 5.0


def listen(url: str, heard: Callable[[], None], stop: threading.Event) -> None:
    """Call `heard` whenever a message is queued, and after each new connection; returns once told to stop.

    A database that is away is waited for: what was said meanwhile is lost, so `heard` is called then.
    """
    while not stop.is_set():
        try:
            with psycopg.connect(
                url,
                autocommit=True,
                connect_timeout=5,
                application_name="cchc dispatcher (listening)",
                options=f"-c role={APP_ROLE}",
            ) as connection:
                connection.execute(f"LISTEN {OUTBOX}")
                heard()
                while not stop.is_set():
                    if any(True for _ in connection.notifies(timeout=_LOOK_S, stop_after=1)):
                        heard()
        except psycopg.OperationalError:
            stop.wait(_RECONNECT_S)
