"""Who in a unit is in charge (người phụ trách) of a task that the unit leads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, same_ward


class Assignment(OfWard, Base):
    """The officer in charge of a task in one of its lead units; the history keeps former ones."""

    __tablename__ = "assignment"
    __table_args__ = (
        same_ward("task_id", "task"),
        same_ward("unit_id", "unit"),
        same_ward("account_id", "account"),
        same_ward("assigned_by", "account"),
        Index("ix_assignment_account_id", "ward_id", "account_id"),
    )

    task_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(doc="NULL once nobody is in charge any more.")
    assigned_by: Mapped[int]
    assigned_at: Mapped[datetime]
