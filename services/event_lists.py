"""What was recorded as having arrived, for whoever reads it from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from models import papers
from services.people import Ward


def recorded_events(
    connection: Connection, ward: Ward, *, before: int | None = None, limit: int = 100
) -> Sequence[Any]:
    """Return the ward's events, the newest first, each with the occurrences that it opened."""
    return papers.recorded(connection, ward.id, before=before, limit=limit)
