"""Let the program forget which browser a session came from, and what an old webhook held."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT UPDATE (agent) ON cchc.web_session TO cchc_app")
    op.execute("GRANT UPDATE (body) ON cchc.webhook_event TO cchc_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (body) ON cchc.webhook_event FROM cchc_app")
    op.execute("REVOKE UPDATE (agent) ON cchc.web_session FROM cchc_app")
