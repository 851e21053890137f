"""Handing stages in, taking that back, accepting, returning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.people import Role
from domain.plans import Stage
from domain.refusals import BeforeItsDocument, InTheFuture, ReasonNeeded, UnknownOccurrence, UnknownUser
from domain.stages import (
    Case,
    OccurrenceState,
    StageState,
    check_submission,
    check_submitter,
    check_verdict,
    check_withdrawal,
)
from models import moves, withdrawals
from services.documents import StoredFile, register
from services.history import hash_of, hashed

# Someone else may act between a statement that moves nothing and the look at why.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Submission:
    """What a unit hands in; `effective_on` is when it happened, today unless said otherwise."""

    occurrence_id: int
    stage: Stage
    effective_on: date
    doc_number: str | None = None
    doc_date: date | None = None
    note: str | None = None
    files: Sequence[StoredFile] = field(default=())


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it; `already` says that the very same thing was recorded before."""

    attempt: int
    late: bool
    due_on: date | None = None
    already: bool = False


def submit(
    connection: Connection, ward_id: int, submission: Submission, *, by: str, today: date, now: datetime
) -> Result:
    """Hand a stage in, judge whether it is late, and open the next stage.

    Late means that `effective_on` lies after the due date; the judgement stays,
    whatever is changed or handed in again later. The same submission twice is recorded once.

    Raises:
        InTheFuture, BeforeItsDocument, BeforeTheYear: it can't have happened on that day.
        UnknownUser, NotPermitted, NotOwnUnit, StageOutOfOrder, WrongState: see `check_submission`.
    """
    if submission.effective_on > today:
        raise InTheFuture("Ngày thực hiện", submission.effective_on)
    if submission.doc_date is not None and submission.doc_date > today:
        raise InTheFuture("Ngày văn bản", submission.doc_date)
    if submission.doc_date is not None and submission.effective_on < submission.doc_date:
        raise BeforeItsDocument(submission.effective_on, submission.doc_date)
    register(connection, ward_id, list(submission.files))
    files = {file.sha256: file.name for file in submission.files}
    for _ in range(TRIES):
        moved = moves.submit(
            connection,
            ward=ward_id,
            occurrence=submission.occurrence_id,
            stage=submission.stage,
            by=by,
            on=submission.effective_on,
            today=today,
            now=now,
            doc_number=submission.doc_number,
            doc_date=submission.doc_date,
            note=submission.note,
            note_sha256=hashed(submission.note),
            sha256=list(files),
            names=list(files.values()),
            names_sha256=[hash_of(name) for name in files.values()],
        )
        if moved is not None:
            return Result(moved.attempt, moved.late, moved.due_on)
        row, case = _case(connection, ward_id, submission.occurrence_id, submission.stage, by, today)
        if _same_submission(row, submission):
            return Result(row.attempt, row.late, already=True)
        check_submission(case, submission.effective_on)
    raise AssertionError("the statement and the rule disagree")


def check_unit(
    connection: Connection, ward_id: int, occurrence_id: int, stage: Stage, *, by: str, today: date
) -> None:
    """Return if `by` hands in for this occurrence's unit, so that nobody else's files are kept at all.

    Raises:
        UnknownOccurrence, UnknownUser, NotPermitted, NotOwnUnit: they don't.
    """
    check_submitter(_case(connection, ward_id, occurrence_id, stage, by, today)[1])


def withdraw(
    connection: Connection,
    ward_id: int,
    occurrence_id: int,
    stage: Stage,
    *,
    by: str,
    today: date,
    now: datetime,
    attempt: int | None = None,
) -> Result:
    """Take back what was handed in while nobody has decided; it can be handed in again.

    What was late stays late. With `attempt`, only that one. Taking back twice is recorded once.

    Raises:
        UnknownUser, NotPermitted, NotOwnUnit, WrongState, SubmissionChanged: see `check_withdrawal`.
    """
    for _ in range(TRIES):
        moved = withdrawals.withdraw(
            connection,
            ward=ward_id,
            occurrence=occurrence_id,
            stage=stage,
            by=by,
            seen=attempt,
            today=today,
            now=now,
        )
        if moved is not None:
            return Result(moved.attempt, moved.late, moved.due_on)
        row, case = _case(connection, ward_id, occurrence_id, stage, by, today)
        if case.state is StageState.RETURNED and _decided(row, "withdrawn", attempt):
            return Result(row.attempt, row.late, already=True)
        check_withdrawal(case, seen=attempt)
    raise AssertionError("the statement and the rule disagree")


