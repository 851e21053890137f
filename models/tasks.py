"""Reading tasks, their occurrences and everything that belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from models.rules import HANDED_IN, LATE, STANDING

# One row per task, with what its status follows from.
LIST = f"""
SELECT t.id, t.code, t.section, t.title, t.kind, t.time_text, p.year, p.number AS plan_number,
    t.withdrawn_by IS NOT NULL AS withdrawn,
    l.units AS lead_units, c.people, x.standings, x.next_due, x.next_stage, x.open_count, x.waits
FROM cchc.task t
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
LEFT JOIN LATERAL (
    SELECT array_agg(u.name ORDER BY tu.position) AS units FROM cchc.task_unit tu
    JOIN cchc.unit u ON u.ward_id = tu.ward_id AND u.id = tu.unit_id
    WHERE tu.ward_id = t.ward_id AND tu.task_id = t.id AND tu.role = 'lead'
) l ON true
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT a.name ORDER BY a.name) AS people FROM cchc.assignment g
    JOIN cchc.account a ON a.ward_id = g.ward_id AND a.id = g.account_id
    WHERE g.ward_id = t.ward_id AND g.task_id = t.id AND (%(unit)s::bigint IS NULL OR g.unit_id = %(unit)s)
) c ON true
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT {STANDING}) AS standings,
        min(s.next_due) FILTER (WHERE o.state IN ('planned', 'open')) AS next_due,
        (array_agg(s.next_stage ORDER BY s.next_due)
            FILTER (WHERE o.state IN ('planned', 'open') AND s.next_due IS NOT NULL))[1] AS next_stage,
        count(*) FILTER (WHERE o.state = 'open') AS open_count,
        count(*) FILTER (WHERE s.submitted) AS waits
    FROM cchc.occurrence o
    JOIN LATERAL (
        SELECT bool_or(s.due_on IS NOT NULL) AS has_due,
            bool_or({LATE}) AS late,
            bool_or(s.state = 'submitted') AS submitted,
            min(s.due_on) FILTER (WHERE s.state NOT IN ('submitted', 'accepted')) AS next_due,
            (array_agg(s.stage ORDER BY s.due_on) FILTER (
                WHERE s.state NOT IN ('submitted', 'accepted') AND s.due_on IS NOT NULL))[1] AS next_stage
        FROM cchc.stage s
        {HANDED_IN}
        WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id
    ) s ON true
    WHERE o.ward_id = t.ward_id AND o.task_id = t.id
        AND (%(unit)s::bigint IS NULL OR o.unit_id = %(unit)s)
) x ON true
WHERE t.ward_id = %(ward)s AND (%(code)s::text IS NULL OR t.code = %(code)s)
    AND (%(unit)s::bigint IS NULL OR x.standings IS NOT NULL OR EXISTS (
        SELECT FROM cchc.task_unit tu WHERE tu.ward_id = t.ward_id AND tu.task_id = t.id
            AND tu.role = 'lead' AND tu.unit_id = %(unit)s))
