"""Extensions (gia hạn): what a unit asks for, and what a leader decides on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, ForeignKeyConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard, one_of, same_ward
from models.stand_ins import STANDS_IN

_ASKING = f"""
SELECT o.state AS occurrence, o.unit_id, u.name AS unit_name, s.state, s.due_on, p.year,
    a.id AS account_id, a.name, a.role, a.unit_id AS person_unit_id, EXISTS (SELECT {STANDS_IN}) AS stands_in
FROM cchc.occurrence o
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id AND s.stage = %(stage)s
LEFT JOIN cchc.account a ON a.ward_id = o.ward_id AND a.name = %(by)s AND a.active
WHERE o.ward_id = %(ward)s AND o.id = %(occurrence)s
"""  # noqa: S608 - made of constants

# One request with all that is shown of it. `decidable` says that its stage still waits to be handed in.
_ROWS = """
SELECT e.*, (e.asked_at AT TIME ZONE %(zone)s)::date AS asked_on,
    (e.decided_at AT TIME ZONE %(zone)s)::date AS decided_on,
    s.state, s.due_on, o.state AS occurrence, o.label, o.task_id, o.unit_id, u.name AS unit, t.code, t.title,
    p.year, a.name AS asked_by_name, d.name AS decided_by_name,
    s.state IN ('waiting', 'open', 'returned') AND o.state IN ('planned', 'open') AS decidable
FROM cchc.extension e
JOIN cchc.stage s ON s.ward_id = e.ward_id AND s.occurrence_id = e.occurrence_id AND s.stage = e.stage
JOIN cchc.occurrence o ON o.ward_id = e.ward_id AND o.id = e.occurrence_id
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
JOIN cchc.account a ON a.ward_id = e.ward_id AND a.id = e.asked_by
LEFT JOIN cchc.account d ON d.ward_id = e.ward_id AND d.id = e.decided_by
WHERE e.ward_id = %(ward)s
"""
_WAITING = f"""
SELECT * FROM ({_ROWS} AND e.verdict IS NULL) w WHERE w.decidable ORDER BY w.asked_at, w.id
"""  # noqa: S608 - made of constants
_RECENT = f"""
SELECT * FROM ({_ROWS}) w WHERE w.verdict IS NOT NULL OR NOT w.decidable
ORDER BY coalesce(w.decided_at, w.asked_at) DESC, w.id DESC LIMIT %(limit)s
"""  # noqa: S608 - made of constants


class Extension(OfWard, Base):
    """One request for more time for one stage; without a verdict it waits for a leader.

    `granted_until` moves the stage's due date only where it was asked for in time. A delay that is approved
    for objective reasons (khách quan) is told apart by `objective`; it never turns late into on time.
    """

    __tablename__ = "extension"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            [f"{SCHEMA}.stage.ward_id", f"{SCHEMA}.stage.occurrence_id", f"{SCHEMA}.stage.stage"],
        ),
        same_ward("asked_by", "account"),
        same_ward("decided_by", "account"),
        one_of("verdict", ("granted", "refused", "withdrawn")),
        CheckConstraint("(verdict IS NULL) = (decided_by IS NULL)", name="verdict_has_author"),
        CheckConstraint("verdict = 'withdrawn' OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("(verdict = 'granted') = (granted_until IS NOT NULL)", name="granted_has_date"),
        Index(
            "uq_extension_waiting",
            "ward_id",
            "occurrence_id",
            "stage",
            unique=True,
            postgresql_where=text("verdict IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    occurrence_id: Mapped[int]
    stage: Mapped[str]
    former_due: Mapped[date] = mapped_column(doc="The due date when it was asked for.")
    asked_until: Mapped[date]
    reason: Mapped[str]
    document: Mapped[str | None] = mapped_column(doc="Number and date of the unit's written request.")
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    verdict: Mapped[str | None]
    granted_until: Mapped[date | None]
    objective: Mapped[bool] = mapped_column(server_default=text("false"))
    answer: Mapped[str | None] = mapped_column(doc="Why it was decided so.")
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]


def asking(
    connection: Connection, ward: int, *, occurrence: int, stage: str, by: str, today: date
) -> Any | None:
    """Load what decides whether `by` may ask for a stage; None where there's no such occurrence."""
    params = {"ward": ward, "occurrence": occurrence, "stage": stage, "by": by, "today": today}
    return connection.exec_driver_sql(_ASKING, params).one_or_none()


