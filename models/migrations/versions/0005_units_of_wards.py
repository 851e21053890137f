"""Let a person add and take back a unit's spellings and a group's members; nothing is deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("unit_alias", "unit_member")


def upgrade() -> None:
    for table in TABLES:
        for column, default in (("active", "true"), ("confirmed", "false")):
            op.add_column(
                table,
                sa.Column(column, sa.Boolean(), server_default=sa.text(default), nullable=False),
                schema="cchc",
            )
    op.execute("GRANT UPDATE (active, confirmed) ON cchc.unit_member TO cchc_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (active, confirmed) ON cchc.unit_member FROM cchc_app")
    for table in TABLES:
        for column in ("confirmed", "active"):
            op.drop_column(table, column, schema="cchc")
