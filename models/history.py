"""Writing and reading a ward's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

SYSTEM = '{"id":0,"role":"system"}'


def append(
    connection: Connection, ward: int, *, at: datetime, actor: str, kinds: Sequence[str], facts: Sequence[str]
) -> None:
    """Append events; `actor` and `facts` are canonical JSON."""
    connection.exec_driver_sql(
        "SELECT cchc.append_audit(%(ward)s, %(at)s, %(actor)s, %(kinds)s, %(facts)s)",
        {"ward": ward, "at": at, "actor": actor, "kinds": list(kinds), "facts": list(facts)},
    )


def take_turns(connection: Connection) -> None:
    """Wait for the log of every ward, in order: who writes to several must not begin in the middle."""
    connection.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(1667459171, w.id) FROM (SELECT id FROM cchc.ward ORDER BY id) w"
    )


# To look for a text in all bodies of a ward is much quicker than to read them as JSON.
OF_TASK = """
WITH own AS MATERIALIZED (
    SELECT array_agg(id) AS ids, array_agg(to_jsonb(id)) AS listed,
        '"occurrence":(' || string_agg(id::text, '|') || ')[,}]|"occurrences":' AS told
    FROM cchc.occurrence WHERE ward_id = %(ward)s AND task_id = %(task)s
)
SELECT e.position, e.recorded_at, e.kind, e.body FROM cchc.audit_event e, own
WHERE e.ward_id = %(ward)s AND (CASE WHEN e.body ~ own.told THEN
    (e.body::jsonb -> 'facts' ->> 'occurrence')::bigint = ANY (own.ids)
    OR (e.body::jsonb -> 'facts' -> 'occurrences') @> ANY (own.listed) END
    OR e.kind IN ('task.assigned', 'event.asked-answered')
        AND (e.body::jsonb -> 'facts' ->> 'task_id')::bigint = %(task)s
    OR e.kind = 'task.amended' AND (e.body::jsonb -> 'facts' ->> 'task')::bigint = %(task)s)
ORDER BY e.position DESC LIMIT %(limit)s
"""


def heads(connection: Connection, ward: int | None = None) -> Sequence[Any]:
    """Return every ward's, or one's, id, code, size and roots that its log claims, where its events end."""
    return connection.exec_driver_sql(
        """
        SELECT w.id, w.code, coalesce(l.size, 0) AS size, coalesce(l.frontier, '{}') AS frontier,
            coalesce((SELECT max(e.position) + 1 FROM cchc.audit_event e WHERE e.ward_id = w.id), 0) AS until
        FROM cchc.ward w LEFT JOIN cchc.audit_log l ON l.ward_id = w.id
        WHERE %(ward)s::int IS NULL OR w.id = %(ward)s ORDER BY w.id
        """,
        {"ward": ward},
    ).all()


def head(connection: Connection, ward: int) -> tuple[int, Sequence[bytes]]:
    """Return the size and the roots that one ward's log claims."""
    row = connection.exec_driver_sql(
        "SELECT size, frontier FROM cchc.audit_log WHERE ward_id = %(ward)s", {"ward": ward}
    ).one_or_none()
    return (row.size, row.frontier) if row else (0, ())


def orphans(connection: Connection) -> Sequence[int]:
    """Return ward ids that events, logs or plans name though there is no such ward."""
    return list(
        connection.exec_driver_sql(
            "SELECT ward_id FROM (SELECT ward_id FROM cchc.audit_event"
            " UNION SELECT ward_id FROM cchc.audit_log UNION SELECT ward_id FROM cchc.plan) named"
            " WHERE NOT EXISTS (SELECT FROM cchc.ward w WHERE w.id = named.ward_id) ORDER BY ward_id"
        ).scalars()
    )


def stream(connection: Connection, ward: int, until: int) -> Iterator[tuple[int, int, bytes, bytes, bytes]]:
    """Yield a ward's events before `until` in order of position, without loading them all.

    The instant comes as PostgreSQL keeps it, in microseconds since 2000 (`infinity` is beyond all days),
    kind and body as bytes of UTF-8: whatever a superuser put there can be looked at.
    """
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - only a closed connection has none
    copy = (
        "COPY (SELECT position, recorded_at, kind, body, leaf_hash FROM cchc.audit_event"
        " WHERE ward_id = %s AND position < %s ORDER BY position) TO STDOUT (FORMAT BINARY)"
    )
    with driver.cursor() as cursor, cursor.copy(copy, (ward, until)) as rows:
        # Binary text is its bytes and a binary instant is a whole number: nothing is decoded in vain.
        rows.set_types(["int8", "int8", "bytea", "bytea", "bytea"])
        yield from rows.rows()


def events_of_task(connection: Connection, ward: int, task: int, limit: int = 500) -> Sequence[Any]:
    """Return the newest events that concern a task or its occurrences, newest first."""
    return connection.exec_driver_sql(OF_TASK, {"ward": ward, "task": task, "limit": limit}).all()


def newest(connection: Connection, ward: int, limit: int) -> Sequence[Any]:
    """Return the newest events of a ward, newest first."""
    return connection.exec_driver_sql(
        "SELECT position, recorded_at, kind, body FROM cchc.audit_event WHERE ward_id = %(ward)s"
        " ORDER BY position DESC LIMIT %(limit)s",
        {"ward": ward, "limit": limit},
    ).all()
