"""Migration 0001: plans with sections, tasks, milestones and findings, and the events that open tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def create() -> None:
    """Make the tables with their indexes."""
    _plan()
    _unit_alias()
    _unit_member()
    _event()
    _finding()
    _plan_section()
    _task()
    _milestone()


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("reporting_calendar", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("imported_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=True),
        sa.Column("activated_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("activated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'active', 'closed')", name=op.f("ck_plan_state")),
        sa.ForeignKeyConstraint(
            ["ward_id", "activated_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_plan_ward_id_activated_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "imported_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_plan_ward_id_imported_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "source_sha256"],
            ["cchc.document.ward_id", "cchc.document.sha256"],
            name=op.f("fk_plan_ward_id_source_sha256"),
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_plan_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_plan")),
        schema="cchc",
    )
    op.create_index(
        "uq_plan_active",
        "plan",
        ["ward_id", "year"],
        unique=True,
        schema="cchc",
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index("uq_plan_number", "plan", ["ward_id", "number", "issued_on"], unique=True, schema="cchc")


def _unit_alias() -> None:
    op.create_table(
        "unit_alias",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_unit_alias_ward_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "alias", name=op.f("pk_unit_alias")),
        schema="cchc",
    )


def _unit_member() -> None:
    op.create_table(
        "unit_member",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "group_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_unit_member_ward_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "member_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_unit_member_ward_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "group_id", "member_id", name=op.f("pk_unit_member")),
        schema="cchc",
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("doc_number", sa.Text(), nullable=False),
        sa.Column("doc_date", sa.Date(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "recorded_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_event_ward_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "sha256"],
            ["cchc.document.ward_id", "cchc.document.sha256"],
            name=op.f("fk_event_ward_id_sha256"),
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_event_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_event")),
        schema="cchc",
    )
    op.create_index("uq_event_identity", "event", ["ward_id", "identity"], unique=True, schema="cchc")


def _finding() -> None:
    op.create_table(
        "finding",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("task_code", sa.Text(), nullable=True),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("settled_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=True),
        sa.CheckConstraint("severity IN ('info', 'check', 'blocking')", name=op.f("ck_finding_severity")),
        sa.ForeignKeyConstraint(
            ["ward_id", "settled_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_finding_ward_id_settled_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "plan_id"],
            ["cchc.plan.ward_id", "cchc.plan.id"],
            name=op.f("fk_finding_ward_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_finding")),
        schema="cchc",
    )
    op.create_index(
        "ix_finding_open",
        "finding",
        ["ward_id", "plan_id"],
        unique=False,
        schema="cchc",
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _plan_section() -> None:
    op.create_table(
        "plan_section",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("declared", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ward_id", "plan_id"],
            ["cchc.plan.ward_id", "cchc.plan.id"],
            name=op.f("fk_plan_section_ward_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "plan_id", "code", name=op.f("pk_plan_section")),
        schema="cchc",
    )


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("time_text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("source_table", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=False),
        sa.Column("source_page", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('scheduled', 'recurring', 'ongoing', 'event', 'unspecified')", name=op.f("ck_task_kind")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "plan_id"],
            ["cchc.plan.ward_id", "cchc.plan.id"],
            name=op.f("fk_task_ward_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_task")),
        schema="cchc",
    )
    op.create_index("uq_task_code", "task", ["ward_id", "plan_id", "code"], unique=True, schema="cchc")


def _milestone() -> None:
    op.create_table(
        "milestone",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_time", sa.Text(), nullable=True),
        sa.Column("recurrence", sa.Text(), nullable=True),
        sa.Column("due_rule", sa.Text(), nullable=True),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("offset_days", sa.Integer(), nullable=True),
        sa.Column("working_days", sa.Boolean(), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.CheckConstraint("stage IN ('plan', 'implement', 'report')", name=op.f("ck_milestone_stage")),
        sa.ForeignKeyConstraint(
            ["ward_id", "task_id"],
            ["cchc.task.ward_id", "cchc.task.id"],
            name=op.f("fk_milestone_ward_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "task_id", "position", name=op.f("pk_milestone")),
        schema="cchc",
    )
