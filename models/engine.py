"""What Prefect should run, and what the database knows of it: a convenience, rebuilt at any time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard, same_ward


class FlowRun(OfWard, Base):
    """A Prefect flow run that was made for an occurrence."""

    __tablename__ = "flow_run"
    __table_args__ = (same_ward("occurrence_id", "occurrence"),)

    occurrence_id: Mapped[int] = mapped_column(primary_key=True)
    flow_run_id: Mapped[UUID] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]


class MorningRun(OfWard, Base):
    """A morning run that finished for a ward; the sweep starts where the last one ended."""

    __tablename__ = "morning_run"
    __table_args__ = (ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),)

    day: Mapped[date] = mapped_column(primary_key=True)
    finished_at: Mapped[datetime]
    reminders: Mapped[int]


# A task with its first lead unit; `leads` says how many units lead it.
_TASK = """
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
JOIN cchc.ward w ON w.id = t.ward_id
JOIN LATERAL (
    SELECT u.id, u.name, u.is_group, count(*) OVER () AS leads
    FROM cchc.task_unit l
    JOIN cchc.unit u ON u.ward_id = l.ward_id AND u.id = l.unit_id
    WHERE l.ward_id = t.ward_id AND l.task_id = t.id AND l.role = 'lead'
    ORDER BY l.position LIMIT 1
) lead ON true
"""
# What an open occurrence waits for: its first stage that is not handed in, then the acceptance.
_WAITS = """
LEFT JOIN LATERAL (
    SELECT s.stage FROM cchc.stage s
    WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id AND s.state NOT IN ('submitted', 'accepted')
    ORDER BY array_position(ARRAY['plan', 'implement', 'report'], s.stage) LIMIT 1
) s ON true
"""
_WAITS_FOR = "CASE WHEN o.state = 'open' THEN coalesce(s.stage, 'acceptance') END AS waiting_for"
_FACTS = (
    "t.ward_id, w.code AS ward_code, p.number AS plan_number, p.year AS plan_year,"
    " t.code AS task_code, t.title, t.section, t.kind, lead.name AS lead_unit"
)

TASKS = f"""
SELECT {_FACTS} FROM cchc.task t {_TASK}
WHERE p.state = 'active' AND t.withdrawn_by IS NULL
    AND (%(ward)s::int IS NULL OR t.ward_id = %(ward)s)
ORDER BY t.ward_id, p.id, t.position
"""  # noqa: S608 - made of constants

_WANTED = f"""
SELECT {_FACTS}, o.id AS occurrence_id, o.label, o.opens_on, o.state, {_WAITS_FOR},
    CASE WHEN lead.is_group OR lead.leads > 1 OR lead.id <> o.unit_id THEN u.name END AS doer
FROM cchc.occurrence o
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
{_TASK} {_WAITS}
WHERE (%(ward)s::int IS NULL OR o.ward_id = %(ward)s) AND
"""  # noqa: S608 - made of constants
IN_HORIZON = f"""{_WANTED} (
    o.state = 'open' OR (o.state = 'planned' AND o.opens_on <= %(until)s AND p.state = 'active')
) ORDER BY o.ward_id, t.id, o.id"""
BY_ID = f"{_WANTED} o.id = ANY(%(occurrences)s) ORDER BY o.ward_id, t.id, o.id"

STANDING = f"SELECT o.state, {_WAITS_FOR} FROM cchc.occurrence o {_WAITS} WHERE o.ward_id = %s AND o.id = %s"  # noqa: S608 - made of constants

RECORD = """
INSERT INTO cchc.flow_run (ward_id, occurrence_id, flow_run_id, made_at)
SELECT o.ward_id, o.id, made.run, %(at)s
FROM unnest(%(wards)s::int[], %(occurrences)s::bigint[], %(runs)s::uuid[]) AS made(ward, occurrence, run)
JOIN cchc.occurrence o ON o.ward_id = made.ward AND o.id = made.occurrence
ON CONFLICT DO NOTHING
"""


def active_tasks(connection: Connection, ward: int | None) -> Sequence[Any]:
    """Return every task of the active plans, with what its deployment says."""
    return connection.exec_driver_sql(TASKS, {"ward": ward}).all()


def runs_in_horizon(connection: Connection, ward: int | None, until: date) -> Sequence[Any]:
    """Return every open occurrence and every planned one of active plans that opens until `until`."""
    return connection.exec_driver_sql(IN_HORIZON, {"ward": ward, "until": until}).all()


def runs_by_id(connection: Connection, ward: int | None, occurrences: Sequence[int]) -> Sequence[Any]:
    """Return these occurrences, whatever their state."""
    return connection.exec_driver_sql(BY_ID, {"ward": ward, "occurrences": list(occurrences)}).all()


def standing(connection: Connection, ward: int, occurrence: int) -> tuple[str, str | None] | None:
    """Return an occurrence's state and what it waits for; None if there is no such occurrence."""
    row = connection.exec_driver_sql(STANDING, (ward, occurrence)).one_or_none()
    return None if row is None else (row[0], row[1])


def record_runs(connection: Connection, made: Sequence[tuple[int, int, UUID]], at: datetime) -> None:
    """Note which flow runs stand for which occurrences, as (ward, occurrence, run); again changes nothing."""
    columns = list(zip(*made, strict=True)) or [(), (), ()]
    params = {
        "wards": list(columns[0]),
        "occurrences": list(columns[1]),
        "runs": list(columns[2]),
        "at": at,
    }
    connection.exec_driver_sql(RECORD, params)