def accept(
    connection: Connection,
    ward_id: int,
    occurrence_id: int,
    stage: Stage,
    *,
    by: str,
    now: datetime,
    reason: str | None = None,
    attempt: int | None = None,
) -> Result:
    """Accept what was handed in; accepting the report closes the occurrence. A reason may be kept with it.

    With `attempt`, only that one: whoever looked at it has not seen what was handed in later.

    Raises:
        UnknownUser, NotPermitted, OwnUnitNeedsLeader, SamePerson, StageOutOfOrder, WrongState,
            SubmissionChanged: see `check_verdict`.
    """
    at, said = (ward_id, occurrence_id, stage), (reason or "").strip() or None
    return _judge(connection, at, accepting=True, by=by, reason=said, attempt=attempt, now=now)


def send_back(
    connection: Connection,
    ward_id: int,
    occurrence_id: int,
    stage: Stage,
    *,
    by: str,
    reason: str | None,
    now: datetime,
    attempt: int | None = None,
) -> Result:
    """Return what was handed in, with a reason that the unit reads; with `attempt`, only that one.

    Raises:
        ReasonNeeded: no reason was given.
        UnknownUser, NotPermitted, OwnUnitNeedsLeader, SamePerson, WrongState, SubmissionChanged:
            see `check_verdict`.
    """
    if reason is None or not reason.strip():
        raise ReasonNeeded("trả lại")
    at, said = (ward_id, occurrence_id, stage), reason.strip()
    return _judge(connection, at, accepting=False, by=by, reason=said, attempt=attempt, now=now)


def _judge(
    connection: Connection,
    at: tuple[int, int, Stage],
    *,
    accepting: bool,
    by: str,
    reason: str | None,
    attempt: int | None,
    now: datetime,
) -> Result:
    """Accept a stage, or return it; `at` names ward, occurrence and stage."""
    ward_id, occurrence_id, stage = at
    for _ in range(TRIES):
        moved = moves.judge(
            connection,
            ward=ward_id,
            occurrence=occurrence_id,
            stage=stage,
            by=by,
            accepting=accepting,
            reason=reason,
            reason_sha256=hashed(reason),
            seen=attempt,
            now=now,
        )
        if moved is not None:
            return Result(moved.attempt, moved.late, moved.due_on)
        row, case = _case(connection, ward_id, occurrence_id, stage, by)
        verdict = "accepted" if accepting else "returned"
        if case.state == verdict and _decided(row, verdict, attempt):
            return Result(row.attempt, row.late, already=True)
        check_verdict(case, accepting=accepting, seen=attempt)
    raise AssertionError("the statement and the rule disagree")


def _decided(row: Any, verdict: str, attempt: int | None) -> bool:
    """Tell whether the same person has decided just so on the attempt that is meant."""
    return (row.verdict, row.decided_by) == (verdict, row.account_id) and attempt in {None, row.attempt}


def case_of(
    connection: Connection, ward_id: int, occurrence_id: int, stage: Stage, *, by: str, today: date
) -> Case:
    """Return what decides whether `by` may act on a stage.

    Raises:
        UnknownOccurrence, UnknownUser: there is none.
    """
    return _case(connection, ward_id, occurrence_id, stage, by, today)[1]


def _case(
    connection: Connection,
    ward_id: int,
    occurrence_id: int,
    stage: Stage,
    by: str,
    today: date | None = None,
) -> tuple[Any, Case]:
    row = moves.case(connection, ward=ward_id, occurrence=occurrence_id, stage=stage, by=by, today=today)
    if row is None:
        raise UnknownOccurrence(str(occurrence_id), None)
    if row.account_id is None:
        raise UnknownUser(by)
    return row, Case(
        stage=stage,
        states={Stage(name): StageState(state) for name, state in row.states.items()},
        occurrence=OccurrenceState(row.occurrence),
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        role=Role(row.role),
        person_unit_id=row.person_unit_id,
        opens_on=row.opens_on,
        same_person=row.submitted_by == row.account_id,
        stands_in=row.stands_in,
        attempt=row.attempt or 0,
    )


def _same_submission(row: Any, submission: Submission) -> bool:
    waits = row.states[submission.stage] == StageState.SUBMITTED and row.submitted_by == row.account_id
    return waits and (
        row.effective_on,
        row.doc_number,
        row.doc_date,
        sorted(row.documents),
    ) == (
        submission.effective_on,
        submission.doc_number,
        submission.doc_date,
        sorted({file.sha256 for file in submission.files}),
    )
