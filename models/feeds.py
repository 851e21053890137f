"""Private calendar addresses, and the due dates that a calendar shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

# Whose calendar the address is, with every due date of it; one row without a stage where there is none.
# `changed_at` is the ward's last event: whatever a calendar shows changed no later. Task and stages are
# fenced off (LIMIT), so that they are found by their keys whatever the statistics say.
_FEED = """
WITH feed AS (
    SELECT f.ward_id, f.id, f.read_at, w.code AS ward_code, w.name AS ward_name, u.name AS unit,
        coalesce(f.unit_id, a.unit_id) AS unit_id,
        f.account_id IS NOT NULL AND a.role <> 'officer' AS whole_ward,
        (SELECT e.recorded_at FROM cchc.audit_event e WHERE e.ward_id = f.ward_id
            ORDER BY e.position DESC LIMIT 1) AS changed_at
    FROM cchc.calendar_feed f
    JOIN cchc.ward w ON w.id = f.ward_id
    LEFT JOIN cchc.account a ON a.ward_id = f.ward_id AND a.id = f.account_id
    LEFT JOIN cchc.unit u ON u.ward_id = f.ward_id AND u.id = coalesce(f.unit_id, a.unit_id)
    WHERE f.token_sha256 = %(token_sha256)s AND f.revoked_at IS NULL AND (f.account_id IS NULL OR a.active)
)
"""
_WARD = """
WITH feed AS (
    SELECT w.id AS ward_id, w.code AS ward_code, NULL::int AS unit_id, true AS whole_ward
    FROM cchc.ward w WHERE w.id = %(ward)s
)
"""
_DUES = """
SELECT f.*, x.occurrence_id, x.stage, x.state, x.due_on, x.code, x.title, x.label, x.lead, x.moves, x.since,
    x.year
FROM feed f
LEFT JOIN LATERAL (
    SELECT s.occurrence_id, s.stage, s.state, s.due_on, t.code, t.title, o.label, l.name AS lead, d.moves,
        p.year,
        greatest(p.activated_at, o.opened_at, d.last, b.recorded_at, b.decided_at) AS since
    FROM cchc.occurrence o
    CROSS JOIN LATERAL (
        SELECT t.code, t.title, t.plan_id FROM cchc.task t
        WHERE t.ward_id = o.ward_id AND t.id = o.task_id LIMIT 1
    ) t
    JOIN cchc.plan p ON p.ward_id = o.ward_id AND p.id = t.plan_id AND p.state = 'active'
    JOIN cchc.unit l ON l.ward_id = o.ward_id AND l.id = o.unit_id
    CROSS JOIN LATERAL (
        SELECT * FROM cchc.stage s
        WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id AND (s.due_on >= %(since)s
            OR s.due_on IS NOT NULL AND o.state = 'open' AND s.state IN ('waiting', 'open', 'returned'))
        LIMIT 3
    ) s
    LEFT JOIN (
        SELECT c.occurrence_id, c.stage, count(*) AS moves, max(c.changed_at) AS last
        FROM cchc.due_change c WHERE c.ward_id = (SELECT ward_id FROM feed)
        GROUP BY c.occurrence_id, c.stage
    ) d ON d.occurrence_id = s.occurrence_id AND d.stage = s.stage
    LEFT JOIN cchc.submission b ON (b.ward_id, b.occurrence_id, b.stage, b.attempt)
        = (s.ward_id, s.occurrence_id, s.stage, s.attempt)
    WHERE o.ward_id = f.ward_id AND (f.whole_ward OR o.unit_id = f.unit_id) AND o.state <> 'cancelled'
) x ON true
ORDER BY x.due_on, x.occurrence_id, x.stage
"""
CALENDAR = _FEED + _DUES
OF_WARD = _WARD + _DUES

# Due dates that letters tell of, in the order in which they are asked for: one stage, or a whole occurrence.
# What was handed in needs no entry; what was cancelled, or lost its date (`former`), is to be taken away.
ENTRIES = """
SELECT asked.ord, w.code AS ward_code, s.occurrence_id, s.stage, s.state, t.code, t.title, o.label,
    l.name AS lead, coalesce(s.due_on, asked.former) AS due_on, coalesce(d.moves, 0) AS moves,
    greatest(p.activated_at, o.opened_at, d.last) AS since,
    o.state = 'cancelled' OR s.due_on IS NULL AS cancelled
FROM unnest(%(ward)s::int[], %(occurrence)s::bigint[], %(stage)s::text[], %(former)s::date[])
    WITH ORDINALITY AS asked(ward, occurrence, stage, former, ord)
JOIN cchc.occurrence o ON o.ward_id = asked.ward AND o.id = asked.occurrence
JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id
    AND (asked.stage IS NULL OR s.stage = asked.stage) AND s.state IN ('waiting', 'open', 'returned')
