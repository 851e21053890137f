"""Plans and their tasks, as they were read from a decision."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKeyConstraint, Identity, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.plans import Stage, TaskKind
from models.base import SCHEMA, Base, OfWard, one_of, same_ward


class PlanState(StrEnum):
    """A plan is imported as a draft, then activated by a person."""

    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"


class Plan(OfWard, Base):
    """A decision's plan; a ward has one active plan a year."""

    __tablename__ = "plan"
    __table_args__ = (
        ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),
        ForeignKeyConstraint(
            ["ward_id", "source_sha256"], [f"{SCHEMA}.document.ward_id", f"{SCHEMA}.document.sha256"]
        ),
        same_ward("imported_by", "account"),
        same_ward("activated_by", "account"),
        one_of("state", PlanState),
        # A draft that a corrected file took the place of stays, closed and never activated.
        Index(
            "uq_plan_number",
            "ward_id",
            "number",
            "issued_on",
            unique=True,
            postgresql_where=text("state <> 'closed' OR activated_at IS NOT NULL"),
        ),
        Index("uq_plan_active", "ward_id", "year", unique=True, postgresql_where=text("state = 'active'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    number: Mapped[str]
    issued_on: Mapped[date]
    issuer: Mapped[str]
    title: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    reporting_calendar: Mapped[list[date]] = mapped_column(ARRAY(Date))
    state: Mapped[str] = mapped_column(server_default=text("'draft'"))
    source_sha256: Mapped[str]
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None]
    activated_at: Mapped[datetime | None]
    activated_by: Mapped[int | None]


class PlanSection(OfWard, Base):
    """A section of the appendix."""

    __tablename__ = "plan_section"
    __table_args__ = (same_ward("plan_id", "plan"),)

    plan_id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str]
    declared: Mapped[int | None] = mapped_column(SmallInteger)


class Task(OfWard, Base):
    """One row of the appendix."""

    __tablename__ = "task"
    __table_args__ = (
        same_ward("plan_id", "plan"),
        same_ward("withdrawn_by", "amendment"),
        one_of("kind", TaskKind),
        # The code of a withdrawn task is free for another one.
        Index(
            "uq_task_code",
            "ward_id",
            "plan_id",
            "code",
            unique=True,
            postgresql_where=text("withdrawn_by IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    plan_id: Mapped[int]
    code: Mapped[str]
    section: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger, doc="Order in the appendix, from 0.")
    title: Mapped[str]
    time_text: Mapped[str] = mapped_column(doc="Verbatim.")
    kind: Mapped[str]
    event_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    source_table: Mapped[int] = mapped_column(Integer)
    source_row: Mapped[int] = mapped_column(Integer)
    source_page: Mapped[int | None] = mapped_column(Integer)
    withdrawn_by: Mapped[int | None] = mapped_column(doc="The amendment that took it out of the plan.")


class TaskUnit(OfWard, Base):
    """A unit that leads or coordinates a task."""

    __tablename__ = "task_unit"
    __table_args__ = (
        same_ward("task_id", "task"),
        same_ward("unit_id", "unit"),
        one_of("role", ("lead", "coordinating")),
    )

    task_id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)


class Product(OfWard, Base):
    """A product (sản phẩm) that a task must yield."""

    __tablename__ = "product"
    __table_args__ = (same_ward("task_id", "task"),)

    task_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    text: Mapped[str]


class MilestoneRow(OfWard, Base):
    """One reading of a task's time text; see `domain.plans.Milestone`."""

    __tablename__ = "milestone"
    __table_args__ = (same_ward("task_id", "task"), one_of("stage", Stage))

    task_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str]
    stage: Mapped[str | None]
    start_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_time: Mapped[str | None]
    recurrence: Mapped[str | None]
    due_rule: Mapped[str | None]
    event: Mapped[str | None]
    offset_days: Mapped[int | None] = mapped_column(Integer)
    working_days: Mapped[bool]
    assumed: Mapped[bool]
    source_text: Mapped[str]
