"""Migration 0001: occurrences, what belongs to a task, flow runs and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def create() -> None:
    """Make the tables with their indexes."""
    _occurrence()
    _product()
    _task_unit()
    _flow_run()
    _outbox()


def _occurrence() -> None:
    op.create_table(
        "occurrence",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("done_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("cancel_document", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_occurrence_done_has_instant")
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' OR cancel_reason IS NOT NULL",
            name=op.f("ck_occurrence_cancelled_has_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'done', 'cancelled')", name=op.f("ck_occurrence_state")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "event_id"],
            ["cchc.event.ward_id", "cchc.event.id"],
            name=op.f("fk_occurrence_ward_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "task_id"],
            ["cchc.task.ward_id", "cchc.task.id"],
            name=op.f("fk_occurrence_ward_id_task_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_occurrence_ward_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_occurrence")),
        schema="cchc",
    )
    op.create_index(
        "ix_occurrence_planned",
        "occurrence",
        ["opens_on"],
        unique=False,
        schema="cchc",
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "uq_occurrence_event",
        "occurrence",
        ["ward_id", "event_id", "task_id", "unit_id"],
        unique=True,
        schema="cchc",
    )
    op.create_index(
        "uq_occurrence_label",
        "occurrence",
        ["ward_id", "task_id", "unit_id", "label"],
        unique=True,
        schema="cchc",
    )


def _product() -> None:
    op.create_table(
        "product",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "task_id"],
            ["cchc.task.ward_id", "cchc.task.id"],
            name=op.f("fk_product_ward_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "task_id", "position", name=op.f("pk_product")),
        schema="cchc",
    )


def _task_unit() -> None:
    op.create_table(
        "task_unit",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("role IN ('lead', 'coordinating')", name=op.f("ck_task_unit_role")),
        sa.ForeignKeyConstraint(
            ["ward_id", "task_id"],
            ["cchc.task.ward_id", "cchc.task.id"],
            name=op.f("fk_task_unit_ward_id_task_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_task_unit_ward_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "task_id", "role", "unit_id", name=op.f("pk_task_unit")),
        schema="cchc",
    )


def _flow_run() -> None:
    op.create_table(
        "flow_run",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("flow_run_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id"],
            ["cchc.occurrence.ward_id", "cchc.occurrence.id"],
            name=op.f("fk_flow_run_ward_id_occurrence_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "occurrence_id", "flow_run_id", name=op.f("pk_flow_run")),
        schema="cchc",
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "not_before", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("leased_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("settled_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'retry', 'failed', 'unknown', 'dropped')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id"],
            ["cchc.occurrence.ward_id", "cchc.occurrence.id"],
            name=op.f("fk_outbox_ward_id_occurrence_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "ward_id",
            "occurrence_id",
            "stage",
            "reason",
            "step",
            "recipient",
            "channel",
            name="uq_outbox_once",
            postgresql_nulls_not_distinct=True,
        ),
        schema="cchc",
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["channel", "not_before"],
        unique=False,
        schema="cchc",
        postgresql_where=sa.text("state IN ('pending', 'retry', 'sending')"),
    )
