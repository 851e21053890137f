"""Stand-ins (người làm thay): who acts for an absent officer, from which day to which."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, same_ward

# Where account `a` stands in on `today`, both days counted, for an account `f` of unit `o.unit_id`.
# Nobody stands in any more for somebody whose account was closed.
STANDS_IN = """FROM cchc.stand_in d JOIN cchc.account f ON f.ward_id = d.ward_id AND f.id = d.account_id
    WHERE d.ward_id = %(ward)s AND d.stand_in_id = a.id AND d.ended_at IS NULL AND f.active
        AND f.unit_id = o.unit_id AND %(today)s::date BETWEEN d.first_day AND d.last_day"""


class StandIn(OfWard, Base):
    """Between two days, both counted, `stand_in_id` may hand in for the unit of `account_id`."""

    __tablename__ = "stand_in"
    __table_args__ = (
        same_ward("account_id", "account"),
        same_ward("stand_in_id", "account"),
        same_ward("made_by", "account"),
        same_ward("ended_by", "account"),
        CheckConstraint("account_id <> stand_in_id", name="somebody_else"),
        CheckConstraint("first_day <= last_day", name="in_order"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="end_has_author"),
        Index("ix_stand_in_stand_in_id", "ward_id", "stand_in_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    account_id: Mapped[int]
    stand_in_id: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str]
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
