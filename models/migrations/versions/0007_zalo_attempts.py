"""Count refreshes of unknown outcome; take a consent only while one is waited for, and each code once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("consent_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("code_sha256", sa.LargeBinary(), nullable=True),
    ):
        op.add_column("zalo_grant", column, schema="cchc")


def downgrade() -> None:
    for column in ("code_sha256", "consent_until", "attempts"):
        op.drop_column("zalo_grant", column, schema="cchc")