ORDER BY p.year DESC, t.withdrawn_by IS NOT NULL, t.position, t.id
"""  # noqa: S608 - made of constants

OCCURRENCES = """
SELECT o.id, o.label, u.name AS unit, o.unit_id, o.state, o.opens_on, o.opened_at, o.done_at, o.cancel_reason,
    o.event_id, e.type AS event_type, e.doc_number, e.doc_date, e.issuer, e.summary, e.sha256, e.file_name,
    ARRAY(SELECT f.flow_run_id::text FROM cchc.flow_run f
          WHERE f.ward_id = o.ward_id AND f.occurrence_id = o.id ORDER BY f.made_at) AS flow_runs,
    (SELECT json_agg(json_build_object(
        'stage', s.stage, 'state', s.state, 'nominal_due', s.nominal_due, 'due', s.due_on,
        'assumed', s.assumed, 'attempt', s.attempt,
        'former_dues', coalesce((SELECT json_agg(json_build_object('due', d.former_due, 'new_due', d.new_due,
            'reason', d.reason, 'document', d.document, 'by', da.name, 'at', d.changed_at) ORDER BY d.id)
            FROM cchc.due_change d JOIN cchc.account da ON da.ward_id = d.ward_id AND da.id = d.changed_by
            WHERE (d.ward_id, d.occurrence_id, d.stage) = (s.ward_id, s.occurrence_id, s.stage)), '[]'),
        'extensions', coalesce((SELECT json_agg(json_build_object('id', x.id, 'former_due', x.former_due,
            'asked_until', x.asked_until, 'reason', x.reason, 'document', x.document, 'by', xa.name,
            'asked_at', x.asked_at, 'verdict', x.verdict, 'granted_until', x.granted_until,
            'objective', x.objective, 'moved', EXISTS (SELECT FROM cchc.due_change m
                WHERE (m.ward_id, m.occurrence_id, m.stage) = (x.ward_id, x.occurrence_id, x.stage)
                    AND (m.changed_at, m.changed_by, m.new_due)
                        = (x.decided_at, x.decided_by, x.granted_until)),
            'answer', x.answer, 'decided_by', xd.name, 'decided_at', x.decided_at) ORDER BY x.id)
            FROM cchc.extension x JOIN cchc.account xa ON xa.ward_id = x.ward_id AND xa.id = x.asked_by
            LEFT JOIN cchc.account xd ON xd.ward_id = x.ward_id AND xd.id = x.decided_by
            WHERE (x.ward_id, x.occurrence_id, x.stage) = (s.ward_id, s.occurrence_id, s.stage)), '[]'),
        'submissions', coalesce((SELECT json_agg(json_build_object('attempt', b.attempt, 'by', ba.name,
            'effective_on', b.effective_on, 'recorded_at', b.recorded_at, 'late', b.late,
            'doc_number', b.doc_number, 'doc_date', b.doc_date, 'note', b.note, 'verdict', b.verdict,
            'decided_by', bd.name, 'decided_at', b.decided_at, 'reason', b.reason,
            'documents', coalesce((SELECT json_agg(json_build_object('sha256', f.sha256, 'name', f.name,
                'size', fd.size, 'media_type', fd.media_type) ORDER BY f.name)
                FROM cchc.submission_document f
                JOIN cchc.document fd ON fd.ward_id = f.ward_id AND fd.sha256 = f.sha256
                WHERE (f.ward_id, f.occurrence_id, f.stage, f.attempt)
                    = (b.ward_id, b.occurrence_id, b.stage, b.attempt)), '[]')) ORDER BY b.attempt)
            FROM cchc.submission b JOIN cchc.account ba ON ba.ward_id = b.ward_id AND ba.id = b.submitted_by
            LEFT JOIN cchc.account bd ON bd.ward_id = b.ward_id AND bd.id = b.decided_by
            WHERE (b.ward_id, b.occurrence_id, b.stage) = (s.ward_id, s.occurrence_id, s.stage)), '[]')
        ) ORDER BY array_position(ARRAY['plan', 'implement', 'report'], s.stage))
     FROM cchc.stage s WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id) AS stages,
    coalesce((SELECT json_agg(json_build_object('reason', b.reason, 'stage', b.stage, 'channel', b.channel,
        'recipient', b.recipient, 'state', b.state, 'created_at', b.created_at, 'tries', (
            SELECT json_agg(json_build_object('at', v.tried_at, 'outcome', v.outcome,
                'provider_id', v.provider_id, 'answer', v.answer, 'subject', v.subject) ORDER BY v.attempt)
            FROM cchc.delivery v WHERE v.ward_id = b.ward_id AND v.outbox_id = b.id)) ORDER BY b.id)
     FROM cchc.outbox b WHERE b.ward_id = o.ward_id AND b.occurrence_id = o.id
        AND b.channel <> 'engine'), '[]') AS deliveries
FROM cchc.occurrence o
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
LEFT JOIN cchc.event e ON e.ward_id = o.ward_id AND e.id = o.event_id
WHERE o.ward_id = %(ward)s AND o.task_id = %(task)s
ORDER BY o.opens_on, o.id
"""
ONE_OCCURRENCE = OCCURRENCES.replace("o.task_id = %(task)s", "o.id = %(occurrence)s")


def of_active_plans(connection: Connection, ward: int) -> Sequence[Any]:
    """Return id, code, kind and event types of the tasks of the active plans, without those withdrawn."""
    return connection.exec_driver_sql(
        "SELECT t.id, t.code, t.kind, t.event_types, t.plan_id, p.year, p.issued_on FROM cchc.task t"
        " JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'"
        " WHERE t.ward_id = %(ward)s AND t.withdrawn_by IS NULL ORDER BY p.year, t.position",
        {"ward": ward},
    ).all()


def standing(
    connection: Connection, ward: int, *, today: date, unit: int | None = None, code: str | None = None
) -> Sequence[Any]:
    """Return every task of the active plans with what its official status follows from."""
    params = {"ward": ward, "today": today, "unit": unit, "code": code}
    return connection.exec_driver_sql(LIST, params).all()


def details(connection: Connection, ward: int, task: int) -> Any:
    """Return a task's own columns, with units, products, milestones and the findings about it."""
    return connection.exec_driver_sql(
        """
        SELECT t.*,
            ARRAY(SELECT u.name FROM cchc.task_unit tu
                  JOIN cchc.unit u ON u.ward_id = tu.ward_id AND u.id = tu.unit_id
                  WHERE tu.ward_id = t.ward_id AND tu.task_id = t.id AND tu.role = 'coordinating'
                  ORDER BY tu.position) AS coordinating_units,
            ARRAY(SELECT x.text FROM cchc.product x WHERE x.ward_id = t.ward_id AND x.task_id = t.id
                  ORDER BY x.position) AS products,
            coalesce((SELECT json_agg(m ORDER BY m.position) FROM cchc.milestone m
                WHERE m.ward_id = t.ward_id AND m.task_id = t.id), '[]') AS milestones,
            coalesce((SELECT json_agg(f ORDER BY f.settled_at IS NOT NULL,
                    array_position(ARRAY['blocking', 'check', 'info'], f.severity), f.id)
                FROM cchc.finding f WHERE f.ward_id = t.ward_id AND f.plan_id = t.plan_id
                    AND f.task_code = t.code), '[]') AS findings
        FROM cchc.task t WHERE t.ward_id = %(ward)s AND t.id = %(task)s
        """,
        {"ward": ward, "task": task},
    ).one()


