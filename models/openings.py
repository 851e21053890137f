"""Opening occurrences: set-based, with history and messages, harmless to repeat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

OPEN = """
WITH due AS (
    SELECT o.ward_id, o.id, o.unit_id, o.event_id, o.label, t.code
    FROM cchc.occurrence o
    JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
    JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
    WHERE o.state = 'planned' AND o.opens_on <= %(today)s
        AND (%(ward)s::int IS NULL OR o.ward_id = %(ward)s)
        AND (%(occurrences)s::bigint[] IS NULL OR o.id = ANY(%(occurrences)s))
    ORDER BY o.ward_id, o.id
    FOR NO KEY UPDATE OF o
), opened AS (
    UPDATE cchc.occurrence o SET state = 'open', opened_at = %(now)s
    FROM due WHERE o.ward_id = due.ward_id AND o.id = due.id
    RETURNING o.ward_id, o.id, o.unit_id, o.event_id, o.label, o.opens_on, due.code
), started AS (
    UPDATE cchc.stage s SET state = 'open'
    FROM opened o WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id AND s.stage = 'plan'
        AND s.state = 'waiting'
), queued AS (
    INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, contact_id,
        digest, not_before)
    SELECT o.ward_id, o.id, NULL, CASE WHEN o.event_id IS NULL THEN 'opened' ELSE 'event' END, '',
        r.address, r.channel, r.contact_id,
        CASE WHEN o.event_id IS NULL THEN 'morning/' || %(today)s::date ELSE 'event/' || o.event_id END,
        %(now)s
    FROM opened o
    JOIN cchc.recipient r ON r.ward_id = o.ward_id AND r.unit_id = o.unit_id AND r.role = 'officer'
        AND (r.first OR r.channel = 'email')
    UNION ALL
    SELECT ward_id, id, NULL, 'opened', '', '', 'engine', NULL, NULL, %(now)s FROM opened
    ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
), told AS (
    SELECT o.ward_id, cchc.append_audit(o.ward_id, %(now)s, %(actor)s,
        array_agg('occurrence.opened'::text ORDER BY o.id),
        array_agg((SELECT json_strip_nulls(row_to_json(f))::text FROM (SELECT
            d.assumed, d.dues, o.event_id AS event, o.label AS label, d.nominal, o.id AS occurrence,
            o.opens_on AS opens_on, o.code AS task, o.unit_id AS unit) f) ORDER BY o.id)) AS size
    FROM opened o JOIN LATERAL (
        SELECT coalesce(array_agg(s.stage ORDER BY s.stage) FILTER (WHERE s.assumed), '{}') AS assumed,
            coalesce(json_object_agg(s.stage, s.due_on ORDER BY s.stage)
                FILTER (WHERE s.due_on IS NOT NULL), '{}') AS dues,
            coalesce(json_object_agg(s.stage, s.nominal_due ORDER BY s.stage)
                FILTER (WHERE s.nominal_due IS NOT NULL), '{}') AS nominal
        FROM cchc.stage s WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id
    ) d ON true GROUP BY o.ward_id ORDER BY o.ward_id
)
SELECT (SELECT count(*) FROM opened), (SELECT count(*) FROM told)
"""

PLAN = """
WITH wanted AS (
    SELECT t.ward_id, t.id AS task_id, w.label, w.event_id, w.opens_on, w.ord,
        w.plan_due, w.plan_assumed, w.implement_due, w.implement_assumed, w.report_due, w.report_assumed
    FROM unnest(%(task)s::bigint[], %(label)s::text[], %(event)s::bigint[], %(opens_on)s::date[],
        %(plan_due)s::date[], %(plan_assumed)s::bool[], %(implement_due)s::date[],
        %(implement_assumed)s::bool[], %(report_due)s::date[], %(report_assumed)s::bool[]) WITH ORDINALITY
        AS w(task_id, label, event_id, opens_on, plan_due, plan_assumed, implement_due,
            implement_assumed, report_due, report_assumed, ord)
    JOIN cchc.task t ON t.ward_id = %(ward)s AND t.id = w.task_id
), led AS (
    -- A unit that leads in its own right and as one of a group leads once.
    SELECT DISTINCT ON (w.task_id, w.label, coalesce(m.member_id, l.unit_id))
        w.*, coalesce(m.member_id, l.unit_id) AS unit_id
    FROM wanted w
    JOIN cchc.task_unit l ON l.ward_id = w.ward_id AND l.task_id = w.task_id AND l.role = 'lead'
    LEFT JOIN cchc.unit_member m ON m.ward_id = l.ward_id AND m.group_id = l.unit_id AND m.active
    ORDER BY w.task_id, w.label, coalesce(m.member_id, l.unit_id), w.ord
), made AS (
    INSERT INTO cchc.occurrence (ward_id, task_id, unit_id, label, event_id, opens_on)
    SELECT ward_id, task_id, unit_id, label, event_id, opens_on FROM led
    ORDER BY ord, unit_id
    ON CONFLICT DO NOTHING
    RETURNING ward_id, id, task_id, unit_id, label
), staged AS (
    INSERT INTO cchc.stage (ward_id, occurrence_id, stage, nominal_due, due_on, assumed)
    SELECT o.ward_id, o.id, s.stage, s.due, s.due, s.assumed
    FROM made o
    JOIN led w ON w.task_id = o.task_id AND w.label = o.label AND w.unit_id = o.unit_id
    CROSS JOIN LATERAL (VALUES
        ('plan', w.plan_due, w.plan_assumed),
        ('implement', w.implement_due, w.implement_assumed),
        ('report', w.report_due, w.report_assumed)
    ) AS s(stage, due, assumed)
)
SELECT id FROM made ORDER BY id
"""


def open_due(
    connection: Connection,
    *,
    today: date,
    now: datetime,
    actor: str,
    ward: int | None = None,
    occurrences: Sequence[int] | None = None,
) -> int:
    """Open every planned occurrence of an active plan whose day has come; return how many.

    With `occurrences`, only these are looked at (and locked).
    """
    params = {
        "today": today,
        "now": now,
        "actor": actor,
        "ward": ward,
        "occurrences": None if occurrences is None else list(occurrences),
    }
    count: int = connection.exec_driver_sql(OPEN, params).one()[0]
    return count


def plan_occurrences(connection: Connection, ward: int, columns: dict[str, list[object]]) -> list[int]:
    """Add planned occurrences, one per lead unit or member of a lead group; return the new ones' ids.

    `columns` holds equally long lists: task, label, event, opens_on, and for each
    stage `<stage>_due` and `<stage>_assumed`. Those that exist are left alone.
    """
    return list(connection.exec_driver_sql(PLAN, {"ward": ward, **columns}).scalars())


def still_planned(
    connection: Connection, ward: int, *, plan: int | None = None, among: Sequence[int] | None = None
) -> list[dict[str, object]]:
    """Return what a plan's occurrences, or some, are planned for, as the history tells it."""
    rows = connection.exec_driver_sql(
        """
        SELECT o.id, o.opens_on, o.unit_id,
            json_object_agg(s.stage, s.due_on) FILTER (WHERE s.due_on IS NOT NULL) AS dues,
            json_object_agg(s.stage, s.nominal_due) FILTER (WHERE s.nominal_due IS NOT NULL) AS nominal,
            coalesce(array_agg(s.stage ORDER BY s.stage) FILTER (WHERE s.assumed), '{}') AS assumed
        FROM cchc.occurrence o
        JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id
        WHERE o.ward_id = %(ward)s AND o.state = 'planned' AND (t.plan_id = %(plan)s OR o.id = ANY(%(among)s))
        GROUP BY o.ward_id, o.id ORDER BY o.id
        """,
        {"ward": ward, "plan": plan, "among": list(among or ())},
    )
    return [
        {
            "assumed": row.assumed,
            "dues": row.dues or {},
            "nominal": row.nominal or {},
            "occurrence": row.id,
            "opens_on": row.opens_on.isoformat(),
            "unit": row.unit_id,
        }
        for row in rows
    ]
