"""What providers tell us of the people we write to: followers, their events, codes that tie them to units."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, one_of, same_ward
from models.wards import ContactRole


class WebhookEvent(Base):
    """An event that a provider sent, once however often it was sent; kept before it is worked on."""

    __tablename__ = "webhook_event"
    __table_args__ = (
        Index("ix_webhook_event_waiting", "received_at", postgresql_where=text("handled_at IS NULL")),
    )

    source: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True, doc="What makes two events the same one.")
    name: Mapped[str]
    received_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]
    handled_at: Mapped[datetime | None]
    problem: Mapped[str | None]


class BindingCode(OfWard, Base):
    """A one-time code by which whoever sends it to the official account becomes a unit's contact."""

    __tablename__ = "binding_code"
    __table_args__ = (
        same_ward("unit_id", "unit"),
        same_ward("contact_id", "contact"),
        same_ward("made_by", "account"),
        one_of("role", ContactRole),
        Index("uq_binding_code", "code_sha256", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    code_sha256: Mapped[bytes]
    unit_id: Mapped[int]
    channel: Mapped[str]
    role: Mapped[str]
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    contact_id: Mapped[int | None]


class ZaloFollower(Base):
    """Someone who follows the official account or wrote to it, known by the id it has there alone."""

    __tablename__ = "zalo_follower"

    oa_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    followed_at: Mapped[datetime | None]
    unfollowed_at: Mapped[datetime | None]
    last_interaction_at: Mapped[datetime | None]
