"""Whom a ward reminds when, which days offices work, who has acknowledged what, and calendars given out."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, Identity, Index, SmallInteger, Time, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard, same_ward


class ReminderRule(OfWard, Base):
    """The ladder of one kind of task and one stage; empty means any, and the most specific row counts.

    Without a row the ladder is the packaged one.
    """

    __tablename__ = "reminder_rule"
    __table_args__ = (
        ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),
        same_ward("changed_by", "account"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    stage: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    ladder: Mapped[str | None] = mapped_column(
        doc="Canonical JSON, so that equal ladders are equal texts; NULL is a rule taken back."
    )
    changed_by: Mapped[int | None] = mapped_column(doc="The account; NULL is the installation itself.")
    changed_at: Mapped[datetime]


class ReminderHours(OfWard, Base):
    """When a ward's messages leave; without a row, as packaged."""

    __tablename__ = "reminder_hours"
    __table_args__ = (
        ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),
        same_ward("changed_by", "account"),
        CheckConstraint("bulletin_weekday BETWEEN 1 AND 7", name="bulletin_weekday"),
    )

    from_time: Mapped[time] = mapped_column(Time, doc="Reminders leave from this time of the morning on.")
    quiet_begins: Mapped[time] = mapped_column(Time)
    quiet_ends: Mapped[time] = mapped_column(Time)
    bulletin_weekday: Mapped[int] = mapped_column(SmallInteger, doc="ISO: 1 is Monday.")
    changed_by: Mapped[int | None]
    changed_at: Mapped[datetime]


class CalendarNotice(Base):
    """An official notice about days off and made-up working days, over the packaged ones; for all wards."""

    __tablename__ = "calendar_notice"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    document: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    off: Mapped[list[date]] = mapped_column(ARRAY(Date), server_default=text("'{}'"))
    worked: Mapped[list[date]] = mapped_column(ARRAY(Date), server_default=text("'{}'"))
    added_by: Mapped[str] = mapped_column(doc="As the history names who acts.")
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Acknowledgement(OfWard, Base):
    """Somebody of the unit has said that a due date is known; the gentle steps towards it pause."""

    __tablename__ = "acknowledgement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            [f"{SCHEMA}.stage.ward_id", f"{SCHEMA}.stage.occurrence_id", f"{SCHEMA}.stage.stage"],
        ),
        same_ward("outbox_id", "outbox"),
    )

    occurrence_id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    outbox_id: Mapped[int] = mapped_column(doc="The message whose link was used.")
    acknowledged_at: Mapped[datetime]


class CalendarFeed(OfWard, Base):
    """A private address from which a unit's or a person's due dates can be subscribed to."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        same_ward("unit_id", "unit"),
        same_ward("account_id", "account"),
        same_ward("made_by", "account"),
        same_ward("revoked_by", "account"),
        CheckConstraint("(unit_id IS NULL) <> (account_id IS NULL)", name="of_unit_or_person"),
        Index("uq_calendar_feed_token", "token_sha256", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    token_sha256: Mapped[bytes]
    unit_id: Mapped[int | None]
    account_id: Mapped[int | None]
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]
    revoked_by: Mapped[int | None]
    revoked_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
