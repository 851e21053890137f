"""All tables, for migrations and for the test that compares both."""

from models import audit, documents, engine, events, findings, occurrences, outbox, plans, wards
from models.base import Base

metadata = Base.metadata

__all__ = [
    "audit",
    "documents",
    "engine",
    "events",
    "findings",
    "metadata",
    "occurrences",
    "outbox",
    "plans",
    "wards",
]
