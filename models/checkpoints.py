"""Checkpoints: what a ward's log was at a moment, signed, so that copies outside the database bind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import CheckConstraint, Connection, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard, one_of

CAUSES = ("daily", "report", "export", "backup", "asked")


class Checkpoint(OfWard, Base):
    """A signed statement that the log's first `size` events have the Merkle root `root`.

    The row is a copy for convenience: what counts is the note that left the database. One for each size
    and key; triggers refuse UPDATE, DELETE and TRUNCATE.
    """

    __tablename__ = "checkpoint"
    __table_args__ = (
        ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),
        CheckConstraint("size >= 0", name="size_not_negative"),
        one_of("cause", CAUSES),
    )

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True, doc="The signing key's id: 8 hex digits of its hash.")
    root: Mapped[bytes]
    note: Mapped[str] = mapped_column(doc="C2SP signed note over a tlog-checkpoint, as it was sent out.")
    cause: Mapped[str] = mapped_column(doc="What it was made for.")
    made_at: Mapped[datetime]


def head(connection: Connection, ward: int) -> tuple[int, list[bytes]]:
    """Return the size of a ward's log and the roots of its full subtrees, as this transaction sees them."""
    row = connection.exec_driver_sql(
        "SELECT size, frontier FROM cchc.audit_log WHERE ward_id = %(ward)s", {"ward": ward}
    ).one_or_none()
    return (0, []) if row is None else (row.size, [bytes(root) for root in row.frontier])


def put(
    connection: Connection,
    ward: int,
    *,
    size: int,
    keys: Sequence[str],
    root: bytes,
    note: str,
    cause: str,
    now: datetime,
) -> None:
    """Keep a checkpoint; of those with one size and key the first stays."""
    connection.exec_driver_sql(
        """
        INSERT INTO cchc.checkpoint (ward_id, size, key, root, note, cause, made_at)
        SELECT %(ward)s, %(size)s, key, %(root)s, %(note)s, %(cause)s, %(now)s
        FROM unnest(%(keys)s::text[]) key
        ON CONFLICT DO NOTHING
        """,
        {
            "ward": ward, "size": size, "keys": list(keys), "root": root, "note": note, "cause": cause,
            "now": now,
        },
    )  # fmt: skip


def newest(connection: Connection, ward: int, key: str | None = None) -> Any | None:
    """Return a ward's largest checkpoint, or the largest under one key; None for none."""
    return connection.exec_driver_sql(
        "SELECT size, key, root, note, cause, made_at FROM cchc.checkpoint"
        " WHERE ward_id = %(ward)s AND (%(key)s::text IS NULL OR key = %(key)s)"
        " ORDER BY size DESC, made_at DESC LIMIT 1",
        {"ward": ward, "key": key},
    ).one_or_none()


def stored(connection: Connection, ward: int) -> Sequence[Any]:
    """Return a ward's checkpoints, smallest first."""
    return connection.exec_driver_sql(
        "SELECT size, key, root, note, cause, made_at FROM cchc.checkpoint WHERE ward_id = %(ward)s"
        " ORDER BY size, made_at, key",
        {"ward": ward},
    ).all()


def hashes(connection: Connection, ward: int, level: int, first: int, count: int) -> list[bytes]:
    """Return the hashes of up to `count` full subtrees in a row of a kept level, as far as none is missing.

    Level 0 is the events themselves.
    """
    table = (
        "SELECT position, leaf_hash FROM cchc.audit_event WHERE ward_id = %(ward)s"
        " AND position >= %(first)s AND position < %(end)s ORDER BY position"
        if level == 0
        else "SELECT number, hash FROM cchc.audit_node WHERE ward_id = %(ward)s AND level = %(level)s"
        " AND number >= %(first)s AND number < %(end)s ORDER BY number"
    )
    params = {"ward": ward, "level": level, "first": first, "end": first + count}
    rows = connection.exec_driver_sql(table, params)
    return [bytes(found) for at, (number, found) in enumerate(rows) if number == first + at]


def nodes(connection: Connection, ward: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield a ward's kept nodes as (level, number, hash)."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - only a closed connection has none
    copy = (
        "COPY (SELECT level, number, hash FROM cchc.audit_node WHERE ward_id = %s) TO STDOUT (FORMAT BINARY)"
    )
    with driver.cursor() as cursor, cursor.copy(copy, (ward,)) as rows:
        rows.set_types(["int4", "int8", "bytea"])
        yield from rows.rows()


def nodes_beyond(connection: Connection, ward: int) -> bool:
    """Tell whether nodes are kept over more events than the ward's log has."""
    found: bool = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM cchc.audit_node n LEFT JOIN cchc.audit_log l ON l.ward_id = n.ward_id"
        " WHERE n.ward_id = %(ward)s AND (n.number + 1) << n.level > coalesce(l.size, 0))",
        {"ward": ward},
    ).scalar_one()
    return found


def stored_everywhere(connection: Connection) -> dict[int, list[Any]]:
    """Return all checkpoints by ward, smallest first."""
    rows = connection.exec_driver_sql(
        "SELECT ward_id, size, key, root, note, cause, made_at FROM cchc.checkpoint"
        " ORDER BY ward_id, size, made_at, key"
    )
    return {ward: list(group) for ward, group in groupby(rows, key=lambda row: row.ward_id)}


def queue_letter(connection: Connection, ward: int, size: int, address: str, now: datetime) -> None:
    """Queue a letter with the checkpoint of this size, once."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.outbox (ward_id, reason, step, recipient, channel, not_before)"
        " VALUES (%(ward)s, 'checkpoint', %(size)s, %(address)s, 'email', %(now)s)"
        " ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING",
        {"ward": ward, "size": str(size), "address": address, "now": now},
    )
    connection.exec_driver_sql("SELECT pg_notify('cchc_outbox', '')")
