"""Reading and writing wards, units, contacts and accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection


def wards(connection: Connection) -> Sequence[Any]:
    """Return all wards."""
    return connection.exec_driver_sql("SELECT id, code, name FROM cchc.ward ORDER BY id").all()


def lock_first_start(connection: Connection) -> None:
    """Let one process at a time look whether this is the first start; held until the transaction ends."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('cchc-first-run'))")


def put_ward(connection: Connection, code: str, name: str) -> int:
    """Add a ward unless there is one with this code; return its id."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.ward (code, name) VALUES (%(code)s, %(name)s) ON CONFLICT (code) DO NOTHING",
        {"code": code, "name": name},
    )
    found: int = connection.exec_driver_sql(
        "SELECT id FROM cchc.ward WHERE code = %(code)s", {"code": code}
    ).scalar_one()
    return found


def account(connection: Connection, ward: int, name: str) -> Any | None:
    """Return an account by name; None where there is none."""
    return connection.exec_driver_sql(
        "SELECT id, name, role, unit_id, email, active, machine FROM cchc.account"
        " WHERE ward_id = %(ward)s AND name = %(name)s",
        {"ward": ward, "name": name},
    ).one_or_none()


def accounts(connection: Connection, ward: int) -> Sequence[Any]:
    """Return all accounts with their unit's name, by name."""
    return connection.exec_driver_sql(
        "SELECT a.id, a.name, a.role, u.name AS unit, a.email, a.active, a.machine FROM cchc.account a"
        " LEFT JOIN cchc.unit u ON u.ward_id = a.ward_id AND u.id = a.unit_id"
        " WHERE a.ward_id = %(ward)s ORDER BY a.name",
        {"ward": ward},
    ).all()


def put_account(
    connection: Connection, ward: int, name: str, role: str, unit: int | None, email: str | None
) -> int:
    """Add an account, or activate the one with this name and set its address; return its id."""
    found: int = connection.exec_driver_sql(
        """
        INSERT INTO cchc.account (ward_id, name, role, unit_id, email)
        VALUES (%(ward)s, %(name)s, %(role)s, %(unit)s, %(email)s)
        ON CONFLICT (ward_id, name) DO UPDATE SET active = true, email = excluded.email
        RETURNING id
        """,
        {"ward": ward, "name": name, "role": str(role), "unit": unit, "email": email},
    ).scalar_one()
    return found


def disable_account(connection: Connection, ward: int, account_id: int) -> None:
    """Lock an account."""
    connection.exec_driver_sql(
        "UPDATE cchc.account SET active = false WHERE ward_id = %(ward)s AND id = %(id)s",
        {"ward": ward, "id": account_id},
    )


def change_account(
    connection: Connection, ward: int, account_id: int, *, role: str, unit: int | None, email: str | None
) -> None:
    """Give an account another role, unit or address."""
    connection.exec_driver_sql(
        "UPDATE cchc.account SET role = %(role)s, unit_id = %(unit)s, email = %(email)s"
        " WHERE ward_id = %(ward)s AND id = %(id)s",
        {"ward": ward, "id": account_id, "role": str(role), "unit": unit, "email": email},
    )


def accounts_with_log_in(connection: Connection, ward: int, now: datetime) -> Sequence[Any]:
    """Return people's accounts with their unit, how they sign in and when they last did, by name."""
    return connection.exec_driver_sql(
        """
        SELECT a.id, a.name, a.role, u.name AS unit, a.email, a.active,
            c.password_hash IS NOT NULL AS has_password, coalesce(c.must_change, false) AS must_change,
            c.totp_since IS NOT NULL AS has_code, c.locked_until > %(now)s AS locked,
            s.used_at, coalesce(s.open, 0) AS open
        FROM cchc.account a
        LEFT JOIN cchc.unit u ON u.ward_id = a.ward_id AND u.id = a.unit_id
        LEFT JOIN cchc.credential c ON c.ward_id = a.ward_id AND c.account_id = a.id
        LEFT JOIN LATERAL (
            SELECT max(used_at) AS used_at,
                count(*) FILTER (WHERE revoked_at IS NULL AND expires_at > %(now)s) AS open
            FROM cchc.web_session w WHERE w.ward_id = a.ward_id AND w.account_id = a.id AND w.whole
        ) s ON true
        WHERE a.ward_id = %(ward)s AND NOT a.machine ORDER BY a.active DESC, a.name
        """,
        {"ward": ward, "now": now},
    ).all()


