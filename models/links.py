"""One-time links: made, looked up, used up, and queued to be mailed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

_LINK = """
SELECT l.ward_id, l.id, l.kind, l.account_id, l.seed, l.expires_at, w.code AS ward_code,
    w.name AS ward_name, a.name, a.email
FROM cchc.one_time_link l
JOIN cchc.ward w ON w.id = l.ward_id
LEFT JOIN cchc.account a ON a.ward_id = l.ward_id AND a.id = l.account_id
WHERE l.used_at IS NULL AND l.expires_at > %(now)s AND (l.account_id IS NULL OR a.active AND NOT a.machine)
    AND """


def put(connection: Connection, **columns: object) -> int:
    """Keep a new link; those of the same kind and account that were not used end. Return its id."""
    connection.exec_driver_sql(
        "UPDATE cchc.one_time_link SET used_at = %(now)s WHERE ward_id = %(ward)s AND kind = %(kind)s"
        " AND account_id IS NOT DISTINCT FROM %(account)s::bigint AND used_at IS NULL",
        columns,
    )
    found: int = connection.exec_driver_sql(
        "INSERT INTO cchc.one_time_link (ward_id, kind, account_id, seed, token_sha256, made_at, expires_at)"
        " VALUES (%(ward)s, %(kind)s, %(account)s, %(seed)s, %(token)s, %(now)s, %(until)s) RETURNING id",
        columns,
    ).scalar_one()
    return found


def find(connection: Connection, kind: str, token: bytes, now: datetime) -> Any | None:
    """Return a link that can still be used, by its token; None for none."""
    return connection.exec_driver_sql(
        _LINK + "l.kind = %(kind)s AND l.token_sha256 = %(token)s", {"kind": kind, "token": token, "now": now}
    ).one_or_none()


def of_message(connection: Connection, ward: int, link: int, now: datetime) -> Any | None:
    """Return a link that can still be used, by its number; None for none."""
    return connection.exec_driver_sql(
        _LINK + "l.ward_id = %(ward)s AND l.id = %(link)s", {"ward": ward, "link": link, "now": now}
    ).one_or_none()


def use(connection: Connection, ward: int, link: int, now: datetime) -> bool:
    """Use a link up; False where somebody did before."""
    done = connection.exec_driver_sql(
        "UPDATE cchc.one_time_link SET used_at = %(now)s"
        " WHERE ward_id = %(ward)s AND id = %(link)s AND used_at IS NULL",
        {"ward": ward, "link": link, "now": now},
    )
    return done.rowcount > 0


def end(connection: Connection, ward: int, account: int, now: datetime) -> None:
    """End an account's links that were not used."""
    connection.exec_driver_sql(
        "UPDATE cchc.one_time_link SET used_at = %(now)s"
        " WHERE ward_id = %(ward)s AND account_id = %(account)s AND used_at IS NULL",
        {"ward": ward, "account": account, "now": now},
    )


def mail(connection: Connection, ward: int, link: int, address: str, now: datetime) -> None:
    """Queue the letter that holds a link; the row names the link by its number."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.outbox (ward_id, reason, step, recipient, channel, not_before)"
        " VALUES (%(ward)s, 'password', %(step)s, %(address)s, 'email', %(now)s) ON CONFLICT DO NOTHING",
        {"ward": ward, "step": str(link), "address": address, "now": now},
    )
