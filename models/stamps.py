"""Timestamps (RFC 3161) of checkpoints: what an authority outside says of when a note was there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard


class CheckpointStamp(OfWard, Base):
    """The response of an authority over the SHA-256 of a checkpoint's note; triggers refuse any change."""

    __tablename__ = "checkpoint_stamp"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ward_id", "size", "key"],
            [f"{SCHEMA}.checkpoint.ward_id", f"{SCHEMA}.checkpoint.size", f"{SCHEMA}.checkpoint.key"],
        ),
    )

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(doc="TimeStampResp in DER, as it was received.")
    at: Mapped[datetime] = mapped_column(doc="When, as the authority says.")


def lacking(connection: Connection) -> Sequence[Any]:
    """Return of each ward the newest checkpoint if it has no timestamp: ward_id, size, key, note."""
    return connection.exec_driver_sql(
        """
        SELECT c.* FROM (
            SELECT DISTINCT ON (ward_id) ward_id, size, key, note FROM cchc.checkpoint
            ORDER BY ward_id, size DESC, made_at DESC
        ) c
        WHERE NOT EXISTS (SELECT FROM cchc.checkpoint_stamp s
            WHERE (s.ward_id, s.size, s.key) = (c.ward_id, c.size, c.key))
        ORDER BY c.ward_id
        """
    ).all()


def put(connection: Connection, ward: int, size: int, key: str, *, token: bytes, at: datetime) -> None:
    """Keep a timestamp; the first one of a checkpoint stays."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.checkpoint_stamp (ward_id, size, key, token, at)"
        " VALUES (%(ward)s, %(size)s, %(key)s, %(token)s, %(at)s) ON CONFLICT DO NOTHING",
        {"ward": ward, "size": size, "key": key, "token": token, "at": at},
    )


def of_ward(connection: Connection, ward: int) -> Sequence[Any]:
    """Return a ward's timestamps with the notes that they are of: size, key, note, token, at."""
    return connection.exec_driver_sql(
        "SELECT s.size, s.key, c.note, s.token, s.at FROM cchc.checkpoint_stamp s"
        " JOIN cchc.checkpoint c ON (c.ward_id, c.size, c.key) = (s.ward_id, s.size, s.key)"
        " WHERE s.ward_id = %(ward)s ORDER BY s.size, s.key",
        {"ward": ward},
    ).all()