JOIN cchc.ward w ON w.id = o.ward_id
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
JOIN cchc.unit l ON l.ward_id = o.ward_id AND l.id = o.unit_id
LEFT JOIN LATERAL (
    SELECT count(*) AS moves, max(c.changed_at) AS last FROM cchc.due_change c
    WHERE c.ward_id = s.ward_id AND c.occurrence_id = s.occurrence_id AND c.stage = s.stage
) d ON true
WHERE coalesce(s.due_on, asked.former) IS NOT NULL
ORDER BY asked.ord, due_on, s.stage
"""


def entries(
    connection: Connection, asked: Sequence[tuple[int, int, str | None, date | None]]
) -> Sequence[Any]:
    """Return the due dates of (ward, occurrence, stage or None for all, former date); `ord` begins at 1."""
    columns = zip(*asked, strict=True)
    params = dict(zip(("ward", "occurrence", "stage", "former"), map(list, columns), strict=True))
    return connection.exec_driver_sql(ENTRIES, params).all()


def calendar(connection: Connection, token_sha256: bytes, since: date) -> Sequence[Any]:
    """Return the rows of a calendar from `since` on, and all that is still open; empty where none is given.

    One row that names no stage means a calendar without due dates.
    """
    return connection.exec_driver_sql(CALENDAR, {"token_sha256": token_sha256, "since": since}).all()


def of_ward(connection: Connection, ward: int, year: int | None) -> Sequence[Any]:
    """Return every due date of a ward's active plans, or of one year's, as rows of a calendar."""
    found = connection.exec_driver_sql(OF_WARD, {"ward": ward, "since": date.min}).all()
    return [row for row in found if row.stage is not None and year in {None, row.year}]


def note_read(connection: Connection, ward: int, feed: int, now: datetime, unless_since: datetime) -> None:
    """Record that a calendar was read, unless that was recorded after `unless_since`."""
    connection.exec_driver_sql(
        "UPDATE cchc.calendar_feed SET read_at = %(now)s WHERE ward_id = %(ward)s AND id = %(feed)s"
        " AND (read_at IS NULL OR read_at <= %(since)s)",
        {"ward": ward, "feed": feed, "now": now, "since": unless_since},
    )


def put(
    connection: Connection,
    ward: int,
    *,
    token_sha256: bytes,
    unit: int | None,
    account: int | None,
    made_by: int | None,
    now: datetime,
) -> int:
    """Add a calendar; return its id."""
    found: int = connection.exec_driver_sql(
        "INSERT INTO cchc.calendar_feed (ward_id, token_sha256, unit_id, account_id, made_by, made_at)"
        " VALUES (%(ward)s, %(token)s, %(unit)s, %(account)s, %(by)s, %(now)s) RETURNING id",
        {
            "ward": ward,
            "token": token_sha256,
            "unit": unit,
            "account": account,
            "by": made_by,
            "now": now,
        },
    ).scalar_one()
    return found


def revoke(connection: Connection, ward: int, feed: int, *, by: int | None, now: datetime) -> bool:
    """Take a calendar back; False where that was done before."""
    return bool(
        connection.exec_driver_sql(
            "UPDATE cchc.calendar_feed SET revoked_at = %(now)s, revoked_by = %(by)s"
            " WHERE ward_id = %(ward)s AND id = %(feed)s AND revoked_at IS NULL",
            {"ward": ward, "feed": feed, "by": by, "now": now},
        ).rowcount
    )


def feeds(connection: Connection, ward: int, feed: int | None = None) -> Sequence[Any]:
    """Return a ward's calendars, those in use first, then the newest; with `feed` only that one."""
    return connection.exec_driver_sql(
        """
        SELECT f.id, f.unit_id, f.account_id, u.name AS unit, a.name AS person, a.role, a.active,
            m.name AS made_by, f.made_at, r.name AS revoked_by, f.revoked_at, f.read_at
        FROM cchc.calendar_feed f
        LEFT JOIN cchc.unit u ON u.ward_id = f.ward_id AND u.id = f.unit_id
        LEFT JOIN cchc.account a ON a.ward_id = f.ward_id AND a.id = f.account_id
        LEFT JOIN cchc.account m ON m.ward_id = f.ward_id AND m.id = f.made_by
        LEFT JOIN cchc.account r ON r.ward_id = f.ward_id AND r.id = f.revoked_by
        WHERE f.ward_id = %(ward)s AND (%(feed)s::bigint IS NULL OR f.id = %(feed)s)
        ORDER BY f.revoked_at IS NOT NULL, f.id DESC
        """,
        {"ward": ward, "feed": feed},
    ).all()
