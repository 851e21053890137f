"""What Zalo tells us by itself: kept in the transaction of its request, worked on afterwards, each once.

An event that nobody could work on, because the program was stopped in between, is worked on later.
See docs/decisions/0020-webhooks.md.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from config.settings import Settings
from domain import zalo_events as zalo
from domain.errors import SystemFault
from domain.zalo_events import Told
from models import webhooks as models
from services.webhook_work import Event, NotYet, work

OA, BOT = "zalo", "zalo-bot"
GIVEN_UP = timedelta(days=1)  # what fails for so long is put aside with a word that says so
AT_ONCE = 1000
_log = logging.getLogger(__name__)

Begin = Callable[[], AbstractContextManager[Connection]]
Clock = Callable[[], datetime]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Hook:
    """What the settings say of Zalo's webhook of an official account."""

    app_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """How a request was taken: `genuine` if it is Zalo's word, `told` if there is something in it to keep."""

    genuine: bool
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """How many events were worked on, and how many wait for another time."""

    done: int
    left: int


def hook_of(settings: Settings) -> Hook | None:
    """Return what is needed to know Zalo's signature; None where the settings lack it."""
    if not settings.zalo_app_id or settings.zalo_oa_secret is None:
        return None
    return Hook(settings.zalo_app_id, settings.zalo_oa_secret.get_secret_value())


def take_oa(hook: Hook, raw: bytes, signature: str, now: datetime) -> Taken:
    """Read a request of the official account's webhook: its signature counts, and its age."""
    body = zalo.read_body(raw)
    if body is None:
        return Taken(genuine=False)
    stamp = zalo.stamp_of(body)
    at = zalo.moment(stamp)
    signed = zalo.is_signed(raw, signature, app_id=hook.app_id, stamp=stamp, secret=hook.secret)
    if not signed or at is None or at < now - zalo.TOO_OLD:
        return Taken(genuine=False)
    return Taken(genuine=True, told=zalo.oa_event(body, raw))


def take_bot(secret: str, raw: bytes, given: str) -> Taken:
    """Read a request of the bot's webhook: it bears the secret that we gave the bot."""
    if not hmac.compare_digest(given.encode(), secret.encode()):
        return Taken(genuine=False)
    body = zalo.read_body(raw)
    return Taken(genuine=True, told=zalo.bot_event(body) if body else None)


def keep(connection: Connection, source: str, told: Told, *, now: datetime) -> Key:
    """Keep an event, unless it is kept already; return by what it is known."""
    models.keep(connection, source, told.key, name=told.name, body=told.facts, now=now)
    return source, told.key


def handle(begin: Begin, settings: Settings, clock: Clock, key: Key) -> bool:
    """Work on one event if nobody has; False where it is left for later, or for whoever is at it.

    Raises:
        SystemFault: the database is away; the event waits.
    """
    return _handle(begin, settings, clock, only=key) == (key, True)


def handle_waiting(begin: Begin, settings: Settings, clock: Clock, *, limit: int = AT_ONCE) -> Worked:
    """Work on the events that nobody has worked on, oldest first.

    Raises:
        SystemFault: the database is away; the rest waits.
    """
    left: list[str] = []
    done = 0
    while done + len(left) < limit:
        found = _handle(begin, settings, clock, besides=left)
        if found is None:
            break
        key, settled = found
        if settled:
            done += 1
        else:
            left.append("/".join(key))
    return Worked(done, len(left))


def drain_bot(
    begin: Begin, settings: Settings, clock: Clock, fetch: Callable[[], Sequence[Mapping[str, Any]]]
) -> int:
    """Take the bot's updates until `fetch` has none; return how many came.

    Each is kept at once: the platform gives it once.

    Raises:
        SystemFault: the database is away.
    """
    done = 0
    while done < AT_ONCE and (updates := fetch()):
        for update in updates:
            told = zalo.bot_event(update)
            if told is not None:
                with begin() as connection:
                    key = keep(connection, BOT, told, now=clock())
                handle(begin, settings, clock, key)
        done += len(updates)
    return done


def _handle(
    begin: Begin,
    settings: Settings,
    clock: Clock,
    *,
    only: Key | None = None,
    besides: list[str] | None = None,
) -> tuple[Key, bool] | None:
    """Work on the next event; return which, and whether it is settled; None where there is none."""
    with begin() as connection:
        row = models.next_waiting(connection, only=only, besides=besides or ())
        if row is None:
            return None
        now = clock()
        event = Event(row.source, row.key, row.name, row.body, row.received_at)
        try:
            with connection.begin_nested():  # so that what fails half-way leaves nothing but a word
                problem = work(connection, event, settings, now)
        except NotYet:
            return (row.source, row.key), False
        except SystemFault:
            raise
        except Exception:
            _log.exception("event %s could not be worked on", row.key)
            if row.received_at > now - GIVEN_UP:
                return (row.source, row.key), False
            problem = "fault"
        models.handled(connection, row.source, row.key, now, problem)
        return (row.source, row.key), True
