"""Let an event tell by what way its actor came, where the connection says so: `cchc.via`.

Events without it are written as before, so that older logs and programs agree with this one.
"""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

HEAD = """v_head := '{"actor":' || p_actor::json::text || ',"at":"'"""
WITH_VIA = """v_head := '{"actor":' || CASE WHEN current_setting('cchc.via', true) <> ''
        THEN rtrim(p_actor::json::text, '} ') || ',"via":' || to_json(current_setting('cchc.via', true))::text
            || '}' ELSE p_actor::json::text END || ',"at":"'"""


def upgrade() -> None:
    op.execute(_former().replace(HEAD, WITH_VIA, 1))


def downgrade() -> None:
    op.execute(_former())


def _former() -> str:
    rules = Path(__file__).with_name("0012_rules.sql").read_text(encoding="utf-8")
    start = rules.index("CREATE OR REPLACE FUNCTION cchc.append_audit")
    return rules[start : rules.index("END $$;", start) + len("END $$;")]
