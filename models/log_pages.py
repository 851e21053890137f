"""Pages of a ward's log, for whoever looks through it; what a superuser put there must not break them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

# Bodies are canonical JSON: a quote inside a text is always escaped, so these patterns match facts only.
# They are texts all the same, so a body that is no JSON any more is looked through like the others.
_WANTED = """
e.ward_id = %(ward)s
    AND (%(before)s::bigint IS NULL OR e.position < %(before)s)
    AND (%(kind)s::text IS NULL OR e.kind = %(kind)s OR starts_with(e.kind, %(kind)s || '.'))
    AND (%(since)s::timestamptz IS NULL OR e.recorded_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR e.recorded_at < %(until)s)
    AND (%(actor)s::text IS NULL OR position(%(actor)s IN e.body) > 0)
    AND (%(about)s::text IS NULL OR e.body ~ %(about)s)
"""
_COLUMNS = """
e.position, e.kind, e.body, encode(e.leaf_hash, 'hex') AS hash,
    CASE WHEN e.recorded_at BETWEEN '0002-01-01' AND '9998-12-31' THEN e.recorded_at END AS recorded_at
"""


def events(connection: Connection, ward: int, *, limit: int | None, **wanted: object) -> Sequence[Any]:
    """Return the newest events that are wanted, newest first."""
    return connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM cchc.audit_event e WHERE {_WANTED}"  # noqa: S608 - made of constants
        " ORDER BY e.position DESC LIMIT %(limit)s",
        {"ward": ward, "limit": limit, **wanted},
    ).all()


def event(connection: Connection, ward: int, position: int) -> Any | None:
    """Return one event; None where there is none."""
    return connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM cchc.audit_event e"  # noqa: S608 - made of constants
        " WHERE e.ward_id = %(ward)s AND e.position = %(position)s",
        {"ward": ward, "position": position},
    ).one_or_none()


def state(connection: Connection, ward: int) -> tuple[int, datetime | None]:
    """Return how many events a ward's log claims to have, and when the last was written."""
    row = connection.exec_driver_sql(
        """
        SELECT coalesce((SELECT size FROM cchc.audit_log WHERE ward_id = %(ward)s), 0) AS size,
            (SELECT CASE WHEN e.recorded_at BETWEEN '0002-01-01' AND '9998-12-31' THEN e.recorded_at END
             FROM cchc.audit_event e WHERE e.ward_id = %(ward)s ORDER BY e.position DESC LIMIT 1) AS newest
        """,
        {"ward": ward},
    ).one()
    return row.size, row.newest


def about_task(connection: Connection, ward: int, code: str) -> Sequence[Any]:
    """Return id of the tasks with this code in any plan, with the ids of their occurrences."""
    return connection.exec_driver_sql(
        """
        SELECT t.id, ARRAY(SELECT o.id FROM cchc.occurrence o
            WHERE o.ward_id = t.ward_id AND o.task_id = t.id ORDER BY o.id) AS occurrences
        FROM cchc.task t WHERE t.ward_id = %(ward)s AND t.code = %(code)s ORDER BY t.id
        """,
        {"ward": ward, "code": code},
    ).all()


def labels(connection: Connection, ward: int, occurrences: Sequence[int]) -> dict[int, str]:
    """Return what occurrences are called, with their task and unit, by id."""
    rows = connection.exec_driver_sql(
        """
        SELECT o.id, t.code || ' · ' || o.label || ' · ' || u.name AS label FROM cchc.occurrence o
        JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
        WHERE o.ward_id = %(ward)s AND o.id = ANY(%(ids)s)
        """,
        {"ward": ward, "ids": list(occurrences)},
    ).all()
    return {row.id: row.label for row in rows}


def receipts(connection: Connection, ward: int, task: int) -> Sequence[Any]:
    """Return every message about a task's occurrences: its tries, and what came back."""
    return connection.exec_driver_sql(
        """
        SELECT b.id, b.occurrence_id, b.stage, b.reason, b.channel, b.recipient, b.state, b.created_at,
            b.note, b.replaces,
            coalesce((SELECT json_agg(json_build_object('at', v.tried_at, 'outcome', v.outcome,
                'answer', v.answer, 'subject', v.subject) ORDER BY v.attempt)
                FROM cchc.delivery v WHERE v.ward_id = b.ward_id AND v.outbox_id = b.id), '[]') AS tries,
            coalesce((SELECT json_agg(json_build_object('kind', r.kind, 'at', r.at, 'source', r.source)
                ORDER BY r.at) FROM cchc.receipt r WHERE r.ward_id = b.ward_id AND r.outbox_id = b.id), '[]')
                AS receipts
        FROM cchc.outbox b
        JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id
        WHERE b.ward_id = %(ward)s AND o.task_id = %(task)s AND b.channel <> 'engine' ORDER BY b.id
        """,
        {"ward": ward, "task": task},
    ).all()
