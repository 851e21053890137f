"""The first schema: every table of the domain, the log, the application's rights."""

from pathlib import Path

from alembic import op

from models.first_schema import occurrences, offices, plans, stages

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for part in (offices, plans, occurrences, stages):  # each refers to those before it
        part.create()
    op.execute(Path(__file__).with_name("0001_rules.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP SCHEMA cchc CASCADE")
