"""Reading the outbox: which messages there are, and everything that is known of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

_SAID = """
FROM cchc.outbox b
LEFT JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id
LEFT JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
LEFT JOIN cchc.contact c ON c.ward_id = b.ward_id AND c.id = b.contact_id
LEFT JOIN cchc.unit u ON u.ward_id = b.ward_id AND u.id = coalesce(o.unit_id, c.unit_id)
"""
# Each filter stands where its value is NULL. Days are those of the ward: `since` and `until` are instants.
LIST = f"""
SELECT b.id, b.state, b.reason, b.stage, b.channel, b.recipient, b.attempts, b.created_at, b.settled_at,
    b.not_before, b.replaces, t.code AS task, o.label, u.name AS unit, d.subject, d.answer, d.provider_id,
    d.tried_at,
    ARRAY(SELECT r.kind FROM cchc.receipt r WHERE r.ward_id = b.ward_id AND r.outbox_id = b.id) AS receipts
{_SAID}
LEFT JOIN LATERAL (
    SELECT * FROM cchc.delivery d WHERE d.ward_id = b.ward_id AND d.outbox_id = b.id
    ORDER BY d.attempt DESC LIMIT 1
) d ON true
WHERE b.ward_id = %(ward)s AND b.channel <> 'engine'
    AND (%(state)s::text IS NULL OR b.state = %(state)s)
    AND (%(channel)s::text IS NULL OR b.channel = %(channel)s)
    AND (%(task)s::text IS NULL OR t.code = %(task)s)
    AND (%(unit)s::bigint IS NULL OR u.id = %(unit)s)
    AND (%(since)s::timestamptz IS NULL OR b.created_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR b.created_at < %(until)s)
    AND (%(before)s::bigint IS NULL OR b.id < %(before)s)
ORDER BY b.id DESC LIMIT %(limit)s
"""  # noqa: S608 - made of constants

ONE = f"""
SELECT b.*, t.code AS task, t.title, o.label, u.name AS unit,
    c.muted_at, c.muted_why, c.role AS contact_role,
    (SELECT f.id FROM cchc.outbox f WHERE f.ward_id = b.ward_id AND f.replaces = b.id
        ORDER BY f.id LIMIT 1) AS replaced_by,
    ARRAY(SELECT p.id FROM cchc.outbox p WHERE p.ward_id = b.ward_id AND p.digest = b.digest
        AND p.recipient = b.recipient AND p.channel = b.channel AND p.id <> b.id ORDER BY p.id) AS together,
    coalesce((SELECT json_agg(d ORDER BY d.attempt) FROM cchc.delivery d
        WHERE d.ward_id = b.ward_id AND d.outbox_id = b.id), '[]') AS tries,
    coalesce((SELECT json_agg(r ORDER BY r.at, r.kind) FROM cchc.receipt r
        WHERE r.ward_id = b.ward_id AND r.outbox_id = b.id), '[]') AS receipts
{_SAID}
WHERE b.ward_id = %(ward)s AND b.id = %(id)s AND b.channel <> 'engine'
"""  # noqa: S608 - made of constants


def messages(connection: Connection, ward: int, limit: int, asked: Mapping[str, Any]) -> Sequence[Any]:
    """Return the newest messages to people that `asked` lets through, newest first.

    `asked` holds state, channel, task, unit, since, until and before; None asks for all.
    """
    return connection.exec_driver_sql(LIST, {"ward": ward, "limit": limit, **asked}).all()


def message(connection: Connection, ward: int, message_id: int) -> Any | None:
    """Return a message with every try, every receipt and what it stands in for; None for none."""
    return connection.exec_driver_sql(ONE, {"ward": ward, "id": message_id}).one_or_none()
