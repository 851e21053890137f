"""The monthly question of each event task, “has anything arrived?”, and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, one_of, same_ward


class EventAnswer(OfWard, Base):
    """What the coordinator answered for one task and month; a later answer takes its place.

    The history keeps every answer. `arrived` names the event that was recorded.
    """

    __tablename__ = "event_answer"
    __table_args__ = (
        same_ward("task_id", "task"),
        same_ward("event_id", "event"),
        same_ward("answered_by", "account"),
        one_of("answer", ("nothing", "arrived")),
        CheckConstraint("extract(day FROM month) = 1", name="first_of_month"),
        CheckConstraint("(answer = 'arrived') = (event_id IS NOT NULL)", name="arrived_has_event"),
    )

    task_id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True, doc="Its first day.")
    answer: Mapped[str]
    event_id: Mapped[int | None]
    answered_by: Mapped[int]
    answered_at: Mapped[datetime]


# Each month of an active plan's year, from its activation to `last`, for each task that waits for events.
_ASKED = """
FROM cchc.task t
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
CROSS JOIN LATERAL generate_series(
    greatest(make_date(p.year, 1, 1),
        date_trunc('month', p.activated_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)::timestamp,
    least(make_date(p.year, 12, 1), %(last)s::date)::timestamp, interval '1 month') AS m(month)
LEFT JOIN cchc.event_answer a ON a.ward_id = t.ward_id AND a.task_id = t.id AND a.month = m.month::date
LEFT JOIN cchc.account b ON b.ward_id = a.ward_id AND b.id = a.answered_by
LEFT JOIN cchc.event e ON e.ward_id = a.ward_id AND e.id = a.event_id
WHERE t.ward_id = %(ward)s AND t.kind = 'event' AND t.withdrawn_by IS NULL
"""

_LIST = f"""
SELECT t.id AS task_id, t.code, t.title, t.time_text, p.year, m.month::date AS month, a.answer, a.event_id,
    a.answered_at, b.name AS answered_by, e.doc_number,
    ARRAY(SELECT u.name FROM cchc.task_unit l JOIN cchc.unit u ON u.ward_id = l.ward_id AND u.id = l.unit_id
        WHERE l.ward_id = t.ward_id AND l.task_id = t.id AND l.role = 'lead' ORDER BY l.position) AS units
{_ASKED}
ORDER BY m.month, t.position, t.id
"""  # noqa: S608 - a constant

# What arrived stays so while an occurrence that it opened goes on; what is answered just so is left alone.
_ANSWER = f"""
WITH asked AS (
    SELECT t.id AS task_id, t.code, m.month::date AS month, a.answer AS former {_ASKED}
), changed AS (
    INSERT INTO cchc.event_answer AS x (ward_id, task_id, month, answer, event_id, answered_by, answered_at)
    SELECT %(ward)s, q.task_id, q.month, %(answer)s, %(event)s::bigint, %(by)s, %(now)s
    FROM (SELECT DISTINCT * FROM unnest(%(tasks)s::bigint[], %(months)s::date[]) AS w(task_id, month)) w
    JOIN asked q ON q.task_id = w.task_id AND q.month = w.month
    ORDER BY q.month, q.task_id
    ON CONFLICT (ward_id, task_id, month) DO UPDATE SET answer = excluded.answer,
        event_id = excluded.event_id, answered_by = excluded.answered_by, answered_at = excluded.answered_at
    WHERE x.answer <> excluded.answer AND NOT EXISTS (
        SELECT FROM cchc.occurrence o WHERE o.ward_id = x.ward_id AND o.task_id = x.task_id
            AND o.event_id = x.event_id AND o.state <> 'cancelled')
    RETURNING task_id, month
)
SELECT q.code, q.task_id, q.month FROM changed c JOIN asked q ON q.task_id = c.task_id AND q.month = c.month
ORDER BY q.month, q.task_id
"""  # noqa: S608 - a constant


def questions(connection: Connection, ward: int, last: date) -> Sequence[Any]:
    """Return each event task and month that is asked about, up to the month `last`, with its answer."""
    return connection.exec_driver_sql(_LIST, {"ward": ward, "last": last}).all()


def count_unanswered(connection: Connection, ward: int, last: date) -> int:
    """Count the questions up to the month `last` that nobody answered."""
    count: int = connection.exec_driver_sql(
        f"SELECT count(*) {_ASKED} AND a.answer IS NULL",
        {"ward": ward, "last": last},
    ).scalar_one()
    return count


def answer(
    connection: Connection,
    ward: int,
    pairs: Sequence[tuple[int, date]],
    *,
    last: date,
    event: int | None,
    by: int,
    now: datetime,
) -> Sequence[Any]:
    """Answer (task, month): `event` arrived, or nothing did. Return code and month of what changed.

    What isn't asked about is left out.
    """
    params = {
        "ward": ward,
        "tasks": [task for task, _ in pairs],
        "months": [month for _, month in pairs],
        "last": last,
        "answer": "nothing" if event is None else "arrived",
        "event": event,
        "by": by,
        "now": now,
    }
    return connection.exec_driver_sql(_ANSWER, params).all()
