"""Events: documents and requests from outside that open occurrences."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard, same_ward


class Event(OfWard, Base):
    """Something that arrived; `identity` is what makes two documents the same one."""

    __tablename__ = "event"
    __table_args__ = (
        ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),
        ForeignKeyConstraint(
            ["ward_id", "sha256"], [f"{SCHEMA}.document.ward_id", f"{SCHEMA}.document.sha256"]
        ),
        same_ward("recorded_by", "account"),
        Index("uq_event_identity", "ward_id", "identity", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    type: Mapped[str] = mapped_column(doc="A code of config/event_types.toml.")
    identity: Mapped[str] = mapped_column(doc="See `domain.events.identity`.")
    doc_number: Mapped[str]
    doc_date: Mapped[date]
    issuer: Mapped[str]
    summary: Mapped[str]
    due_on: Mapped[date | None] = mapped_column(doc="The deadline set inside the document.")
    sha256: Mapped[str | None]
    file_name: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int]
