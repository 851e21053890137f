"""What a ward knows of its units: their names, spellings and members, and what people said of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection


def settled(connection: Connection, ward: int) -> Sequence[Any]:
    """Return the units that people work with, with spellings and members; not what a draft alone names.

    Such a unit stands in a plan that was activated, is reached or has accounts, or a person
    confirmed a spelling or a member of it. Of the spellings of a unit of a draft only the
    confirmed ones are there.
    """
    return connection.exec_driver_sql(
        """
        WITH used AS (
            SELECT tu.unit_id AS id FROM cchc.task_unit tu
                JOIN cchc.task t ON t.ward_id = tu.ward_id AND t.id = tu.task_id
                JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
                WHERE tu.ward_id = %(ward)s AND p.activated_at IS NOT NULL
            UNION SELECT unit_id FROM cchc.contact WHERE ward_id = %(ward)s AND active
            UNION SELECT unit_id FROM cchc.account WHERE ward_id = %(ward)s
        ), said AS (
            SELECT unit_id AS id FROM cchc.unit_alias WHERE ward_id = %(ward)s AND active AND confirmed
            UNION SELECT group_id FROM cchc.unit_member WHERE ward_id = %(ward)s AND active AND confirmed
            UNION SELECT member_id FROM cchc.unit_member WHERE ward_id = %(ward)s AND active AND confirmed
        )
        SELECT u.id, u.name, u.is_group,
            ARRAY(SELECT a.alias FROM cchc.unit_alias a WHERE a.ward_id = u.ward_id AND a.unit_id = u.id
                AND a.active AND (a.confirmed OR EXISTS (SELECT FROM used WHERE used.id = u.id))
                ORDER BY a.alias) AS aliases,
            ARRAY(SELECT m.name FROM cchc.unit_member um
                JOIN cchc.unit m ON m.ward_id = um.ward_id AND m.id = um.member_id
                WHERE um.ward_id = u.ward_id AND um.group_id = u.id AND um.active AND um.confirmed
                ORDER BY m.name) AS members
        FROM cchc.unit u
        WHERE u.ward_id = %(ward)s AND u.id IN (SELECT id FROM used UNION SELECT id FROM said)
        ORDER BY u.name
        """,
        {"ward": ward},
    ).all()


def aliases(connection: Connection, ward: int) -> Sequence[Any]:
    """Return every spelling in use, with its unit and whether a person confirmed it."""
    return connection.exec_driver_sql(
        "SELECT alias, unit_id, confirmed FROM cchc.unit_alias WHERE ward_id = %(ward)s AND active",
        {"ward": ward},
    ).all()


def confirm_alias(connection: Connection, ward: int, unit: int, alias: str) -> bool:
    """Make a spelling that of this unit, because a person says so; False where it was already."""
    return bool(
        connection.exec_driver_sql(
            """
            INSERT INTO cchc.unit_alias (ward_id, unit_id, alias, confirmed)
            VALUES (%(ward)s, %(unit)s, %(alias)s, true)
            ON CONFLICT (ward_id, alias) DO UPDATE
                SET unit_id = excluded.unit_id, active = true, confirmed = true
                WHERE NOT (unit_alias.active AND unit_alias.confirmed)
                    OR unit_alias.unit_id <> excluded.unit_id
            """,
            {"ward": ward, "unit": unit, "alias": alias},
        ).rowcount
    )


def drop_alias(connection: Connection, ward: int, unit: int, alias: str) -> bool:
    """Take a spelling from a unit; False where it has none such."""
    return bool(
        connection.exec_driver_sql(
            "UPDATE cchc.unit_alias SET active = false"
            " WHERE ward_id = %(ward)s AND unit_id = %(unit)s AND alias = %(alias)s AND active",
            {"ward": ward, "unit": unit, "alias": alias},
        ).rowcount
    )


def make_group(connection: Connection, ward: int, unit: int) -> None:
    """Say of a unit that it stands for others."""
    connection.exec_driver_sql(
        "UPDATE cchc.unit SET is_group = true WHERE ward_id = %(ward)s AND id = %(unit)s AND NOT is_group",
        {"ward": ward, "unit": unit},
    )


def set_members(connection: Connection, ward: int, group: int, members: Sequence[int]) -> bool:
    """Give a group exactly these members; False where a person had said so before."""
    params = {"ward": ward, "unit": group, "members": list(members)}
    left = connection.exec_driver_sql(
        "UPDATE cchc.unit_member SET active = false WHERE ward_id = %(ward)s AND group_id = %(unit)s"
        " AND active AND member_id <> ALL (%(members)s::bigint[])",
        params,
    ).rowcount
    came = connection.exec_driver_sql(
        """
        INSERT INTO cchc.unit_member (ward_id, group_id, member_id, confirmed)
        SELECT %(ward)s, %(unit)s, unnest(%(members)s::bigint[]), true
        ON CONFLICT (ward_id, group_id, member_id) DO UPDATE SET active = true, confirmed = true
            WHERE NOT (unit_member.active AND unit_member.confirmed)
        """,
        params,
    ).rowcount
    return bool(left or came)
