"""Who in a unit is in charge (người phụ trách) of a task that the unit leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, same_ward


class Assignment(OfWard, Base):
    """The officer in charge of a task in one of its lead units; the history keeps former ones."""

    __tablename__ = "assignment"
    __table_args__ = (
        same_ward("task_id", "task"),
        same_ward("unit_id", "unit"),
        same_ward("account_id", "account"),
        same_ward("assigned_by", "account"),
        Index("ix_assignment_account_id", "ward_id", "account_id"),
    )

    task_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(doc="NULL once nobody is in charge any more.")
    assigned_by: Mapped[int]
    assigned_at: Mapped[datetime]


# Which unit leads which task of an active plan; of a group, each of its members.
_LED = """
led AS (
    SELECT DISTINCT t.ward_id, t.id AS task_id, t.code, t.title, t.position, p.year,
        coalesce(m.member_id, l.unit_id) AS unit_id
    FROM cchc.task t
    JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
    JOIN cchc.task_unit l ON l.ward_id = t.ward_id AND l.task_id = t.id AND l.role = 'lead'
    LEFT JOIN cchc.unit_member m ON m.ward_id = l.ward_id AND m.group_id = l.unit_id AND m.active
    WHERE t.ward_id = %(ward)s AND t.withdrawn_by IS NULL
)
"""

_LIST = f"""
WITH {_LED}
SELECT l.task_id, l.unit_id, l.code, l.title, l.year, u.name AS unit, g.account_id, a.name, a.active
FROM led l
JOIN cchc.unit u ON u.ward_id = l.ward_id AND u.id = l.unit_id
LEFT JOIN cchc.assignment g ON (g.ward_id, g.task_id, g.unit_id) = (l.ward_id, l.task_id, l.unit_id)
LEFT JOIN cchc.account a ON a.ward_id = g.ward_id AND a.id = g.account_id
ORDER BY l.year, l.position, l.task_id, u.name
"""  # noqa: S608 - a constant

_ASSIGN = f"""
WITH {_LED}, wanted AS (
    SELECT l.task_id, l.unit_id, l.code, g.account_id AS former
    FROM (SELECT DISTINCT * FROM unnest(%(tasks)s::bigint[], %(units)s::bigint[]) AS w(task_id, unit_id)) w
    JOIN led l ON l.task_id = w.task_id AND l.unit_id = w.unit_id
    LEFT JOIN cchc.assignment g ON (g.ward_id, g.task_id, g.unit_id) = (l.ward_id, l.task_id, l.unit_id)
), changed AS (
    INSERT INTO cchc.assignment AS g (ward_id, task_id, unit_id, account_id, assigned_by, assigned_at)
    SELECT %(ward)s, task_id, unit_id, %(account)s::bigint, %(by)s, %(now)s FROM wanted
    WHERE former IS DISTINCT FROM %(account)s::bigint
        AND (%(former)s::bigint IS NULL OR former = %(former)s)
    ORDER BY task_id, unit_id
    ON CONFLICT (ward_id, task_id, unit_id) DO UPDATE SET account_id = excluded.account_id,
        assigned_by = excluded.assigned_by, assigned_at = excluded.assigned_at
    WHERE g.account_id IS DISTINCT FROM excluded.account_id
        AND (%(former)s::bigint IS NULL OR g.account_id = %(former)s)
    RETURNING task_id, unit_id
)
SELECT w.code, w.task_id, w.unit_id, w.former FROM changed c
JOIN wanted w ON w.task_id = c.task_id AND w.unit_id = c.unit_id ORDER BY w.task_id, w.unit_id
"""  # noqa: S608 - a constant


def led(connection: Connection, ward: int) -> Sequence[Any]:
    """Return each task of the active plans with each unit that leads it, and who is in charge there."""
    return connection.exec_driver_sql(_LIST, {"ward": ward}).all()


def assign(
    connection: Connection,
    ward: int,
    pairs: Sequence[tuple[int, int]],
    account: int | None,
    *,
    former: int | None,
    by: int,
    now: datetime,
) -> Sequence[Any]:
    """Put somebody, or nobody, in charge of (task, unit); return code, unit and former of what changed.

    With `former`, only what this account is in charge of changes.
    """
    params = {
        "ward": ward,
        "tasks": [task for task, _ in pairs],
        "units": [unit for _, unit in pairs],
        "account": account,
        "former": former,
        "by": by,
        "now": now,
    }
    return connection.exec_driver_sql(_ASSIGN, params).all()
