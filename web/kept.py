"""What pages have in common, kept for exactly as long as nothing in the database changes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Condition, Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary, WeakValueDictionary

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from services.sessions import Visitor
    from web.page import Web

Made = TypeVar("Made")
MOST = 512  # things that are kept at once


@dataclass
class Snapshots:
    """Says what the database looks like now, as a text that changes with every commit.

    Who asks while the question is on its way waits for the next one: an answer is never older than the
    question. So many visitors at once cost few questions.
    """

    ask: Callable[[], str]
    _turn: Condition = field(default_factory=Condition)
    _begun: int = 0
    _done: int = 0
    _busy: bool = False
    _answer: str = ""

    def now(self) -> str:
        """Return what the database looks like, as it is after this was called.

        Raises:
            DatabaseAway: it doesn't answer; each who asks finds out for themselves.
        """
        with self._turn:
            wanted = self._begun + 1
            while self._busy and self._done < wanted:
                self._turn.wait()
            if self._done >= wanted:
                return self._answer
            self._busy = True
            self._begun += 1
            mine = self._begun
        try:
            answer = self.ask()
        except BaseException:
            with self._turn:
                self._busy = False
                self._turn.notify_all()
            raise
        with self._turn:
            self._busy, self._done, self._answer = False, mine, answer
            self._turn.notify_all()
        return answer


@dataclass
class _Flight:
    """What waits for the next question in one event loop, and who asks it."""

    waiting: asyncio.Future[str] | None = None
    asking: asyncio.Task[None] | None = None


@dataclass
class Ahead:
    """The same for who must not block: visitors who wait in one event loop share one question."""

    snapshots: Snapshots
    _flights: WeakKeyDictionary[asyncio.AbstractEventLoop, _Flight] = field(default_factory=WeakKeyDictionary)

    async def now(self) -> str:
        """Return what the database looks like, as it is after this was called.

        Raises:
            DatabaseAway: it doesn't answer.
        """
        loop = asyncio.get_running_loop()
        flight = self._flights.setdefault(loop, _Flight())
        if flight.waiting is None:
            flight.waiting = loop.create_future()
        mine = flight.waiting
        if flight.asking is None or flight.asking.done():
            flight.asking = loop.create_task(self._ask(flight))
        return await asyncio.shield(mine)  # who goes away takes nobody's answer along

    async def _ask(self, flight: _Flight) -> None:
        """Ask until nobody waits."""
        while (asked := flight.waiting) is not None:
            flight.waiting = None
            try:
                asked.set_result(await run_in_threadpool(self.snapshots.now))
            except Exception as problem:
                asked.set_exception(problem)
                asked.exception()  # somebody has seen it, even if all of them have gone


@dataclass
class Kept:
    """Things made from the database, each with the snapshot that it was made from."""

    most: int = MOST
    _things: OrderedDict[Hashable, tuple[str, Any]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    _turns: WeakValueDictionary[Hashable, Any] = field(default_factory=WeakValueDictionary)

    def found(self, key: Hashable, snapshot: str) -> Any | None:
        """Return what is kept under this key from this snapshot; None for nothing."""
        with self._lock:
            found = self._things.get(key)
            if found is None or found[0] != snapshot:
                return None
            self._things.move_to_end(key)
            return found[1]

    def once(self, key: Hashable, snapshot: str, make: Callable[[], Made]) -> Made:
        """Return what `make` makes, unless it was made from the same snapshot before."""
        found = self.found(key, snapshot)
        if found is not None:
            return cast("Made", found)
        made = make()
        with self._lock:
            self._things[key] = snapshot, made
            self._things.move_to_end(key)
            while len(self._things) > self.most:
                self._things.popitem(last=False)
        return made

    def shared(self, key: Hashable, snapshot: str, make: Callable[[], Made]) -> Made:
        """Return the same; who asks while it is being made waits for it, holding nothing that it takes."""
        found = self.found(key, snapshot)
        if found is not None:
            return cast("Made", found)
        with self._lock:
            turn = self._turns.get((key, snapshot)) or Lock()
            self._turns[key, snapshot] = turn  # forgotten with the last who waits
        with turn:
            return self.once(key, snapshot, make)


def made_before(request: Request, key: Hashable) -> HTMLResponse | None:
    """Return what `Page.once` made for this visitor under `key`, if it is still so; it takes no time."""
    web: Web = request.app.state.web
    key_of_all = whole(request.url.path, key, request.state.visitor, web.clock())
    body = web.kept.found(key_of_all, getattr(request.state, "seen", ""))
    return None if body is None else HTMLResponse(body)


def whole(path: str, key: Hashable, me: Visitor, now: datetime) -> Hashable:
    """Return what a whole page is kept under; a session's form token stays as long as the session."""
    return path, key, me, now.replace(microsecond=0)


def seen(request: Request) -> str:
    """Return what the database looks like since this request came; asked once, but after a form each time.

    Raises:
        DatabaseAway: it can't be looked at now.
    """
    web: Web = request.app.state.web
    if request.method not in {"GET", "HEAD"}:
        return web.snapshots.now()
    known: str | None = getattr(request.state, "seen", None)
    if known is None:
        known = request.state.seen = web.snapshots.now()
    return known
