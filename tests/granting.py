"""A grant between a real database and the fake Zalo, at a time of the test's choice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import Engine

from config.secrets import Keys
from models.database import open_engine
from notifications.zalo.oauth import NoAnswer, NotSent, OAuth, Reply
from services.zalo_consent import seed
from services.zalo_tokens import PostgresTokens, refresh
from services.zalo_vault import Turn, Vault
from tests.waiting import LONGEST_S
from tests.zalo_server import ZaloServer

KEYS = Keys(bytes(range(32)), "tệp khoá của bộ kiểm thử")
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
fork = get_context("fork")


@dataclass
class Granting:
    """One installation's grant; `now` may be moved, at Zalo too. `patience` is how long it waits for Zalo."""

    url: str
    engine: Engine
    now: datetime = START
    patience: float = LONGEST_S
    zalo: ZaloServer = field(init=False)

    def __post_init__(self) -> None:
        self.zalo = ZaloServer(lambda: self.now)

    def oauth(self, kind: type[OAuth] = OAuth) -> OAuth:
        """Give a client of the fake Zalo."""
        zalo = self.zalo
        return kind(zalo.app_id, zalo.app_secret, zalo.url, zalo.url, patience=self.patience)

    def vault(self, *, oauth: OAuth | None = None, keys: Keys = KEYS, engine: Engine | None = None) -> Vault:
        """Give the grant as one process has it."""
        return Vault(
            engine or self.engine,
            keys,
            oauth or self.oauth(),
            self.zalo.oa_id,
            ZoneInfo("Asia/Ho_Chi_Minh"),
            lambda: self.now,
            lambda _: None,
        )

    def tokens(self) -> PostgresTokens:
        """Give what a channel has."""
        return PostgresTokens(self.vault())

    def given(self) -> None:
        """Let the grant be there, from just now."""
        seed(self.vault(), *self.zalo.new_pair())
        self.zalo.refreshes = self.zalo.reuses = 0
        self.zalo.requests.clear()

    def later(self, after: timedelta) -> Turn:
        """Let time pass, and the scheduled run come."""
        self.now += after
        return refresh(self.vault())

    def row(self) -> Any:
        """Return the grant's row."""
        with psycopg.connect(self.url) as connection:
            connection.row_factory = psycopg.rows.namedtuple_row  # type: ignore[assignment] # psycopg allows it
            return connection.execute("SELECT * FROM cchc.zalo_grant").fetchone()

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type] # a test's own words

    def apart(
        self, work: Callable[[Vault], object], *, kind: type[OAuth] = OAuth, keys: Keys = KEYS
    ) -> int | None:
        """Do something in a process of its own; return how it ended, negative where it was killed."""
        process = fork.Process(target=self._apart, args=(work, kind, keys), daemon=True)
        process.start()
        # One that is forked while a thread holds a lock may wait for it for ever; the others must not.
        process.join(LONGEST_S)
        return process.exitcode

    def at_once(self, count: int, work: Callable[[Vault], object]) -> list[object]:
        """Do the same in many processes that start in the same instant; return what each came to."""
        start, found = fork.Barrier(count, timeout=LONGEST_S), fork.SimpleQueue()

        def one() -> None:
            engine = open_engine(self.url, pool_size=1)
            vault = self.vault(engine=engine)
            try:
                start.wait()
                found.put(work(vault))
            except Exception as problem:
                found.put(repr(problem))  # the test waits for each

        processes = [fork.Process(target=one, daemon=True) for _ in range(count)]
        for process in processes:
            process.start()
        outcomes = [found.get() for _ in processes]
        for process in processes:
            process.join(LONGEST_S)
        return outcomes

    def _apart(self, work: Callable[[Vault], object], kind: type[OAuth], keys: Keys) -> None:
        engine = open_engine(self.url, pool_size=1)
        work(self.vault(oauth=self.oauth(kind), keys=keys, engine=engine))


def die() -> None:
    """End this process at once, as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


class DiesBeforeAsking(OAuth):
    """A client in a process that is killed before the request leaves."""

    def refresh(self, refresh_token: str) -> Reply | NotSent | NoAnswer:
        """End the process."""
        die()
        raise AssertionError


class DiesWithTheAnswer(OAuth):
    """A client in a process that is killed when the answer is there, and nobody has written it down."""

    def refresh(self, refresh_token: str) -> Reply | NotSent | NoAnswer:
        """Ask, and end the process."""
        OAuth.refresh(self, refresh_token)
        die()
        raise AssertionError


class DiesAfterSealing(Keys):
    """The key in a process that is killed once the answer is sealed and kept, before the row is written."""

    __slots__ = ("sealed",)

    def __init__(self) -> None:
        Keys.__init__(self, bytes(range(32)), "tệp khoá của bộ kiểm thử")
        self.sealed = 0

    def seal(self, purpose: str, data: bytes, context: str) -> bytes:
        """Seal the answer; end the process at what comes then."""
        self.sealed += 1
        if self.sealed > 1:
            die()
        return Keys.seal(self, purpose, data, context)
