"""The outbox as a queue: leases, retries, and what must not be sent twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

_DUE = """channel = ANY(%(channels)s) AND state IN ('pending', 'retry') AND not_before <= %(now)s
        AND (leased_until IS NULL OR leased_until < %(now)s)"""
# A digest is never cut by the limit. A reminder is stale once its stage is handed in or its date moved,
# and once a later morning's reminder of the same stage waits behind it.
CLAIM = f"""
WITH due AS MATERIALIZED (
    SELECT ward_id, id FROM cchc.outbox WHERE {_DUE}
    ORDER BY ward_id, channel, recipient, coalesce(digest, id::text)
    FETCH FIRST %(limit)s ROWS WITH TIES
), picked AS (
    SELECT ward_id, id FROM cchc.outbox WHERE (ward_id, id) IN (SELECT ward_id, id FROM due) AND {_DUE}
    FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE cchc.outbox b SET leased_until = %(until)s
    FROM picked WHERE b.ward_id = picked.ward_id AND b.id = picked.id
    RETURNING b.*
), current AS (
    SELECT b.ward_id, b.id, (b.reason IN ('reminder', 'escalation') AND (
        o.state <> 'open' OR s.state NOT IN ('waiting', 'open', 'returned')
        OR b.step NOT LIKE s.due_on || '/%%'
        OR EXISTS (
            SELECT FROM cchc.outbox later
            WHERE later.ward_id = b.ward_id AND later.occurrence_id = b.occurrence_id
                AND later.stage = b.stage AND later.recipient = b.recipient AND later.channel = b.channel
                AND later.reason IN ('reminder', 'escalation') AND later.id > b.id
        ))) AS stale
    FROM leased b
    LEFT JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id
    LEFT JOIN cchc.stage s ON s.ward_id = b.ward_id AND s.occurrence_id = b.occurrence_id
        AND s.stage = b.stage
)
SELECT b.ward_id, b.id, b.occurrence_id, b.stage, b.reason, b.step, b.recipient, b.channel, b.digest, b.note,
    b.attempts, b.created_at, coalesce(c.stale, false) AS stale, w.name AS ward_name, w.code AS ward_code,
    t.code AS task_code, t.title, o.label, u.name AS unit_name,
    coalesce(s.due_on, next.due_on) AS due_on, coalesce(s.stage, next.stage) AS due_stage
FROM leased b
JOIN current c ON c.ward_id = b.ward_id AND c.id = b.id
JOIN cchc.ward w ON w.id = b.ward_id
LEFT JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id
LEFT JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
LEFT JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
LEFT JOIN cchc.stage s ON s.ward_id = b.ward_id AND s.occurrence_id = b.occurrence_id AND s.stage = b.stage
LEFT JOIN LATERAL (
    SELECT n.due_on, n.stage FROM cchc.stage n
    WHERE n.ward_id = b.ward_id AND n.occurrence_id = b.occurrence_id AND n.due_on IS NOT NULL
        AND n.state IN ('waiting', 'open', 'returned')
    ORDER BY n.due_on LIMIT 1
) next ON b.stage IS NULL
ORDER BY b.ward_id, b.channel, b.recipient, b.digest, b.id
"""  # noqa: S608 - made of constants

SETTLE = """
WITH settled AS (
    UPDATE cchc.outbox b SET state = %(state)s, leased_until = NULL,
        not_before = coalesce(%(not_before)s, b.not_before),
        settled_at = CASE WHEN %(state)s = 'retry' THEN NULL ELSE %(now)s END
    WHERE b.ward_id = %(ward)s AND b.id = ANY(%(ids)s) AND b.state = 'sending'
    RETURNING b.id, b.attempts, b.occurrence_id, b.channel
), tried AS (
    INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, provider_id, answer, subject,
        message)
    SELECT %(ward)s, id, attempts, %(now)s, %(outcome)s, %(provider_id)s, %(answer)s, %(subject)s,
        %(message)s::jsonb
    FROM settled
)
SELECT count(*), CASE WHEN count(*) > 0 THEN cchc.append_audit(%(ward)s, %(now)s, %(actor)s,
    ARRAY['delivery.' || %(outcome)s],
    ARRAY[(SELECT json_strip_nulls(row_to_json(f))::text FROM (SELECT
        encode(sha256(convert_to(%(answer)s, 'UTF8')), 'hex') AS answer_sha256,
        max(s.channel) AS channel, %(message_sha256)s::text AS message_sha256,
        array_agg(DISTINCT s.occurrence_id) FILTER (WHERE s.occurrence_id IS NOT NULL) AS occurrences,
        array_agg(s.id ORDER BY s.id) AS outbox, %(provider_id)s::text AS provider_id) f)]) END
