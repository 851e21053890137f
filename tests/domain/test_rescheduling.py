"""What an amended task does to its occurrences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plans import PlannedOccurrence, Stage, StageDue
from domain.rescheduling import Moves, OccurrenceNow, StageNow, reschedule, withdraw
from domain.stages import HANDED_IN, OccurrenceState, StageState

ISSUED = date(2026, 4, 20)
OPENS = date(2026, 1, 14)
DUE = date(2026, 9, 29)
A, B, C = "Phòng A", "Phòng B", "Phòng C"

days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
dues = st.one_of(st.none(), days)


def now(
    label: str = "Năm 2026",
    *,
    unit: str = A,
    state: OccurrenceState = OccurrenceState.OPEN,
    report: StageNow | None = None,
    plan: StageNow | None = None,
    of_event: bool = False,
    occurrence: int = 1,
) -> OccurrenceNow:
    stages = {
        Stage.PLAN: plan or StageNow(StageState.OPEN, None, None),
        Stage.IMPLEMENT: StageNow(StageState.WAITING, None, None),
        Stage.REPORT: report or StageNow(StageState.WAITING, DUE, DUE),
    }
    return OccurrenceNow(occurrence, label, unit, state, OPENS, of_event, stages)


def wanted(label: str = "Năm 2026", report: date | None = DUE) -> PlannedOccurrence:
    stages = {Stage.PLAN: StageDue(), Stage.IMPLEMENT: StageDue(), Stage.REPORT: StageDue(report)}
    return PlannedOccurrence(label, OPENS, stages)


def moved(
    current: list[OccurrenceNow],
    planned: list[PlannedOccurrence],
    *,
    redated: bool = True,
    units: tuple[list[str], list[str]] = ([A], [A]),
) -> Moves:
    return reschedule(current, planned, redated=redated, units=units, issued_on=ISSUED)


@given(st.sampled_from(StageState), dues, dues, dues)
def test_only_what_is_not_handed_in_moves_and_only_where_the_decision_writes_another_date(
    state: StageState, nominal: date | None, due: date | None, new: date | None
) -> None:
    moves = moved([now(report=StageNow(state, nominal, due))], [wanted(report=new)])

    reports = [each for each in moves.dues if each.stage is Stage.REPORT]
    if state in HANDED_IN or nominal == new:
        assert reports == []
    else:
        assert [(each.former, each.due) for each in reports] == [(due, new)]


@given(st.sampled_from([OccurrenceState.DONE, OccurrenceState.CANCELLED]), days)
def test_what_is_over_stays_as_it_is(state: OccurrenceState, new: date) -> None:
    moves = moved([now("Quý I/2026", state=state)], [wanted("Quý II/2026", new)])

    assert (moves.dues, moves.cancelled, moves.handed_over) == ([], [], [])


@given(st.lists(dues, min_size=1, max_size=4))
def test_the_plan_as_it_is_moves_nothing(reports: list[date | None]) -> None:
    labels = [f"Quý {number}/2026" for number in range(len(reports))]
    current = [
        now(label, report=StageNow(StageState.WAITING, due, due), occurrence=at)
        for at, (label, due) in enumerate(zip(labels, reports, strict=True))
    ]

    assert moved(current, [wanted(label, due) for label, due in zip(labels, reports, strict=True)]) == Moves()


def test_an_assumed_date_that_is_written_now_is_settled() -> None:
    moves = moved([now(report=StageNow(StageState.WAITING, DUE, DUE, assumed=True))], [wanted()])

    assert [(each.former, each.due, each.assumed) for each in moves.dues] == [(DUE, DUE, False)]


def test_the_only_occurrence_keeps_its_label_whatever_its_time_is_called() -> None:
    moves = moved([now("Quý I/2026")], [wanted("Năm 2026", DUE + timedelta(days=31))])

    assert (len(moves.dues), moves.cancelled, moves.planned) == (1, [], [])


def test_a_period_that_falls_away_is_cancelled_unless_work_was_handed_in() -> None:
    begun = replace(
        now("Quý III/2026", occurrence=2),
        stages={Stage.PLAN: StageNow(StageState.SUBMITTED, None, None, attempt=1)},
    )
    current = [now("Quý II/2026"), begun, now("Quý IV/2026", state=OccurrenceState.PLANNED, occurrence=3)]

    moves = moved(current, [wanted("Tháng 5/2026"), wanted("Tháng 6/2026")])

    assert (moves.cancelled, moves.kept) == ([1, 3], [2])
    assert [each.label for each in moves.planned] == ["Tháng 5/2026", "Tháng 6/2026"]


def test_a_period_that_was_over_when_the_amendment_was_issued_is_not_planned() -> None:
    moves = moved([now("Quý IV/2026")], [wanted("Quý I/2026", date(2026, 3, 9)), wanted("Quý IV/2026")])

    assert moves.planned == []


def test_new_periods_open_with_the_amendment_at_the_earliest() -> None:
    moves = moved([now("Quý III/2026")], [wanted("Quý III/2026"), wanted("Quý IV/2026")])

    assert [(each.label, each.opens_on) for each in moves.planned] == [("Quý IV/2026", ISSUED)]


def test_a_period_that_comes_back_is_the_one_that_was_cancelled() -> None:
    gone = now("Quý IV/2026", state=OccurrenceState.CANCELLED, occurrence=2)

    moves = moved(
        [now("Quý III/2026"), gone], [wanted("Quý III/2026"), wanted("Quý IV/2026", date(2026, 12, 1))]
    )

    assert (moves.revived, moves.planned) == ([2], [])
    assert [(each.occurrence, each.due) for each in moves.dues] == [(2, date(2026, 12, 1))]


def test_untouched_work_goes_to_the_unit_that_takes_over_and_work_under_way_stays() -> None:
    begun = replace(
        now(occurrence=2), stages={Stage.PLAN: StageNow(StageState.RETURNED, None, None, attempt=1)}
    )

    moves = moved([now(), begun], [wanted()], redated=False, units=([A], [B]))

    assert (moves.handed_over, moves.cancelled, moves.planned) == ([(1, B)], [], [])


def test_of_several_lead_units_the_one_that_leaves_has_nothing_more_to_do() -> None:
    moves = moved([now(unit=A), now(unit=B, occurrence=2)], [wanted()], redated=False, units=([A, B], [A]))

    assert (moves.cancelled, moves.handed_over, moves.planned) == ([2], [], [])


def test_a_unit_that_joins_gets_the_occurrences_that_are_not_over() -> None:
    periods = [wanted("Quý I/2026", date(2026, 3, 9)), wanted("Quý IV/2026")]

    moves = moved([now("Quý IV/2026")], periods, redated=False, units=([A], [A, C]))

    assert [each.label for each in moves.planned] == ["Quý IV/2026"]


@pytest.mark.parametrize("state", OccurrenceState)
def test_withdrawing_cancels_what_is_planned_or_open_and_nothing_else(state: OccurrenceState) -> None:
    live = state in {OccurrenceState.PLANNED, OccurrenceState.OPEN}

    assert withdraw([now(state=state, of_event=True)]).cancelled == ([1] if live else [])


def test_what_an_event_opened_does_not_follow_the_calendar() -> None:
    assert moved([now("12/CV-SNV", of_event=True)], []) == Moves()
