"""The append-only history, one log per ward."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Integer, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard


class AuditEvent(OfWard, Base):
    """One line of a ward's history, exactly as it was hashed.

    Only the function `cchc.append_audit` inserts; triggers refuse UPDATE, DELETE
    and TRUNCATE, and `services.audit.verify` finds what a superuser changed.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        # No reference to the ward: append_audit looks it up, and nobody else inserts.
        CheckConstraint("position >= 0", name="position_not_negative"),
    )

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime]
    kind: Mapped[str]
    body: Mapped[str] = mapped_column(doc="Canonical JSON (RFC 8785); holds all other columns too.")
    leaf_hash: Mapped[bytes] = mapped_column(doc="RFC 6962: SHA-256 of 0x00 and the body in UTF-8.")


class AuditLog(OfWard, Base):
    """The head of a ward's log: its size and the Merkle roots of its full subtrees, largest first."""

    __tablename__ = "audit_log"
    __table_args__ = (ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),)

    size: Mapped[int]
    frontier: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))


class AuditNode(OfWard, Base):
    """The root of a complete subtree of 2^level leaves, the `number`-th of its size.

    `cchc.append_audit` adds it with the subtree's last event. Only every eighth level is kept: any
    other node follows from at most 256 hashes.
    """

    __tablename__ = "audit_node"
    __table_args__ = (
        CheckConstraint("level IN (8, 16, 24, 32)", name="level"),
        CheckConstraint("number >= 0", name="number_not_negative"),
    )

    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]