FROM settled s
"""

EXPIRE = """
WITH dead AS (
    SELECT ward_id, id FROM cchc.outbox WHERE state = 'sending' AND leased_until < %(now)s
    FOR UPDATE SKIP LOCKED
), expired AS (
    UPDATE cchc.outbox b SET state = 'unknown', leased_until = NULL, settled_at = %(now)s
    FROM dead WHERE b.ward_id = dead.ward_id AND b.id = dead.id
    RETURNING b.ward_id, b.id, b.attempts, b.occurrence_id, b.channel
), tried AS (
    INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, answer)
    SELECT ward_id, id, attempts, %(now)s, 'unknown', %(answer)s FROM expired
), told AS (
    SELECT ward_id, (SELECT json_strip_nulls(row_to_json(f))::text FROM (SELECT
        encode(sha256(convert_to(%(answer)s, 'UTF8')), 'hex') AS answer_sha256, channel,
        array_agg(DISTINCT occurrence_id) FILTER (WHERE occurrence_id IS NOT NULL) AS occurrences,
        array_agg(id ORDER BY id) AS outbox) f) AS facts
    FROM expired GROUP BY ward_id, channel ORDER BY ward_id, channel
)
SELECT (SELECT count(*) FROM expired),
    cchc.append_audit(ward_id, %(now)s, %(actor)s, ARRAY['delivery.unknown'], ARRAY[facts])
FROM told
"""


def claim(
    connection: Connection, *, channels: Sequence[str], now: datetime, until: datetime, limit: int
) -> Sequence[Any]:
    """Lease due rows until `until`, with what a message about them says; no other claimer gets them."""
    params = {"channels": list(channels), "now": now, "until": until, "limit": limit}
    return connection.exec_driver_sql(CLAIM, params).all()


def drop(connection: Connection, ward: int, ids: Sequence[int], now: datetime) -> None:
    """Settle rows that are no longer true without sending them."""
    connection.exec_driver_sql(
        "UPDATE cchc.outbox SET state = 'dropped', leased_until = NULL, settled_at = %(now)s"
        " WHERE ward_id = %(ward)s AND id = ANY(%(ids)s)",
        {"ward": ward, "ids": list(ids), "now": now},
    )


def mark_sending(connection: Connection, ward: int, ids: Sequence[int], until: datetime) -> int:
    """Say that a message is about to leave; from here on a crash makes it `unknown`."""
    return connection.exec_driver_sql(
        "UPDATE cchc.outbox SET state = 'sending', attempts = attempts + 1, leased_until = %(until)s"
        " WHERE ward_id = %(ward)s AND id = ANY(%(ids)s) AND state IN ('pending', 'retry')",
        {"ward": ward, "ids": list(ids), "until": until},
    ).rowcount


def settle(connection: Connection, **params: object) -> None:
    """Record what came of a try: the row's state, the delivery, and the event in the history."""
    connection.exec_driver_sql(SETTLE, params)


def settle_wake(
    connection: Connection, ward: int, ids: Sequence[int], *, state: str, now: datetime, not_before: datetime
) -> None:
    """Record what came of waking the engine; no delivery, since nobody was told anything."""
    connection.exec_driver_sql(
        "UPDATE cchc.outbox SET state = %(state)s, attempts = least(attempts + 1, 30000),"
        " leased_until = NULL, not_before = %(not_before)s,"
        " settled_at = CASE WHEN %(state)s = 'sent' THEN %(now)s::timestamptz END"
        " WHERE ward_id = %(ward)s AND id = ANY(%(ids)s)",
        {"ward": ward, "ids": list(ids), "state": state, "now": now, "not_before": not_before},
    )


def release(connection: Connection, ward: int, ids: Sequence[int], not_before: datetime) -> None:
    """Give leased rows back untouched, to be taken again from `not_before` on."""
    connection.exec_driver_sql(
        "UPDATE cchc.outbox SET leased_until = NULL, not_before = greatest(not_before, %(not_before)s)"
        " WHERE ward_id = %(ward)s AND id = ANY(%(ids)s) AND state IN ('pending', 'retry')",
        {"ward": ward, "ids": list(ids), "not_before": not_before},
    )


def expire(connection: Connection, now: datetime, *, answer: str, actor: str) -> int:
    """Turn messages whose sender died in the act into `unknown`, with a delivery that says so; count them."""
    row = connection.exec_driver_sql(EXPIRE, {"now": now, "answer": answer, "actor": actor}).first()
    return 0 if row is None else int(row[0])


def messages(connection: Connection, ward: int, state: str | None, limit: int) -> Sequence[Any]:
    """Return the newest messages to people with their last delivery, newest first."""
    return connection.exec_driver_sql(
        """
        SELECT b.id, b.state, b.reason, b.stage, b.channel, b.recipient, b.attempts, b.created_at,
            b.settled_at, t.code AS task, o.label, d.subject, d.provider_id, d.answer, d.tried_at
        FROM cchc.outbox b
        LEFT JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id
        LEFT JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        LEFT JOIN LATERAL (
            SELECT * FROM cchc.delivery d WHERE d.ward_id = b.ward_id AND d.outbox_id = b.id
            ORDER BY d.attempt DESC LIMIT 1
        ) d ON true
        WHERE b.ward_id = %(ward)s AND b.channel <> 'engine'
            AND (%(state)s::text IS NULL OR b.state = %(state)s)
        ORDER BY b.id DESC LIMIT %(limit)s
        """,
        {"ward": ward, "state": state, "limit": limit},
    ).all()
