"""Which task of last year's plan a task goes on from, as people decided it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, one_of, same_ward


class TaskSuccession(OfWard, Base):
    """A person's word on where a task comes from; the newest word on it counts.

    `old_task_id` is None where the task is new. `how` says whether it is as the program proposed it.
    """

    __tablename__ = "task_succession"
    __table_args__ = (
        same_ward("new_task_id", "task"),
        same_ward("old_task_id", "task"),
        same_ward("decided_by", "account"),
        one_of("how", ("proposed", "chosen")),
        Index("ix_task_succession_new", "ward_id", "new_task_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    new_task_id: Mapped[int]
    old_task_id: Mapped[int | None]
    how: Mapped[str]
    decided_by: Mapped[int]
    decided_at: Mapped[datetime]


def decided(connection: Connection, ward: int, plan: int) -> Sequence[Any]:
    """Return the newest word on each task of a plan."""
    return connection.exec_driver_sql(
        """
        SELECT DISTINCT ON (s.new_task_id) s.*, a.name AS by
        FROM cchc.task_succession s
        JOIN cchc.task t ON t.ward_id = s.ward_id AND t.id = s.new_task_id AND t.plan_id = %(plan)s
        JOIN cchc.account a ON a.ward_id = s.ward_id AND a.id = s.decided_by
        WHERE s.ward_id = %(ward)s ORDER BY s.new_task_id, s.id DESC
        """,
        {"ward": ward, "plan": plan},
    ).all()


def decide(
    connection: Connection,
    ward: int,
    rows: Sequence[tuple[int, int | None]],
    *,
    how: str,
    by: int,
    now: datetime,
) -> None:
    """Add a person's word on tasks, as (new task, old task)."""
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO cchc.task_succession (ward_id, new_task_id, old_task_id, how, decided_by,"
            " decided_at) VALUES (%(ward)s, %(new)s, %(old)s, %(how)s, %(by)s, %(now)s)",
            [{"ward": ward, "new": new, "old": old, "how": how, "by": by, "now": now} for new, old in rows],
        )


def last_year(connection: Connection, ward: int, task: int) -> Any | None:
    """Return the task that a person said this one goes on from, with how its occurrences ended."""
    return connection.exec_driver_sql(
        """
        SELECT t.id, t.code, p.number, p.year,
            count(o.id) FILTER (WHERE o.state <> 'cancelled') AS occurrences,
            count(o.id) FILTER (WHERE o.state = 'done') AS done,
            count(o.id) FILTER (WHERE o.state = 'done' AND NOT EXISTS (
                SELECT FROM cchc.stage s JOIN cchc.submission b
                    ON (b.ward_id, b.occurrence_id, b.stage, b.attempt)
                        = (s.ward_id, s.occurrence_id, s.stage, s.attempt)
                WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id AND b.late)) AS on_time
        FROM (SELECT old_task_id FROM cchc.task_succession
              WHERE ward_id = %(ward)s AND new_task_id = %(task)s ORDER BY id DESC LIMIT 1) s
        JOIN cchc.task t ON t.ward_id = %(ward)s AND t.id = s.old_task_id
        JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
        LEFT JOIN cchc.occurrence o ON o.ward_id = t.ward_id AND o.task_id = t.id
        GROUP BY t.id, t.code, p.number, p.year
        """,
        {"ward": ward, "task": task},
    ).one_or_none()
