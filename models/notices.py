"""Official notices about days off and made-up working days, which people record over the packaged ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

IN_FORCE = (
    "SELECT document, year, off, worked FROM cchc.calendar_notice WHERE withdrawn_at IS NULL ORDER BY id"
)


def in_force(connection: Connection) -> Sequence[Any]:
    """Return the notices that were not withdrawn, in the order in which they were recorded."""
    return connection.exec_driver_sql(IN_FORCE).all()


def notices(connection: Connection) -> Sequence[Any]:
    """Return every notice that was recorded, withdrawn ones too, by year and in order."""
    return connection.exec_driver_sql(
        "SELECT id, document, year, off, worked, added_by, added_at, withdrawn_at"
        " FROM cchc.calendar_notice ORDER BY year, id"
    ).all()


def put(
    connection: Connection,
    *,
    document: str,
    year: int,
    off: Sequence[date],
    worked: Sequence[date],
    added_by: str,
    now: datetime,
) -> int:
    """Record a notice; return its number."""
    number: int = connection.exec_driver_sql(
        "INSERT INTO cchc.calendar_notice (document, year, off, worked, added_by, added_at)"
        " VALUES (%(document)s, %(year)s, %(off)s, %(worked)s, %(added_by)s, %(now)s) RETURNING id",
        {
            "document": document,
            "year": year,
            "off": list(off),
            "worked": list(worked),
            "added_by": added_by,
            "now": now,
        },
    ).scalar_one()
    return number


def withdraw(connection: Connection, number: int, now: datetime) -> bool:
    """Let a notice count no longer; False where it already doesn't."""
    return (
        connection.exec_driver_sql(
            "UPDATE cchc.calendar_notice SET withdrawn_at = %(now)s"
            " WHERE id = %(number)s AND withdrawn_at IS NULL",
            {"number": number, "now": now},
        ).rowcount
        > 0
    )


def lock(connection: Connection) -> None:
    """Let one at a time record notices, so that the same one isn't recorded twice."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(1667459171 + 2, 0)")
