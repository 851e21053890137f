"""The doubts about a plan, and every decision that people took about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Identity, Index, Integer, insert, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.findings import DecisionKind, Verdict
from domain.plans import Finding, Severity
from models.base import Base, OfWard, one_of, same_ward


class FindingRow(OfWard, Base):
    """A doubt about a plan; a blocking one forbids activation while it is open."""

    __tablename__ = "finding"
    __table_args__ = (
        same_ward("plan_id", "plan"),
        same_ward("settled_by", "account"),
        one_of("severity", Severity),
        one_of("verdict", Verdict),
        Index("ix_finding_open", "ward_id", "plan_id", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    plan_id: Mapped[int]
    code: Mapped[str]
    severity: Mapped[str]
    message: Mapped[str]
    task_code: Mapped[str | None]
    source_text: Mapped[str]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None]
    settlement: Mapped[str | None] = mapped_column(doc="What the person decided, in their words.")
    source_table: Mapped[int | None] = mapped_column(Integer, doc="Where the words stand in the document.")
    source_row: Mapped[int | None] = mapped_column(Integer)
    source_page: Mapped[int | None] = mapped_column(Integer)
    verdict: Mapped[str | None] = mapped_column(doc="None while it is open, or settled before verdicts.")


class FindingDecision(OfWard, Base):
    """One decision about a finding; the program only adds, so that a withdrawn one stays to be read."""

    __tablename__ = "finding_decision"
    __table_args__ = (
        same_ward("finding_id", "finding"),
        same_ward("decided_by", "account"),
        one_of("kind", DecisionKind),
        Index("ix_finding_decision_finding", "ward_id", "finding_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    finding_id: Mapped[int]
    kind: Mapped[str]
    note: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(doc="The date that was set with it, if any.")
    decided_by: Mapped[int]
    decided_at: Mapped[datetime]


LIST = """
SELECT f.*, a.name AS settled_by_name,
    coalesce((SELECT json_agg(json_build_object('kind', d.kind, 'note', d.note, 'facts', d.facts,
            'by', b.name, 'at', d.decided_at) ORDER BY d.id)
        FROM cchc.finding_decision d JOIN cchc.account b ON b.ward_id = d.ward_id AND b.id = d.decided_by
        WHERE d.ward_id = f.ward_id AND d.finding_id = f.id), '[]') AS decisions
FROM cchc.finding f
LEFT JOIN cchc.account a ON a.ward_id = f.ward_id AND a.id = f.settled_by
WHERE f.ward_id = %(ward)s AND f.plan_id = %(plan)s
ORDER BY f.settled_at IS NOT NULL, array_position(ARRAY['blocking', 'check', 'info'], f.severity), f.id
"""


def put(connection: Connection, ward: int, plan: int, findings: Sequence[Finding]) -> None:
    """Add what reading found."""
    rows = [
        {
            "ward_id": ward,
            "plan_id": plan,
            "code": finding.code,
            "severity": str(finding.severity),
            "message": finding.message,
            "task_code": finding.task,
            "source_text": finding.source_text,
            "source_table": finding.place.table if finding.place else None,
            "source_row": finding.place.row if finding.place else None,
            "source_page": finding.place.page if finding.place else None,
        }
        for finding in findings
    ]
    if rows:
        connection.execute(insert(FindingRow), rows)


def of_plan(connection: Connection, ward: int, plan: int) -> Sequence[Any]:
    """Return a plan's findings with all decisions about them, open and grave ones first."""
    return connection.exec_driver_sql(LIST, {"ward": ward, "plan": plan}).all()


