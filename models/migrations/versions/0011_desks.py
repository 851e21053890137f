"""Let units ask for more time, stand in for each other and be in charge by name; let machines speak.

Also what a search without diacritics needs: `cchc.plain` and `cchc.likeness`, over PostgreSQL's own
`unaccent` and `pg_trgm`, both of which a database's owner may install.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)
TABLES = ("extension", "stand_in", "assignment", "event_answer", "machine_token")


def upgrade() -> None:
    for make in (_extension, _stand_in, _assignment, _event_answer, _machine_token, _machine, _withdrawn):
        make()
    op.execute(Path(__file__).with_name("0011_rules.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    _verdicts("'accepted', 'returned'", "decided_by <> submitted_by")
    op.drop_column("account", "machine", schema="cchc")
    for table in TABLES:
        op.drop_table(table, schema="cchc")
    op.execute("DROP FUNCTION cchc.plain, cchc.likeness")


def _extension() -> None:
    op.create_table(
        "extension",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("former_due", sa.Date(), nullable=False),
        sa.Column("asked_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("granted_until", sa.Date(), nullable=True),
        sa.Column("objective", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(verdict = 'granted') = (granted_until IS NOT NULL)", name=op.f("ck_extension_granted_has_date")
        ),
        sa.CheckConstraint(
            "verdict = 'withdrawn' OR decided_by <> asked_by", name=op.f("ck_extension_two_people")
        ),
        sa.CheckConstraint(
            "verdict IN ('granted', 'refused', 'withdrawn')", name=op.f("ck_extension_verdict")
        ),
        sa.CheckConstraint(
            "(verdict IS NULL) = (decided_by IS NULL)", name=op.f("ck_extension_verdict_has_author")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "asked_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_extension_ward_id_asked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "decided_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_extension_ward_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            ["cchc.stage.ward_id", "cchc.stage.occurrence_id", "cchc.stage.stage"],
            name=op.f("fk_extension_ward_id_occurrence_id_stage"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_extension")),
        schema="cchc",
    )
    op.create_index(
        "uq_extension_waiting",
        "extension",
        ["ward_id", "occurrence_id", "stage"],
        unique=True,
        schema="cchc",
        postgresql_where=sa.text("verdict IS NULL"),
    )


def _stand_in() -> None:
    op.create_table(
        "stand_in",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("stand_in_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_stand_in_end_has_author")
        ),
        sa.CheckConstraint("account_id <> stand_in_id", name=op.f("ck_stand_in_somebody_else")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_stand_in_in_order")),
        sa.ForeignKeyConstraint(
            ["ward_id", "account_id"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_stand_in_ward_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "ended_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_stand_in_ward_id_ended_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "made_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_stand_in_ward_id_made_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "stand_in_id"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_stand_in_ward_id_stand_in_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_stand_in")),
        schema="cchc",
    )
    op.create_index(
        "ix_stand_in_stand_in_id", "stand_in", ["ward_id", "stand_in_id"], unique=False, schema="cchc"
    )


def _assignment() -> None:
    op.create_table(
        "assignment",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("assigned_by", sa.BigInteger(), nullable=False),
        sa.Column("assigned_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "account_id"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_assignment_ward_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "assigned_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_assignment_ward_id_assigned_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "task_id"],
            ["cchc.task.ward_id", "cchc.task.id"],
            name=op.f("fk_assignment_ward_id_task_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_assignment_ward_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "task_id", "unit_id", name=op.f("pk_assignment")),
        schema="cchc",
    )
    op.create_index(
        "ix_assignment_account_id", "assignment", ["ward_id", "account_id"], unique=False, schema="cchc"
    )


def _event_answer() -> None:
    op.create_table(
        "event_answer",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(answer = 'arrived') = (event_id IS NOT NULL)", name=op.f("ck_event_answer_arrived_has_event")
        ),
        sa.CheckConstraint("answer IN ('nothing', 'arrived')", name=op.f("ck_event_answer_answer")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_event_answer_first_of_month")),
        sa.ForeignKeyConstraint(
            ["ward_id", "answered_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_event_answer_ward_id_answered_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "event_id"],
            ["cchc.event.ward_id", "cchc.event.id"],
            name=op.f("fk_event_answer_ward_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "task_id"],
            ["cchc.task.ward_id", "cchc.task.id"],
            name=op.f("fk_event_answer_ward_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "task_id", "month", name=op.f("pk_event_answer")),
        schema="cchc",
    )


def _machine_token() -> None:
    op.create_table(
        "machine_token",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("revoked_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f("ck_machine_token_end_has_author")
        ),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_machine_token_has_scope")),
        sa.ForeignKeyConstraint(
            ["ward_id", "account_id"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_machine_token_ward_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "made_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_machine_token_ward_id_made_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "revoked_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_machine_token_ward_id_revoked_by"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_machine_token")),
        schema="cchc",
    )
    op.create_index(
        "uq_machine_token_token_sha256", "machine_token", ["token_sha256"], unique=True, schema="cchc"
    )


def _machine() -> None:
    op.add_column(
        "account",
        sa.Column("machine", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="cchc",
    )


def _withdrawn() -> None:
    """Let whoever handed in take it back while nobody has decided."""
    two_people = "verdict = 'withdrawn' OR decided_by <> submitted_by"
    _verdicts("'accepted', 'returned', 'withdrawn'", two_people)


def _verdicts(verdicts: str, two_people: str) -> None:
    for name, rule in (("verdict", f"verdict IN ({verdicts})"), ("two_people", two_people)):
        full = op.f(f"ck_submission_{name}")
        op.drop_constraint(full, "submission", schema="cchc")
        op.create_check_constraint(full, "submission", rule, schema="cchc")
