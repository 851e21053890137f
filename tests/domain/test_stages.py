"""Who may hand in and judge what, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.errors import WardError
from domain.people import Role
from domain.plans import Stage
from domain.refusals import (
    BeforeTheYear,
    NotOwnUnit,
    NotPermitted,
    OwnUnitNeedsLeader,
    SamePerson,
    StageOutOfOrder,
    WrongState,
)
from domain.stages import (
    Case,
    OccurrenceState,
    StageState,
    after,
    before,
    check_submission,
    check_verdict,
)

P, I, R = Stage.PLAN, Stage.IMPLEMENT, Stage.REPORT  # noqa: E741 - the three stages in their order
OPEN, WAITING = StageState.OPEN, StageState.WAITING
SUBMITTED, RETURNED, ACCEPTED = StageState.SUBMITTED, StageState.RETURNED, StageState.ACCEPTED

DAY = date(2026, 3, 2)


def case(
    stage: Stage = P,
    states: tuple[StageState, StageState, StageState] = (OPEN, WAITING, WAITING),
    role: Role = Role.OFFICER,
    unit: int | None = 1,
) -> Case:
    return Case(stage, dict(zip(Stage, states, strict=True)), OccurrenceState.OPEN, 1, "VP", role, unit, DAY)


def test_the_stages_follow_each_other() -> None:
    assert [before(stage) for stage in Stage] == [(), (P,), (P, I)]
    assert [after(stage) for stage in Stage] == [I, R, None]


@pytest.mark.parametrize(
    ("stage", "states"),
    [
        (P, (OPEN, WAITING, WAITING)),
        (P, (RETURNED, OPEN, WAITING)),
        (I, (SUBMITTED, OPEN, WAITING)),
        (I, (ACCEPTED, RETURNED, WAITING)),
        (R, (SUBMITTED, SUBMITTED, OPEN)),
        (R, (ACCEPTED, ACCEPTED, RETURNED)),
    ],
)
def test_a_stage_is_handed_in_when_those_before_it_are(
    stage: Stage, states: tuple[StageState, StageState, StageState]
) -> None:
    check_submission(case(stage, states), DAY)


@pytest.mark.parametrize(
    ("stage", "states", "says"),
    [
        (I, (OPEN, WAITING, WAITING), "“Ban hành kế hoạch” cần nộp trước"),
        (R, (ACCEPTED, OPEN, WAITING), "“Triển khai thực hiện” cần nộp trước"),
        (I, (RETURNED, OPEN, WAITING), "“Ban hành kế hoạch” cần nộp lại trước"),
        (R, (RETURNED, SUBMITTED, OPEN), "“Ban hành kế hoạch” cần nộp lại trước"),
    ],
)
def test_a_stage_before_its_time_is_told_which_comes_first(
    stage: Stage, states: tuple[StageState, StageState, StageState], says: str
) -> None:
    with pytest.raises(StageOutOfOrder) as refusal:
        check_submission(case(stage, states), DAY)

    assert says in refusal.value.notice


@pytest.mark.parametrize(
    ("state", "says"), [(SUBMITTED, "đã nộp, đang chờ nghiệm thu"), (ACCEPTED, "đã được nghiệm thu")]
)
def test_what_was_handed_in_is_not_handed_in_over_it(state: StageState, says: str) -> None:
    with pytest.raises(WrongState) as refusal:
        check_submission(case(P, (state, OPEN, WAITING)), DAY)

    assert says in refusal.value.notice


@pytest.mark.parametrize("unit", [2, None])
@pytest.mark.parametrize("role", [Role.OFFICER, Role.COORDINATOR])
def test_only_the_lead_unit_hands_in(role: Role, unit: int | None) -> None:
    with pytest.raises(NotOwnUnit):
        check_submission(case(role=role, unit=unit), DAY)


@pytest.mark.parametrize(
    ("state", "says"),
    [("planned", "chưa đến kỳ"), ("done", "đã hoàn thành"), ("cancelled", "đã huỷ")],
)
def test_nothing_is_handed_in_or_judged_outside_an_open_occurrence(state: str, says: str) -> None:
    closed = replace(case(P, (SUBMITTED, OPEN, WAITING)), occurrence=OccurrenceState(state))

    with pytest.raises(WrongState) as refusal:
        check_submission(replace(closed, states={**closed.states, P: OPEN}), DAY)
    assert says in refusal.value.notice
    with pytest.raises(WrongState) as refusal:
        check_verdict(replace(closed, role=Role.LEADER), accepting=True)
    assert says in refusal.value.notice


@pytest.mark.parametrize(
    ("role", "submits", "judges"),
    [
        (Role.OFFICER, True, False),
        (Role.COORDINATOR, True, True),
        (Role.LEADER, False, True),
        (Role.AUDITOR, False, False),
        (Role.ADMIN, False, False),
    ],
)
def test_each_role_does_what_it_is_for(role: Role, submits: bool, judges: bool) -> None:
    def refused(check: object) -> bool:
        try:
            check()  # type: ignore[operator] # values of mixed types, on purpose
        except NotPermitted:
            return True
        except WardError:
            return False
        return False

    assert refused(lambda: check_submission(case(role=role), DAY)) is not submits
    waits = case(P, (SUBMITTED, OPEN, WAITING), role, unit=2)
    assert refused(lambda: check_verdict(waits, accepting=True)) is not judges
    assert refused(lambda: check_verdict(waits, accepting=False)) is not judges


@pytest.mark.parametrize("accepting", [True, False])
def test_nobody_judges_what_they_handed_in(accepting: bool) -> None:
    own = replace(case(P, (SUBMITTED, OPEN, WAITING), Role.LEADER), same_person=True)

    with pytest.raises(SamePerson):
        check_verdict(own, accepting=accepting)


@pytest.mark.parametrize("accepting", [True, False])
def test_the_coordinators_own_unit_is_judged_by_a_leader(accepting: bool) -> None:
    states = (SUBMITTED, OPEN, WAITING)

    with pytest.raises(OwnUnitNeedsLeader):
        check_verdict(case(P, states, Role.COORDINATOR, unit=1), accepting=accepting)
    check_verdict(case(P, states, Role.COORDINATOR, unit=2), accepting=accepting)
    check_verdict(case(P, states, Role.COORDINATOR, unit=None), accepting=accepting)
    check_verdict(case(P, states, Role.LEADER, unit=1), accepting=accepting)


def test_a_stage_is_accepted_after_those_before_it_but_may_be_returned_at_once() -> None:
    waits = case(I, (SUBMITTED, SUBMITTED, OPEN), Role.LEADER)

    with pytest.raises(StageOutOfOrder) as refusal:
        check_verdict(waits, accepting=True)
    assert "“Ban hành kế hoạch” cần được nghiệm thu trước" in refusal.value.notice
    check_verdict(waits, accepting=False)


@pytest.mark.parametrize("state", [WAITING, OPEN, RETURNED])
def test_there_is_nothing_to_judge_before_something_was_handed_in(state: StageState) -> None:
    with pytest.raises(WrongState):
        check_verdict(case(P, (state, WAITING, WAITING), Role.LEADER), accepting=True)


def test_what_was_accepted_stays_accepted() -> None:
    for accepting in (True, False):
        with pytest.raises(WrongState):
            check_verdict(case(P, (ACCEPTED, OPEN, WAITING), Role.LEADER), accepting=accepting)


@pytest.mark.parametrize(("day", "refused"), [(date(2025, 12, 31), True), (date(2026, 1, 1), False)])
def test_work_for_a_year_is_not_older_than_the_year(day: date, refused: bool) -> None:
    if not refused:
        check_submission(case(), day)
        return
    with pytest.raises(BeforeTheYear):
        check_submission(case(), day)