def lock(connection: Connection, ward: int, ids: Sequence[int]) -> Sequence[Any]:
    """Lock findings in order until the transaction ends; return them with their plan's state.

    The plan can't be activated meanwhile.
    """
    return connection.exec_driver_sql(
        "SELECT f.*, p.state AS plan_state FROM cchc.finding f"
        " JOIN cchc.plan p ON p.ward_id = f.ward_id AND p.id = f.plan_id"
        " WHERE f.ward_id = %(ward)s AND f.id = ANY(%(ids)s)"
        " ORDER BY f.id FOR NO KEY UPDATE OF f FOR SHARE OF p",
        {"ward": ward, "ids": list(ids)},
    ).all()


def open_alike(connection: Connection, ward: int, plan: int, code: str) -> list[int]:
    """Return the ids of a plan's open findings of one kind."""
    return list(
        connection.exec_driver_sql(
            "SELECT id FROM cchc.finding WHERE ward_id = %(ward)s AND plan_id = %(plan)s"
            " AND code = %(code)s AND settled_at IS NULL ORDER BY id",
            {"ward": ward, "plan": plan, "code": code},
        ).scalars()
    )


def settle(connection: Connection, ward: int, ids: Sequence[int], **params: object) -> None:
    """Settle findings: verdict, note, facts (JSON text), by, now."""
    connection.exec_driver_sql(
        """
        WITH settled AS (
            UPDATE cchc.finding SET settled_at = %(now)s, settled_by = %(by)s, settlement = %(note)s,
                verdict = %(verdict)s
            WHERE ward_id = %(ward)s AND id = ANY(%(ids)s)
            RETURNING ward_id, id
        )
        INSERT INTO cchc.finding_decision (ward_id, finding_id, kind, note, facts, decided_by, decided_at)
        SELECT ward_id, id, %(verdict)s, %(note)s, %(facts)s::jsonb, %(by)s, %(now)s FROM settled ORDER BY id
        """,
        {"ward": ward, "ids": list(ids), **params},
    )


def reopen(connection: Connection, ward: int, finding: int, **params: object) -> None:
    """Open a settled finding again: reason, by, now; the decision stays among the decisions."""
    connection.exec_driver_sql(
        """
        WITH opened AS (
            UPDATE cchc.finding SET settled_at = NULL, settled_by = NULL, settlement = NULL, verdict = NULL
            WHERE ward_id = %(ward)s AND id = %(finding)s
            RETURNING ward_id, id
        )
        INSERT INTO cchc.finding_decision (ward_id, finding_id, kind, note, facts, decided_by, decided_at)
        SELECT ward_id, id, 'reopened', %(reason)s, '{}', %(by)s, %(now)s FROM opened
        """,
        {"ward": ward, "finding": finding, **params},
    )


def lock_plan(connection: Connection, ward: int, plan: int) -> None:
    """Keep a plan's findings from being settled or reopened until the transaction ends."""
    connection.exec_driver_sql(
        "SELECT FROM cchc.plan WHERE ward_id = %(ward)s AND id = %(plan)s FOR NO KEY UPDATE",
        {"ward": ward, "plan": plan},
    )


def task(connection: Connection, ward: int, plan: int, code: str | None) -> Any | None:
    """Return a task of a plan in any state, with what settling a date of it needs; None without one."""
    return connection.exec_driver_sql(
        "SELECT t.*, p.year, p.issued_on, ARRAY(SELECT u.name FROM cchc.task_unit tu"
        " JOIN cchc.unit u ON u.ward_id = tu.ward_id AND u.id = tu.unit_id WHERE tu.ward_id = t.ward_id"
        " AND tu.task_id = t.id AND tu.role = 'lead' ORDER BY tu.position) AS lead_units"
        " FROM cchc.task t JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id"
        " WHERE t.ward_id = %(ward)s AND t.plan_id = %(plan)s AND t.code = %(code)s",
        {"ward": ward, "plan": plan, "code": code},
    ).one_or_none()


