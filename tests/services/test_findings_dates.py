"""Dates that are set, or become settled ones, with a decision about a doubt."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection

from domain.errors import WardError
from domain.findings import Verdict
from domain.plans import PlannedOccurrence, PlanReading, Stage, StageDue, TaskKind
from domain.refusals import (
    AmbiguousOccurrence,
    BadValue,
    ReasonNeeded,
    UnknownOccurrence,
    WrongState,
)
from services.audit import verify
from services.findings import (
    DateChange,
    Decision,
    findings,
    settle_finding,
)
from services.tasks import show_task
from tests.builders import CENTRE, CULTURE, GROUP, NOW, OFFICE, TODAY, occurrence, office, plan_of, task
from tests.desk import Desk
from tests.drafts import (
    ASSUMED,
    BLOCKING,
    CHECK,
    CONFIRMED,
    CORRECTED,
    DISMISSED,
    DUE,
    REPORT,
    UNSPECIFIED,
    Draft,
)


def test_one_date_is_not_set_for_many_findings(connection: Connection) -> None:
    draft = Draft(connection, CHECK)

    with pytest.raises(BadValue):
        draft.alike("group-lead", CORRECTED, "x", change=DateChange(REPORT, DUE))
    with pytest.raises(ReasonNeeded):
        draft.alike("group-lead", DISMISSED)
    assert draft.row("group-lead").settled_at is None


def test_a_correction_sets_the_date_of_a_draft_and_keeps_the_former_one(connection: Connection) -> None:
    draft = Draft(connection, CHECK)

    done = draft.settle("group-lead", CORRECTED, change=DateChange(REPORT, DUE))

    assert done.dates == 1
    assert draft.dues()["Năm 2026", "report"] == (DUE, False)
    (change,) = connection.exec_driver_sql("SELECT * FROM cchc.due_change").all()
    assert (change.former_due, change.new_due) == (date(2026, 12, 9), DUE)
    assert change.reason.startswith("Xử lý điểm cần xem lại số")
    (facts,) = draft.told("finding.settled")
    assert (facts["due_on"], facts["stage"], len(facts["occurrences"])) == ("2026-06-30", "report", 1)
    draft.activate()
    stages = show_task(connection, draft.ward, "II.2", TODAY).occurrences[0].stages
    assert stages[2]["due"] == "2026-06-30"
    assert verify(connection).ok


def test_a_date_is_set_for_every_unit_of_a_group_that_has_not_handed_in(connection: Connection) -> None:
    ward = office(connection, plan_of(task("II.2", lead=GROUP, occurrences=[occurrence()]), findings=[CHECK]))
    Desk(connection, ward).submit(Stage.PLAN)
    (row,) = findings(connection, ward.ward, ward.plan_id)
    decision = Decision(CORRECTED, change=DateChange(Stage.PLAN, DUE, "Năm 2026"))

    done = settle_finding(connection, ward.ward, row.id, decision, by="dieuphoi", today=TODAY, now=NOW)

    shown = show_task(connection, ward.ward, "II.2", TODAY).occurrences
    assert done.dates == 2
    assert {each.unit: each.stages[0]["due"] for each in shown} == {
        OFFICE: "2026-03-31",
        CULTURE: "2026-06-30",
        CENTRE: "2026-06-30",
    }


def test_confirming_an_assumed_date_makes_it_a_settled_one(connection: Connection) -> None:
    dues = {stage: StageDue(date(2026, 12, 9), assumed=True) for stage in Stage}
    planned = PlannedOccurrence("Năm 2026", date(2026, 1, 14), dues)
    draft = Draft(connection, ASSUMED, tasks=[task("II.2", occurrences=[planned])])

    draft.settle("report-assumed")

    assert {stage: assumed for (_, stage), (_, assumed) in draft.dues().items()} == {
        "plan": True,
        "implement": True,
        "report": False,
    }


@pytest.mark.parametrize("verdict", [CORRECTED, DISMISSED])
def test_what_is_not_confirmed_stays_assumed(connection: Connection, verdict: Verdict) -> None:
    dues = {stage: StageDue(date(2026, 12, 9), assumed=True) for stage in Stage}
    planned = PlannedOccurrence("Năm 2026", date(2026, 1, 14), dues)
    draft = Draft(connection, ASSUMED, tasks=[task("II.2", occurrences=[planned])])

    draft.settle("report-assumed", verdict, "Hỏi Sở")

    assert draft.dues()["Năm 2026", "report"] == (date(2026, 12, 9), True)


def test_a_task_without_a_date_gets_one_in_the_draft_and_opens_with_the_plan(connection: Connection) -> None:
    draft = Draft(connection, UNSPECIFIED, tasks=[task("VI.3", TaskKind.UNSPECIFIED)])

    draft.settle("unspecified", CORRECTED, change=DateChange(REPORT, DUE))

    states = "SELECT state FROM cchc.occurrence WHERE label = 'Năm 2027'"
    assert connection.exec_driver_sql(states).scalar_one() == "planned"
    draft.activate()
    assert connection.exec_driver_sql(states).scalar_one() == "open"


def two_periods() -> PlanReading:
    return plan_of(task("II.2", occurrences=[occurrence("Quý I"), occurrence("Quý II")]))


@pytest.mark.parametrize(
    ("code", "change", "refusal"),
    [
        ("group-lead", DateChange(REPORT, DUE), AmbiguousOccurrence),
        ("group-lead", DateChange(REPORT, DUE, "Quý IX"), UnknownOccurrence),
        ("group-lead", DateChange(REPORT, date(2025, 6, 30), "Quý I"), BadValue),
        ("number-gap", DateChange(REPORT, DUE), BadValue),
        ("unspecified", DateChange(REPORT, DUE), UnknownOccurrence),
    ],
)
def test_a_date_that_cannot_be_set_leaves_the_finding_open(
    connection: Connection, code: str, change: DateChange, refusal: type[WardError]
) -> None:
    tasks = (*two_periods().tasks, task("VI.3", TaskKind.EVENT))
    draft = Draft(connection, CHECK, BLOCKING, UNSPECIFIED, tasks=tasks)

    with pytest.raises(refusal), connection.begin_nested():
        draft.settle(code, CORRECTED, "x", change)

    assert draft.row(code).settled_at is None
    assert connection.exec_driver_sql("SELECT count(*) FROM cchc.due_change").scalar_one() == 0


def test_a_date_goes_with_a_correction_only(connection: Connection) -> None:
    draft = Draft(connection, CHECK)

    with pytest.raises(BadValue):
        draft.settle("group-lead", CONFIRMED, "x", DateChange(REPORT, DUE))


def test_a_stage_that_every_unit_handed_in_keeps_its_date(connection: Connection) -> None:
    ward = office(connection, plan_of(task("II.2", occurrences=[occurrence()]), findings=[CHECK]))
    Desk(connection, ward).submit(Stage.PLAN)
    (row,) = findings(connection, ward.ward, ward.plan_id)
    decision = Decision(CORRECTED, change=DateChange(Stage.PLAN, DUE))

    with pytest.raises(WrongState):
        settle_finding(connection, ward.ward, row.id, decision, by="dieuphoi", today=TODAY, now=NOW)


@pytest.mark.parametrize("change", [None, DateChange(REPORT, DUE)])
def test_a_decision_that_settled_a_date_is_asked_for_again_in_a_corrected_file(
    connection: Connection, change: DateChange | None
) -> None:
    dues = {stage: StageDue(date(2026, 12, 9), assumed=True) for stage in Stage}
    planned = PlannedOccurrence("Năm 2026", date(2026, 1, 14), dues)
    draft = Draft(connection, ASSUMED, tasks=[task("II.2", occurrences=[planned])])
    draft.settle("report-assumed", CORRECTED if change else CONFIRMED, "Hỏi Sở", change)

    again = draft.imported_again(ASSUMED)

    assert again.row("report-assumed").settled_at is None
    assert again.dues()["Năm 2026", "report"] == (date(2026, 12, 9), True)
