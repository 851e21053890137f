"""Checkpoints: what a ward's log was at a moment, signed, so that copies outside the database bind it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
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
