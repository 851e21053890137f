"""What the head of every page and `cchc status` count, a ward at a glance in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from models.notices import IN_FORCE as NOTICES
from models.troubles import CHANNELS, MESSAGES

# Units that lead something: the lead units of the tasks, and for a group its members.
FRONT = f"""
SELECT w.id, w.code, w.name, m.day, m.finished_at, m.reminders, p.plans, u.units, u.unreached,
    c.channels, b.failed, b.unknown, EXISTS (SELECT FROM cchc.zalo_grant) AS granted,
    (SELECT json_agg(n) FROM ({NOTICES}) n) AS notices
FROM cchc.ward w
LEFT JOIN LATERAL (
    SELECT r.day, r.finished_at, r.reminders FROM cchc.morning_run r
    WHERE r.ward_id = w.id ORDER BY r.day DESC LIMIT 1
) m ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object(
        'id', p.id, 'state', p.state, 'number', p.number, 'issued_on', p.issued_on, 'title', p.title,
        'year', p.year, 'activated_at', p.activated_at,
        'open_findings', (SELECT count(*) FROM cchc.finding f WHERE f.ward_id = p.ward_id
            AND f.plan_id = p.id AND f.settled_at IS NULL AND f.severity <> 'info'),
        'blocking_findings', (SELECT count(*) FROM cchc.finding f WHERE f.ward_id = p.ward_id
            AND f.plan_id = p.id AND f.settled_at IS NULL AND f.severity = 'blocking'),
        'sections', (SELECT json_agg(json_build_object('code', s.code, 'title', s.title) ORDER BY s.position)
            FROM cchc.plan_section s WHERE s.ward_id = p.ward_id AND s.plan_id = p.id)
        ) ORDER BY p.state, p.year DESC, p.id DESC) AS plans
    FROM cchc.plan p WHERE p.ward_id = w.id AND p.state <> 'closed'
) p ON true
LEFT JOIN LATERAL (
    SELECT json_object_agg(u.name, u.id ORDER BY u.name) AS units,
        array_agg(u.name ORDER BY u.name) FILTER (WHERE NOT EXISTS (
            SELECT FROM cchc.contact c WHERE c.ward_id = w.id AND c.unit_id = u.id AND c.active)) AS unreached
    FROM cchc.unit u
    WHERE u.ward_id = w.id AND u.id IN (
        SELECT coalesce(g.member_id, l.unit_id) FROM cchc.task_unit l
        JOIN cchc.task t ON t.ward_id = l.ward_id AND t.id = l.task_id
        JOIN cchc.plan a ON a.ward_id = t.ward_id AND a.id = t.plan_id AND a.state = 'active'
        LEFT JOIN cchc.unit_member g ON g.ward_id = l.ward_id AND g.group_id = l.unit_id
            AND g.active
        WHERE l.ward_id = w.id AND l.role = 'lead')
) u ON true
LEFT JOIN LATERAL ({CHANNELS}) c ON true
LEFT JOIN LATERAL ({MESSAGES}) b ON true
WHERE %(code)s::text IS NULL OR w.code = %(code)s
ORDER BY w.id LIMIT 2
"""  # noqa: S608 - made of constants


def front(
    connection: Connection, code: str | None, *, stuck_before: datetime, lost_since: datetime
) -> Sequence[Any]:
    """Return at most two wards, each with its plans, units that lead, last morning run, and troubles.

    Troubles are the channels that are held or on which something has waited since before `stuck_before`, and
    how many messages since `lost_since` failed without another way or are unclear. `notices` are in force.
    """
    known = {"code": code, "stuck_before": stuck_before, "lost_since": lost_since}
    return connection.exec_driver_sql(FRONT, known).all()


def silent_since(connection: Connection, before: datetime) -> bool:
    """Tell whether a ward with an active plan has had no morning run and no activation after `before`."""
    found: bool = connection.exec_driver_sql(
        """
        SELECT EXISTS (
            SELECT FROM cchc.plan p WHERE p.state = 'active' AND p.activated_at <= %(before)s
                AND NOT EXISTS (SELECT FROM cchc.morning_run r
                    WHERE r.ward_id = p.ward_id AND r.finished_at > %(before)s))
        """,
        {"before": before},
    ).scalar_one()
    return found


def outbox_counts(connection: Connection, ward: int) -> Sequence[Any]:
    """Return how many messages stand in each state, apart for people and for the engine."""
    return connection.exec_driver_sql(
        "SELECT channel = 'engine' AS engine, state, count(*) AS messages FROM cchc.outbox"
        " WHERE ward_id = %(ward)s GROUP BY 1, 2",
        {"ward": ward},
    ).all()


def upcoming(connection: Connection, ward: int, *, until: date, limit: int) -> Sequence[Any]:
    """Return the occurrences that open next, with their task and unit, in order."""
    return connection.exec_driver_sql(
        """
        SELECT o.opens_on, o.label, t.code, t.title, u.name AS unit FROM cchc.occurrence o
        JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
        JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
        WHERE o.ward_id = %(ward)s AND o.state = 'planned' AND o.opens_on <= %(until)s
        ORDER BY o.opens_on, t.position, u.name LIMIT %(limit)s
        """,
        {"ward": ward, "until": until, "limit": limit},
    ).all()


def sections(connection: Connection, ward: int, plan: int) -> Sequence[Any]:
    """Return a plan's sections with the number of tasks that they declare and have, in order."""
    return connection.exec_driver_sql(
        """
        SELECT s.code, s.title, s.declared, (SELECT count(*) FROM cchc.task t WHERE t.ward_id = s.ward_id
            AND t.plan_id = s.plan_id AND t.section = s.code) AS found
        FROM cchc.plan_section s WHERE s.ward_id = %(ward)s AND s.plan_id = %(plan)s ORDER BY s.position
        """,
        {"ward": ward, "plan": plan},
    ).all()


def server_version(connection: Connection) -> str:
    """Return PostgreSQL's version: `18.0`."""
    version: str = connection.exec_driver_sql("SHOW server_version").scalar_one()
    return version.split()[0]
