"""The channels of an installation: which can be used, which are held, and what waits on each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection


def sync(connection: Connection, names: Sequence[str], enabled: Sequence[str], now: datetime) -> list[str]:
    """Keep which of `names` the settings allow; return those that were allowed until now."""
    rows = connection.exec_driver_sql(
        """
        WITH before AS (SELECT name FROM cchc.channel_state WHERE enabled), kept AS (
            INSERT INTO cchc.channel_state AS s (name, enabled, changed_at)
            SELECT name, name = ANY(%(enabled)s), %(now)s FROM unnest(%(names)s::text[]) AS name
            ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled, changed_at = excluded.changed_at
                WHERE s.enabled <> excluded.enabled
            RETURNING s.name, s.enabled
        )
        SELECT name FROM kept JOIN before USING (name) WHERE NOT kept.enabled ORDER BY name
        """,
        {"names": list(names), "enabled": list(enabled), "now": now},
    )
    return list(rows.scalars())


def hold(connection: Connection, name: str, code: str | None, why: str, now: datetime) -> bool:
    """Hold a channel; False where it is held already, or there is none."""
    return bool(
        connection.exec_driver_sql(
            "UPDATE cchc.channel_state SET held_since = %(now)s, held_code = %(code)s, held_why = %(why)s,"
            " changed_at = %(now)s WHERE name = %(name)s AND held_since IS NULL",
            {"name": name, "code": code, "why": why, "now": now},
        ).rowcount
    )


def release(connection: Connection, name: str, now: datetime) -> bool:
    """Release a channel and wake the dispatchers; False where it was not held."""
    released = bool(
        connection.exec_driver_sql(
            "UPDATE cchc.channel_state SET held_since = NULL, held_code = NULL, held_why = NULL,"
            " changed_at = %(now)s WHERE name = %(name)s AND held_since IS NOT NULL",
            {"name": name, "now": now},
        ).rowcount
    )
    if released:
        wake(connection)
    return released


def wake(connection: Connection) -> None:
    """Let the dispatchers look at the outbox once this transaction is committed."""
    connection.exec_driver_sql("SELECT pg_notify('cchc_outbox', '')")


def held(connection: Connection) -> Sequence[Any]:
    """Return name and code of the channels that are held, and since when."""
    return connection.exec_driver_sql(
        "SELECT name, held_code, held_since FROM cchc.channel_state"
        " WHERE held_since IS NOT NULL ORDER BY name"
    ).all()


def known(connection: Connection, name: str) -> bool:
    """Tell whether the installation has ever known the channel."""
    found: bool = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM cchc.channel_state WHERE name = %(name)s)", {"name": name}
    ).scalar_one()
    return found


def states(connection: Connection, ward: int, *, now: datetime, since: datetime) -> Sequence[Any]:
    """Return every channel with what waits on it in a ward, and what failed there after `since`."""
    return connection.exec_driver_sql(
        """
        SELECT s.name, s.enabled, s.held_since, s.held_code, s.held_why,
            coalesce(w.waiting, 0) AS waiting, w.oldest, coalesce(f.failed, 0) AS failed,
            coalesce(f.unknown, 0) AS unknown
        FROM cchc.channel_state s
        LEFT JOIN LATERAL (
            SELECT count(*) AS waiting, min(b.created_at) AS oldest FROM cchc.outbox b
            WHERE b.ward_id = %(ward)s AND b.channel = s.name AND b.state IN ('pending', 'retry')
                AND (b.state = 'retry' OR b.not_before <= %(now)s)
        ) w ON true
        LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE b.state = 'failed') AS failed,
                count(*) FILTER (WHERE b.state = 'unknown') AS unknown
            FROM cchc.outbox b
            WHERE b.ward_id = %(ward)s AND b.channel = s.name AND b.state IN ('failed', 'unknown')
                AND b.settled_at >= %(since)s
        ) f ON true
        ORDER BY s.name
        """,
        {"ward": ward, "now": now, "since": since},
    ).all()
