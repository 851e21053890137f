"""What left or has to leave, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.errors import WardError
from models import messages as models
from services.people import Ward


class UnknownMessage(WardError):
    """The ward has no such message."""

    def __init__(self, message_id: int) -> None:
        super().__init__(f"unknown message {message_id}", f"Không có thông báo số {message_id}.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which messages are asked for; None asks for all. The page begins below the id `before`."""

    state: str | None = None
    channel: str | None = None
    task: str | None = None
    unit: int | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None


def messages(
    connection: Connection, ward: Ward, asked: Asked, *, timezone: ZoneInfo, limit: int
) -> Sequence[Any]:
    """Return the newest messages to people that are asked for, newest first; both days count in."""
    until = asked.until and asked.until + timedelta(days=1)
    facts = {
        "state": asked.state,
        "channel": asked.channel,
        "task": asked.task,
        "unit": asked.unit,
        "since": asked.since and datetime.combine(asked.since, time(), timezone),
        "until": until and datetime.combine(until, time(), timezone),
        "before": asked.before,
    }
    return models.messages(connection, ward.id, limit, facts)


def message(connection: Connection, ward: Ward, message_id: int) -> Any:
    """Return a message with every try, every receipt and what it stands in for.

    Raises:
        UnknownMessage: there is none.
    """
    found = models.message(connection, ward.id, message_id)
    if found is None:
        raise UnknownMessage(message_id)
    return found
