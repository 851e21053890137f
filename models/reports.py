"""What reports are made of: every occurrence of a plan, with its dates, extensions and documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

# The stages look as those of `models.tasks.OCCURRENCES` do, so that one rule tells both statuses.
OCCURRENCES = """
SELECT o.id, t.id AS task_id, t.kind, t.code, t.section, t.title, o.label, u.name AS unit, o.state,
    o.opens_on,
    (SELECT json_agg(json_build_object(
        'stage', s.stage, 'state', s.state, 'nominal_due', s.nominal_due, 'due', s.due_on,
        'submissions', coalesce((SELECT json_agg(json_build_object('late', b.late, 'verdict', b.verdict,
            'effective_on', b.effective_on, 'doc_number', b.doc_number, 'doc_date', b.doc_date,
            'documents', coalesce((SELECT json_agg(json_build_object('sha256', f.sha256, 'name', f.name)
                ORDER BY f.name) FROM cchc.submission_document f
                WHERE (f.ward_id, f.occurrence_id, f.stage, f.attempt)
                    = (b.ward_id, b.occurrence_id, b.stage, b.attempt)), '[]')) ORDER BY b.attempt)
            FROM cchc.submission b
            WHERE (b.ward_id, b.occurrence_id, b.stage) = (s.ward_id, s.occurrence_id, s.stage)), '[]'),
        'moves', coalesce((SELECT json_agg(json_build_object('former', c.former_due,
            'on', (c.changed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) ORDER BY c.id)
            FROM cchc.due_change c
            WHERE (c.ward_id, c.occurrence_id, c.stage) = (s.ward_id, s.occurrence_id, s.stage)), '[]'),
        'extensions', coalesce((SELECT json_agg(json_build_object('verdict', x.verdict, 'reason', x.reason,
            'objective', x.objective, 'until', x.granted_until) ORDER BY x.id)
            FROM cchc.extension x
            WHERE (x.ward_id, x.occurrence_id, x.stage) = (s.ward_id, s.occurrence_id, s.stage)), '[]')
        ) ORDER BY array_position(ARRAY['plan', 'implement', 'report'], s.stage))
     FROM cchc.stage s WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id) AS stages
FROM cchc.occurrence o
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
WHERE o.ward_id = %(ward)s AND t.plan_id = %(plan)s
ORDER BY t.position, o.opens_on, o.id
"""


def occurrences(connection: Connection, ward: int, plan: int) -> Sequence[Any]:
    """Return every occurrence of a plan's tasks with its stages, what was handed in, what was extended."""
    return connection.exec_driver_sql(OCCURRENCES, {"ward": ward, "plan": plan}).all()


def periodic(connection: Connection, ward: int) -> Sequence[Any]:
    """Return what recurring tasks of the active plans still have to report on, by the report's date."""
    return connection.exec_driver_sql(
        """
        SELECT o.id, o.label, o.state, o.opens_on, t.code, t.title, p.year, s.due_on, s.state AS stage_state
        FROM cchc.occurrence o
        JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id AND t.kind = 'recurring'
            AND t.withdrawn_by IS NULL
        JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
        JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id AND s.stage = 'report'
        WHERE o.ward_id = %(ward)s AND o.state IN ('planned', 'open')
            AND s.state NOT IN ('submitted', 'accepted')
        ORDER BY s.due_on NULLS LAST, o.id
        """,
        {"ward": ward},
    ).all()
