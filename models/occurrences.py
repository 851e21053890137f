"""Occurrences, their stages, and everything that was ever handed in or moved."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.plans import Stage
from domain.stages import OccurrenceState, StageState
from models.base import SCHEMA, Base, OfWard, one_of, same_ward


class Occurrence(OfWard, Base):
    """A task once (kỳ thực hiện): one lead unit, three stages."""

    __tablename__ = "occurrence"
    __table_args__ = (
        same_ward("task_id", "task"),
        same_ward("unit_id", "unit"),
        same_ward("event_id", "event"),
        one_of("state", OccurrenceState),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_has_instant"),
        CheckConstraint("state <> 'cancelled' OR cancel_reason IS NOT NULL", name="cancelled_has_reason"),
        Index("uq_occurrence_label", "ward_id", "task_id", "unit_id", "label", unique=True),
        Index("uq_occurrence_event", "ward_id", "event_id", "task_id", "unit_id", unique=True),
        Index("ix_occurrence_planned", "opens_on", postgresql_where=text("state = 'planned'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    task_id: Mapped[int]
    unit_id: Mapped[int] = mapped_column(doc="The lead unit; for a group, one of its members.")
    label: Mapped[str] = mapped_column(doc="`Quý I/2026`, or the number of the event's document.")
    event_id: Mapped[int | None]
    opens_on: Mapped[date]
    state: Mapped[str] = mapped_column(server_default=text("'planned'"))
    opened_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    cancel_document: Mapped[str | None]


class StageRow(OfWard, Base):
    """One of the three stages of an occurrence; `due_on` is `nominal_due` after extensions."""

    __tablename__ = "stage"
    __table_args__ = (
        same_ward("occurrence_id", "occurrence"),
        one_of("stage", Stage),
        one_of("state", StageState),
        CheckConstraint("state NOT IN ('submitted', 'accepted') OR attempt > 0", name="handed_in"),
        Index(
            "ix_stage_due",
            "due_on",
            postgresql_where=text("state IN ('waiting', 'open', 'returned') AND due_on IS NOT NULL"),
        ),
    )

    occurrence_id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    nominal_due: Mapped[date | None] = mapped_column(doc="As written in the decision.")
    due_on: Mapped[date | None]
    assumed: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))


class DueChange(OfWard, Base):
    """A former due date of a stage, who moved it, and by which document."""

    __tablename__ = "due_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            [f"{SCHEMA}.stage.ward_id", f"{SCHEMA}.stage.occurrence_id", f"{SCHEMA}.stage.stage"],
        ),
        same_ward("changed_by", "account"),
        same_ward("amendment_id", "amendment"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    occurrence_id: Mapped[int]
    stage: Mapped[str]
    former_due: Mapped[date | None]
    new_due: Mapped[date | None]
    reason: Mapped[str]
    document: Mapped[str | None] = mapped_column(doc="Number and date of the document that moved it.")
    changed_by: Mapped[int]
    changed_at: Mapped[datetime]
    amendment_id: Mapped[int | None]


class Submission(OfWard, Base):
    """One hand-in of a stage and what was decided on it; never changed once decided.

    `effective_on` is when it happened, `recorded_at` when it was recorded;
    `late` was judged at that moment and stays.
    """

    __tablename__ = "submission"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage"],
            [f"{SCHEMA}.stage.ward_id", f"{SCHEMA}.stage.occurrence_id", f"{SCHEMA}.stage.stage"],
        ),
        same_ward("submitted_by", "account"),
        same_ward("decided_by", "account"),
        CheckConstraint("verdict = 'withdrawn' OR decided_by <> submitted_by", name="two_people"),
        CheckConstraint("(verdict IS NULL) = (decided_by IS NULL)", name="verdict_has_author"),
        CheckConstraint("verdict <> 'returned' OR reason IS NOT NULL", name="return_has_reason"),
        one_of("verdict", ("accepted", "returned", "withdrawn")),
    )

    occurrence_id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    submitted_by: Mapped[int]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    late: Mapped[bool]
    doc_number: Mapped[str | None]
    doc_date: Mapped[date | None]
    note: Mapped[str | None]
    verdict: Mapped[str | None]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class SubmissionDocument(OfWard, Base):
    """A file handed in with a submission, under the name it came with."""

    __tablename__ = "submission_document"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ward_id", "occurrence_id", "stage", "attempt"],
            [f"{SCHEMA}.submission.{c}" for c in ("ward_id", "occurrence_id", "stage", "attempt")],
        ),
        ForeignKeyConstraint(
            ["ward_id", "sha256"], [f"{SCHEMA}.document.ward_id", f"{SCHEMA}.document.sha256"]
        ),
    )

    occurrence_id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
