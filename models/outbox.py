"""What has to leave the database, and what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, one_of, same_ward


class OutboxState(StrEnum):
    """Where a message stands; `UNKNOWN` may have arrived and is never silently sent again."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DROPPED = "dropped"  # no longer true when its turn came: the stage was handed in meanwhile


class Outbox(OfWard, Base):
    """One message for one recipient on one channel, written in the transaction of its cause.

    Rows with the same `digest` go out to a recipient as one message. Channel
    `engine` wakes the occurrence's flow run instead of a person.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        # The occurrence's ward is checked with the occurrence: once is enough on the hottest table.
        same_ward("occurrence_id", "occurrence"),
        one_of("state", OutboxState),
        UniqueConstraint(
            "ward_id",
            "occurrence_id",
            "stage",
            "reason",
            "step",
            "recipient",
            "channel",
            name="uq_outbox_once",
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "ix_outbox_due",
            "channel",
            "not_before",
            postgresql_where=text("state IN ('pending', 'retry', 'sending')"),
        ),
        Index(
            "ix_outbox_troubled",
            "ward_id",
            "settled_at",
            postgresql_where=text("state IN ('failed', 'unknown')"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    occurrence_id: Mapped[int | None]
    stage: Mapped[str | None]
    reason: Mapped[str] = mapped_column(doc="opened, event, submitted, accepted, returned, reminder, …")
    step: Mapped[str] = mapped_column(doc="What makes this one different: attempt, due date and step.")
    recipient: Mapped[str]
    channel: Mapped[str]
    digest: Mapped[str | None]
    contact_id: Mapped[int | None] = mapped_column(doc="The unit's contact; NULL for an account's address.")
    replaces: Mapped[int | None] = mapped_column(
        doc="The message that failed and for which this one stands in."
    )
    note: Mapped[str | None] = mapped_column(doc="Words for the recipient, such as why it was returned.")
    state: Mapped[str] = mapped_column(server_default=text("'pending'"))
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    not_before: Mapped[datetime] = mapped_column(server_default=text("now()"))
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    settled_at: Mapped[datetime | None]


class Delivery(OfWard, Base):
    """One try to send a message, and what the provider answered."""

    __tablename__ = "delivery"
    __table_args__ = (
        same_ward("outbox_id", "outbox"),
        Index("ix_delivery_provider", "provider_id", postgresql_where=text("outcome = 'sent'")),
    )

    outbox_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    tried_at: Mapped[datetime]
    outcome: Mapped[str]
    provider_id: Mapped[str | None]
    answer: Mapped[str]
    subject: Mapped[str | None]
    message: Mapped[dict[str, Any] | None] = mapped_column(doc="message_id and SHA-256 of what was sent.")


class ReceiptKind(StrEnum):
    """What became of a message after the provider took it."""

    DELIVERED = "delivered"
    NOT_DELIVERED = "not-delivered"
    SEEN = "seen"
    OPENED = "opened"  # its link was opened
    ACKNOWLEDGED = "acknowledged"


class Receipt(OfWard, Base):
    """Something told about a message after it was sent; each kind once."""

    __tablename__ = "receipt"
    __table_args__ = (same_ward("outbox_id", "outbox"), one_of("kind", ReceiptKind))

    outbox_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(doc="When it happened, as the source says.")
    source: Mapped[str] = mapped_column(doc="`webhook`, `poll`, `link` or `person`.")
    recorded_at: Mapped[datetime]


class ChannelState(Base):
    """Whether this installation can use a channel, and why one is held; one row for each channel."""

    __tablename__ = "channel_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool] = mapped_column(doc="The settings have what it needs.")
    held_since: Mapped[datetime | None]
    held_code: Mapped[str | None]
    held_why: Mapped[str | None]
    changed_at: Mapped[datetime]
