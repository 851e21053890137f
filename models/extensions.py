"""Extensions (gia hạn): what a unit asks for, and what a leader decides on it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard, one_of, same_ward


class Extension(OfWard, Base):
    """One request for more time for one stage; without a verdict it waits for a leader.

    `granted_until` moves the stage's due date only where it was asked for in time. A delay that is approved
    for objective reasons (khách quan) is told apart by `objective`; it never turns late into on time.
    """

    __tablename__ = "extension"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            [f"{SCHEMA}.stage.ward_id", f"{SCHEMA}.stage.occurrence_id", f"{SCHEMA}.stage.stage"],
        ),
        same_ward("asked_by", "account"),
        same_ward("decided_by", "account"),
        one_of("verdict", ("granted", "refused", "withdrawn")),
        CheckConstraint("(verdict IS NULL) = (decided_by IS NULL)", name="verdict_has_author"),
        CheckConstraint("verdict = 'withdrawn' OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("(verdict = 'granted') = (granted_until IS NOT NULL)", name="granted_has_date"),
        Index(
            "uq_extension_waiting",
            "ward_id",
            "occurrence_id",
            "stage",
            unique=True,
            postgresql_where=text("verdict IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    occurrence_id: Mapped[int]
    stage: Mapped[str]
    former_due: Mapped[date] = mapped_column(doc="The due date when it was asked for.")
    asked_until: Mapped[date]
    reason: Mapped[str]
    document: Mapped[str | None] = mapped_column(doc="Number and date of the unit's written request.")
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    verdict: Mapped[str | None]
    granted_until: Mapped[date | None]
    objective: Mapped[bool] = mapped_column(server_default=text("false"))
    answer: Mapped[str | None] = mapped_column(doc="Why it was decided so.")
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
