"""What keeps messages from leaving, for people to see on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from models import troubles as models
from services.people import Ward
from services.zalo_consent import grant_alarm

PATIENCE = timedelta(minutes=15)
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Held:
    """A channel from which nothing is sent until a person releases it."""

    channel: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """A channel on which messages should have left and have not."""

    channel: str
    since: datetime
    waiting: int


@dataclass(frozen=True, slots=True)
class Troubles:
    """All of it; `zalo` says that an administrator has to look after Zalo's grant.

    `failed` and `unknown` count messages of the last week that reached nobody for sure.
    """

    held: tuple[Held, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    zalo: bool = False
    failed: int = 0
    unknown: int = 0


def troubles(connection: Connection, ward: Ward, now: datetime) -> Troubles:
    """Return what keeps a ward's messages from leaving; a channel that is held is not stuck as well."""
    rows = models.channels(connection, ward.id, now - PATIENCE)
    lost = models.messages(connection, ward.id, now - LATELY)
    return Troubles(
        tuple(Held(row.channel, row.held_since, row.held_why or "") for row in rows if row.held_since),
        tuple(Stuck(row.channel, row.since, row.waiting) for row in rows if not row.held_since),
        grant_alarm(connection) is not None,
        lost.failed,
        lost.unknown,
    )
