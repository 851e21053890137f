"""The dispatcher: a process that empties the outbox, `python -m cli.dispatcher`.

One thread for each channel and one that wakes Prefect, so that a server that hangs holds nothing else up. It
hears at once of what is queued. Without CCHC_MAIL_URL it also keeps the local inbox.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, Engine

from config.settings import Settings, load_settings
from domain.errors import SystemFault
from flows.relay import Engine as Prefect
from models.database import open_engine, transaction
from models.listening import listen
from models.queue import next_due
from notifications.zalo.tokens import NO_TOKEN
from services.channels import held_for, pass_on, release_mended, sync
from services.composing import Office
from services.opening import Opened, has_token, office_of, open_all
from services.outbox import send_due
from services.waking import wake_due

PAUSE = 0.5  # seconds between looks at changes for Prefect, of which nobody tells
LONGEST_PAUSE = 10.0  # after the database or an address failed
LOOK_ANYWAY = 30.0  # a channel looks as often even if it heard nothing
LEAVE_WITHIN = 5.0

Begin = Callable[[], AbstractContextManager[Connection]]


def main() -> int:
    """Run until a signal says stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = load_settings()
    if settings.database_url is None:
        raise SystemFault("no CCHC_DATABASE_URL", "Bộ gửi thư do “cchc up” khởi động, không chạy riêng.")
    url = settings.database_url.get_secret_value()
    with ExitStack() as stack:
        engine = open_engine(url, pool_size=4, name="cchc dispatcher")
        stack.callback(engine.dispose)
        threads = [
            threading.Thread(target=work, daemon=True, name=name)
            for name, work in _works(settings, engine, stack, stop, url)
        ]
        for thread in threads:
            thread.start()
        while not stop.wait(1.0):
            if not all(thread.is_alive() for thread in threads):
                return 1  # the supervisor starts us again
        for thread in threads:
            thread.join(timeout=LEAVE_WITHIN)
    return 0


def _works(
    settings: Settings, engine: Engine, stack: ExitStack, stop: threading.Event, url: str
) -> list[tuple[str, Callable[[], None]]]:
    """Return what runs at the same time: a turn for each channel, one for Prefect, and the listening."""
    begin = partial(transaction, engine)
    opened = open_all(settings, engine, stack)
    office = office_of(settings, opened)
    desks = [_Desk(begin, each, office, stop) for each in opened]
    works: list[tuple[str, Callable[[], None]]] = [(desk.opened.channel.name, desk.work) for desk in desks]

    def heard() -> None:
        for desk in desks:
            desk.news.set()

    _until_done(lambda: _sync(begin, settings), stop)
    works.append(("listening", partial(listen, url, heard, stop)))
    works.append(("prefect", _prefect(begin, stack, stop)))
    return works


def _sync(begin: Begin, settings: Settings) -> int:
    with begin() as connection:
        sync(connection, settings, _now())
    return 0


@dataclass(slots=True)
class _Desk:
    """One channel at work: it sends when it hears of something, and when the next message's time comes."""

    begin: Begin
    opened: Opened
    office: Office
    stop: threading.Event
    news: threading.Event

    def __init__(self, begin: Begin, opened: Opened, office: Office, stop: threading.Event) -> None:
        self.begin, self.opened, self.office, self.stop = begin, opened, office, stop
        self.news = threading.Event()

    def work(self) -> None:
        channel = self.opened.channel

        def turn() -> int:
            self.news.clear()
            return send_due(self.begin, channel, self.office, _now, self.opened.pace)

        _loop(turn, self.stop, idle=channel.close, rest=self._rest)

    def _rest(self) -> None:
        """Wait for news or the next message's time; a channel held for want of a token may have a new one."""
        name = self.opened.channel.name
        with self.begin() as connection:
            pass_on(connection, name, _now())
            due, wanting = next_due(connection, name), held_for(connection, name, NO_TOKEN)
        if wanting is not None and has_token(self.opened, wanting):
            with self.begin() as connection:
                release_mended(connection, name, _now())
            return
        wait = LOOK_ANYWAY if due is None else (due - _now()).total_seconds()
        if wait > 0:
            _wait(self.news, self.stop, min(wait, LOOK_ANYWAY))


def _wait(news: threading.Event, stop: threading.Event, seconds: float) -> None:
    ends = datetime.now(UTC).timestamp() + seconds
    while not stop.is_set():
        left = ends - datetime.now(UTC).timestamp()
        if left <= 0 or news.wait(min(left, 1.0)):
            return


def _prefect(begin: Begin, stack: ExitStack, stop: threading.Event) -> Callable[[], None]:
    prefect = Prefect(os.environ["PREFECT_API_URL"], auth=os.environ.get("PREFECT_API_AUTH_STRING"))
    stack.callback(prefect.close)
    return lambda: _loop(
        lambda: wake_due(begin, prefect.wake, _now), stop, rest=lambda: bool(stop.wait(PAUSE))
    )


def _loop(
    turn: Callable[[], int],
    stop: threading.Event,
    *,
    rest: Callable[[], object],
    idle: Callable[[], None] = lambda: None,
) -> None:
    """Take turns until told to stop; a database that is away is waited for."""
    pause = PAUSE
    while not stop.is_set():
        try:
            if turn():
                pause = PAUSE
                continue
            idle()
            pause = PAUSE
            rest()
        except SystemFault as fault:
            _complain(fault)
            pause = min(pause * 2, LONGEST_PAUSE)
            stop.wait(pause)


def _until_done(step: Callable[[], int], stop: threading.Event) -> None:
    """Do a step, however often the database has to be asked."""
    while not stop.is_set():
        try:
            step()
        except SystemFault as fault:
            _complain(fault)
            stop.wait(1.0)
        else:
            return


def _complain(fault: SystemFault) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {fault}", file=sys.stderr, flush=True)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
