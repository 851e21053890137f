"""Remind by rules of the ward's own, reach people by several channels, and keep what came back."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

VIEW = Path(__file__).with_name("0001_rules.sql").read_text("utf-8")
TABLES = (
    "receipt", "acknowledgement", "calendar_feed", "binding_code", "zalo_answer", "reminder_rule",
    "reminder_hours", "zalo_grant", "zalo_follower", "webhook_event", "channel_state", "calendar_notice",
)  # fmt: skip # short values read best packed

NEW_COLUMNS = (
    ("contact", "muted_at"),
    ("contact", "muted_why"),
    ("outbox", "contact_id"),
    ("outbox", "replaces"),
)


def upgrade() -> None:
    _columns()
    _reminding()
    _contacting()
    _grants()
    _receipts()
    op.execute(Path(__file__).with_name("0006_rules.sql").read_text("utf-8"))


def downgrade() -> None:
    op.execute("DROP TRIGGER outbox_queued ON cchc.outbox; DROP FUNCTION cchc.tell_dispatcher")
    op.execute("DROP VIEW cchc.recipient; DROP VIEW cchc.open_contact")
    start = VIEW.index("CREATE VIEW cchc.recipient")
    op.execute(VIEW[start : VIEW.index(";", start)])
    op.execute("GRANT SELECT ON cchc.recipient TO cchc_app")
    for table in TABLES:
        op.drop_table(table, schema="cchc")
    op.drop_index("ix_delivery_provider", "delivery", schema="cchc")
    for table, column in NEW_COLUMNS:
        op.drop_column(table, column, schema="cchc")


def _reminding() -> None:
    op.create_table(
        "calendar_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("off", postgresql.ARRAY(sa.Date()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("worked", postgresql.ARRAY(sa.Date()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("withdrawn_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_notice")),
        schema="cchc",
    )
    op.create_table(
        "reminder_hours",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("quiet_begins", sa.Time(), nullable=False),
        sa.Column("quiet_ends", sa.Time(), nullable=False),
        sa.Column("bulletin_weekday", sa.SmallInteger(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "bulletin_weekday BETWEEN 1 AND 7", name=op.f("ck_reminder_hours_bulletin_weekday")
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_reminder_hours_ward_id")),
        sa.ForeignKeyConstraint(
            ["ward_id", "changed_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_reminder_hours_ward_id_changed_by"),
        ),
        sa.PrimaryKeyConstraint("ward_id", name=op.f("pk_reminder_hours")),
        schema="cchc",
    )
    op.create_table(
        "reminder_rule",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("stage", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ladder", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_reminder_rule_ward_id")),
        sa.ForeignKeyConstraint(
            ["ward_id", "changed_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_reminder_rule_ward_id_changed_by"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "kind", "stage", name=op.f("pk_reminder_rule")),
        schema="cchc",
    )
    op.create_table(
        "calendar_feed",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("read_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(unit_id IS NULL) <> (account_id IS NULL)", name=op.f("ck_calendar_feed_of_unit_or_person")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "account_id"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_calendar_feed_ward_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_calendar_feed_ward_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "made_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_calendar_feed_ward_id_made_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "revoked_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_calendar_feed_ward_id_revoked_by"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_calendar_feed")),
        schema="cchc",
    )
    op.create_index("uq_calendar_feed_token", "calendar_feed", ["token_sha256"], unique=True, schema="cchc")
    op.create_table(
        "acknowledgement",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            ["cchc.stage.ward_id", "cchc.stage.occurrence_id", "cchc.stage.stage"],
            name=op.f("fk_acknowledgement_ward_id_occurrence_id_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "outbox_id"],
            ["cchc.outbox.ward_id", "cchc.outbox.id"],
            name=op.f("fk_acknowledgement_ward_id_outbox_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ward_id", "occurrence_id", "stage", "due_on", name=op.f("pk_acknowledgement")
        ),
        schema="cchc",
    )


def _contacting() -> None:
    op.create_table(
        "webhook_event",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("handled_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_webhook_event")),
        schema="cchc",
    )
    op.create_index(
        "ix_webhook_event_waiting",
        "webhook_event",
        ["received_at"],
        unique=False,
        schema="cchc",
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "zalo_follower",
        sa.Column("oa_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("followed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("unfollowed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_interaction_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("oa_id", "user_id", name=op.f("pk_zalo_follower")),
        schema="cchc",
    )
    op.create_table(
        "binding_code",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN ('officer', 'head')", name=op.f("ck_binding_code_role")),
        sa.ForeignKeyConstraint(
            ["ward_id", "contact_id"],
            ["cchc.contact.ward_id", "cchc.contact.id"],
            name=op.f("fk_binding_code_ward_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_binding_code_ward_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "made_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_binding_code_ward_id_made_by"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_binding_code")),
        schema="cchc",
    )
    op.create_index("uq_binding_code", "binding_code", ["code_sha256"], unique=True, schema="cchc")


def _grants() -> None:
    op.create_table(
        "zalo_grant",
        sa.Column("app_id", sa.Text(), nullable=False),
        sa.Column("oa_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=True),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=True),
        sa.Column("access_expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("refresh_expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("refreshed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("attempt_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("verifier", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state IN ('active', 'needs-consent')", name=op.f("ck_zalo_grant_state")),
        sa.PrimaryKeyConstraint("app_id", "oa_id", name=op.f("pk_zalo_grant")),
        schema="cchc",
    )
    op.create_table(
        "zalo_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("app_id", sa.Text(), nullable=False),
        sa.Column("oa_id", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("applied_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["app_id", "oa_id"],
            ["cchc.zalo_grant.app_id", "cchc.zalo_grant.oa_id"],
            name=op.f("fk_zalo_answer_app_id_oa_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zalo_answer")),
        schema="cchc",
    )


def _receipts() -> None:
    op.create_table(
        "channel_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("held_since", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("held_code", sa.Text(), nullable=True),
        sa.Column("held_why", sa.Text(), nullable=True),
        sa.Column("changed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channel_state")),
        schema="cchc",
    )
    op.create_table(
        "receipt",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('delivered', 'not-delivered', 'seen', 'opened', 'acknowledged')",
            name=op.f("ck_receipt_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "outbox_id"],
            ["cchc.outbox.ward_id", "cchc.outbox.id"],
            name=op.f("fk_receipt_ward_id_outbox_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "outbox_id", "kind", name=op.f("pk_receipt")),
        schema="cchc",
    )


def _columns() -> None:
    op.add_column(
        "contact", sa.Column("muted_at", postgresql.TIMESTAMP(timezone=True), nullable=True), schema="cchc"
    )
    op.add_column("contact", sa.Column("muted_why", sa.Text(), nullable=True), schema="cchc")
    op.add_column("outbox", sa.Column("contact_id", sa.BigInteger(), nullable=True), schema="cchc")
    op.add_column("outbox", sa.Column("replaces", sa.BigInteger(), nullable=True), schema="cchc")
    op.create_index(
        "ix_delivery_provider",
        "delivery",
        ["provider_id"],
        schema="cchc",
        postgresql_where=sa.text("outcome = 'sent'"),
    )
