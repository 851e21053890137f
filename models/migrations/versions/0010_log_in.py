"""Let people sign in: passwords, second factors, sessions, one-time links."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _credential()
    _session()
    _link()
    op.execute("GRANT SELECT, INSERT ON cchc.credential, cchc.web_session, cchc.one_time_link TO cchc_app")
    op.execute("GRANT UPDATE ON cchc.credential TO cchc_app")
    op.execute("GRANT UPDATE (used_at, whole, revoked_at) ON cchc.web_session TO cchc_app")
    op.execute("GRANT UPDATE (used_at) ON cchc.one_time_link TO cchc_app")


def downgrade() -> None:
    for table in ("one_time_link", "web_session", "credential"):
        op.drop_table(table, schema="cchc")


def _account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["ward_id", "account_id"],
        ["cchc.account.ward_id", "cchc.account.id"],
        name=op.f(f"fk_{table}_ward_id_account_id"),
    )


def _credential() -> None:
    op.create_table(
        "credential",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=True),
        sa.Column("must_change", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("failures", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", INSTANT, nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_since", INSTANT, nullable=True),
        sa.Column("totp_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "recovery_sha256",
            postgresql.ARRAY(sa.LargeBinary()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        _account("credential"),
        sa.PrimaryKeyConstraint("ward_id", "account_id", name=op.f("pk_credential")),
        schema="cchc",
    )


def _session() -> None:
    op.create_table(
        "web_session",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        _account("web_session"),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_web_session")),
        schema="cchc",
    )
    op.create_index("uq_web_session_token", "web_session", ["token_sha256"], unique=True, schema="cchc")
    op.create_index("ix_web_session_account", "web_session", ["ward_id", "account_id"], schema="cchc")


def _link() -> None:
    op.create_table(
        "one_time_link",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(kind = 'first') = (account_id IS NULL)", name=op.f("ck_one_time_link_names_its_account")
        ),
        _account("one_time_link"),
        sa.PrimaryKeyConstraint("ward_id", "id", name=op.f("pk_one_time_link")),
        schema="cchc",
    )
    op.create_index("uq_one_time_link_token", "one_time_link", ["token_sha256"], unique=True, schema="cchc")
