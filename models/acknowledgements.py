"""What a message told, and that somebody has said “đã nhận” to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

# The rows that left together with the row of the link, and which stage and due date each told: that of the
# row, or the first due one of the occurrence that was not handed in when the message left. It is `current`
# while the stage is open and its date the one that was told.
_TOLD = """
WITH link AS (
    SELECT * FROM cchc.outbox WHERE ward_id = %(ward)s AND id = %(outbox)s AND channel <> 'engine'
), rows AS (
    SELECT * FROM link
    UNION
    SELECT b.* FROM link l
    JOIN cchc.outbox b ON b.ward_id = l.ward_id AND b.digest = l.digest AND b.recipient = l.recipient
        AND b.channel = l.channel AND b.attempts > 0 AND b.state <> 'dropped'
), told AS (
    SELECT b.ward_id, b.id AS outbox_id, o.id AS occurrence_id, o.task_id, o.unit_id, o.label,
        o.state AS occurrence_state, s.stage, s.state, s.due_on,
        o.state = 'open' AND s.state IN ('waiting', 'open', 'returned') AND CASE
            WHEN b.reason IN ('reminder', 'escalation') THEN b.step LIKE s.due_on || '/%%'
            ELSE NOT EXISTS (
                SELECT FROM cchc.due_change d
                WHERE (d.ward_id, d.occurrence_id, d.stage) = (s.ward_id, s.occurrence_id, s.stage)
                    AND d.changed_at > coalesce(b.settled_at, b.created_at))
            END AS current
    FROM rows b
    JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id
    CROSS JOIN LATERAL (
        SELECT n.* FROM cchc.stage n
        WHERE n.ward_id = o.ward_id AND n.occurrence_id = o.id AND n.due_on IS NOT NULL
            AND (n.stage = b.stage OR b.stage IS NULL AND NOT EXISTS (
                SELECT FROM cchc.submission h
                WHERE (h.ward_id, h.occurrence_id, h.stage, h.attempt)
                    = (n.ward_id, n.occurrence_id, n.stage, n.attempt)
                    AND coalesce(h.verdict, 'accepted') = 'accepted'
                    AND h.recorded_at < coalesce(b.settled_at, b.created_at)))
        ORDER BY n.due_on, n.stage LIMIT 1
    ) s
)
"""

MESSAGE = f"""{_TOLD}
SELECT w.name AS ward_name, r.at AS acknowledged_at, seen.at AS opened_at, x.lines
FROM link l
JOIN cchc.ward w ON w.id = l.ward_id
LEFT JOIN cchc.receipt r ON r.ward_id = l.ward_id AND r.outbox_id = l.id AND r.kind = 'acknowledged'
LEFT JOIN cchc.receipt seen ON seen.ward_id = l.ward_id AND seen.outbox_id = l.id AND seen.kind = 'opened'
CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(json_build_object('code', code, 'title', title, 'label', label, 'unit', unit,
        'stage', stage, 'due_on', due_on, 'current', current, 'state', state,
        'occurrence_state', occurrence_state) ORDER BY due_on, position, occurrence_id, stage), '[]') AS lines
    FROM (
        SELECT DISTINCT ON (b.occurrence_id, b.stage) b.*, t.code, t.title, t.position, u.name AS unit
        FROM told b
        JOIN cchc.task t ON t.ward_id = b.ward_id AND t.id = b.task_id
        JOIN cchc.unit u ON u.ward_id = b.ward_id AND u.id = b.unit_id
        ORDER BY b.occurrence_id, b.stage, b.current DESC
    ) line
) x
"""  # noqa: S608 - made of constants

# Ordered, so that two at once wait for each other in turn.
ACKNOWLEDGE = f"""{_TOLD}, known AS (
    INSERT INTO cchc.acknowledgement (ward_id, occurrence_id, stage, due_on, outbox_id, acknowledged_at)
    SELECT DISTINCT ON (occurrence_id, stage) ward_id, occurrence_id, stage, due_on, %(outbox)s, %(now)s
    FROM told WHERE current ORDER BY occurrence_id, stage
    ON CONFLICT DO NOTHING
    RETURNING occurrence_id, stage, due_on
), received AS (
    INSERT INTO cchc.receipt (ward_id, outbox_id, kind, at, source, recorded_at)
    SELECT ward_id, id, 'acknowledged', %(now)s, 'link', %(now)s FROM rows ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING outbox_id
)
SELECT l.contact_id, ARRAY(SELECT outbox_id FROM received ORDER BY outbox_id) AS outbox,
    ARRAY(SELECT DISTINCT occurrence_id FROM known ORDER BY occurrence_id) AS occurrences,
    ARRAY(SELECT occurrence_id || '/' || stage || '/' || due_on FROM known ORDER BY occurrence_id, stage)
        AS stages
FROM link l
"""  # noqa: S608 - made of constants

OPEN = f"""{_TOLD}
INSERT INTO cchc.receipt (ward_id, outbox_id, kind, at, source, recorded_at)
SELECT ward_id, id, 'opened', %(now)s, 'link', %(now)s FROM rows ORDER BY id
ON CONFLICT DO NOTHING
"""  # noqa: S608 - made of constants


def message(connection: Connection, ward: int, outbox: int) -> Any | None:
    """Return what the message of this row told, with when it was opened and acknowledged; None for none."""
    return connection.exec_driver_sql(MESSAGE, {"ward": ward, "outbox": outbox}).one_or_none()


def acknowledge(connection: Connection, ward: int, outbox: int, now: datetime) -> Any | None:
    """Record “đã nhận” for the message and for what it told and still holds; return what is new."""
    params = {"ward": ward, "outbox": outbox, "now": now}
    return connection.exec_driver_sql(ACKNOWLEDGE, params).one_or_none()


def opened(connection: Connection, ward: int, outbox: int, now: datetime) -> None:
    """Record that the link of a message was opened, the first time."""
    connection.exec_driver_sql(OPEN, {"ward": ward, "outbox": outbox, "now": now})


def acknowledged(connection: Connection, ward: int, occurrence: int) -> Sequence[Any]:
    """Return which due dates of an occurrence are known to its unit, and since when."""
    return connection.exec_driver_sql(
        "SELECT stage, due_on, acknowledged_at, outbox_id FROM cchc.acknowledgement"
        " WHERE ward_id = %(ward)s AND occurrence_id = %(occurrence)s ORDER BY acknowledged_at, stage",
        {"ward": ward, "occurrence": occurrence},
    ).all()
