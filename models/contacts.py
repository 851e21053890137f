"""How units are reached: contacts, their order, and which of them take nothing now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

PUT = """
INSERT INTO cchc.contact AS c (ward_id, unit_id, channel, address, role, rank)
VALUES (%(ward)s, %(unit)s, %(channel)s, %(address)s, %(role)s, coalesce(%(rank)s::smallint, 1))
ON CONFLICT (ward_id, unit_id, channel, address) DO UPDATE SET active = true, role = excluded.role,
    rank = coalesce(%(rank)s::smallint, c.rank)
    WHERE NOT c.active OR c.role <> excluded.role OR c.rank <> coalesce(%(rank)s::smallint, c.rank)
RETURNING c.id, c.rank
"""

FIND = """
SELECT c.id, c.unit_id, u.name AS unit, c.channel, c.address, c.role, c.rank, c.active, c.muted_at,
    c.muted_why
FROM cchc.contact c JOIN cchc.unit u ON u.ward_id = c.ward_id AND u.id = c.unit_id
WHERE c.ward_id = %(ward)s AND c.unit_id = %(unit)s
"""


def put(connection: Connection, **params: object) -> Any | None:
    """Add a contact, activate it again or change its role or rank; return its id and rank.

    Returns None if nothing changed. Takes ward, unit, channel, address, role, rank; a rank of None keeps
    the one that it has, 1 for a new one.
    """
    return connection.exec_driver_sql(PUT, params).one_or_none()


def by_address(connection: Connection, ward: int, unit: int, channel: str, address: str) -> Any | None:
    """Return a unit's contact with this address, active or not; None for none."""
    return connection.exec_driver_sql(
        f"{FIND} AND c.channel = %(channel)s AND c.address = %(address)s",
        {"ward": ward, "unit": unit, "channel": channel, "address": address},
    ).one_or_none()


def by_id(connection: Connection, ward: int, unit: int, contact: int) -> Any | None:
    """Return a unit's active contact; None for none."""
    return connection.exec_driver_sql(
        f"{FIND} AND c.active AND c.id = %(id)s", {"ward": ward, "unit": unit, "id": contact}
    ).one_or_none()


def of_unit(connection: Connection, ward: int, unit: int) -> Sequence[Any]:
    """Return a unit's active contacts in the order in which they are written to."""
    return connection.exec_driver_sql(
        f"{FIND} AND c.active ORDER BY c.role DESC, c.rank, c.id", {"ward": ward, "unit": unit}
    ).all()


def remove(connection: Connection, ward: int, contact: int) -> bool:
    """Write to a contact no more; False where that was so."""
    return bool(
        connection.exec_driver_sql(
            "UPDATE cchc.contact SET active = false WHERE ward_id = %(ward)s AND id = %(id)s AND active",
            {"ward": ward, "id": contact},
        ).rowcount
    )


def unmute(connection: Connection, ward: int, contact: int) -> bool:
    """Write to a contact again; False where it was not muted."""
    return bool(
        connection.exec_driver_sql(
            "UPDATE cchc.contact SET muted_at = NULL, muted_why = NULL"
            " WHERE ward_id = %(ward)s AND id = %(id)s AND muted_at IS NOT NULL",
            {"ward": ward, "id": contact},
        ).rowcount
    )


def is_held(connection: Connection, channel: str) -> bool:
    """Tell whether nothing leaves by a channel until a person releases it."""
    found: bool = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM cchc.channel_state WHERE name = %(name)s AND held_since IS NOT NULL)",
        {"name": channel},
    ).scalar_one()
    return found
