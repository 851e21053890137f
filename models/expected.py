"""What plans expect: the words of each task, and what the log says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

_UNITS = """
    ARRAY(SELECT u.name FROM cchc.task_unit l JOIN cchc.unit u ON u.ward_id = l.ward_id AND u.id = l.unit_id
        WHERE l.ward_id = t.ward_id AND l.task_id = t.id AND l.role = '{role}' ORDER BY l.position, u.name)
"""
TASKS = f"""
SELECT t.id, t.code, t.section, t.title, t.time_text, t.kind, t.withdrawn_by,
    {_UNITS.format(role="lead")} AS lead_units, {_UNITS.format(role="coordinating")} AS coordinating_units,
    ARRAY(SELECT r.text FROM cchc.product r WHERE r.ward_id = t.ward_id AND r.task_id = t.id
        ORDER BY r.position) AS products
FROM cchc.task t
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.activated_at IS NOT NULL
WHERE t.ward_id = %(ward)s AND (%(tasks)s::bigint[] IS NULL OR t.id = ANY(%(tasks)s))
    AND (%(plan)s::bigint IS NULL OR t.plan_id = %(plan)s)
ORDER BY t.id
"""  # noqa: S608 - made of constants
TOLD = """
WITH told AS (
    SELECT (x ->> 'task')::bigint AS task, x ->> 'sha256' AS sha256, false AS withdrawn, position
    FROM cchc.audit_event e, jsonb_array_elements(e.body::jsonb -> 'facts' -> 'tasks') x
    WHERE e.ward_id = %(ward)s AND e.kind = 'plan.activated'
    UNION ALL
    SELECT (f ->> 'task')::bigint, f ->> 'sha256', f ->> 'change' = 'withdrawn', position
    FROM (SELECT e.position, e.body::jsonb -> 'facts' AS f FROM cchc.audit_event e
        WHERE e.ward_id = %(ward)s AND e.kind = 'task.amended') x
    WHERE f ? 'sha256'
)
SELECT DISTINCT ON (task) task, sha256, withdrawn, position FROM told ORDER BY task, position DESC
"""


def tasks(
    connection: Connection, ward: int, *, plan: int | None = None, tasks: Sequence[int] | None = None
) -> Sequence[Any]:
    """Return the words of tasks of plans that were activated."""
    params = {"ward": ward, "plan": plan, "tasks": None if tasks is None else list(tasks)}
    return connection.exec_driver_sql(TASKS, params).all()


def units(connection: Connection, ward: int) -> Sequence[Any]:
    """Return the units of a ward with their names."""
    return connection.exec_driver_sql(
        "SELECT id, name FROM cchc.unit WHERE ward_id = %(ward)s ORDER BY id", {"ward": ward}
    ).all()


def told(connection: Connection, ward: int) -> Sequence[Any]:
    """Return what the log last said of each task: the hash of its words, whether it was taken out."""
    return connection.exec_driver_sql(TOLD, {"ward": ward}).all()
