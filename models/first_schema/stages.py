"""Migration 0001: stages, deliveries, moved dates and what was handed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def create() -> None:
    """Make the tables with their indexes."""
    _stage()
    _delivery()
    _due_change()
    _submission()
    _submission_document()


def _stage() -> None:
    op.create_table(
        "stage",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("nominal_due", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assumed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("stage IN ('plan', 'implement', 'report')", name=op.f("ck_stage_stage")),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'submitted', 'returned', 'accepted')", name=op.f("ck_stage_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'accepted') OR attempt > 0", name=op.f("ck_stage_handed_in")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id"],
            ["cchc.occurrence.ward_id", "cchc.occurrence.id"],
            name=op.f("fk_stage_ward_id_occurrence_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "occurrence_id", "stage", name=op.f("pk_stage")),
        schema="cchc",
    )
    op.create_index(
        "ix_stage_due",
        "stage",
        ["due_on"],
        unique=False,
        schema="cchc",
        postgresql_where=sa.text("state IN ('waiting', 'open', 'returned') AND due_on IS NOT NULL"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("tried_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("message", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["ward_id", "outbox_id"],
            ["cchc.outbox.ward_id", "cchc.outbox.id"],
            name=op.f("fk_delivery_ward_id_outbox_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "outbox_id", "attempt", name=op.f("pk_delivery")),
        schema="cchc",
    )


def _due_change() -> None:
    op.create_table(
        "due_change",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("former_due", sa.Date(), nullable=True),
        sa.Column("new_due", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "changed_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_due_change_ward_id_changed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            ["cchc.stage.ward_id", "cchc.stage.occurrence_id", "cchc.stage.stage"],
            name=op.f("fk_due_change_ward_id_occurrence_id_stage"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_due_change")),
        schema="cchc",
    )


def _submission() -> None:
    op.create_table(
        "submission",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("submitted_by", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("doc_number", sa.Text(), nullable=True),
        sa.Column("doc_date", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "verdict <> 'returned' OR reason IS NOT NULL", name=op.f("ck_submission_return_has_reason")
        ),
        sa.CheckConstraint("verdict IN ('accepted', 'returned')", name=op.f("ck_submission_verdict")),
        sa.CheckConstraint(
            "(verdict IS NULL) = (decided_by IS NULL)", name=op.f("ck_submission_verdict_has_author")
        ),
        sa.CheckConstraint("decided_by <> submitted_by", name=op.f("ck_submission_two_people")),
        sa.ForeignKeyConstraint(
            ["ward_id", "decided_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_submission_ward_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            ["cchc.stage.ward_id", "cchc.stage.occurrence_id", "cchc.stage.stage"],
            name=op.f("fk_submission_ward_id_occurrence_id_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "submitted_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_submission_ward_id_submitted_by"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "occurrence_id", "stage", "attempt", name=op.f("pk_submission")),
        schema="cchc",
    )


def _submission_document() -> None:
    op.create_table(
        "submission_document",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage", "attempt"],
            [
                "cchc.submission.ward_id",
                "cchc.submission.occurrence_id",
                "cchc.submission.stage",
                "cchc.submission.attempt",
            ],
            name=op.f("fk_submission_document_ward_id_occurrence_id_stage_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "sha256"],
            ["cchc.document.ward_id", "cchc.document.sha256"],
            name=op.f("fk_submission_document_ward_id_sha256"),
        ),
        sa.PrimaryKeyConstraint(
            "ward_id", "occurrence_id", "stage", "attempt", "sha256", name=op.f("pk_submission_document")
        ),
        schema="cchc",
    )
