"""What a person does about a message that failed, or of which nobody knows whether it arrived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

# The rows that left as one message stand or fall together.
LOCK = """
WITH one AS (
    SELECT * FROM cchc.outbox WHERE ward_id = %(ward)s AND id = %(id)s AND channel <> 'engine'
)
SELECT b.id, b.state, b.channel FROM one
JOIN cchc.outbox b ON b.ward_id = one.ward_id AND (b.id = one.id OR b.digest = one.digest
    AND b.recipient = one.recipient AND b.channel = one.channel AND b.state = one.state
    AND b.settled_at = one.settled_at)
ORDER BY b.id FOR UPDATE OF b
"""


def lock(connection: Connection, ward: int, message: int) -> list[Any]:
    """Return the rows that left together with `message`, locked; empty where there is no such message."""
    return list(connection.exec_driver_sql(LOCK, {"ward": ward, "id": message}))


def again(connection: Connection, ward: int, ids: list[int], now: datetime) -> None:
    """Queue rows anew; every former try stays as it was recorded."""
    connection.exec_driver_sql(
        "UPDATE cchc.outbox SET state = 'pending', not_before = %(now)s, leased_until = NULL,"
        " settled_at = NULL WHERE ward_id = %(ward)s AND id = ANY(%(ids)s)",
        {"ward": ward, "ids": ids, "now": now},
    )
    connection.exec_driver_sql("SELECT pg_notify('cchc_outbox', '')")
