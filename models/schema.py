"""All tables, for migrations and for the test that compares both."""

from models import (
    amendments,
    audit,
    documents,
    engine,
    events,
    findings,
    occurrences,
    outbox,
    plans,
    succession,
    wards,
)
from models.base import Base

metadata = Base.metadata

__all__ = [
    "amendments",
    "audit",
    "documents",
    "engine",
    "events",
    "findings",
    "metadata",
    "occurrences",
    "outbox",
    "plans",
    "succession",
    "wards",
]
