"""All tables, for migrations and for the test that compares both."""

from models import (
    amendments,
    audit,
    contacting,
    credentials,
    documents,
    engine,
    events,
    findings,
    grants,
    occurrences,
    outbox,
    plans,
    reminding,
    succession,
    wards,
)
from models.base import Base

metadata = Base.metadata

__all__ = [
    "amendments",
    "audit",
    "contacting",
    "credentials",
    "documents",
    "engine",
    "events",
    "findings",
    "grants",
    "metadata",
    "occurrences",
    "outbox",
    "plans",
    "reminding",
    "succession",
    "wards",
]
