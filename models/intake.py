"""Writing an imported plan, all of it in a few statements, and what activation needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, text, update

from domain.plans import PlanReading, TaskReading
from models import findings
from models.plans import MilestoneRow, Plan, PlanSection, PlanState, Product, Task, TaskUnit


def close_draft(connection: Connection, ward: int, reading: PlanReading, *, source: str) -> int | None:
    """Close a draft of this decision that came from another file, or was read with other doubts.

    Return its id, None where there is none.
    """
    head = reading.decision
    draft = connection.execute(
        select(Plan.id, Plan.source_sha256).where(
            Plan.ward_id == ward,
            Plan.number == head.number,
            Plan.issued_on == head.issued_on,
            Plan.state == PlanState.DRAFT.value,
        )
    ).one_or_none()
    if draft is None:
        return None
    doubts = sorted(row.message for row in findings.of_plan(connection, ward, draft.id))
    if draft.source_sha256 == source and doubts == sorted(each.message for each in reading.findings):
        return None
    closing = update(Plan).where(Plan.ward_id == ward, Plan.id == draft.id)
    connection.execute(closing.values(state=PlanState.CLOSED.value))
    return int(draft.id)


def put_plan(
    connection: Connection, ward: int, reading: PlanReading, *, source: str, by: int | None, now: datetime
) -> int | None:
    """Add a draft plan; None where this decision was imported before and not closed as a draft."""
    head = reading.decision
    known = connection.scalar(
        select(Plan.id).where(
            Plan.ward_id == ward,
            Plan.number == head.number,
            Plan.issued_on == head.issued_on,
            or_(Plan.state != PlanState.CLOSED.value, Plan.activated_at.is_not(None)),
        )
    )
    if known is not None:
        return None
    plan: int = connection.execute(
        insert(Plan)
        .values(
            ward_id=ward,
            number=head.number,
            issued_on=head.issued_on,
            issuer=head.issuer,
            title=head.title,
            year=head.year,
            reporting_calendar=list(reading.reporting_calendar),
            source_sha256=source,
            imported_at=now,
            imported_by=by,
        )
        .returning(Plan.id)
    ).scalar_one()
    _sections(connection, ward, plan, reading)
    findings.put(connection, ward, plan, reading.findings)
    return plan


def put_tasks(
    connection: Connection,
    ward: int,
    plan: int,
    tasks: Sequence[TaskReading],
    units: dict[str, int],
    *,
    first: int = 0,
) -> dict[str, int]:
    """Add tasks to a plan, with units, products and milestones; return their ids by code.

    They stand one after the other from position `first` on.
    """
    rows = connection.execute(
        insert(Task).returning(Task.code, Task.id),
        [
            {
                "ward_id": ward,
                "plan_id": plan,
                "code": task.code,
                "section": task.section,
                "position": position,
                "title": task.title,
                "time_text": task.time_text,
                "kind": str(task.kind),
                "event_types": list(task.event_types),
                "source_table": task.source.table,
                "source_row": task.source.row,
                "source_page": task.source.page,
            }
            for position, task in enumerate(tasks, start=first)
        ],
    ).all()
    ids = {row.code: row.id for row in rows}
    describe_tasks(connection, ward, tasks, ids, units)
    return ids


def describe_tasks(
    connection: Connection,
    ward: int,
    tasks: Sequence[TaskReading],
    ids: dict[str, int],
    units: dict[str, int],
) -> None:
    """Write the units, products and milestones of tasks that have none yet; `ids` are theirs by code."""
    _units_of_tasks(connection, ward, tasks, ids, units)
    _products(connection, ward, tasks, ids)
    _milestones(connection, ward, tasks, ids)


def _sections(connection: Connection, ward: int, plan: int, reading: PlanReading) -> None:
    rows = [
        {
            "ward_id": ward,
            "plan_id": plan,
            "code": section.code,
            "position": position,
            "title": section.title,
            "declared": section.declared,
        }
        for position, section in enumerate(reading.sections)
    ]
    if rows:
        connection.execute(insert(PlanSection), rows)


def _units_of_tasks(
    connection: Connection,
    ward: int,
    tasks: Sequence[TaskReading],
    ids: dict[str, int],
    units: dict[str, int],
) -> None:
    rows = [
        {
            "ward_id": ward,
            "task_id": ids[task.code],
            "role": role,
            "unit_id": unit_id,
            "position": position,
        }
        for task in tasks
        for role, names in (("lead", task.lead_units), ("coordinating", task.coordinating_units))
        for position, unit_id in enumerate(dict.fromkeys(units[name] for name in names))
    ]
    if rows:
        connection.execute(insert(TaskUnit), rows)


def _products(connection: Connection, ward: int, tasks: Sequence[TaskReading], ids: dict[str, int]) -> None:
    rows = [
        {"ward_id": ward, "task_id": ids[task.code], "position": position, "text": product}
        for task in tasks
        for position, product in enumerate(task.products)
    ]
    if rows:
        connection.execute(insert(Product), rows)


def _milestones(connection: Connection, ward: int, tasks: Sequence[TaskReading], ids: dict[str, int]) -> None:
    rows = [
        {
            "ward_id": ward,
            "task_id": ids[task.code],
            "position": position,
            "kind": milestone.kind,
            "stage": str(milestone.stage) if milestone.stage else None,
            "start_on": milestone.start,
            "due_on": milestone.due,
            "due_time": milestone.due_time,
            "recurrence": milestone.recurrence,
            "due_rule": milestone.due_rule,
            "event": milestone.event,
            "offset_days": milestone.offset_days,
            "working_days": milestone.working_days,
            "assumed": milestone.assumed,
            "source_text": milestone.source_text,
        }
        for task in tasks
        for position, milestone in enumerate(task.milestones)
    ]
    if rows:
        connection.execute(insert(MilestoneRow), rows)


def plans(connection: Connection, ward: int) -> Sequence[Any]:
    """Return the ward's plans with the number of tasks and open findings, newest first."""
    return connection.execute(
        text("""
        SELECT p.*,
            (SELECT count(*) FROM cchc.task t WHERE t.ward_id = p.ward_id AND t.plan_id = p.id
                AND t.withdrawn_by IS NULL) AS tasks,
            (SELECT count(*) FROM cchc.finding f WHERE f.ward_id = p.ward_id AND f.plan_id = p.id
                AND f.settled_at IS NULL AND f.severity <> 'info') AS open_findings
        FROM cchc.plan p WHERE p.ward_id = :ward ORDER BY p.year DESC, p.id DESC
        """),
        {"ward": ward},
    ).all()


