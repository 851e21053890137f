"""Writing one event to a ward's history, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from domain.canonical import canonical
from domain.merkle import Frontier
from models import history


def record(
    connection: Connection,
    ward_id: int,
    kind: str,
    facts: Mapping[str, object],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Append an event; facts that are None are left out. No personal data: ids, roles, hashes."""
    stated = canonical({name: fact for name, fact in facts.items() if fact is not None})
    history.append(connection, ward_id, at=now, actor=actor, kinds=[kind], facts=[stated])


def head(connection: Connection, ward_id: int) -> Frontier:
    """Return the end of a ward's log as the log itself claims it: how long it is, and its Merkle root."""
    return Frontier(*history.head(connection, ward_id))


def log_mark(connection: Connection, ward_id: int) -> str:
    """Return how long a ward's log is, and a hash of what is in it; each change for the ward changes this.

    A log that was restored and went on otherwise has another mark, even with as many events.
    """
    size, roots = history.head(connection, ward_id)
    return f"{size}-{sha256(b''.join(roots)).hexdigest()[:16]}"


def hashed(words: str | None) -> str | None:
    """Return the SHA-256 by which the history knows a person's words; None for none."""
    return None if words is None else hash_of(words)


def hash_of(words: str) -> str:
    """Return the SHA-256 by which the history knows words."""
    return sha256(words.encode()).hexdigest()