def unit_names(connection: Connection, ward: int) -> Sequence[Any]:
    """Return id, name and aliases of every unit."""
    return connection.exec_driver_sql(
        """
        SELECT u.id, u.name, coalesce(array_agg(a.alias) FILTER (WHERE a.alias IS NOT NULL), '{}') AS aliases
        FROM cchc.unit u
        LEFT JOIN cchc.unit_alias a ON a.ward_id = u.ward_id AND a.unit_id = u.id AND a.active
        WHERE u.ward_id = %(ward)s GROUP BY u.id, u.name ORDER BY u.name
        """,
        {"ward": ward},
    ).all()


def units(connection: Connection, ward: int) -> Sequence[Any]:
    """Return every unit with its aliases, members and active contacts, by name."""
    return connection.exec_driver_sql(
        """
        SELECT u.id, u.name, u.is_group,
            ARRAY(SELECT alias FROM cchc.unit_alias a
                  WHERE a.ward_id = u.ward_id AND a.unit_id = u.id AND a.active ORDER BY alias) AS aliases,
            ARRAY(SELECT m.name FROM cchc.unit_member um
                  JOIN cchc.unit m ON m.ward_id = um.ward_id AND m.id = um.member_id
                  WHERE um.ward_id = u.ward_id AND um.group_id = u.id AND um.active
                  ORDER BY m.name) AS members,
            coalesce((SELECT json_agg(json_build_object('channel', c.channel, 'address', c.address,
                    'role', c.role, 'rank', c.rank, 'muted_at', c.muted_at, 'muted_why', c.muted_why)
                    ORDER BY c.rank, c.id) FROM cchc.contact c
                  WHERE c.ward_id = u.ward_id AND c.unit_id = u.id AND c.active), '[]') AS contacts
        FROM cchc.unit u WHERE u.ward_id = %(ward)s ORDER BY u.name
        """,
        {"ward": ward},
    ).all()


def put_unit(connection: Connection, ward: int, name: str, *, is_group: bool) -> int:
    """Add a unit unless it is there (in any capitals); return its id."""
    params = {"ward": ward, "name": name, "is_group": is_group}
    connection.exec_driver_sql(
        "INSERT INTO cchc.unit (ward_id, name, is_group) VALUES (%(ward)s, %(name)s, %(is_group)s)"
        " ON CONFLICT (ward_id, lower(name)) DO NOTHING",
        params,
    )
    found: int = connection.exec_driver_sql(
        "SELECT id FROM cchc.unit WHERE ward_id = %(ward)s AND lower(name) = lower(%(name)s)", params
    ).scalar_one()
    return found


def put_aliases(connection: Connection, ward: int, unit: int, aliases: Sequence[str]) -> None:
    """Add spellings of a unit; one that another unit has already stays with that unit."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.unit_alias (ward_id, unit_id, alias)"
        " SELECT %(ward)s, %(unit)s, unnest(%(aliases)s::text[]) ON CONFLICT DO NOTHING",
        {"ward": ward, "unit": unit, "aliases": list(aliases)},
    )


def put_members(connection: Connection, ward: int, group: int, members: Sequence[int]) -> None:
    """Add members to a group of units."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.unit_member (ward_id, group_id, member_id)"
        " SELECT %(ward)s, %(group)s, unnest(%(members)s::bigint[]) ON CONFLICT DO NOTHING",
        {"ward": ward, "group": group, "members": list(members)},
    )
