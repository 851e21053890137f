"""Events: documents and requests from outside that open occurrences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard, same_ward


class Event(OfWard, Base):
    """Something that arrived; `identity` is what makes two documents the same one."""

    __tablename__ = "event"
    __table_args__ = (
        ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),
        ForeignKeyConstraint(
            ["ward_id", "sha256"], [f"{SCHEMA}.document.ward_id", f"{SCHEMA}.document.sha256"]
        ),
        same_ward("recorded_by", "account"),
        Index("uq_event_identity", "ward_id", "identity", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    type: Mapped[str] = mapped_column(doc="A code of config/event_types.toml.")
    identity: Mapped[str] = mapped_column(doc="See `domain.events.identity`.")
    doc_number: Mapped[str]
    doc_date: Mapped[date]
    issuer: Mapped[str]
    summary: Mapped[str]
    due_on: Mapped[date | None] = mapped_column(doc="The deadline set inside the document.")
    sha256: Mapped[str | None]
    file_name: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int]


# Tasks that wait for events, with what their readings say of days after a document.
_WAITING = """
SELECT t.id, t.code, t.title, t.time_text, t.event_types, p.year, coalesce((
        SELECT json_agg(json_build_object('stage', m.stage, 'days', m.offset_days, 'working', m.working_days)
            ORDER BY m.stage = 'report' DESC, m.position)
        FROM cchc.milestone m
        WHERE m.ward_id = t.ward_id AND m.task_id = t.id AND m.offset_days IS NOT NULL), '[]') AS offsets
FROM cchc.task t
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
WHERE t.ward_id = %(ward)s AND t.kind = 'event' AND t.withdrawn_by IS NULL
ORDER BY p.year DESC, t.position, t.id
"""


def waiting(connection: Connection, ward: int) -> Sequence[Any]:
    """Return the tasks of the active plans that wait for events; `offsets` are days after the document."""
    return connection.exec_driver_sql(_WAITING, {"ward": ward}).all()


def issuers(connection: Connection, ward: int) -> Sequence[str]:
    """Return who issued recorded documents, the most frequent first."""
    return list(
        connection.exec_driver_sql(
            "SELECT issuer FROM cchc.event WHERE ward_id = %(ward)s GROUP BY issuer"
            " ORDER BY count(*) DESC, issuer LIMIT 50",
            {"ward": ward},
        ).scalars()
    )


def lock_unbegun(connection: Connection, ward: int, occurrence: int) -> Any | None:
    """Lock an occurrence and its stages; say what opened it and whether anything was handed in."""
    params = {"ward": ward, "id": occurrence}
    connection.exec_driver_sql(
        "SELECT FROM cchc.stage WHERE ward_id = %(ward)s AND occurrence_id = %(id)s FOR UPDATE", params
    )
    return connection.exec_driver_sql(
        "SELECT o.event_id, o.state, EXISTS (SELECT FROM cchc.submission b WHERE b.ward_id = o.ward_id"
        " AND b.occurrence_id = o.id AND b.verdict IS DISTINCT FROM 'withdrawn') AS handed_in"
        " FROM cchc.occurrence o WHERE o.ward_id = %(ward)s AND o.id = %(id)s FOR UPDATE OF o",
        params,
    ).one_or_none()


def wake(connection: Connection, ward: int, occurrence: int, *, now: datetime) -> None:
    """Let the engine end the flow run of a cancelled occurrence."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.outbox (ward_id, occurrence_id, reason, step, recipient, channel, not_before)"
        " VALUES (%(ward)s, %(id)s, 'opened', 'cancelled', '', 'engine', %(now)s)"
        " ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING",
        {"ward": ward, "id": occurrence, "now": now},
    )
