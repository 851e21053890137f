"""Find what failed or is unclear at a glance: every page counts it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_outbox_troubled",
        "outbox",
        ["ward_id", "settled_at"],
        schema="cchc",
        postgresql_where=sa.text("state IN ('failed', 'unknown')"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_troubled", "outbox", schema="cchc")
