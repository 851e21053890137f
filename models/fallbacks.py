"""What stands in for messages that could not be delivered: the next contact, or word to a coordinator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

# `lost` are rows for contacts. Their next contacts are those of the same unit and role with the next higher
# rank that can be written to now and have not been tried in vain for the same cause.
_NEXT = """
next AS (
    SELECT lost.id, n.channel, n.address, n.contact_id FROM lost
    CROSS JOIN LATERAL (
        SELECT c.channel, c.address, c.id AS contact_id, rank() OVER (ORDER BY c.rank) AS place
        FROM cchc.open_contact c
        WHERE c.ward_id = lost.ward_id AND c.unit_id = lost.unit_id AND c.role = lost.role
            AND c.rank > lost.rank AND c.channel IS DISTINCT FROM %(besides)s AND NOT EXISTS (
                SELECT FROM cchc.outbox t
                WHERE t.ward_id = lost.ward_id AND t.occurrence_id = lost.occurrence_id
                    AND t.stage IS NOT DISTINCT FROM lost.stage AND t.reason = lost.reason
                    AND t.step = lost.step AND t.recipient = c.address AND t.channel = c.channel
                    AND t.state IN ('failed', 'unknown'))
    ) n WHERE n.place = 1
), made AS (
    INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, contact_id,
        digest, note, replaces, not_before)
    SELECT lost.ward_id, lost.occurrence_id, lost.stage, lost.reason, lost.step, next.address, next.channel,
        next.contact_id, lost.digest, lost.note, lost.id, %(now)s
    FROM lost JOIN next USING (id)
    ORDER BY lost.id
    ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
)
"""

FALL_BACK = f"""
WITH lost AS (
    SELECT b.*, c.unit_id, c.role, c.rank FROM cchc.outbox b
    JOIN cchc.contact c ON c.ward_id = b.ward_id AND c.id = b.contact_id
    WHERE b.ward_id = %(ward)s AND b.id = ANY(%(ids)s)
), {_NEXT}
SELECT id FROM unnest(%(ids)s::bigint[]) AS id WHERE id NOT IN (SELECT id FROM next) ORDER BY id
"""  # noqa: S608 - made of constants

# Whoever marks one of these at the moment sends it: that one is not waited for.
WAITING = f"""
WITH lost AS (
    SELECT b.*, c.unit_id, c.role, c.rank FROM cchc.outbox b
    JOIN cchc.contact c ON c.ward_id = b.ward_id AND c.id = b.contact_id
    WHERE b.channel = %(channel)s AND b.state IN ('pending', 'retry')
    FOR UPDATE OF b SKIP LOCKED
), {_NEXT}
UPDATE cchc.outbox b SET state = 'dropped', leased_until = NULL, settled_at = %(now)s
FROM lost WHERE b.ward_id = lost.ward_id AND b.id = lost.id AND lost.id IN (SELECT id FROM next)
"""  # noqa: S608 - made of constants

TELL = """
INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, digest, note,
    not_before)
SELECT DISTINCT b.ward_id, b.occurrence_id, b.stage, 'undelivered', b.id::text, a.email, 'email', %(digest)s,
    %(note)s, greatest(%(not_before)s::timestamptz, (
        SELECT max(CASE WHEN p.state IN ('pending', 'retry') THEN p.not_before
            ELSE coalesce(p.settled_at, %(not_before)s) + interval '1 hour' END)
        FROM cchc.outbox p
        WHERE p.ward_id = b.ward_id AND p.reason = 'undelivered' AND p.recipient = a.email
            AND p.state <> 'dropped' AND p.created_at >= %(not_before)s::timestamptz - interval '1 day'))
FROM cchc.outbox b
JOIN cchc.account a ON a.ward_id = b.ward_id AND a.role = 'coordinator' AND a.active
    AND lower(a.email) <> lower(b.recipient)
WHERE b.ward_id = %(ward)s AND b.id = ANY(%(ids)s) AND b.reason NOT IN ('undelivered', 'alarm')
ORDER BY 5, 6
ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
"""


def fall_back(connection: Connection, ward: int, ids: Sequence[int], now: datetime) -> list[int]:
    """Queue what stands in for messages that failed; return those that nothing can stand in for.

    Where the next contact has the message already, by its own row, that row stands in.
    """
    params = {"ward": ward, "ids": list(ids), "now": now, "besides": None}
    return list(connection.exec_driver_sql(FALL_BACK, params).scalars())


def redirect_waiting(connection: Connection, channel: str, now: datetime) -> int:
    """Send what waits on a channel by the recipients' next one, where there is one; count those."""
    params = {"channel": channel, "now": now, "besides": channel}
    return connection.exec_driver_sql(WAITING, params).rowcount


def tell_coordinators(
    connection: Connection, ward: int, ids: Sequence[int], *, digest: str, note: str, not_before: datetime
) -> None:
    """Queue word to the coordinators of messages that did not arrive, once each; never about such word."""
    params = {"ward": ward, "ids": list(ids), "digest": digest, "note": note, "not_before": not_before}
    connection.exec_driver_sql(TELL, params)


def mute(connection: Connection, ward: int, contact: int, address: str, why: str, now: datetime) -> bool:
    """Write to a contact no more until a person says so; False where it is muted or has moved on."""
    return bool(
        connection.exec_driver_sql(
            "UPDATE cchc.contact SET muted_at = %(now)s, muted_why = %(why)s WHERE ward_id = %(ward)s"
            " AND id = %(contact)s AND address = %(address)s AND muted_at IS NULL",
            {"ward": ward, "contact": contact, "address": address, "why": why, "now": now},
        ).rowcount
    )