def periods(connection: Connection, ward: int, of_task: int) -> Sequence[Any]:
    """Return a task's dates, one row for each period and stage, over all units that lead it.

    `movable` are the occurrences whose date may still be set: by id, in order.
    """
    return connection.exec_driver_sql(
        """
        SELECT o.label, s.stage, array_agg(u.name ORDER BY u.name) AS units, min(s.due_on) AS due_on,
            count(DISTINCT s.due_on) > 1 AS several, coalesce(bool_or(s.assumed), false) AS assumed,
            array_agg(o.id ORDER BY o.id) FILTER (WHERE s.state NOT IN ('submitted', 'accepted')
                AND o.state IN ('planned', 'open')) AS movable
        FROM cchc.occurrence o
        JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id
        JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
        WHERE o.ward_id = %(ward)s AND o.task_id = %(task)s
        GROUP BY o.label, s.stage
        ORDER BY min(o.opens_on), o.label, array_position(ARRAY['plan', 'implement', 'report'], s.stage)
        """,
        {"ward": ward, "task": of_task},
    ).all()


def assumed(connection: Connection, ward: int, of_task: int, stage: str) -> Sequence[Any]:
    """Return the occurrences of a task whose date for a stage was assumed and may still be set."""
    return connection.exec_driver_sql(
        "SELECT o.id, s.due_on FROM cchc.occurrence o"
        " JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id AND s.stage = %(stage)s"
        " WHERE o.ward_id = %(ward)s AND o.task_id = %(task)s AND s.assumed AND s.due_on IS NOT NULL"
        " AND s.state NOT IN ('submitted', 'accepted') AND o.state IN ('planned', 'open') ORDER BY o.id",
        {"ward": ward, "task": of_task, "stage": stage},
    ).all()


CARRY = """
WITH same AS (
    SELECT DISTINCT ON (f.id) f.id, g.id AS former, g.settled_at, g.settled_by, g.settlement, g.verdict
    FROM cchc.finding f
    JOIN cchc.finding g ON g.ward_id = f.ward_id AND g.plan_id = %(former)s AND g.settled_at IS NOT NULL
        AND (g.code, g.message, g.source_text) = (f.code, f.message, f.source_text)
        AND g.task_code IS NOT DISTINCT FROM f.task_code
    WHERE f.ward_id = %(ward)s AND f.plan_id = %(plan)s AND g.verdict IS NOT NULL
        AND (SELECT d.facts FROM cchc.finding_decision d
            WHERE d.ward_id = g.ward_id AND d.finding_id = g.id ORDER BY d.id DESC LIMIT 1) = '{}'
    ORDER BY f.id, g.id
), carried AS (
    UPDATE cchc.finding f SET settled_at = same.settled_at, settled_by = same.settled_by,
        settlement = same.settlement, verdict = same.verdict
    FROM same WHERE f.ward_id = %(ward)s AND f.id = same.id
)
INSERT INTO cchc.finding_decision (ward_id, finding_id, kind, note, facts, decided_by, decided_at)
SELECT %(ward)s, id, verdict, settlement, jsonb_build_object('finding', former), settled_by, settled_at
FROM same ORDER BY id
"""


def carry(connection: Connection, ward: int, former: int, plan: int) -> int:
    """Give a new draft the decisions about the same words in the draft it replaces; return how many.

    A decision that set or confirmed a date is left behind: the new draft has dates of its own.
    """
    return connection.exec_driver_sql(CARRY, {"ward": ward, "former": former, "plan": plan}).rowcount


def renumber(connection: Connection, ward: int, plan: int, codes: Mapping[str, str | None]) -> None:
    """Let findings follow their tasks to other numbers; None where the task's number is another's now."""
    connection.exec_driver_sql(
        "UPDATE cchc.finding f SET task_code = m.new"
        " FROM unnest(%(old)s::text[], %(new)s::text[]) AS m(old, new)"
        " WHERE f.ward_id = %(ward)s AND f.plan_id = %(plan)s AND f.task_code = m.old",
        {"ward": ward, "plan": plan, "old": list(codes), "new": list(codes.values())},
    )
