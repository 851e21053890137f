"""Keep timestamps (RFC 3161) that somebody outside gave for checkpoints."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checkpoint_stamp",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "size", "key"],
            ["cchc.checkpoint.ward_id", "cchc.checkpoint.size", "cchc.checkpoint.key"],
            name=op.f("fk_checkpoint_stamp_ward_id_size_key"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "size", "key", name=op.f("pk_checkpoint_stamp")),
        schema="cchc",
    )
    op.execute(
        "CREATE TRIGGER checkpoint_stamp_append_only BEFORE UPDATE OR DELETE ON cchc.checkpoint_stamp"
        " FOR EACH ROW EXECUTE FUNCTION cchc.refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER checkpoint_stamp_no_truncate BEFORE TRUNCATE ON cchc.checkpoint_stamp"
        " FOR EACH STATEMENT EXECUTE FUNCTION cchc.refuse_change()"
    )
    op.execute("GRANT SELECT, INSERT ON cchc.checkpoint_stamp TO cchc_app")


def downgrade() -> None:
    op.drop_table("checkpoint_stamp", schema="cchc")
