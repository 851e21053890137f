"""What a monitoring system counts, a ward at a time, in one statement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

_COUNTS = """
SELECT
    (SELECT json_agg(x) FROM (
        SELECT s.state, s.state IN ('open', 'returned') AND s.due_on < %(today)s AS late, count(*) AS stages
        FROM cchc.occurrence o
        JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id
            AND s.state IN ('open', 'returned', 'submitted')
        WHERE o.ward_id = %(ward)s AND o.state = 'open' GROUP BY 1, 2) x) AS stages,
    (SELECT json_agg(x) FROM (
        SELECT b.channel, b.state, count(*) AS messages FROM cchc.outbox b
        WHERE b.ward_id = %(ward)s GROUP BY 1, 2) x) AS outbox,
    (SELECT min(b.created_at) FROM cchc.outbox b WHERE b.ward_id = %(ward)s
        AND b.state IN ('pending', 'retry') AND (b.state = 'retry' OR b.not_before <= %(now)s)) AS oldest,
    (SELECT json_agg(json_build_object('name', c.name, 'held', c.held_since IS NOT NULL) ORDER BY c.name)
        FROM cchc.channel_state c WHERE c.enabled) AS channels,
    (SELECT max(r.finished_at) FROM cchc.morning_run r WHERE r.ward_id = %(ward)s) AS morning,
    coalesce((SELECT l.size FROM cchc.audit_log l WHERE l.ward_id = %(ward)s), 0) AS log_size,
    (SELECT c.made_at FROM cchc.checkpoint c WHERE c.ward_id = %(ward)s
        ORDER BY c.size DESC, c.made_at DESC LIMIT 1) AS checkpoint,
    (SELECT count(*) FROM cchc.finding f JOIN cchc.plan p ON p.ward_id = f.ward_id AND p.id = f.plan_id
        AND p.state = 'active' WHERE f.ward_id = %(ward)s AND f.settled_at IS NULL
        AND f.severity <> 'info') AS findings
"""


def counts(connection: Connection, ward: int, *, today: date, now: datetime) -> Any:
    """Return a ward's counts: stages at hand, the outbox, channels, the morning run, the log."""
    params = {"ward": ward, "today": today, "now": now}
    return connection.exec_driver_sql(_COUNTS, params).one()
