"""Keep where a doubt stands, what was decided about it, and every decision taken before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("source_table", "source_row", "source_page"):
        op.add_column("finding", sa.Column(name, sa.Integer(), nullable=True), schema="cchc")
    op.add_column("finding", sa.Column("verdict", sa.Text(), nullable=True), schema="cchc")
    op.create_check_constraint(
        op.f("ck_finding_verdict"),
        "finding",
        "verdict IN ('confirmed', 'corrected', 'dismissed')",
        schema="cchc",
    )
    op.create_table(
        "finding_decision",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('confirmed', 'corrected', 'dismissed', 'settled', 'reopened')",
            name=op.f("ck_finding_decision_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "finding_id"],
            ["cchc.finding.ward_id", "cchc.finding.id"],
            name=op.f("fk_finding_decision_ward_id_finding_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "decided_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_finding_decision_ward_id_decided_by"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_finding_decision")),
        schema="cchc",
    )
    op.create_index(
        "ix_finding_decision_finding", "finding_decision", ["ward_id", "finding_id"], schema="cchc"
    )
    op.execute(
        "INSERT INTO cchc.finding_decision (ward_id, finding_id, kind, note, facts, decided_by, decided_at)"
        " SELECT ward_id, id, 'settled', coalesce(settlement, ''), '{}', settled_by, settled_at"
        " FROM cchc.finding WHERE settled_by IS NOT NULL AND settled_at IS NOT NULL ORDER BY ward_id, id"
    )
    op.execute("GRANT SELECT, INSERT ON cchc.finding_decision TO cchc_app")


def downgrade() -> None:
    op.drop_table("finding_decision", schema="cchc")
    op.drop_constraint(op.f("ck_finding_verdict"), "finding", schema="cchc")
    for name in ("verdict", "source_page", "source_row", "source_table"):
        op.drop_column("finding", name, schema="cchc")
