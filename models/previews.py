"""What may be told of in days to come: every stage with a due date, and whom it would be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection


def stages(
    connection: Connection, ward: int, *, unit: int | None = None, task: str | None = None
) -> Sequence[Any]:
    """Return the stages of the active plans not handed in, by task; `acknowledged` for that date."""
    return connection.exec_driver_sql(
        """
        SELECT t.id AS task_id, t.code AS task, t.kind, t.title, t.position, o.id AS occurrence_id, o.label,
            o.unit_id, u.name AS unit, s.stage, s.due_on,
            CASE WHEN o.state = 'planned' THEN o.opens_on END AS opens_on,
            EXISTS (SELECT FROM cchc.acknowledgement k WHERE k.ward_id = s.ward_id
                AND k.occurrence_id = s.occurrence_id AND k.stage = s.stage AND k.due_on = s.due_on)
                AS acknowledged
        FROM cchc.stage s
        JOIN cchc.occurrence o ON o.ward_id = s.ward_id AND o.id = s.occurrence_id
            AND o.state IN ('open', 'planned')
        JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
            AND (p.state = 'active' OR o.state = 'open')
        JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
        WHERE s.ward_id = %(ward)s AND s.due_on IS NOT NULL AND s.state IN ('waiting', 'open', 'returned')
            AND (%(unit)s::bigint IS NULL OR o.unit_id = %(unit)s)
            AND (%(task)s::text IS NULL OR t.code = %(task)s)
        ORDER BY t.position, o.id, s.stage
        """,
        {"ward": ward, "unit": unit, "task": task},
    ).all()


def knows_task(connection: Connection, ward: int, code: str) -> bool:
    """Tell whether an active plan has a task with this code."""
    found: bool = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM cchc.task t JOIN cchc.plan p ON p.ward_id = t.ward_id"
        " AND p.id = t.plan_id AND p.state = 'active' WHERE t.ward_id = %(ward)s AND t.code = %(code)s)",
        {"ward": ward, "code": code},
    ).scalar_one()
    return found


def recipients(connection: Connection, ward: int) -> Sequence[Any]:
    """Return whom each unit's messages reach, by unit; `first` as in the view."""
    return connection.exec_driver_sql(
        "SELECT unit_id, role, channel, address, first FROM cchc.recipient WHERE ward_id = %(ward)s"
        " ORDER BY unit_id, address, channel, role",
        {"ward": ward},
    ).all()
