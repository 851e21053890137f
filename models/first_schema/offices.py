"""Migration 0001: wards, their log and documents, units, accounts and contacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def create() -> None:
    """Make the tables with their indexes."""
    _ward()
    _audit_event()
    _audit_log()
    _document()
    _morning_run()
    _unit()
    _account()
    _contact()


def _ward() -> None:
    op.create_table(
        "ward",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward")),
        sa.UniqueConstraint("code", name=op.f("uq_ward_code")),
        schema="cchc",
    )


def _audit_event() -> None:
    op.create_table(
        "audit_event",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_audit_event_position_not_negative")),
        sa.PrimaryKeyConstraint("ward_id", "position", name=op.f("pk_audit_event")),
        schema="cchc",
    )


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_audit_log_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", name=op.f("pk_audit_log")),
        schema="cchc",
    )


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column(
            "stored_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_document_sha256_is_hex")),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_not_empty")),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_document_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "sha256", name=op.f("pk_document")),
        schema="cchc",
    )


def _morning_run() -> None:
    op.create_table(
        "morning_run",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reminders", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_morning_run_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "day", name=op.f("pk_morning_run")),
        schema="cchc",
    )


def _unit() -> None:
    op.create_table(
        "unit",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_group", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_unit_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_unit")),
        schema="cchc",
    )
    op.create_index(
        "uq_unit_name", "unit", ["ward_id", sa.literal_column("lower(name)")], unique=True, schema="cchc"
    )


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'", name=op.f("ck_account_name_is_plain")),
        sa.CheckConstraint(
            "role <> 'officer' OR unit_id IS NOT NULL", name=op.f("ck_account_officer_has_unit")
        ),
        sa.CheckConstraint(
            "role IN ('coordinator', 'officer', 'leader', 'auditor', 'admin')", name=op.f("ck_account_role")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_account_ward_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_account_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_account")),
        schema="cchc",
    )
    op.create_index("uq_account_name", "account", ["ward_id", "name"], unique=True, schema="cchc")


def _contact() -> None:
    op.create_table(
        "contact",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("'officer'"), nullable=False),
        sa.Column("rank", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("role IN ('officer', 'head')", name=op.f("ck_contact_role")),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_contact_ward_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_contact")),
        schema="cchc",
    )
    op.create_index(
        "uq_contact_address",
        "contact",
        ["ward_id", "unit_id", "channel", "address"],
        unique=True,
        schema="cchc",
    )