def put(connection: Connection, ward: int, **params: object) -> int:
    """Enter a request; return its id."""
    made: int = connection.exec_driver_sql(
        """
        INSERT INTO cchc.extension (ward_id, occurrence_id, stage, former_due, asked_until, reason, document,
            asked_by, asked_at)
        VALUES (%(ward)s, %(occurrence)s, %(stage)s, %(former_due)s, %(asked_until)s, %(reason)s,
            %(document)s, %(asked_by)s, %(now)s)
        RETURNING id
        """,
        {"ward": ward, **params},
    ).scalar_one()
    return made


def waiting_for(connection: Connection, ward: int, occurrence: int, stage: str) -> Any | None:
    """Return the one request for a stage that waits; None where there's none."""
    return connection.exec_driver_sql(
        "SELECT * FROM cchc.extension WHERE ward_id = %(ward)s AND occurrence_id = %(occurrence)s"
        " AND stage = %(stage)s AND verdict IS NULL",
        {"ward": ward, "occurrence": occurrence, "stage": stage},
    ).one_or_none()


def one(connection: Connection, ward: int, extension: int, *, zone: str) -> Any | None:
    """Return one request; None where the ward has no such."""
    params = {"ward": ward, "id": extension, "zone": zone}
    return connection.exec_driver_sql(f"{_ROWS} AND e.id = %(id)s", params).one_or_none()


def lock(connection: Connection, ward: int, extension: int) -> None:
    """Lock the stage of a request until the transaction ends: whoever hands it in or decides comes after."""
    connection.exec_driver_sql(
        "SELECT FROM cchc.extension e JOIN cchc.stage s"
        " ON s.ward_id = e.ward_id AND s.occurrence_id = e.occurrence_id AND s.stage = e.stage"
        " WHERE e.ward_id = %(ward)s AND e.id = %(id)s FOR NO KEY UPDATE OF s",
        {"ward": ward, "id": extension},
    )


def decide(connection: Connection, ward: int, extension: int, **params: object) -> None:
    """Enter what was decided on a request."""
    connection.exec_driver_sql(
        "UPDATE cchc.extension SET verdict = %(verdict)s, granted_until = %(until)s,"
        " objective = %(objective)s, answer = %(answer)s, decided_by = %(by)s, decided_at = %(now)s"
        " WHERE ward_id = %(ward)s AND id = %(id)s",
        {"ward": ward, "id": extension, **params},
    )


def waiting(connection: Connection, ward: int, *, zone: str) -> Sequence[Any]:
    """Return the requests that a leader can decide, the longest waiting first."""
    return connection.exec_driver_sql(_WAITING, {"ward": ward, "zone": zone}).all()


def recent(connection: Connection, ward: int, limit: int, *, zone: str) -> Sequence[Any]:
    """Return what was decided, and what was handed in before anybody decided; the newest first."""
    params = {"ward": ward, "limit": limit, "zone": zone}
    return connection.exec_driver_sql(_RECENT, params).all()


def of_task(connection: Connection, ward: int, task: int, *, zone: str) -> Sequence[Any]:
    """Return every request for any stage of a task, in the order in which they were made."""
    params = {"ward": ward, "task": task, "zone": zone}
    return connection.exec_driver_sql(f"{_ROWS} AND o.task_id = %(task)s ORDER BY e.id", params).all()


def of_code(connection: Connection, ward: int, code: str, stage: str, *, zone: str) -> Sequence[Any]:
    """Return every request for a stage of the tasks of this code in active plans, in order."""
    params = {"ward": ward, "code": code, "stage": stage, "zone": zone}
    asked = f"{_ROWS} AND t.code = %(code)s AND e.stage = %(stage)s AND p.state = 'active' ORDER BY e.id"
    return connection.exec_driver_sql(asked, params).all()


def later_dues(connection: Connection, ward: int, occurrence: int, stages: Sequence[str]) -> Sequence[Any]:
    """Return stage and due date of these stages of an occurrence that are still to be handed in."""
    return connection.exec_driver_sql(
        "SELECT stage, due_on FROM cchc.stage WHERE ward_id = %(ward)s AND occurrence_id = %(occurrence)s"
        " AND stage = ANY(%(stages)s) AND due_on IS NOT NULL AND state IN ('waiting', 'open', 'returned')"
        " ORDER BY due_on",
        {"ward": ward, "occurrence": occurrence, "stages": list(stages)},
    ).all()
