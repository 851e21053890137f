"""What the database knows of Prefect: a convenience, rebuilt at any time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard, same_ward


class FlowRun(OfWard, Base):
    """A Prefect flow run that was made for an occurrence."""

    __tablename__ = "flow_run"
    __table_args__ = (same_ward("occurrence_id", "occurrence"),)

    occurrence_id: Mapped[int] = mapped_column(primary_key=True)
    flow_run_id: Mapped[UUID] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]


class MorningRun(OfWard, Base):
    """A morning run that finished for a ward; the sweep starts where the last one ended."""

    __tablename__ = "morning_run"
    __table_args__ = (ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),)

    day: Mapped[date] = mapped_column(primary_key=True)
    finished_at: Mapped[datetime]
    reminders: Mapped[int]
