"""The first schema: every table of the domain, the log, the application's rights."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ward",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward")),
        sa.UniqueConstraint("code", name=op.f("uq_ward_code")),
        schema="cchc",
    )
    op.create_table(
        "audit_event",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_audit_event_position_not_negative")),
        sa.PrimaryKeyConstraint("ward_id", "position", name=op.f("pk_audit_event")),
        schema="cchc",
    )
    op.create_table(
        "audit_log",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_audit_log_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", name=op.f("pk_audit_log")),
        schema="cchc",
    )
    op.create_table(
        "document",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column(
            "stored_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_document_sha256_is_hex")),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_not_empty")),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_document_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "sha256", name=op.f("pk_document")),
        schema="cchc",
    )
    op.create_table(
        "morning_run",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reminders", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_morning_run_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "day", name=op.f("pk_morning_run")),
        schema="cchc",
    )
    op.create_table(
        "unit",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_group", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_unit_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_unit")),
        schema="cchc",
    )
    op.create_index(
        "uq_unit_name", "unit", ["ward_id", sa.literal_column("lower(name)")], unique=True, schema="cchc"
    )
    op.create_table(
        "account",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'", name=op.f("ck_account_name_is_plain")),
        sa.CheckConstraint(
            "role <> 'officer' OR unit_id IS NOT NULL", name=op.f("ck_account_officer_has_unit")
        ),
        sa.CheckConstraint(
            "role IN ('coordinator', 'officer', 'leader', 'auditor', 'admin')", name=op.f("ck_account_role")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_account_ward_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_account_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_account")),
        schema="cchc",
    )
    op.create_index("uq_account_name", "account", ["ward_id", "name"], unique=True, schema="cchc")
    op.create_table(
        "contact",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("'officer'"), nullable=False),
        sa.Column("rank", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("role IN ('officer', 'head')", name=op.f("ck_contact_role")),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_contact_ward_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_contact")),
        schema="cchc",
    )
    op.create_index(
        "uq_contact_address",
        "contact",
        ["ward_id", "unit_id", "channel", "address"],
        unique=True,
        schema="cchc",
    )
    op.create_table(
        "plan",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("reporting_calendar", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("imported_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=True),
        sa.Column("activated_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("activated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'active', 'closed')", name=op.f("ck_plan_state")),
        sa.ForeignKeyConstraint(
            ["ward_id", "activated_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_plan_ward_id_activated_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "imported_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_plan_ward_id_imported_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "source_sha256"],
            ["cchc.document.ward_id", "cchc.document.sha256"],
            name=op.f("fk_plan_ward_id_source_sha256"),
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_plan_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_plan")),
        schema="cchc",
    )
    op.create_index(
        "uq_plan_active",
        "plan",
        ["ward_id", "year"],
        unique=True,
        schema="cchc",
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index("uq_plan_number", "plan", ["ward_id", "number", "issued_on"], unique=True, schema="cchc")
    op.create_table(
        "unit_alias",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_unit_alias_ward_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "alias", name=op.f("pk_unit_alias")),
        schema="cchc",
    )
    op.create_table(
        "unit_member",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "group_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_unit_member_ward_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "member_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_unit_member_ward_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "group_id", "member_id", name=op.f("pk_unit_member")),
        schema="cchc",
    )
    op.create_table(
        "event",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("doc_number", sa.Text(), nullable=False),
        sa.Column("doc_date", sa.Date(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "recorded_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_event_ward_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "sha256"],
            ["cchc.document.ward_id", "cchc.document.sha256"],
            name=op.f("fk_event_ward_id_sha256"),
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["cchc.ward.id"], name=op.f("fk_event_ward_id")),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_event")),
        schema="cchc",
    )
    op.create_index("uq_event_identity", "event", ["ward_id", "identity"], unique=True, schema="cchc")
    op.create_table(
        "finding",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("task_code", sa.Text(), nullable=True),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("settled_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=True),
        sa.CheckConstraint("severity IN ('info', 'check', 'blocking')", name=op.f("ck_finding_severity")),
        sa.ForeignKeyConstraint(
            ["ward_id", "settled_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_finding_ward_id_settled_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "plan_id"],
            ["cchc.plan.ward_id", "cchc.plan.id"],
            name=op.f("fk_finding_ward_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_finding")),
        schema="cchc",
    )
    op.create_index(
        "ix_finding_open",
        "finding",
        ["ward_id", "plan_id"],
        unique=False,
        schema="cchc",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "plan_section",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("declared", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ward_id", "plan_id"],
            ["cchc.plan.ward_id", "cchc.plan.id"],
            name=op.f("fk_plan_section_ward_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "plan_id", "code", name=op.f("pk_plan_section")),
        schema="cchc",
    )
    op.create_table(
        "task",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("time_text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("source_table", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=False),
        sa.Column("source_page", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('scheduled', 'recurring', 'ongoing', 'event', 'unspecified')", name=op.f("ck_task_kind")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "plan_id"],
            ["cchc.plan.ward_id", "cchc.plan.id"],
            name=op.f("fk_task_ward_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_task")),
        schema="cchc",
    )
    op.create_index("uq_task_code", "task", ["ward_id", "plan_id", "code"], unique=True, schema="cchc")
    op.create_table(
        "milestone",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_time", sa.Text(), nullable=True),
        sa.Column("recurrence", sa.Text(), nullable=True),
        sa.Column("due_rule", sa.Text(), nullable=True),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("offset_days", sa.Integer(), nullable=True),
        sa.Column("working_days", sa.Boolean(), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.CheckConstraint("stage IN ('plan', 'implement', 'report')", name=op.f("ck_milestone_stage")),
        sa.ForeignKeyConstraint(
            ["ward_id", "task_id"],
            ["cchc.task.ward_id", "cchc.task.id"],
            name=op.f("fk_milestone_ward_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "task_id", "position", name=op.f("pk_milestone")),
        schema="cchc",
    )
    op.create_table(
        "occurrence",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("done_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("cancel_document", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_occurrence_done_has_instant")
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' OR cancel_reason IS NOT NULL",
            name=op.f("ck_occurrence_cancelled_has_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'done', 'cancelled')", name=op.f("ck_occurrence_state")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "event_id"],
            ["cchc.event.ward_id", "cchc.event.id"],
            name=op.f("fk_occurrence_ward_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "task_id"],
            ["cchc.task.ward_id", "cchc.task.id"],
            name=op.f("fk_occurrence_ward_id_task_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_occurrence_ward_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_occurrence")),
        schema="cchc",
    )
    op.create_index(
        "ix_occurrence_planned",
        "occurrence",
        ["opens_on"],
        unique=False,
        schema="cchc",
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "uq_occurrence_event",
        "occurrence",
        ["ward_id", "event_id", "task_id", "unit_id"],
        unique=True,
        schema="cchc",
    )
    op.create_index(
        "uq_occurrence_label",
        "occurrence",
        ["ward_id", "task_id", "unit_id", "label"],
        unique=True,
        schema="cchc",
    )
    op.create_table(
        "product",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "task_id"],
            ["cchc.task.ward_id", "cchc.task.id"],
            name=op.f("fk_product_ward_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "task_id", "position", name=op.f("pk_product")),
        schema="cchc",
    )
    op.create_table(
        "task_unit",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("role IN ('lead', 'coordinating')", name=op.f("ck_task_unit_role")),
        sa.ForeignKeyConstraint(
            ["ward_id", "task_id"],
            ["cchc.task.ward_id", "cchc.task.id"],
            name=op.f("fk_task_unit_ward_id_task_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "unit_id"],
            ["cchc.unit.ward_id", "cchc.unit.id"],
            name=op.f("fk_task_unit_ward_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "task_id", "role", "unit_id", name=op.f("pk_task_unit")),
        schema="cchc",
    )
    op.create_table(
        "flow_run",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("flow_run_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id"],
            ["cchc.occurrence.ward_id", "cchc.occurrence.id"],
            name=op.f("fk_flow_run_ward_id_occurrence_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "occurrence_id", "flow_run_id", name=op.f("pk_flow_run")),
        schema="cchc",
    )
    op.create_table(
        "outbox",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "not_before", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("leased_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("settled_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'retry', 'failed', 'unknown', 'dropped')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id"],
            ["cchc.occurrence.ward_id", "cchc.occurrence.id"],
            name=op.f("fk_outbox_ward_id_occurrence_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "ward_id",
            "occurrence_id",
            "stage",
            "reason",
            "step",
            "recipient",
            "channel",
            name="uq_outbox_once",
            postgresql_nulls_not_distinct=True,
        ),
        schema="cchc",
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["channel", "not_before"],
        unique=False,
        schema="cchc",
        postgresql_where=sa.text("state IN ('pending', 'retry', 'sending')"),
    )
    op.create_table(
        "stage",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("nominal_due", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assumed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("stage IN ('plan', 'implement', 'report')", name=op.f("ck_stage_stage")),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'submitted', 'returned', 'accepted')", name=op.f("ck_stage_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'accepted') OR attempt > 0", name=op.f("ck_stage_handed_in")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id"],
            ["cchc.occurrence.ward_id", "cchc.occurrence.id"],
            name=op.f("fk_stage_ward_id_occurrence_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "occurrence_id", "stage", name=op.f("pk_stage")),
        schema="cchc",
    )
    op.create_index(
        "ix_stage_due",
        "stage",
        ["due_on"],
        unique=False,
        schema="cchc",
        postgresql_where=sa.text("state IN ('waiting', 'open', 'returned') AND due_on IS NOT NULL"),
    )
    op.create_table(
        "delivery",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("tried_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("message", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["ward_id", "outbox_id"],
            ["cchc.outbox.ward_id", "cchc.outbox.id"],
            name=op.f("fk_delivery_ward_id_outbox_id"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "outbox_id", "attempt", name=op.f("pk_delivery")),
        schema="cchc",
    )
    op.create_table(
        "due_change",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("former_due", sa.Date(), nullable=True),
        sa.Column("new_due", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "changed_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_due_change_ward_id_changed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            ["cchc.stage.ward_id", "cchc.stage.occurrence_id", "cchc.stage.stage"],
            name=op.f("fk_due_change_ward_id_occurrence_id_stage"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_due_change")),
        schema="cchc",
    )
    op.create_table(
        "submission",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("submitted_by", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("doc_number", sa.Text(), nullable=True),
        sa.Column("doc_date", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "verdict <> 'returned' OR reason IS NOT NULL", name=op.f("ck_submission_return_has_reason")
        ),
        sa.CheckConstraint("verdict IN ('accepted', 'returned')", name=op.f("ck_submission_verdict")),
        sa.CheckConstraint(
            "(verdict IS NULL) = (decided_by IS NULL)", name=op.f("ck_submission_verdict_has_author")
        ),
        sa.CheckConstraint("decided_by <> submitted_by", name=op.f("ck_submission_two_people")),
        sa.ForeignKeyConstraint(
            ["ward_id", "decided_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_submission_ward_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            ["cchc.stage.ward_id", "cchc.stage.occurrence_id", "cchc.stage.stage"],
            name=op.f("fk_submission_ward_id_occurrence_id_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "submitted_by"],
            ["cchc.account.ward_id", "cchc.account.id"],
            name=op.f("fk_submission_ward_id_submitted_by"),
        ),
        sa.PrimaryKeyConstraint("ward_id", "occurrence_id", "stage", "attempt", name=op.f("pk_submission")),
        schema="cchc",
    )
    op.create_table(
        "submission_document",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage", "attempt"],
            [
                "cchc.submission.ward_id",
                "cchc.submission.occurrence_id",
                "cchc.submission.stage",
                "cchc.submission.attempt",
            ],
            name=op.f("fk_submission_document_ward_id_occurrence_id_stage_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id", "sha256"],
            ["cchc.document.ward_id", "cchc.document.sha256"],
            name=op.f("fk_submission_document_ward_id_sha256"),
        ),
        sa.PrimaryKeyConstraint(
            "ward_id", "occurrence_id", "stage", "attempt", "sha256", name=op.f("pk_submission_document")
        ),
        schema="cchc",
    )
    op.execute(Path(__file__).with_name("0001_rules.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP SCHEMA cchc CASCADE")
