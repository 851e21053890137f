"""Tokens of machine accounts (tài khoản máy): how other systems speak with the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Identity, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, same_ward


class MachineToken(OfWard, Base):
    """One token: only its hash is kept. It may do what its scopes and its account's role both allow."""

    __tablename__ = "machine_token"
    __table_args__ = (
        same_ward("account_id", "account"),
        same_ward("made_by", "account"),
        same_ward("revoked_by", "account"),
        CheckConstraint("cardinality(scopes) > 0", name="has_scope"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="end_has_author"),
        Index("uq_machine_token_token_sha256", "token_sha256", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    account_id: Mapped[int]
    label: Mapped[str] = mapped_column(doc="What it is for, as its administrator calls it.")
    token_sha256: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]


def put_account(connection: Connection, ward: int, name: str, role: str, unit: int | None) -> int:
    """Add a machine's account, or activate the one of this name; return its id."""
    found: int = connection.exec_driver_sql(
        """
        INSERT INTO cchc.account AS account (ward_id, name, role, unit_id, machine)
        VALUES (%(ward)s, %(name)s, %(role)s, %(unit)s, true)
        ON CONFLICT (ward_id, name) DO UPDATE SET active = true WHERE account.machine
        RETURNING id
        """,
        {"ward": ward, "name": name, "role": str(role), "unit": unit},
    ).scalar_one()
    return found


def put(connection: Connection, ward: int, **columns: object) -> int:
    """Keep a new token's hash; return its number."""
    found: int = connection.exec_driver_sql(
        """
        INSERT INTO cchc.machine_token
            (ward_id, account_id, label, token_sha256, scopes, made_by, made_at, expires_at)
        VALUES (%(ward)s, %(account)s, %(label)s, %(token)s, %(scopes)s::text[], %(by)s, %(now)s, %(until)s)
        RETURNING id
        """,
        {"ward": ward, **columns},
    ).scalar_one()
    return found


def find(connection: Connection, token: bytes, now: datetime) -> Any | None:
    """Return a token that still counts, with its account and ward; None for none."""
    return connection.exec_driver_sql(
        """
        SELECT m.id, m.ward_id, w.code AS ward_code, w.name AS ward_name, a.id AS account_id, a.name, a.role,
            a.unit_id, u.name AS unit, m.scopes, m.expires_at, m.used_at
        FROM cchc.machine_token m
        JOIN cchc.account a ON a.ward_id = m.ward_id AND a.id = m.account_id AND a.active AND a.machine
        JOIN cchc.ward w ON w.id = m.ward_id
        LEFT JOIN cchc.unit u ON u.ward_id = a.ward_id AND u.id = a.unit_id
        WHERE m.token_sha256 = %(token)s AND m.revoked_at IS NULL AND m.expires_at > %(now)s
        """,
        {"token": token, "now": now},
    ).one_or_none()


def touch(connection: Connection, ward: int, token: int, *, now: datetime, unless_since: datetime) -> None:
    """Keep that a token was used, unless that was kept after `unless_since`."""
    connection.exec_driver_sql(
        "UPDATE cchc.machine_token SET used_at = %(now)s WHERE ward_id = %(ward)s AND id = %(id)s"
        " AND (used_at IS NULL OR used_at <= %(since)s)",
        {"ward": ward, "id": token, "now": now, "since": unless_since},
    )


def revoke(connection: Connection, ward: int, token: int, *, by: int, now: datetime) -> Any | None:
    """Take a token back; None where it was before, or there is none."""
    return connection.exec_driver_sql(
        "UPDATE cchc.machine_token SET revoked_at = %(now)s, revoked_by = %(by)s"
        " WHERE ward_id = %(ward)s AND id = %(id)s AND revoked_at IS NULL RETURNING id, account_id, label",
        {"ward": ward, "id": token, "by": by, "now": now},
    ).one_or_none()


def end_all(connection: Connection, ward: int, account: int, *, by: int, now: datetime) -> None:
    """Take back every token of an account."""
    connection.exec_driver_sql(
        "UPDATE cchc.machine_token SET revoked_at = %(now)s, revoked_by = %(by)s"
        " WHERE ward_id = %(ward)s AND account_id = %(account)s AND revoked_at IS NULL",
        {"ward": ward, "account": account, "by": by, "now": now},
    )


def listed(connection: Connection, ward: int) -> Sequence[Any]:
    """Return a ward's tokens with whose they are, those that were made last first."""
    return connection.exec_driver_sql(
        """
        SELECT m.id, a.name, a.role, a.active, u.name AS unit, m.label, m.scopes, b.name AS made_by,
            m.made_at, m.expires_at, m.used_at, m.revoked_at, r.name AS revoked_by
        FROM cchc.machine_token m
        JOIN cchc.account a ON a.ward_id = m.ward_id AND a.id = m.account_id
        JOIN cchc.account b ON b.ward_id = m.ward_id AND b.id = m.made_by
        LEFT JOIN cchc.account r ON r.ward_id = m.ward_id AND r.id = m.revoked_by
        LEFT JOIN cchc.unit u ON u.ward_id = a.ward_id AND u.id = a.unit_id
        WHERE m.ward_id = %(ward)s ORDER BY m.id DESC
        """,
        {"ward": ward},
    ).all()
