"""The dispatcher: a process that empties the outbox, `python -m cli.dispatcher`.

One thread sends mail, one wakes Prefect, so that a mail server that hangs holds
nothing up. Without CCHC_MAIL_URL it also keeps the local inbox.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from config.settings import Settings, load_settings
from domain.errors import SystemFault
from flows.relay import Engine
from models.database import open_engine, transaction
from notifications.channels import open_channel
from notifications.inbox import start_inbox
from services.outbox import Office, send_due, wake_due

PAUSE = 0.5  # seconds between looks at an empty outbox
LONGEST_PAUSE = 10.0  # after the database or an address failed

Begin = Callable[[], AbstractContextManager[Connection]]


def main() -> int:
    """Run until a signal says stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = load_settings()
    if settings.database_url is None:
        raise SystemFault("no CCHC_DATABASE_URL", "Bộ gửi thư do “cchc up” khởi động, không chạy riêng.")
    with ExitStack() as stack:
        engine = open_engine(settings.database_url.get_secret_value(), pool_size=2, name="cchc dispatcher")
        stack.callback(engine.dispose)
        begin = partial(transaction, engine)
        threads = [
            threading.Thread(target=work, args=(begin, stop), daemon=True, name=name)
            for name, work in (("mail", _mail(settings, stack)), ("prefect", _prefect(stack)))
        ]
        for thread in threads:
            thread.start()
        while not stop.wait(1.0):
            if not all(thread.is_alive() for thread in threads):
                return 1  # the supervisor starts us again
        for thread in threads:
            thread.join(timeout=5)
    return 0


def _mail(settings: Settings, stack: ExitStack) -> Callable[[Begin, threading.Event], None]:
    if settings.mail_url is None:
        inbox = start_inbox(settings.data / "inbox")
        stack.callback(inbox.stop)
        url = inbox.url
    else:
        url = settings.mail_url.get_secret_value()
    channel = open_channel("email", url)
    stack.callback(channel.close)
    office = Office(settings.link_base, settings.timezone, local_mail=settings.mail_url is None)

    def work(begin: Begin, stop: threading.Event) -> None:
        _loop(lambda: send_due(begin, channel, office, _now), stop, idle=channel.close)

    return work


def _prefect(stack: ExitStack) -> Callable[[Begin, threading.Event], None]:
    prefect = Engine(os.environ["PREFECT_API_URL"], auth=os.environ.get("PREFECT_API_AUTH_STRING"))
    stack.callback(prefect.close)

    def work(begin: Begin, stop: threading.Event) -> None:
        _loop(lambda: wake_due(begin, prefect.wake, _now), stop)

    return work


def _loop(turn: Callable[[], int], stop: threading.Event, idle: Callable[[], None] = lambda: None) -> None:
    """Take turns until told to stop; a database that is away is waited for."""
    pause = PAUSE
    while not stop.is_set():
        try:
            if turn():
                pause = PAUSE
                continue
            idle()
            pause = PAUSE
        except SystemFault as fault:
            print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {fault}", file=sys.stderr, flush=True)
            pause = min(pause * 2, LONGEST_PAUSE)
        stop.wait(pause)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
