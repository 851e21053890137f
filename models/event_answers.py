"""The monthly question of each event task, “has anything arrived?”, and its answer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, one_of, same_ward


class EventAnswer(OfWard, Base):
    """What the coordinator answered for one task and month; a later answer takes its place.

    The history keeps every answer. `arrived` names the event that was recorded.
    """

    __tablename__ = "event_answer"
    __table_args__ = (
        same_ward("task_id", "task"),
        same_ward("event_id", "event"),
        same_ward("answered_by", "account"),
        one_of("answer", ("nothing", "arrived")),
        CheckConstraint("extract(day FROM month) = 1", name="first_of_month"),
        CheckConstraint("(answer = 'arrived') = (event_id IS NOT NULL)", name="arrived_has_event"),
    )

    task_id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True, doc="Its first day.")
    answer: Mapped[str]
    event_id: Mapped[int | None]
    answered_by: Mapped[int]
    answered_at: Mapped[datetime]
