"""Telling units that a due date of theirs moved, or that their work is cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

# A stage that is handed in keeps its date; of an occurrence that is only planned nobody was told.
_MOVED = """
SELECT d.id, d.occurrence_id, d.stage, d.former_due, d.new_due
FROM cchc.due_change d
JOIN cchc.occurrence o ON o.ward_id = d.ward_id AND o.id = d.occurrence_id AND o.state = 'open'
JOIN cchc.stage s ON s.ward_id = d.ward_id AND s.occurrence_id = d.occurrence_id AND s.stage = d.stage
    AND s.state IN ('waiting', 'open', 'returned')
WHERE d.ward_id = %(ward)s AND (d.id = %(change)s OR d.amendment_id = %(amendment)s)
    AND d.former_due IS DISTINCT FROM d.new_due
ORDER BY d.id
"""

# To the officers, as for all that is formal: to their first open channel and by e-mail.
_TELL = """
INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, contact_id, digest,
    note, not_before)
SELECT o.ward_id, o.id, m.stage, %(reason)s, m.step, c.address, c.channel, c.contact_id, %(digest)s, m.note,
    %(now)s
FROM unnest(%(occurrence)s::bigint[], %(stage)s::text[], %(step)s::text[], %(note)s::text[])
    WITH ORDINALITY AS m(occurrence, stage, step, note, ord)
JOIN cchc.occurrence o ON o.ward_id = %(ward)s AND o.id = m.occurrence
JOIN cchc.recipient c ON c.ward_id = o.ward_id AND c.unit_id = o.unit_id AND c.role = %(role)s
    AND (c.first OR c.channel = 'email')
ORDER BY m.ord
ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
"""


def moved(
    connection: Connection, ward: int, *, change: int | None = None, amendment: int | None = None
) -> Sequence[Any]:
    """Return what one change of a due date, or an amendment, moved in work that is open."""
    params = {"ward": ward, "change": change, "amendment": amendment}
    return connection.exec_driver_sql(_MOVED, params).all()


def tell(
    connection: Connection,
    ward: int,
    rows: Sequence[tuple[int, str | None, str, str]],
    *,
    reason: str,
    digest: str | None,
    now: datetime,
    role: str = "officer",
) -> None:
    """Queue messages to the units of occurrences, as (occurrence, stage, step, note); a repeat adds none.

    With `role` to others that are reached about these units: the ward's leaders.
    """
    if not rows:
        return
    columns = {
        name: [row[place] for row in rows]
        for place, name in enumerate(("occurrence", "stage", "step", "note"))
    }
    params = {"ward": ward, "reason": reason, "digest": digest, "now": now, "role": role, **columns}
    connection.exec_driver_sql(_TELL, params)


def wake(
    connection: Connection, ward: int, amendment: int, of: Sequence[int], *, units: bool, **facts: object
) -> None:
    """Wake the engine for occurrences and, with `units`, tell the units that they lead them now."""
    connection.exec_driver_sql(
        """
        INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, contact_id,
            digest, not_before)
        SELECT o.ward_id, o.id, NULL, 'opened', 'amendment/' || %(amendment)s, r.address, r.channel,
            r.contact_id,
            CASE WHEN r.channel <> 'engine' THEN 'amendment/' || %(amendment)s END, %(now)s
        FROM cchc.occurrence o
        CROSS JOIN LATERAL (
            SELECT '' AS address, 'engine' AS channel, NULL::bigint AS contact_id
            UNION ALL
            SELECT c.address, c.channel, c.contact_id FROM cchc.recipient c
            WHERE %(units)s AND o.state = 'open' AND c.ward_id = o.ward_id AND c.unit_id = o.unit_id
                AND c.role = 'officer' AND (c.first OR c.channel = 'email')
        ) r
        WHERE o.ward_id = %(ward)s AND o.id = ANY(%(of)s)
        ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
        """,
        {"ward": ward, "amendment": amendment, "of": list(of), "units": units, **facts},
    )
