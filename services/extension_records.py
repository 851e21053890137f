"""What asking for more time and deciding on it share: one request, locked, and its traces in the history."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.extensions import HANOI, UnknownExtension
from domain.plans import Stage
from models import extensions
from services.history import hashed, record
from services.people import Person, Ward


def extension(connection: Connection, ward: Ward, extension_id: int, *, timezone: ZoneInfo = HANOI) -> Any:
    """Return one request.

    Raises:
        UnknownExtension: the ward has no such.
    """
    row = extensions.one(connection, ward.id, extension_id, zone=timezone.key)
    if row is None:
        raise UnknownExtension(extension_id)
    return row


def locked(connection: Connection, ward: Ward, extension_id: int, timezone: ZoneInfo) -> Any:
    """Return one request, its stage locked: whoever hands it in or decides comes after.

    Raises:
        UnknownExtension: the ward has no such.
    """
    extensions.lock(connection, ward.id, extension_id)
    return extension(connection, ward, extension_id, timezone=timezone)


def close(
    connection: Connection,
    ward: Ward,
    row: Any,
    verdict: str,
    answer: str | None,
    actor: Person,
    now: datetime,
) -> None:
    """Enter that a request was refused or taken back."""
    extensions.decide(
        connection,
        ward.id,
        row.id,
        verdict=verdict,
        until=None,
        objective=False,
        answer=answer,
        by=actor.id,
        now=now,
    )
    facts = {"answer_sha256": hashed(answer)}
    note(connection, ward, verdict, row.id, row.occurrence_id, Stage(row.stage), facts, actor, now)


def note(
    connection: Connection,
    ward: Ward,
    what: str,
    extension_id: int,
    occurrence: int,
    stage: Stage,
    facts: dict[str, Any],
    actor: Person,
    now: datetime,
) -> None:
    """Append what happened to a request to the history, without its words."""
    stated = {"extension": extension_id, "occurrence": occurrence, "stage": stage.value, **facts}
    record(connection, ward.id, f"extension.{what}", stated, actor=actor.actor, now=now)
