"""The outbox as a queue: leases, retries, and what must not be sent twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

# One claimer of a channel at a time, so that no digest is ever divided between two.
_ALONE = "SELECT pg_advisory_xact_lock(1667459171 + 1, hashtext(%(channel)s))"
_DUE = """b.channel = %(channel)s AND b.state IN ('pending', 'retry') AND b.not_before <= %(now)s
        AND (b.leased_until IS NULL OR b.leased_until < %(now)s)"""
# Mornings that are still waiting leave together: after an outage there is one message, not one for each.
_TOGETHER = "CASE WHEN b.digest LIKE 'morning/%%' THEN 'morning' ELSE b.digest END"
# A digest is never cut by the limit. A reminder is stale once its stage is handed in or its date moved,
# and once a later morning's reminder of the same stage waits behind it; what tells of no stage, once a later
# one of its kind waits; an alarm, once its channel is released; what is to be done, once it is cancelled
# or handed in again; a request for more time, once it is decided or its stage handed in.
# Tries that only waited are no failures, and a person who sends a message again begins anew.
CLAIM = f"""
WITH oldest AS MATERIALIZED (
    SELECT b.ward_id, b.id, b.recipient, {_TOGETHER} AS together FROM cchc.outbox b WHERE {_DUE}
        AND NOT EXISTS (
            SELECT FROM cchc.channel_state h WHERE h.name = b.channel AND h.held_since IS NOT NULL)
    ORDER BY b.not_before, b.id LIMIT %(limit)s
), picked AS (
    SELECT b.ward_id, b.id FROM cchc.outbox b
    WHERE {_DUE} AND ((b.ward_id, b.id) IN (SELECT ward_id, id FROM oldest)
        OR (b.ward_id, b.recipient, {_TOGETHER}) IN (SELECT ward_id, recipient, together FROM oldest))
    FOR UPDATE
), leased AS (
    UPDATE cchc.outbox b SET leased_until = %(until)s
    FROM picked WHERE b.ward_id = picked.ward_id AND b.id = picked.id
    RETURNING b.*
)
SELECT b.ward_id, b.id, b.occurrence_id, b.stage, b.reason, b.step, b.recipient, b.channel, b.contact_id,
    {_TOGETHER} AS together, b.note, b.attempts, b.created_at, w.name AS ward_name, w.code AS ward_code,
    t.code AS task_code, t.title, o.label, coalesce(o.unit_id, c.unit_id) AS unit_id,
    u.name AS unit_name,
    CASE WHEN b.contact_id IS NOT NULL THEN c.role WHEN b.reason IN ('escalation', 'extension-asked') THEN (
        SELECT min(a.role) FROM cchc.account a WHERE a.ward_id = b.ward_id AND a.email = b.recipient
            AND a.active AND a.role IN ('coordinator', 'leader')) END AS role,
    coalesce(s.due_on, next.due_on) AS due_on, coalesce(s.stage, next.stage) AS due_stage,
    tried.failures, tried.failing_since,
    CASE WHEN b.reason IN ('reminder', 'escalation') THEN coalesce(
            o.state <> 'open' OR s.state NOT IN ('waiting', 'open', 'returned')
            OR b.step NOT LIKE s.due_on || '/%%', true)
            OR EXISTS (
                SELECT FROM cchc.outbox later
                WHERE later.ward_id = b.ward_id AND later.occurrence_id = b.occurrence_id
                    AND later.stage = b.stage AND later.recipient = b.recipient
                    AND later.channel = b.channel AND later.reason IN ('reminder', 'escalation')
                    AND later.id > b.id)
        WHEN b.reason IN ('waiting', 'bulletin') THEN EXISTS (
            SELECT FROM cchc.outbox later
            WHERE later.ward_id = b.ward_id AND later.occurrence_id IS NULL AND later.stage IS NULL
                AND later.reason = b.reason AND later.recipient = b.recipient
                AND later.channel = b.channel AND later.id > b.id)
        WHEN b.reason = 'alarm' THEN EXISTS (
            SELECT FROM cchc.channel_state h WHERE h.name = split_part(b.step, '/', 1)
                AND (h.held_since IS NULL OR h.held_since > b.created_at))
        WHEN b.reason IN ('opened', 'event', 'returned', 'moved') THEN coalesce(
            o.state = 'cancelled' OR b.reason = 'returned' AND s.attempt::text <> b.step, false)
        WHEN b.reason = 'extension-asked' THEN s.state IN ('submitted', 'accepted') OR NOT EXISTS (
            SELECT FROM cchc.extension e
            WHERE e.ward_id = b.ward_id AND e.id::text = b.step AND e.verdict IS NULL)
        ELSE false END AS stale,
    b.contact_id IS NOT NULL AND NOT coalesce(c.active AND c.muted_at IS NULL, false) AS withdrawn
