"""What keeps messages from leaving, for people to see on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

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


def troubles(connection: Connection, row: Any) -> Troubles:
    """Return what keeps a ward's messages from leaving; a channel that is held is not stuck as well.

    `row` is what `models.overview.front` found.
    """
    held = [each for each in row.channels if each["held_since"]]
    stuck = [each for each in row.channels if not each["held_since"]]
    return Troubles(
        tuple(Held(each["channel"], _instant(each["held_since"]), each["held_why"] or "") for each in held),
        tuple(Stuck(each["channel"], _instant(each["since"]), each["waiting"]) for each in stuck),
        row.granted and grant_alarm(connection) is not None,
        row.failed,
        row.unknown,
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
