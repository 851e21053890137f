"""Let a corrected file take the place of a draft: a decision may have closed drafts beside its plan."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = ["ward_id", "number", "issued_on"]


def upgrade() -> None:
    op.drop_index("uq_plan_number", "plan", schema="cchc")
    op.create_index(
        "uq_plan_number",
        "plan",
        COLUMNS,
        unique=True,
        schema="cchc",
        postgresql_where=sa.text("state <> 'closed' OR activated_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_plan_number", "plan", schema="cchc")
    op.create_index("uq_plan_number", "plan", COLUMNS, unique=True, schema="cchc")