FROM leased b
JOIN cchc.ward w ON w.id = b.ward_id
LEFT JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id
LEFT JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
LEFT JOIN cchc.contact c ON c.ward_id = b.ward_id AND c.id = b.contact_id
LEFT JOIN cchc.unit u ON u.ward_id = b.ward_id AND u.id = coalesce(o.unit_id, c.unit_id)
LEFT JOIN cchc.stage s ON s.ward_id = b.ward_id AND s.occurrence_id = b.occurrence_id AND s.stage = b.stage
LEFT JOIN LATERAL (
    SELECT n.due_on, n.stage FROM cchc.stage n
    WHERE n.ward_id = b.ward_id AND n.occurrence_id = b.occurrence_id AND n.due_on IS NOT NULL
        AND n.state IN ('waiting', 'open', 'returned')
    ORDER BY n.due_on LIMIT 1
) next ON b.stage IS NULL
LEFT JOIN LATERAL (
    SELECT count(*) AS failures, min(d.tried_at) AS failing_since FROM cchc.delivery d
    WHERE d.ward_id = b.ward_id AND d.outbox_id = b.id AND d.outcome = 'retry'
        AND coalesce(d.message ->> 'action', '') NOT IN ('wait', 'channel')
        AND d.attempt > coalesce((SELECT max(e.attempt) FROM cchc.delivery e
            WHERE e.ward_id = b.ward_id AND e.outbox_id = b.id AND e.outcome IN ('failed', 'unknown')), 0)
) tried ON b.attempts > 0
ORDER BY b.ward_id, b.recipient, together, b.id
"""  # noqa: S608 - made of constants

# All or none, and only while the lease is still the claimer's own. What leaves as one message has one digest.
MARK = """
WITH mine AS (
    SELECT id, digest FROM cchc.outbox
    WHERE ward_id = %(ward)s AND id = ANY(%(ids)s) AND state IN ('pending', 'retry')
        AND leased_until = %(leased)s
        AND NOT EXISTS (SELECT FROM cchc.channel_state h WHERE h.name = channel AND h.held_since IS NOT NULL)
    FOR UPDATE SKIP LOCKED
)
UPDATE cchc.outbox b SET state = 'sending', attempts = attempts + 1, leased_until = %(until)s,
    digest = (SELECT max(digest) FROM mine)
FROM mine WHERE b.ward_id = %(ward)s AND b.id = mine.id
    AND (SELECT count(*) FROM mine) = cardinality(%(ids)s::bigint[])
