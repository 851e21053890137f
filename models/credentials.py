"""How accounts prove who they are: passwords, second factors, sessions and one-time links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Identity, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, same_ward


class Credential(OfWard, Base):
    """What an account signs in with; none for one that has never had a password."""

    __tablename__ = "credential"
    __table_args__ = (same_ward("account_id", "account"),)

    account_id: Mapped[int] = mapped_column(primary_key=True)
    password_hash: Mapped[str | None] = mapped_column(doc="argon2id, in PHC form with its parameters.")
    changed_at: Mapped[datetime | None]
    must_change: Mapped[bool] = mapped_column(server_default=text("false"))
    failures: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), doc="Since the last entry.")
    locked_until: Mapped[datetime | None]
    totp_secret: Mapped[bytes | None] = mapped_column(doc="Sealed with the installation's key.")
    totp_since: Mapped[datetime | None] = mapped_column(doc="NULL while it is being set up.")
    totp_step: Mapped[int] = mapped_column(server_default=text("0"), doc="The newest that was used.")
    recovery_sha256: Mapped[list[bytes]] = mapped_column(
        ARRAY(LargeBinary), server_default=text("'{}'"), doc="Codes that are left."
    )


class WebSession(OfWard, Base):
    """One browser in which somebody signed in; the cookie's token is kept as its SHA-256 only."""

    __tablename__ = "web_session"
    __table_args__ = (
        same_ward("account_id", "account"),
        Index("uq_web_session_token", "token_sha256", unique=True),
        Index("ix_web_session_account", "ward_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    account_id: Mapped[int]
    token_sha256: Mapped[bytes]
    method: Mapped[str] = mapped_column(doc="`password`, `oidc` or `link`.")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    whole: Mapped[bool] = mapped_column(doc="False while the second factor is still to be given.")
    agent: Mapped[str] = mapped_column(doc="The browser's name for itself, cut short.")
    revoked_at: Mapped[datetime | None]


class OneTimeLink(OfWard, Base):
    """A link that lets its holder set a password once; from `seed` only the installation's key makes it."""

    __tablename__ = "one_time_link"
    __table_args__ = (
        same_ward("account_id", "account"),
        CheckConstraint("(kind = 'first') = (account_id IS NULL)", name="names_its_account"),
        Index("uq_one_time_link_token", "token_sha256", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(doc="`password`, or `first` for a ward's first administrator.")
    account_id: Mapped[int | None]
    seed: Mapped[bytes]
    token_sha256: Mapped[bytes]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


_FOUND = """
SELECT a.ward_id, a.id, a.name, a.role, a.unit_id, a.email, w.code AS ward_code, w.name AS ward_name,
    c.password_hash, coalesce(c.must_change, false) AS must_change, coalesce(c.failures, 0) AS failures,
    c.locked_until, c.totp_secret, c.totp_since, coalesce(c.totp_step, 0) AS totp_step,
    coalesce(c.recovery_sha256, '{}') AS recovery_sha256, c.changed_at
FROM cchc.account a
JOIN cchc.ward w ON w.id = a.ward_id
LEFT JOIN cchc.credential c ON c.ward_id = a.ward_id AND c.account_id = a.id
WHERE a.active AND NOT a.machine AND """


def named(connection: Connection, ward: int | None, name: str) -> Sequence[Any]:
    """Return the active accounts of people with this name or address, in one ward or in all; at most two."""
    return connection.exec_driver_sql(
        _FOUND + "(%(ward)s::int IS NULL OR a.ward_id = %(ward)s)"
        " AND (a.name = %(name)s OR lower(a.email) = %(name)s)"
        " ORDER BY a.name = %(name)s DESC, a.ward_id, a.id LIMIT 2",
        {"ward": ward, "name": name},
    ).all()


def of_account(connection: Connection, ward: int, account: int) -> Any | None:
    """Return an active account with what it signs in with; None where it isn't."""
    return connection.exec_driver_sql(
        _FOUND + "a.ward_id = %(ward)s AND a.id = %(account)s", {"ward": ward, "account": account}
    ).one_or_none()


def lock(connection: Connection, ward: int, account: int) -> Any | None:
    """Return the same as `of_account`, and let others that would change it wait."""
    key = {"ward": ward, "account": account}
    connection.exec_driver_sql(
        "INSERT INTO cchc.credential (ward_id, account_id) SELECT ward_id, id FROM cchc.account"
        " WHERE ward_id = %(ward)s AND id = %(account)s ON CONFLICT DO NOTHING",
        key,
    )
    connection.exec_driver_sql(
        "SELECT FROM cchc.credential WHERE ward_id = %(ward)s AND account_id = %(account)s FOR UPDATE", key
    )
    return of_account(connection, ward, account)


def put_password(
    connection: Connection, ward: int, account: int, password_hash: str, *, must_change: bool, now: datetime
) -> None:
    """Give an account a password; what had locked it out is forgotten."""
    connection.exec_driver_sql(
        """
        INSERT INTO cchc.credential (ward_id, account_id, password_hash, changed_at, must_change)
        VALUES (%(ward)s, %(account)s, %(hash)s, %(now)s, %(must)s)
        ON CONFLICT (ward_id, account_id) DO UPDATE SET password_hash = excluded.password_hash,
            changed_at = excluded.changed_at, must_change = excluded.must_change, failures = 0,
            locked_until = NULL
        """,
        {"ward": ward, "account": account, "hash": password_hash, "must": must_change, "now": now},
    )


def rehash(connection: Connection, ward: int, account: int, password_hash: str) -> None:
    """Replace the hash of the same password."""
    connection.exec_driver_sql(
        "UPDATE cchc.credential SET password_hash = %(hash)s"
        " WHERE ward_id = %(ward)s AND account_id = %(account)s",
        {"ward": ward, "account": account, "hash": password_hash},
    )


def note_failures(
    connection: Connection, ward: int, account: int, failures: int, locked_until: datetime | None
) -> None:
    """Keep how often in a row somebody failed to sign in, and until when nobody may try."""
    connection.exec_driver_sql(
        "UPDATE cchc.credential SET failures = least(%(failures)s, 30000), locked_until = %(until)s"
        " WHERE ward_id = %(ward)s AND account_id = %(account)s",
        {"ward": ward, "account": account, "failures": failures, "until": locked_until},
    )


def put_totp(
    connection: Connection, ward: int, account: int, secret: bytes | None, since: datetime | None
) -> None:
    """Set up, switch on or take away an account's second factor."""
    connection.exec_driver_sql(
        "UPDATE cchc.credential SET totp_secret = %(secret)s, totp_since = %(since)s,"
        " recovery_sha256 = CASE WHEN %(secret)s::bytea IS NULL THEN '{}' ELSE recovery_sha256 END"
        " WHERE ward_id = %(ward)s AND account_id = %(account)s",
        {"ward": ward, "account": account, "secret": secret, "since": since},
    )


def use_step(connection: Connection, ward: int, account: int, step: int) -> bool:
    """Say that a code of this step was used; False where it, or a later one, was before."""
    done = connection.exec_driver_sql(
        "UPDATE cchc.credential SET totp_step = %(step)s"
        " WHERE ward_id = %(ward)s AND account_id = %(account)s AND totp_step < %(step)s",
        {"ward": ward, "account": account, "step": step},
    )
    return done.rowcount > 0


def put_recovery(connection: Connection, ward: int, account: int, hashes: Sequence[bytes]) -> None:
    """Replace an account's recovery codes."""
    connection.exec_driver_sql(
        "UPDATE cchc.credential SET recovery_sha256 = %(hashes)s::bytea[]"
        " WHERE ward_id = %(ward)s AND account_id = %(account)s",
        {"ward": ward, "account": account, "hashes": list(hashes)},
    )


def use_recovery(connection: Connection, ward: int, account: int, digest: bytes) -> bool:
    """Use a recovery code up; False where it is none."""
    done = connection.exec_driver_sql(
        "UPDATE cchc.credential SET recovery_sha256 = array_remove(recovery_sha256, %(digest)s::bytea)"
        " WHERE ward_id = %(ward)s AND account_id = %(account)s"
        " AND %(digest)s::bytea = ANY (recovery_sha256)",
        {"ward": ward, "account": account, "digest": digest},
    )
    return done.rowcount > 0


def administered(connection: Connection) -> bool:
    """Tell whether an administrator of any ward can sign in by password."""
    found: bool = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM cchc.account a JOIN cchc.credential c ON c.ward_id = a.ward_id"
        " AND c.account_id = a.id WHERE a.active AND a.role = 'admin' AND c.password_hash IS NOT NULL)"
    ).scalar_one()
    return found
