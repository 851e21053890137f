"""The morning sweep: reminders for every stage that today's steps touch, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.ladder import Step

# Each step is fenced off (MATERIALIZED, LATERAL): whatever the statistics say, the sweep starts from the
# few stages that are due today and never from all that are open.
SWEEP = """
WITH due AS MATERIALIZED (
    SELECT s.ward_id, s.occurrence_id, s.stage, s.due_on, step.name, step.late
    FROM unnest(%(due_on)s::date[], %(name)s::text[], %(late)s::int[]) AS step(due_on, name, late)
    JOIN cchc.stage s ON s.due_on = step.due_on AND s.state IN ('waiting', 'open', 'returned')
        AND (%(ward)s::int IS NULL OR s.ward_id = %(ward)s)
), owed AS MATERIALIZED (
    SELECT due.*, o.unit_id FROM due
    CROSS JOIN LATERAL (
        SELECT o.unit_id FROM cchc.occurrence o
        WHERE o.ward_id = due.ward_id AND o.id = due.occurrence_id AND o.state = 'open' LIMIT 1
    ) o
), reached AS MATERIALIZED (
    SELECT unit.ward_id, unit.unit_id, r.channel, r.address, min(told.least) AS least,
        min(r.contact_id) AS contact_id, bool_or(r.first) AS first,
        CASE WHEN bool_or(r.role = 'officer') THEN 'reminder' ELSE 'escalation' END AS reason
    FROM (SELECT DISTINCT ward_id, unit_id FROM owed) unit
    JOIN cchc.recipient r ON r.ward_id = unit.ward_id AND r.unit_id = unit.unit_id
    JOIN unnest(%(role)s::text[], %(least)s::int[]) AS told(role, least) ON told.role = r.role
    GROUP BY unit.ward_id, unit.unit_id, r.channel, r.address
)
INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, contact_id, digest,
    not_before)
SELECT s.ward_id, s.occurrence_id, s.stage, r.reason, s.due_on || '/' || s.name, r.address, r.channel,
    r.contact_id, 'morning/' || %(today)s::date, %(not_before)s
FROM owed s
JOIN reached r ON r.ward_id = s.ward_id AND r.unit_id = s.unit_id AND r.least <= s.late
    AND (r.first OR r.channel = 'email' AND s.late > 0)
ORDER BY s.ward_id, s.occurrence_id, s.stage, r.address, r.channel
ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
"""


def sweep(
    connection: Connection,
    steps: Sequence[Step],
    *,
    told: Sequence[tuple[str, int]],
    today: date,
    not_before: datetime,
    ward: int | None = None,
) -> int:
    """Queue the reminders of `steps`; return how many are new. A second sweep queues none.

    `told` holds (role, least working days late) for everyone who may be told.
    """
    params = {
        "due_on": [step.due_on for step in steps],
        "name": [step.name for step in steps],
        "late": [step.late for step in steps],
        "role": [role for role, _ in told],
        "least": [least for _, least in told],
        "today": today,
        "not_before": not_before,
        "ward": ward,
    }
    return connection.exec_driver_sql(SWEEP, params).rowcount


def last_sweep(connection: Connection, ward: int | None = None) -> date | None:
    """Return the day of the last finished morning run; of all wards, the earliest of their last ones."""
    statement = """
        SELECT min(day) FROM (
            SELECT max(day) AS day FROM cchc.morning_run
            WHERE %(ward)s::int IS NULL OR ward_id = %(ward)s GROUP BY ward_id
        ) last
    """
    day: date | None = connection.exec_driver_sql(statement, {"ward": ward}).scalar_one()
    return day


def finish(connection: Connection, *, day: date, now: datetime) -> None:
    """Record for every ward that the morning run of `day` is done, with the reminders it queued."""
    connection.exec_driver_sql(
        """
        INSERT INTO cchc.morning_run (ward_id, day, finished_at, reminders)
        SELECT w.id, %(day)s, %(now)s, (
            SELECT count(*) FROM cchc.outbox b
            WHERE b.ward_id = w.id AND b.reason IN ('reminder', 'escalation')
                AND b.digest = 'morning/' || %(day)s::date)
        FROM cchc.ward w
        ON CONFLICT (ward_id, day) DO UPDATE
            SET finished_at = excluded.finished_at, reminders = excluded.reminders
        """,
        {"day": day, "now": now},
    )


def preview(
    connection: Connection,
    rungs: Sequence[tuple[date, Step]],
    *,
    told: Sequence[tuple[str, int]],
    ward: int,
) -> Sequence[Any]:
    """Return what sweeps on these (day, step) would queue for stages as they are now; nothing is written."""
    statement = """
        SELECT DISTINCT ON (step.day, t.position, s.occurrence_id, s.stage, r.address, r.channel)
            step.day, t.code AS task, t.title, o.label, u.name AS unit, s.stage, s.due_on, step.name AS step,
            r.address AS recipient, r.channel, r.role
        FROM unnest(%(day)s::date[], %(due_on)s::date[], %(name)s::text[], %(late)s::int[])
            AS step(day, due_on, name, late)
        JOIN cchc.stage s ON s.ward_id = %(ward)s AND s.due_on = step.due_on
            AND s.state IN ('waiting', 'open', 'returned')
        JOIN cchc.occurrence o ON o.ward_id = s.ward_id AND o.id = s.occurrence_id
            AND (o.state = 'open' OR o.state = 'planned' AND o.opens_on <= step.day)
        JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
        JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
        JOIN cchc.recipient r ON r.ward_id = o.ward_id AND r.unit_id = o.unit_id
            AND (r.first OR r.channel = 'email' AND step.late > 0)
        JOIN unnest(%(role)s::text[], %(least)s::int[]) AS told(role, least)
            ON told.role = r.role AND told.least <= step.late
        ORDER BY step.day, t.position, s.occurrence_id, s.stage, r.address, r.channel, r.role <> 'officer'
    """
    params = {
        "day": [day for day, _ in rungs],
        "due_on": [step.due_on for _, step in rungs],
        "name": [step.name for _, step in rungs],
        "late": [step.late for _, step in rungs],
        "role": [role for role, _ in told],
        "least": [least for _, least in told],
        "ward": ward,
    }
    return connection.exec_driver_sql(statement, params).all()