"""

# The words stand with the first row of a message; the others name it.
# The log's turn comes before the rows: whoever
# writes to it may be queueing what stands in for a message, and would wait for its row.
SETTLE = """
WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(1667459171, %(ward)s::int)
), settled AS (
    UPDATE cchc.outbox b SET state = %(state)s, leased_until = NULL,
        not_before = coalesce(%(not_before)s, b.not_before),
        settled_at = CASE WHEN %(state)s = 'retry' THEN NULL ELSE %(now)s::timestamptz END
    WHERE b.ward_id = %(ward)s AND b.id = ANY(%(ids)s) AND b.state = 'sending'
        AND (SELECT count(*) FROM turn) > 0
    RETURNING b.id, b.attempts, b.occurrence_id, b.channel
), tried AS (
    INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, provider_id, answer, subject,
        message)
    SELECT %(ward)s, id, attempts, %(now)s, %(outcome)s, %(provider_id)s, %(answer)s, %(subject)s,
        %(message)s::jsonb || CASE WHEN id = first THEN jsonb_build_object('said', %(said)s::text)
            ELSE jsonb_build_object('with', first) END
    FROM settled, (SELECT min(id) AS first FROM settled) one
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
WITH turns AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(1667459171, ward_id) FROM (SELECT DISTINCT ward_id FROM cchc.outbox
        WHERE channel = %(channel)s AND state = 'sending' AND leased_until < %(now)s ORDER BY ward_id) w
), dead AS (
    SELECT ward_id, id FROM cchc.outbox
    WHERE channel = %(channel)s AND state = 'sending' AND leased_until < %(now)s
        AND (SELECT count(*) FROM turns) > 0
    FOR UPDATE SKIP LOCKED
), expired AS (
    UPDATE cchc.outbox b SET state = 'unknown', leased_until = NULL, settled_at = %(now)s
    FROM dead WHERE b.ward_id = dead.ward_id AND b.id = dead.id
    RETURNING b.ward_id, b.id, b.attempts, b.occurrence_id, b.channel
), tried AS (
    INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, answer)
    SELECT ward_id, id, attempts, %(now)s, 'unknown', %(answer)s FROM expired
), told AS (
    SELECT ward_id, array_agg(id ORDER BY id) AS ids,
        (SELECT json_strip_nulls(row_to_json(f))::text FROM (SELECT
        encode(sha256(convert_to(%(answer)s, 'UTF8')), 'hex') AS answer_sha256, channel,
        array_agg(DISTINCT occurrence_id) FILTER (WHERE occurrence_id IS NOT NULL) AS occurrences,
        array_agg(id ORDER BY id) AS outbox) f) AS facts
    FROM expired GROUP BY ward_id, channel ORDER BY ward_id
)
SELECT ward_id, ids, cchc.append_audit(ward_id, %(now)s, %(actor)s, ARRAY['delivery.unknown'], ARRAY[facts])
FROM told
"""


def claim(
    connection: Connection, *, channel: str, now: datetime, until: datetime, limit: int
) -> Sequence[Any]:
    """Lease due rows until `until`, with what a message about them says; no other claimer gets them.

    The longest waiting come first, each with its whole digest. Nothing of a held channel is claimed.
    """
    params = {"channel": channel, "now": now, "until": until, "limit": limit}
    connection.exec_driver_sql(_ALONE, params)
    return connection.exec_driver_sql(CLAIM, params).all()


def next_due(connection: Connection, channel: str) -> datetime | None:
    """Return when the channel's next row can be claimed; None where none waits, or the channel is held."""
    found: datetime | None = connection.exec_driver_sql(
        "SELECT min(CASE WHEN state = 'sending' THEN leased_until"
        " ELSE greatest(not_before, leased_until) END) FROM cchc.outbox"
        " WHERE channel = %(channel)s AND state IN ('pending', 'retry', 'sending') AND NOT EXISTS ("
        "SELECT FROM cchc.channel_state h WHERE h.name = %(channel)s AND h.held_since IS NOT NULL)",
        {"channel": channel},
    ).scalar_one()
    return found


def unclear(connection: Connection, channel: str, since: datetime) -> int:
    """Count a channel's messages since `since` of which nobody knows whether they arrived."""
    count: int = connection.exec_driver_sql(
        "SELECT count(DISTINCT (ward_id, settled_at)) FROM cchc.outbox"
        " WHERE channel = %(channel)s AND state = 'unknown' AND settled_at >= %(since)s",
        {"channel": channel, "since": since},
    ).scalar_one()
    return count


def drop(connection: Connection, ward: int, ids: Sequence[int], now: datetime) -> None:
    """Settle rows that are no longer true without sending them."""
    connection.exec_driver_sql(
        "UPDATE cchc.outbox SET state = 'dropped', leased_until = NULL, settled_at = %(now)s"
        " WHERE ward_id = %(ward)s AND id = ANY(%(ids)s) AND state IN ('pending', 'retry')",
        {"ward": ward, "ids": list(ids), "now": now},
    )


def mark_sending(
    connection: Connection, ward: int, ids: Sequence[int], *, leased: datetime, until: datetime
) -> bool:
    """Say that a message is about to leave; from here on a crash makes it `unknown`.

    False, and nothing is changed, where any of its rows is no longer leased until `leased` by whoever
    claimed it, or its channel is held meanwhile.
    """
    params = {"ward": ward, "ids": list(ids), "leased": leased, "until": until}
    return bool(_driver(connection).execute(MARK, params).rowcount)


def settle(connection: Connection, **params: object) -> None:
    """Record what came of a try: the row's state, the delivery, and the event in the history."""
    _driver(connection).execute(SETTLE, params)


def _driver(connection: Connection) -> Any:
    """Return psycopg's own connection: the same transaction, without what a result object costs."""
    return connection.connection.driver_connection


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


def expire(
    connection: Connection, channel: str, now: datetime, *, answer: str, actor: str
) -> list[tuple[int, list[int]]]:
    """Turn messages whose sender died in the act into `unknown`, with a delivery that says so.

    Returns (ward, rows) of each.
    """
    params = {"channel": channel, "now": now, "answer": answer, "actor": actor}
    return [(row.ward_id, row.ids) for row in connection.exec_driver_sql(EXPIRE, params)]
