"""What lies on people's desks: stages on hand, what waits for a verdict, who is late, the year by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from models import rules

# A stage that somebody can act on. Where it has no due date of its own, the occurrence's next one counts.
STEPS = f"""
SELECT o.id AS occurrence_id, s.stage, s.state, s.attempt, s.assumed, t.id AS task_id, t.code, t.title,
    p.year, o.label, o.unit_id, u.name AS unit, coalesce(s.due_on, n.due_on) AS due_on,
    CASE WHEN s.due_on IS NULL THEN n.stage ELSE s.stage END AS due_stage,
    b.submitted_by, a.name AS submitter, b.effective_on, b.recorded_at, coalesce(b.late, false) AS late,
    b.doc_number, b.reason, b.verdict,
    (SELECT count(*) FROM cchc.submission_document f WHERE (f.ward_id, f.occurrence_id, f.stage, f.attempt)
        = (b.ward_id, b.occurrence_id, b.stage, b.attempt)) AS files,
    {rules.NEEDS_LEADER} AS needs_leader
FROM cchc.occurrence o
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id AND t.withdrawn_by IS NULL
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id AND s.state = ANY(%(states)s)
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
LEFT JOIN cchc.submission b ON (b.ward_id, b.occurrence_id, b.stage, b.attempt)
    = (s.ward_id, s.occurrence_id, s.stage, s.attempt)
LEFT JOIN cchc.account a ON a.ward_id = b.ward_id AND a.id = b.submitted_by
LEFT JOIN LATERAL (
    SELECT l.due_on, l.stage FROM cchc.stage l WHERE l.ward_id = o.ward_id AND l.occurrence_id = o.id
        AND s.due_on IS NULL AND l.due_on IS NOT NULL AND l.state NOT IN ('submitted', 'accepted')
    ORDER BY l.due_on LIMIT 1
) n ON true
WHERE o.ward_id = %(ward)s AND o.state = 'open' AND (%(unit)s::bigint IS NULL OR o.unit_id = %(unit)s)
ORDER BY coalesce(s.due_on, n.due_on), p.year, t.position, o.id,
    array_position(ARRAY['plan', 'implement', 'report'], s.stage)
"""  # noqa: S608 - made of constants

# One row for each open occurrence that is late.
LATE = f"""
SELECT o.id AS occurrence_id, t.code, t.title, p.year, o.label, o.unit_id, u.name AS unit, x.since,
    x.stage, x.silent
FROM cchc.occurrence o
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id AND t.withdrawn_by IS NULL
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
JOIN LATERAL (
    SELECT min(s.due_on) AS since, (array_agg(s.stage ORDER BY s.due_on))[1] AS stage,
        bool_or(b.late IS NULL) AS silent
    FROM cchc.stage s
    {rules.HANDED_IN}
    WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id AND {rules.LATE}
    HAVING count(*) > 0
) x ON true
WHERE o.ward_id = %(ward)s AND o.state = 'open'
ORDER BY x.since, p.year, t.position, u.name
"""  # noqa: S608 - made of constants

BY_UNIT = f"""
SELECT u.id, u.name, {rules.STANDING} AS standing,
    count(*) AS occurrences
FROM cchc.occurrence o
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id AND t.withdrawn_by IS NULL
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active' AND p.year = %(year)s
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
JOIN LATERAL (
    SELECT bool_or(s.due_on IS NOT NULL) AS has_due,
        bool_or({rules.LATE}) AS late
    FROM cchc.stage s
    {rules.HANDED_IN}
    WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id
) s ON true
WHERE o.ward_id = %(ward)s
GROUP BY 1, 2, 3
ORDER BY u.name
"""  # noqa: S608 - made of constants

# A due date that was moved after a month's end counts there as it stood then. What came back counts as
# not handed in.
MONTHS = f"""
WITH stages AS MATERIALIZED (
    SELECT s.occurrence_id, s.stage, s.due_on, b.effective_on, b.late
    FROM cchc.stage s
    JOIN cchc.occurrence o ON o.ward_id = s.ward_id AND o.id = s.occurrence_id AND o.state <> 'cancelled'
    JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id AND t.withdrawn_by IS NULL
    JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
        AND p.year = %(year)s
    {rules.HANDED_IN}
    WHERE s.ward_id = %(ward)s
),
months AS MATERIALIZED (
    SELECT * FROM unnest(%(first)s::date[], %(last)s::date[], %(as_seen_on)s::date[], %(whole)s::date[])
        AS m(first, last, as_seen_on, whole)
),
moved AS MATERIALIZED (
    SELECT DISTINCT ON (m.first, c.occurrence_id, c.stage) m.first, c.occurrence_id, c.stage, c.former_due
    FROM months m
    JOIN cchc.due_change c ON c.ward_id = %(ward)s
        AND (c.changed_at AT TIME ZONE %(zone)s)::date >= m.as_seen_on
    ORDER BY m.first, c.occurrence_id, c.stage, c.id
)
SELECT m.first,
    count(*) FILTER (WHERE s.effective_on BETWEEN m.first AND m.last AND NOT s.late AND s.due_on IS NOT NULL)
        AS on_time,
    count(*) FILTER (WHERE s.effective_on BETWEEN m.first AND m.last AND s.late) AS late,
    count(*) FILTER (WHERE s.effective_on BETWEEN m.first AND m.last AND NOT s.late AND s.due_on IS NULL)
        AS no_due,
    count(*) FILTER (WHERE (s.effective_on IS NULL OR s.effective_on > m.last) AND d.due_on < m.as_seen_on)
        AS overdue,
    count(*) FILTER (WHERE s.due_on BETWEEN m.first AND m.whole) AS due
