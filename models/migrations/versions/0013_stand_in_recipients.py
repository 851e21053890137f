"""Write to stand-ins, too, while they stand in: what a unit's officers are told goes to them by e-mail.

The day is that of the database's clock in Vietnam: whoever a message leaves for now is who stands in now.
"""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STAND_INS = """
    UNION ALL
    SELECT DISTINCT f.ward_id, f.unit_id, 'officer', 'email', a.email, NULL::bigint, 1::smallint, true
    FROM cchc.stand_in d
    JOIN cchc.account f ON f.ward_id = d.ward_id AND f.id = d.account_id AND f.active
        AND f.unit_id IS NOT NULL
    JOIN cchc.account a ON a.ward_id = d.ward_id AND a.id = d.stand_in_id AND a.active
        AND a.email IS NOT NULL
    WHERE d.ended_at IS NULL
        AND (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN d.first_day AND d.last_day
        AND NOT EXISTS (
            SELECT FROM cchc.open_contact c
            WHERE c.ward_id = f.ward_id AND c.unit_id = f.unit_id AND c.role = 'officer'
                AND c.channel = 'email' AND lower(c.address) = lower(a.email)
        )
"""


def upgrade() -> None:
    op.execute(_view() + STAND_INS)


def downgrade() -> None:
    op.execute(_view())


def _view() -> str:
    """Return the view as migration 0006 made it."""
    rules = Path(__file__).with_name("0006_rules.sql").read_text("utf-8")
    start = rules.index("CREATE VIEW cchc.recipient")
    made = rules[start : rules.index(";", start)]
    return made.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
