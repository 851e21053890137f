"""Receipts: what became of messages after the provider took them, and messages that wait for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

# Rows left as one message if they went to the same place for the same digest in the same try. A message that
# has never been tried has no receipt.
RECORD = """
WITH link AS (
    SELECT b.*, (SELECT max(d.tried_at) FROM cchc.delivery d
        WHERE d.ward_id = b.ward_id AND d.outbox_id = b.id) AS tried_at
    FROM cchc.outbox b
    WHERE b.ward_id = %(ward)s AND b.id = %(outbox)s AND b.channel <> 'engine' AND b.attempts > 0
), told AS (
    SELECT id, occurrence_id FROM link
    UNION
    SELECT b.id, b.occurrence_id FROM link l
    JOIN cchc.outbox b ON b.ward_id = l.ward_id AND b.digest = l.digest AND b.recipient = l.recipient
        AND b.channel = l.channel AND b.attempts > 0 AND b.state <> 'dropped'
    WHERE l.tried_at IS NOT DISTINCT FROM (SELECT max(d.tried_at) FROM cchc.delivery d
        WHERE d.ward_id = b.ward_id AND d.outbox_id = b.id)
), new AS (
    INSERT INTO cchc.receipt (ward_id, outbox_id, kind, at, source, recorded_at)
    SELECT %(ward)s, id, %(kind)s, %(at)s, %(source)s, %(now)s FROM told ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING outbox_id
)
SELECT id, occurrence_id FROM told WHERE id IN (SELECT outbox_id FROM new) ORDER BY id
"""

RECONCILE = """
UPDATE cchc.outbox b SET state = 'sent', leased_until = NULL, settled_at = %(now)s
WHERE b.ward_id = %(ward)s AND b.state = 'unknown' AND b.channel <> 'engine'
    AND (%(ids)s::bigint[] IS NULL OR b.id = ANY(%(ids)s)) AND EXISTS (
        SELECT FROM cchc.receipt r WHERE r.ward_id = b.ward_id AND r.outbox_id = b.id
            AND r.kind IN ('delivered', 'seen', 'opened', 'acknowledged'))
RETURNING b.id, b.occurrence_id
"""

UNANSWERED = """
SELECT b.ward_id, d.provider_id, min(b.id) AS outbox_id, min(d.tried_at) AS tried_at
FROM cchc.outbox b
JOIN cchc.delivery d ON d.ward_id = b.ward_id AND d.outbox_id = b.id AND d.attempt = b.attempts
WHERE b.channel = %(channel)s AND b.state IN ('sent', 'unknown') AND b.settled_at >= %(since)s
    AND d.provider_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM cchc.receipt r WHERE r.ward_id = b.ward_id AND r.outbox_id = b.id
            AND r.kind IN ('delivered', 'not-delivered', 'seen'))
GROUP BY b.ward_id, d.provider_id
ORDER BY random() LIMIT %(limit)s
"""


def record(connection: Connection, **params: object) -> Sequence[Any]:
    """Record a receipt for a row and all that left with it; return the rows that had none: id, occurrence_id.

    Takes ward, outbox, kind, at, source, now.
    """
    return connection.exec_driver_sql(RECORD, params).all()


def reconcile(connection: Connection, ward: int, ids: Sequence[int] | None, now: datetime) -> Sequence[Any]:
    """Let messages of unknown outcome that have arrived count as sent; return them: id, occurrence_id."""
    params = {"ward": ward, "ids": None if ids is None else list(ids), "now": now}
    return connection.exec_driver_sql(RECONCILE, params).all()


def give_up_unknown(connection: Connection, ward: int, ids: Sequence[int], now: datetime) -> None:
    """Let messages of unknown outcome that have surely not arrived count as failed."""
    connection.exec_driver_sql(
        "UPDATE cchc.outbox SET state = 'failed', settled_at = %(now)s"
        " WHERE ward_id = %(ward)s AND id = ANY(%(ids)s) AND state = 'unknown'",
        {"ward": ward, "ids": list(ids), "now": now},
    )


def sent_as(connection: Connection, provider_ids: Sequence[str]) -> Sequence[Any]:
    """Return where messages that a provider knows by these ids stand: ward_id and one outbox_id of each."""
    return connection.exec_driver_sql(
        """
        SELECT d.ward_id, min(d.outbox_id) AS outbox_id FROM cchc.delivery d
        JOIN cchc.outbox b ON b.ward_id = d.ward_id AND b.id = d.outbox_id
        WHERE d.provider_id = ANY(%(ids)s) AND d.outcome = 'sent'
            AND b.channel IN ('zalo-group', 'zalo-user', 'zalo-uid', 'phone')
        GROUP BY d.ward_id, d.provider_id ORDER BY 1, 2
        """,
        {"ids": list(provider_ids)},
    ).all()


def is_told_on(connection: Connection, ward: int, outbox: int, channel: str) -> bool:
    """Tell whether a row of the outbox goes by this channel, and has been tried."""
    found: bool = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM cchc.outbox WHERE ward_id = %(ward)s AND id = %(outbox)s"
        " AND channel = %(channel)s AND attempts > 0)",
        {"ward": ward, "outbox": outbox, "channel": channel},
    ).scalar_one()
    return found


def unanswered(connection: Connection, channel: str, since: datetime, limit: int) -> Sequence[Any]:
    """Return some messages settled after `since` of which nobody has told what became of them.

    Which ones is left to chance, so that those that stay silent keep nobody from their turn.
    Each is ward_id, provider_id, one outbox_id, tried_at.
    """
    params = {"channel": channel, "since": since, "limit": limit}
    return connection.exec_driver_sql(UNANSWERED, params).all()