FROM months m
CROSS JOIN stages s
LEFT JOIN moved c ON (c.first, c.occurrence_id, c.stage) = (m.first, s.occurrence_id, s.stage)
CROSS JOIN LATERAL (
    SELECT CASE WHEN c.occurrence_id IS NULL THEN s.due_on ELSE c.former_due END AS due_on
) d
GROUP BY m.first
ORDER BY m.first
"""  # noqa: S608 - made of constants

ASSUMED = """
SELECT t.code, t.title, p.year, o.label, u.name AS unit, o.id AS occurrence_id, s.stage, s.due_on
FROM cchc.stage s
JOIN cchc.occurrence o ON o.ward_id = s.ward_id AND o.id = s.occurrence_id AND o.state IN ('planned', 'open')
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id AND t.withdrawn_by IS NULL
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
WHERE s.ward_id = %(ward)s AND s.assumed AND s.due_on IS NOT NULL AND s.state NOT IN ('submitted', 'accepted')
ORDER BY s.due_on, p.year, t.position, u.name
"""

COMING = """
SELECT o.opens_on, o.label, t.code, t.title, p.year, s.stage, s.due_on
FROM cchc.occurrence o
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id AND t.withdrawn_by IS NULL
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
LEFT JOIN LATERAL (
    SELECT s.stage, s.due_on FROM cchc.stage s
    WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id AND s.due_on IS NOT NULL ORDER BY s.due_on LIMIT 1
) s ON true
WHERE o.ward_id = %(ward)s AND o.unit_id = %(unit)s AND o.state = 'planned' AND o.opens_on <= %(until)s
ORDER BY o.opens_on, t.position, o.id
"""


def steps(
    connection: Connection, ward: int, states: Sequence[str], *, unit: int | None = None
) -> Sequence[Any]:
    """Return the stages of open occurrences in these states, of all units or of one, by due date.

    `due_on` is the stage's own or else the next of its occurrence; the last submission stands beside.
    """
    return connection.exec_driver_sql(STEPS, {"ward": ward, "states": list(states), "unit": unit}).all()


def late(connection: Connection, ward: int, today: date) -> Sequence[Any]:
    """Return the open occurrences that are late, longest first; `silent` where something is still missing."""
    return connection.exec_driver_sql(LATE, {"ward": ward, "today": today}).all()


def by_unit(connection: Connection, ward: int, year: int, today: date) -> Sequence[Any]:
    """Count the occurrences of each unit by what their status follows from, as `models.tasks.LIST` has it."""
    return connection.exec_driver_sql(BY_UNIT, {"ward": ward, "year": year, "today": today}).all()


def months(
    connection: Connection, ward: int, year: int, spans: Sequence[tuple[date, date, date, date]], zone: str
) -> Sequence[Any]:
    """Count the stages of a plan year by month: handed in on time, late, without a date; overdue at its end.

    A span is the month's first day, the last that counts, the day from which it is seen, and its last day.
    """
    first, last, as_seen_on, whole = zip(*spans, strict=True)
    params = {"first": list(first), "last": list(last), "as_seen_on": list(as_seen_on), "whole": list(whole)}
    return connection.exec_driver_sql(MONTHS, {"ward": ward, "year": year, "zone": zone, **params}).all()


def assumed(connection: Connection, ward: int) -> Sequence[Any]:
    """Return the due dates that a rule supplied, of what is not handed in yet."""
    return connection.exec_driver_sql(ASSUMED, {"ward": ward}).all()


def coming(connection: Connection, ward: int, unit: int, until: date) -> Sequence[Any]:
    """Return a unit's occurrences that open until `until`, with their first due date."""
    return connection.exec_driver_sql(COMING, {"ward": ward, "unit": unit, "until": until}).all()
