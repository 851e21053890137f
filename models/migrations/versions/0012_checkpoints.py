"""Keep signed checkpoints, and the roots of complete subtrees so that proofs need no full pass."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_node",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("level IN (8, 16, 24, 32)", name=op.f("ck_audit_node_level")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_audit_node_number_not_negative")),
        sa.PrimaryKeyConstraint("ward_id", "level", "number", name=op.f("pk_audit_node")),
        schema="cchc",
    )
    op.create_table(
        "checkpoint",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_checkpoint_size_not_negative")),
        sa.CheckConstraint(
            "cause IN ('daily', 'report', 'export', 'backup', 'asked')", name=op.f("ck_checkpoint_cause")
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_checkpoint_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "size", "key", name=op.f("pk_checkpoint")),
        schema="cchc",
    )
    op.execute(Path(__file__).with_name("0012_rules.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.drop_table("checkpoint", schema="cchc")
    # The function goes back to what it was, so that nothing writes to the table that goes.
    first = Path(__file__).with_name("0001_rules.sql").read_text(encoding="utf-8")
    former = first[
        first.index("CREATE FUNCTION cchc.append_audit") : first.index("CREATE FUNCTION cchc.refuse")
    ]
    op.execute(former.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
    op.drop_table("audit_node", schema="cchc")
    op.execute("DROP FUNCTION cchc.subtree")
