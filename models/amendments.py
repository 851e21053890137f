"""Amendments of a plan that is under way, and what each changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint, Identity, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard, one_of, same_ward


class Amendment(OfWard, Base):
    """A decision that amended a plan; it was applied whole, in one transaction.

    `unread` are the clauses that nobody applied, and `despite` is why a person went on all the same.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        same_ward("plan_id", "plan"),
        same_ward("applied_by", "account"),
        ForeignKeyConstraint(
            ["ward_id", "source_sha256"], [f"{SCHEMA}.document.ward_id", f"{SCHEMA}.document.sha256"]
        ),
        Index("uq_amendment_number", "ward_id", "number", "issued_on", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    plan_id: Mapped[int]
    number: Mapped[str]
    issued_on: Mapped[date]
    issuer: Mapped[str]
    title: Mapped[str]
    source_sha256: Mapped[str]
    unread: Mapped[list[str]] = mapped_column(ARRAY(Text))
    despite: Mapped[str | None]
    applied_at: Mapped[datetime]
    applied_by: Mapped[int]


class TaskChangeRow(OfWard, Base):
    """What an amendment made of one task; the row itself holds what counts now."""

    __tablename__ = "task_change"
    __table_args__ = (
        same_ward("amendment_id", "amendment"),
        same_ward("task_id", "task"),
        one_of("kind", ("changed", "added", "withdrawn")),
    )

    amendment_id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    source: Mapped[str] = mapped_column(doc="The clause or row that says so.")


def lock(connection: Connection) -> None:
    """Let nobody else look at occurrences until the transaction ends: what is proposed is what is applied.

    An amendment comes a few times a year and takes well under a second. Statements that wait for this lock
    take their snapshot after it, so none judges by what stood before.
    """
    connection.exec_driver_sql("SET LOCAL lock_timeout = '20s'")
    connection.exec_driver_sql("LOCK TABLE cchc.occurrence IN ACCESS EXCLUSIVE MODE")


def tasks(connection: Connection, ward: int, plan: int) -> Sequence[Any]:
    """Return a plan's tasks that were not withdrawn, each with units, products and milestones."""
    return connection.exec_driver_sql(
        """
        SELECT t.*,
            ARRAY(SELECT u.name FROM cchc.task_unit l
                  JOIN cchc.unit u ON u.ward_id = l.ward_id AND u.id = l.unit_id
                  WHERE l.ward_id = t.ward_id AND l.task_id = t.id AND l.role = 'lead'
                  ORDER BY l.position) AS lead_units,
            ARRAY(SELECT u.name FROM cchc.task_unit l
                  JOIN cchc.unit u ON u.ward_id = l.ward_id AND u.id = l.unit_id
                  WHERE l.ward_id = t.ward_id AND l.task_id = t.id AND l.role = 'coordinating'
                  ORDER BY l.position) AS coordinating_units,
            ARRAY(SELECT x.text FROM cchc.product x WHERE x.ward_id = t.ward_id AND x.task_id = t.id
                  ORDER BY x.position) AS products,
            coalesce((SELECT json_agg(m ORDER BY m.position) FROM cchc.milestone m
                WHERE m.ward_id = t.ward_id AND m.task_id = t.id), '[]') AS milestones
        FROM cchc.task t
        WHERE t.ward_id = %(ward)s AND t.plan_id = %(plan)s AND t.withdrawn_by IS NULL
        ORDER BY t.position
        """,
        {"ward": ward, "plan": plan},
    ).all()


def occurrences(connection: Connection, ward: int, of: Sequence[int]) -> Sequence[Any]:
    """Return every occurrence of these tasks with its stages."""
    return connection.exec_driver_sql(
        """
        SELECT o.id, o.task_id, o.label, u.name AS unit, o.state, o.opens_on,
            o.event_id IS NOT NULL AS of_event,
            (SELECT json_object_agg(s.stage, json_build_object('state', s.state, 'nominal', s.nominal_due,
                'due', s.due_on, 'assumed', s.assumed, 'attempt', s.attempt))
             FROM cchc.stage s WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id) AS stages
        FROM cchc.occurrence o JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
        WHERE o.ward_id = %(ward)s AND o.task_id = ANY(%(of)s) ORDER BY o.task_id, o.opens_on, o.id
        """,
        {"ward": ward, "of": list(of)},
    ).all()


def applied(connection: Connection, ward: int, plan: int | None = None) -> Sequence[Any]:
    """Return the ward's amendments, or a plan's, oldest first."""
    return connection.exec_driver_sql(
        "SELECT a.*, p.name AS by FROM cchc.amendment a"
        " JOIN cchc.account p ON p.ward_id = a.ward_id AND p.id = a.applied_by"
        " WHERE a.ward_id = %(ward)s AND (%(plan)s::bigint IS NULL OR a.plan_id = %(plan)s)"
        " ORDER BY a.issued_on, a.id",
        {"ward": ward, "plan": plan},
    ).all()


def put(connection: Connection, ward: int, **values: object) -> int:
    """Add an amendment; return its id."""
    found: int = connection.exec_driver_sql(
        """
        INSERT INTO cchc.amendment (ward_id, plan_id, number, issued_on, issuer, title, source_sha256, unread,
            despite, applied_at, applied_by)
        VALUES (%(ward)s, %(plan)s, %(number)s, %(issued_on)s, %(issuer)s, %(title)s, %(source)s,
            %(unread)s::text[], %(despite)s, %(now)s, %(by)s)
        RETURNING id
        """,
        {"ward": ward, **values},
    ).scalar_one()
    return found


def put_changes(connection: Connection, ward: int, amendment: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what each task was and what it is now."""
    if not rows:
        return
    connection.exec_driver_sql(
        "INSERT INTO cchc.task_change (ward_id, amendment_id, task_id, kind, before, after, source)"
        " VALUES (%(ward)s, %(amendment)s, %(task)s, %(kind)s, %(before)s::jsonb, %(after)s::jsonb,"
        " %(source)s)",
        [{"ward": ward, "amendment": amendment, **row} for row in rows],
    )


def clear_rows(connection: Connection, ward: int, amendment: int, changed: Sequence[int]) -> None:
    """Take away units, products and milestones of changed tasks, so that the new ones can be written."""
    connection.exec_driver_sql(
        "SELECT cchc.clear_amended_task(%(ward)s, %(amendment)s, t) FROM unnest(%(of)s::bigint[]) AS t",
        {"ward": ward, "amendment": amendment, "of": list(changed)},
    )


def rewrite_tasks(connection: Connection, ward: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what changed tasks say now; codes may change places among them."""
    if not rows:
        return
    params = [{"ward": ward, **row} for row in rows]
    connection.exec_driver_sql(
        "UPDATE cchc.task SET code = '-' || id WHERE ward_id = %(ward)s AND id = %(task)s"
        " AND code <> %(code)s",
        params,
    )
    connection.exec_driver_sql(
        "UPDATE cchc.task SET code = %(code)s, section = %(section)s, title = %(title)s,"
        " time_text = %(time_text)s, kind = %(kind)s, event_types = %(event_types)s"
        " WHERE ward_id = %(ward)s AND id = %(task)s",
        params,
    )


def withdraw_tasks(connection: Connection, ward: int, amendment: int, of: Sequence[int]) -> None:
    """Say that tasks no longer belong to the plan; their code is free again."""
    connection.exec_driver_sql(
        "UPDATE cchc.task SET withdrawn_by = %(amendment)s WHERE ward_id = %(ward)s AND id = ANY(%(of)s)",
        {"ward": ward, "amendment": amendment, "of": list(of)},
    )


def move_dues(
    connection: Connection, ward: int, amendment: int, columns: Mapping[str, list[Any]], **facts: object
) -> None:
    """Give stages their new dates; where a date differs, keep the former one with the decision.

    `columns` holds equally long lists: occurrence, stage, former, due, assumed, and moved.
    """
    connection.exec_driver_sql(
        "SELECT cchc.amend_stages(%(ward)s, %(amendment)s, %(occurrence)s::bigint[], %(stage)s::text[],"
        " %(due)s::date[], %(assumed)s::bool[])",
        {"ward": ward, "amendment": amendment, **columns},
    )
    connection.exec_driver_sql(
        """
        INSERT INTO cchc.due_change (ward_id, occurrence_id, stage, former_due, new_due, reason, document,
            changed_by, changed_at, amendment_id)
        SELECT %(ward)s, m.occurrence, m.stage, m.former, m.due, %(reason)s, %(document)s, %(by)s, %(now)s,
            %(amendment)s
        FROM unnest(%(occurrence)s::bigint[], %(stage)s::text[], %(former)s::date[], %(due)s::date[],
            %(moved)s::bool[]) WITH ORDINALITY AS m(occurrence, stage, former, due, moved, ord)
        WHERE m.moved ORDER BY m.ord
        """,
        {"ward": ward, "amendment": amendment, **columns, **facts},
    )


def cancel(
    connection: Connection, ward: int, of: Sequence[int], *, reason: str, document: str
) -> Sequence[int]:
    """Cancel occurrences: nothing can be handed in for them, and letters that wait about them stay.

    Returns those that were open: of the others nobody was told.
    """
    params = {"ward": ward, "of": list(of), "reason": reason, "document": document}
    found = connection.exec_driver_sql(
        """
        WITH was AS (
            SELECT ward_id, id, state FROM cchc.occurrence
            WHERE ward_id = %(ward)s AND id = ANY(%(of)s) AND state IN ('planned', 'open')
            FOR UPDATE
        ), gone AS (
            UPDATE cchc.occurrence o SET state = 'cancelled', cancel_reason = %(reason)s,
                cancel_document = %(document)s
            FROM was WHERE o.ward_id = was.ward_id AND o.id = was.id
            RETURNING o.ward_id, o.id
        ), shut AS (
            UPDATE cchc.stage s SET state = 'waiting' FROM gone
            WHERE s.ward_id = gone.ward_id AND s.occurrence_id = gone.id AND s.state IN ('open', 'returned')
        ), held AS (
            UPDATE cchc.outbox b SET state = 'dropped', leased_until = NULL, settled_at = now() FROM gone
            WHERE b.ward_id = gone.ward_id AND b.occurrence_id = gone.id AND b.channel <> 'engine'
                AND b.state IN ('pending', 'retry')
        )
        SELECT id FROM was WHERE state = 'open' ORDER BY id
        """,
        params,
    )
    return found.scalars().all()


def hand_over(connection: Connection, ward: int, rows: Sequence[tuple[int, int]]) -> None:
    """Give occurrences to another unit, as (occurrence, unit); what their old unit waits for isn't sent."""
    params = {"ward": ward, "of": [row[0] for row in rows], "units": [row[1] for row in rows]}
    connection.exec_driver_sql(
        """
        WITH given AS (
            UPDATE cchc.occurrence o SET unit_id = g.unit
            FROM unnest(%(of)s::bigint[], %(units)s::bigint[]) AS g(id, unit)
            WHERE o.ward_id = %(ward)s AND o.id = g.id RETURNING o.ward_id, o.id
        )
        UPDATE cchc.outbox b SET state = 'dropped', leased_until = NULL, settled_at = now() FROM given
        WHERE b.ward_id = given.ward_id AND b.occurrence_id = given.id AND b.channel <> 'engine'
            AND b.state IN ('pending', 'retry')
        """,
        params,
    )


def reopen(connection: Connection, ward: int, rows: Sequence[tuple[int, date]]) -> None:
    """Set when planned occurrences open, and plan cancelled ones again, as (occurrence, day)."""
    connection.exec_driver_sql(
        "UPDATE cchc.occurrence SET opens_on = %(day)s, state = 'planned', cancel_reason = NULL,"
        " cancel_document = NULL"
        " WHERE ward_id = %(ward)s AND id = %(id)s AND state IN ('planned', 'cancelled')",
        [{"ward": ward, "id": occurrence, "day": day} for occurrence, day in rows],
    )


def last_position(connection: Connection, ward: int, plan: int, section: str) -> int:
    """Return where the last task of a section stands, or the place after all where there is none."""
    found: int = connection.exec_driver_sql(
        "SELECT coalesce(max(position) FILTER (WHERE section = %(section)s), max(position) + 1, 0)"
        " FROM cchc.task WHERE ward_id = %(ward)s AND plan_id = %(plan)s",
        {"ward": ward, "plan": plan, "section": section},
    ).scalar_one()
    return found
