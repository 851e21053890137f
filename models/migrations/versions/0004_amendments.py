"""Amend a plan under way, keep what each amendment changed, and say which task goes on from which."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CODE = ["ward_id", "plan_id", "code"]


def upgrade() -> None:
    _amendment()
    _task_change()
    _task_succession()
    for table, column in (("task", "withdrawn_by"), ("due_change", "amendment_id")):
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True), schema="cchc")
        op.create_foreign_key(
            op.f(f"fk_{table}_ward_id_{column}"),
            table,
            "amendment",
            ["ward_id", column],
            ["ward_id", "id"],
            source_schema="cchc",
            referent_schema="cchc",
        )
    op.drop_index("uq_task_code", "task", schema="cchc")
    op.create_index(
        "uq_task_code",
        "task",
        CODE,
        unique=True,
        schema="cchc",
        postgresql_where=sa.text("withdrawn_by IS NULL"),
    )
    op.execute(Path(__file__).with_name("0004_rules.sql").read_text("utf-8"))


def downgrade() -> None:
    op.execute("DROP FUNCTION cchc.amend_stages; DROP FUNCTION cchc.clear_amended_task")
    op.drop_index("uq_task_code", "task", schema="cchc")
    op.create_index("uq_task_code", "task", CODE, unique=True, schema="cchc")
    op.drop_column("due_change", "amendment_id", schema="cchc")
    op.drop_column("task", "withdrawn_by", schema="cchc")
    for table in ("task_succession", "task_change", "amendment"):
        op.drop_table(table, schema="cchc")


def _of_ward(table: str, column: str, referent: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["ward_id", column],
        [f"cchc.{referent}.ward_id", f"cchc.{referent}.{key}"],
        name=op.f(f"fk_{table}_ward_id_{column}"),
    )


def _amendment() -> None:
    op.create_table(
        "amendment",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("unread", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("despite", sa.Text(), nullable=True),
        sa.Column("applied_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("applied_by", sa.BigInteger(), nullable=False),
        _of_ward("amendment", "plan_id", "plan"),
        _of_ward("amendment", "applied_by", "account"),
        _of_ward("amendment", "source_sha256", "document", "sha256"),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_amendment")),
        schema="cchc",
    )
    columns = ["ward_id", "number", "issued_on"]
    op.create_index("uq_amendment_number", "amendment", columns, unique=True, schema="cchc")


def _task_change() -> None:
    op.create_table(
        "task_change",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('changed', 'added', 'withdrawn')", name=op.f("ck_task_change_kind")),
        _of_ward("task_change", "amendment_id", "amendment"),
        _of_ward("task_change", "task_id", "task"),
        sa.PrimaryKeyConstraint("ward_id", "amendment_id", "task_id", name=op.f("pk_task_change")),
        schema="cchc",
    )


def _task_succession() -> None:
    op.create_table(
        "task_succession",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("new_task_id", sa.BigInteger(), nullable=False),
        sa.Column("old_task_id", sa.BigInteger(), nullable=True),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("how IN ('proposed', 'chosen')", name=op.f("ck_task_succession_how")),
        _of_ward("task_succession", "new_task_id", "task"),
        _of_ward("task_succession", "old_task_id", "task"),
        _of_ward("task_succession", "decided_by", "account"),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_task_succession")),
        schema="cchc",
    )
    columns = ["ward_id", "new_task_id", "id"]
    op.create_index("ix_task_succession_new", "task_succession", columns, schema="cchc")
