"""What keeps messages from leaving: channels that are held, and messages that wait too long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

# A message waits since its time came; one that is tried again, since it was first tried.
CHANNELS = """
SELECT coalesce(s.name, w.channel) AS channel, s.held_since, s.held_why, w.since,
    coalesce(w.waiting, 0) AS waiting
FROM cchc.channel_state s
FULL JOIN (
    SELECT b.channel, count(*) AS waiting, min(CASE WHEN b.state = 'retry' THEN coalesce((
            SELECT min(d.tried_at) FROM cchc.delivery d WHERE d.ward_id = b.ward_id AND d.outbox_id = b.id
        ), b.not_before) ELSE b.not_before END) AS since
    FROM cchc.outbox b
    WHERE b.ward_id = %(ward)s AND b.channel <> 'engine' AND b.state IN ('pending', 'retry', 'sending')
        AND (b.state = 'retry' OR b.not_before <= %(before)s)
    GROUP BY b.channel
) w ON w.channel = s.name
WHERE s.enabled AND s.held_since IS NOT NULL OR w.since <= %(before)s
ORDER BY coalesce(s.held_since, w.since), 1
"""

# What failed counts while nothing stands in for it.
MESSAGES = """
SELECT count(*) FILTER (WHERE b.state = 'failed') AS failed,
    count(*) FILTER (WHERE b.state = 'unknown') AS unknown
FROM cchc.outbox b
WHERE b.ward_id = %(ward)s AND b.state IN ('failed', 'unknown') AND b.settled_at >= %(since)s
    AND NOT EXISTS (SELECT FROM cchc.outbox f WHERE f.ward_id = b.ward_id AND f.replaces = b.id)
"""


def messages(connection: Connection, ward: int, since: datetime) -> Any:
    """Count a ward's messages since `since` that failed without another way, and those that are unclear."""
    return connection.exec_driver_sql(MESSAGES, {"ward": ward, "since": since}).one()


def channels(connection: Connection, ward: int, before: datetime) -> Sequence[Any]:
    """Return the channels that are held, or on which something has waited since before `before`."""
    return connection.exec_driver_sql(CHANNELS, {"ward": ward, "before": before}).all()