def occurrences(connection: Connection, ward: int, task: int) -> Sequence[Any]:
    """Return a task's occurrences, each with its stages, submissions, former due dates and deliveries."""
    return connection.exec_driver_sql(OCCURRENCES, {"ward": ward, "task": task}).all()


def one_occurrence(connection: Connection, ward: int, occurrence: int) -> Any | None:
    """Return one occurrence as `occurrences` does; None where the ward has no such."""
    return connection.exec_driver_sql(ONE_OCCURRENCE, {"ward": ward, "occurrence": occurrence}).one_or_none()


def head_of_occurrence(connection: Connection, ward: int, occurrence: int) -> Any | None:
    """Return the task of an occurrence, with its plan's year and date; None where the ward has no such."""
    return connection.exec_driver_sql(
        "SELECT t.id, t.code, t.title, t.kind, o.state, p.year, p.issued_on, p.number AS plan_number,"
        " ARRAY(SELECT x.text FROM cchc.product x WHERE x.ward_id = t.ward_id AND x.task_id = t.id"
        " ORDER BY x.position) AS products"
        " FROM cchc.occurrence o JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id"
        " JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id"
        " WHERE o.ward_id = %(ward)s AND o.id = %(occurrence)s",
        {"ward": ward, "occurrence": occurrence},
    ).one_or_none()


def candidates(connection: Connection, ward: int, of: Sequence[int], stage: str) -> Sequence[Any]:
    """Return id, label, unit and states of these tasks' occurrences, for finding the one that is meant."""
    return connection.exec_driver_sql(
        "SELECT o.id, o.label, o.unit_id, u.name AS unit, o.state, s.state AS stage_state"
        " FROM cchc.occurrence o"
        " JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id"
        " JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id AND s.stage = %(stage)s"
        " WHERE o.ward_id = %(ward)s AND o.task_id = ANY(%(of)s) ORDER BY o.opens_on, o.id",
        {"ward": ward, "of": list(of), "stage": stage},
    ).all()


def lock_stage(connection: Connection, ward: int, occurrence: int, stage: str) -> Any | None:
    """Lock a stage until the transaction ends; return its due date, whether that is assumed, its state."""
    return connection.exec_driver_sql(
        "SELECT due_on, state, assumed FROM cchc.stage"
        " WHERE ward_id = %(ward)s AND occurrence_id = %(occurrence)s AND stage = %(stage)s"
        " FOR NO KEY UPDATE",
        {"ward": ward, "occurrence": occurrence, "stage": stage},
    ).one_or_none()


def move_due(connection: Connection, ward: int, **params: object) -> int:
    """Set a stage's due date and keep the former one, with who moved it and why; return the change's id."""
    change: int = connection.exec_driver_sql(
        """
        WITH moved AS (
            UPDATE cchc.stage SET due_on = %(due_on)s, assumed = false
            WHERE ward_id = %(ward)s AND occurrence_id = %(occurrence)s AND stage = %(stage)s
        )
        INSERT INTO cchc.due_change (ward_id, occurrence_id, stage, former_due, new_due, reason, document,
            changed_by, changed_at)
        VALUES (%(ward)s, %(occurrence)s, %(stage)s, %(former)s, %(due_on)s, %(reason)s, %(document)s,
            %(by)s, %(now)s)
        RETURNING id
        """,
        {"ward": ward, **params},
    ).scalar_one()
    return change


def of_occurrence(connection: Connection, ward: int, occurrence: int) -> Any | None:
    """Return the task of an occurrence, whatever became of its plan; None where there is none."""
    return connection.exec_driver_sql(
        "SELECT t.id, t.code, t.title, p.year FROM cchc.occurrence o"
        " JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id"
        " JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id"
        " WHERE o.ward_id = %(ward)s AND o.id = %(id)s",
        {"ward": ward, "id": occurrence},
    ).one_or_none()