def ended_by(connection: Connection, ward: int, plan: int) -> Sequence[Any]:
    """Return the active plans that end when this one is activated: those of its year."""
    year = select(Plan.year).where(Plan.ward_id == ward, Plan.id == plan).scalar_subquery()
    return connection.execute(
        select(Plan.id, Plan.number, Plan.issued_on, Plan.year)
        .where(Plan.ward_id == ward, Plan.state == PlanState.ACTIVE.value, Plan.year == year, Plan.id != plan)
        .order_by(Plan.id)
    ).all()


def activate(connection: Connection, ward: int, plan: int, *, by: int | None, now: datetime) -> bool:
    """Make a draft the active plan of its year, closing the one before; False where it was active already."""
    year = select(Plan.year).where(Plan.ward_id == ward, Plan.id == plan).scalar_subquery()
    connection.execute(
        update(Plan)
        .where(Plan.ward_id == ward, Plan.state == PlanState.ACTIVE.value, Plan.year == year, Plan.id != plan)
        .values(state=PlanState.CLOSED.value)
    )
    return (
        connection.execute(
            update(Plan)
            .where(Plan.ward_id == ward, Plan.id == plan, Plan.state == PlanState.DRAFT.value)
            .values(state=PlanState.ACTIVE.value, activated_at=now, activated_by=by)
        ).rowcount
        == 1
    )


def calendar(connection: Connection, ward: int, year: int | None) -> Sequence[Any]:
    """Return every due date of the active plans' occurrences, in order."""
    return connection.execute(
        text("""
        SELECT s.due_on, s.stage, s.state, s.assumed, t.code, t.title, o.label, o.state AS occurrence_state,
            u.name AS unit, o.id AS occurrence_id
        FROM cchc.stage s
        JOIN cchc.occurrence o ON o.ward_id = s.ward_id AND o.id = s.occurrence_id AND o.state <> 'cancelled'
        JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
        JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
        WHERE s.ward_id = :ward AND s.due_on IS NOT NULL AND (CAST(:year AS int) IS NULL OR p.year = :year)
        ORDER BY s.due_on, t.position, u.name
        """),
        {"ward": ward, "year": year},
    ).all()


def occurrence_columns(
    reading: PlanReading, ids: dict[str, int], opens_from: date | None = None
) -> dict[str, list[object]]:
    """Return the calendar's occurrences as `models.openings.plan_occurrences` takes them."""
    columns: dict[str, list[object]] = {name: [] for name in ("task", "label", "event", "opens_on")}
    for task in reading.tasks:
        for planned in task.occurrences:
            columns["task"].append(ids[task.code])
            columns["label"].append(planned.label)
            columns["event"].append(None)
            columns["opens_on"].append(max(planned.opens_on, opens_from or planned.opens_on))
            for stage, due in planned.stages.items():
                columns.setdefault(f"{stage}_due", []).append(due.due)
                columns.setdefault(f"{stage}_assumed", []).append(due.assumed)
    return columns
