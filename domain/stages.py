"""The life of a stage: what may happen to it, by whom, and when it counts as late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.people import PERMITTED, Action, Role
from domain.plans import Stage
from domain.refusals import (
    BeforeTheYear,
    NotOwnUnit,
    NotPermitted,
    OwnUnitNeedsLeader,
    SamePerson,
    StageOutOfOrder,
    SubmissionChanged,
    WrongState,
)


class StageState(StrEnum):
    """Where a stage stands; `RETURNED` is open again, with a reason."""

    WAITING = "waiting"
    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class OccurrenceState(StrEnum):
    """Where an occurrence stands; a planned one has not opened yet."""

    PLANNED = "planned"
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


SUBMITTABLE = frozenset({StageState.OPEN, StageState.RETURNED})
HANDED_IN = frozenset({StageState.SUBMITTED, StageState.ACCEPTED})
ORDER: tuple[Stage, ...] = (Stage.PLAN, Stage.IMPLEMENT, Stage.REPORT)


def before(stage: Stage) -> tuple[Stage, ...]:
    """Return the stages that come before `stage`."""
    return ORDER[: ORDER.index(stage)]


def after(stage: Stage) -> Stage | None:
    """Return the stage that `stage` opens; None after the last."""
    index = ORDER.index(stage) + 1
    return ORDER[index] if index < len(ORDER) else None


@dataclass(frozen=True, slots=True)
class Case:
    """The facts that decide whether someone may act on a stage."""

    stage: Stage
    states: Mapping[Stage, StageState]
    occurrence: OccurrenceState
    unit_id: int
    unit_name: str
    role: Role
    person_unit_id: int | None
    opens_on: date
    same_person: bool = False  # the person handed in the submission that waits
    stands_in: bool = False  # today, for somebody of the lead unit
    attempt: int = 0  # the newest

    @property
    def state(self) -> StageState:
        """The state of the stage itself."""
        return self.states[self.stage]


def check_submitter(case: Case) -> None:
    """Return if this person hands in for the unit that leads the occurrence.

    Raises:
        NotPermitted, NotOwnUnit: the person is not one of the lead unit's and stands in for none of them.
    """
    _check_role(case.role, Action.SUBMIT)
    if case.person_unit_id != case.unit_id and not case.stands_in:
        raise NotOwnUnit(case.unit_name)


def check_submission(case: Case, effective_on: date) -> None:
    """Return if this person may hand in this stage now, as done on `effective_on`.

    Raises:
        NotPermitted, NotOwnUnit: see `check_submitter`.
        StageOutOfOrder: an earlier stage was not handed in, or was returned.
        WrongState: the stage was handed in already, or the occurrence is closed.
        BeforeTheYear: it is said to have been done before the year of the plan.
    """
    check_submitter(case)
    _check_open(case)
    for earlier in before(case.stage):
        if case.states[earlier] not in HANDED_IN:
            returned = case.states[earlier] is StageState.RETURNED
            raise StageOutOfOrder(
                case.stage, earlier, need="cần nộp lại trước" if returned else "cần nộp trước"
            )
    if case.state not in SUBMITTABLE:
        done = case.state is StageState.ACCEPTED
        raise WrongState(
            case.stage, case.state, "đã được nghiệm thu" if done else "đã nộp, đang chờ nghiệm thu"
        )
    if effective_on < case.opens_on.replace(month=1, day=1):
        raise BeforeTheYear(effective_on, case.opens_on.year)


def check_verdict(case: Case, *, accepting: bool, seen: int | None = None) -> None:
    """Return if this person may accept (or return) this stage now, having looked at the attempt `seen`.

    Raises:
        NotPermitted, OwnUnitNeedsLeader, SamePerson: someone else has to.
        StageOutOfOrder: an earlier stage was not accepted.
        WrongState: nothing was handed in, or it was accepted already.
        SubmissionChanged: what was looked at is not what waits.
    """
    _check_role(case.role, Action.ACCEPT)
    if case.role is Role.COORDINATOR and case.person_unit_id == case.unit_id:
        raise OwnUnitNeedsLeader
    if case.state is StageState.ACCEPTED:
        raise WrongState(case.stage, case.state, "đã được nghiệm thu")
    _check_open(case)
    _check_seen(case, seen)
    if case.state is not StageState.SUBMITTED:
        raise WrongState(case.stage, case.state, "chưa có kết quả nào được nộp")
    if case.same_person:
        raise SamePerson
    if accepting:
        for earlier in before(case.stage):
            if case.states[earlier] is not StageState.ACCEPTED:
                raise StageOutOfOrder(case.stage, earlier, need="cần được nghiệm thu trước")


def check_withdrawal(case: Case, *, seen: int | None = None) -> None:
    """Return if this person may take back what was handed in: whoever did, or somebody of the lead unit.

    The stage then stands as if it had been returned; what was late stays late.

    Raises:
        NotPermitted, NotOwnUnit: the person neither handed it in nor acts for the lead unit.
        WrongState: nothing waits for a verdict.
        SubmissionChanged: what was looked at is not what waits.
    """
    _check_role(case.role, Action.SUBMIT)
    if not case.same_person and case.person_unit_id != case.unit_id and not case.stands_in:
        raise NotOwnUnit(case.unit_name, "rút lại kết quả")
    if case.state is StageState.ACCEPTED:
        raise WrongState(case.stage, case.state, "đã được nghiệm thu, không rút lại được nữa")
    _check_open(case)
    _check_seen(case, seen)
    if case.state is not StageState.SUBMITTED:
        raise WrongState(case.stage, case.state, "không có kết quả nào đang chờ nghiệm thu")


def _check_seen(case: Case, seen: int | None) -> None:
    if seen is not None and (case.state is not StageState.SUBMITTED or case.attempt != seen):
        raise SubmissionChanged


def _check_role(role: Role, action: Action) -> None:
    if role not in PERMITTED[action]:
        raise NotPermitted(role, action, sorted(PERMITTED[action]))


def _check_open(case: Case) -> None:
    if case.occurrence is not OccurrenceState.OPEN:
        why = {
            OccurrenceState.PLANNED: "chưa đến kỳ",
            OccurrenceState.DONE: "thuộc kỳ đã hoàn thành",
            OccurrenceState.CANCELLED: "thuộc kỳ đã huỷ",
        }[case.occurrence]
        raise WrongState(case.stage, case.occurrence, why)
