"""Sessions of browsers: opened, looked up at each request, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection


def put(connection: Connection, **columns: object) -> int:
    """Keep a new session; return its id."""
    found: int = connection.exec_driver_sql(
        """
        INSERT INTO cchc.web_session
            (ward_id, account_id, token_sha256, method, created_at, used_at, expires_at, whole, agent)
        VALUES (%(ward)s, %(account)s, %(token)s, %(method)s, %(now)s, %(now)s, %(until)s, %(whole)s,
            %(agent)s)
        RETURNING id
        """,
        columns,
    ).scalar_one()
    return found


def find(connection: Connection, token: bytes, *, now: datetime, used_after: datetime) -> Any | None:
    """Return the session of a token with its account and ward, unless it has ended in any way."""
    return connection.exec_driver_sql(
        """
        SELECT s.id, s.ward_id, w.code AS ward_code, w.name AS ward_name, a.id AS account_id, a.name, a.role,
            a.unit_id, u.name AS unit, s.used_at, s.whole, coalesce(c.must_change, false) AS must_change
        FROM cchc.web_session s
        JOIN cchc.account a ON a.ward_id = s.ward_id AND a.id = s.account_id AND a.active
        JOIN cchc.ward w ON w.id = s.ward_id
        LEFT JOIN cchc.unit u ON u.ward_id = a.ward_id AND u.id = a.unit_id
        LEFT JOIN cchc.credential c ON c.ward_id = a.ward_id AND c.account_id = a.id
        WHERE s.token_sha256 = %(token)s AND s.revoked_at IS NULL AND s.expires_at > %(now)s
            AND s.used_at > %(used_after)s
        """,
        {"token": token, "now": now, "used_after": used_after},
    ).one_or_none()


def touch(connection: Connection, ward: int, session: int, now: datetime) -> None:
    """Keep when a session was used last."""
    connection.exec_driver_sql(
        "UPDATE cchc.web_session SET used_at = greatest(used_at, %(now)s)"
        " WHERE ward_id = %(ward)s AND id = %(id)s",
        {"ward": ward, "id": session, "now": now},
    )


def of_account(
    connection: Connection, ward: int, account: int, *, now: datetime, used_after: datetime
) -> Sequence[Any]:
    """Return an account's sessions that still count, the last used first."""
    return connection.exec_driver_sql(
        """
        SELECT id, method, created_at, used_at, expires_at, agent FROM cchc.web_session
        WHERE ward_id = %(ward)s AND account_id = %(account)s AND revoked_at IS NULL AND whole
            AND expires_at > %(now)s AND used_at > %(used_after)s
        ORDER BY used_at DESC, id DESC
        """,
        {"ward": ward, "account": account, "now": now, "used_after": used_after},
    ).all()


def revoke(
    connection: Connection, ward: int, account: int, *, now: datetime, one: int | None, but: int | None
) -> int:
    """End an account's sessions: `one` of them or all, `but` not this one; return how many ended."""
    done = connection.exec_driver_sql(
        """
        UPDATE cchc.web_session SET revoked_at = %(now)s
        WHERE ward_id = %(ward)s AND account_id = %(account)s AND revoked_at IS NULL
            AND (%(one)s::bigint IS NULL OR id = %(one)s) AND (%(but)s::bigint IS NULL OR id <> %(but)s)
        """,
        {"ward": ward, "account": account, "now": now, "one": one, "but": but},
    )
    return done.rowcount
