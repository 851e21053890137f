"""One-time codes that tie a unit to whoever sends them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

# One statement: of two that send a code at once, the second finds it used.
USE = """
UPDATE cchc.binding_code b SET used_at = %(at)s
WHERE b.code_sha256 = %(code)s AND b.channel = ANY(%(channels)s) AND b.used_at IS NULL
    AND b.made_at <= %(now)s AND b.expires_at > %(at)s
    AND (b.made_by IS NULL OR EXISTS (
        SELECT FROM cchc.account a WHERE a.ward_id = b.ward_id AND a.id = b.made_by AND a.active))
RETURNING b.ward_id, b.id, b.unit_id, b.channel, b.role
"""


def put(connection: Connection, **params: object) -> int | None:
    """Keep a code's hash; return its id, None where another code has the same.

    Takes ward, code, unit, channel, role, by, now, expires.
    """
    found: int | None = connection.exec_driver_sql(
        "INSERT INTO cchc.binding_code (ward_id, code_sha256, unit_id, channel, role, made_by, made_at,"
        " expires_at) VALUES (%(ward)s, %(code)s, %(unit)s, %(channel)s, %(role)s, %(by)s, %(now)s,"
        " %(expires)s) ON CONFLICT (code_sha256) DO NOTHING RETURNING id",
        params,
    ).scalar_one_or_none()
    return found


def use(
    connection: Connection, code: bytes, channels: Sequence[str], *, at: datetime, now: datetime
) -> Any | None:
    """Use up a code that was sent at `at`; return what it stands for, None where it stands for nothing."""
    params = {"code": code, "channels": list(channels), "at": at, "now": now}
    return connection.exec_driver_sql(USE, params).one_or_none()


def bound(connection: Connection, ward: int, code: int, contact: int) -> None:
    """Note which contact a code has made: the proof that its owner agreed."""
    connection.exec_driver_sql(
        "UPDATE cchc.binding_code SET contact_id = %(contact)s WHERE ward_id = %(ward)s AND id = %(id)s",
        {"ward": ward, "id": code, "contact": contact},
    )


def open_codes(connection: Connection, ward: int, unit: int, now: datetime) -> Sequence[Any]:
    """Return the codes of a unit that can still be used, oldest first, with who made each."""
    return connection.exec_driver_sql(
        """
        SELECT b.id, b.channel, b.role, b.made_at, b.expires_at, a.name AS made_by
        FROM cchc.binding_code b
        LEFT JOIN cchc.account a ON a.ward_id = b.ward_id AND a.id = b.made_by
        WHERE b.ward_id = %(ward)s AND b.unit_id = %(unit)s AND b.used_at IS NULL AND b.expires_at > %(now)s
        ORDER BY b.id
        """,
        {"ward": ward, "unit": unit, "now": now},
    ).all()
