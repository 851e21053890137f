"""All tables, for migrations and for the test that compares both."""

from models import (
    amendments,
    assignments,
    audit,
    checkpoints,
    contacting,
    credentials,
    documents,
    engine,
    event_answers,
    events,
    extensions,
    findings,
    grants,
    machine_tokens,
    occurrences,
    outbox,
    plans,
    reminding,
    stand_ins,
    succession,
    wards,
)
from models.base import Base

metadata = Base.metadata

__all__ = [
    "amendments",
    "assignments",
    "audit",
    "checkpoints",
    "contacting",
    "credentials",
    "documents",
    "engine",
    "event_answers",
    "events",
    "extensions",
    "findings",
    "grants",
    "machine_tokens",
    "metadata",
    "occurrences",
    "outbox",
    "plans",
    "reminding",
    "stand_ins",
    "succession",
    "wards",
]
