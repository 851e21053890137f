"""Opening occurrences whose day has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from models import history, openings


def open_due(
    connection: Connection,
    today: date,
    now: datetime,
    *,
    ward_id: int | None = None,
    occurrence_ids: Sequence[int] | None = None,
    actor: str = history.SYSTEM,
) -> int:
    """Open every planned occurrence of an active plan whose day has come; return how many.

    A second call opens none. With `occurrence_ids`, only these are opened, so that an actor is named only
    with what their own act opens. The lead units are told and the flow runs started through the outbox.
    """
    return openings.open_due(
        connection,
        today=today,
        now=now,
        actor=actor,
        ward=ward_id,
        occurrences=occurrence_ids,
    )
