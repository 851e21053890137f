"""Handing in, accepting and returning, against a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.errors import WardError
from domain.plans import Stage
from domain.refusals import (
    BeforeItsDocument,
    BeforeTheYear,
    InTheFuture,
    NotOwnUnit,
    NotPermitted,
    OwnUnitNeedsLeader,
    ReasonNeeded,
    SamePerson,
    StageOutOfOrder,
    UnknownOccurrence,
    UnknownUser,
    WrongState,
)
from models.history import SYSTEM
from services.audit import verify
from services.documents import StoredFile
from services.due_dates import set_date
from services.people import disable_user
from services.stages import Submission, submit
from services.tasks import show_task
from tests.builders import NOW, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk

PLAN, IMPLEMENT, REPORT = Stage
PAPER = StoredFile("a" * 64, 10, "kế hoạch.pdf", "application/pdf")


@pytest.fixture
def ward(connection: Connection) -> Office:
    return office(connection, plan_of(task("II.2", occurrences=[occurrence()])))


@pytest.fixture
def desk(connection: Connection, ward: Office) -> Desk:
    return Desk(connection, ward)


def test_an_occurrence_goes_through_its_stages_and_closes(desk: Desk) -> None:
    for stage in Stage:
        result = desk.submit(stage, doc_number="5/KH")
        assert (result.attempt, result.late, result.already) == (1, False, False)
        desk.accept(stage)

    view = show_task(desk.connection, desk.ward, "II.2", TODAY)
    assert view.line.status == "hoàn thành đúng hạn"
    assert view.occurrences[0].state == "done"
    assert view.occurrences[0].done_at == NOW
    assert desk.kinds() == ["stage.submitted", "stage.accepted"] * 3 + ["occurrence.done"]
    assert verify(desk.connection).ok


def test_handing_in_opens_the_next_stage_at_once(desk: Desk) -> None:
    desk.submit(PLAN)
    assert desk.states() == ["submitted", "open", "waiting"]

    desk.submit(IMPLEMENT)
    desk.submit(REPORT)
    assert desk.states() == ["submitted"] * 3


def test_a_stage_comes_after_those_before_it(desk: Desk) -> None:
    for stage in (IMPLEMENT, REPORT):
        with pytest.raises(StageOutOfOrder):
            desk.submit(stage)
    desk.submit(PLAN)
    desk.submit(IMPLEMENT)

    with pytest.raises(StageOutOfOrder):
        desk.accept(IMPLEMENT)
    assert desk.states() == ["submitted", "submitted", "open"]


def test_a_returned_stage_comes_back_as_a_second_attempt_with_the_first_kept(desk: Desk) -> None:
    desk.submit(PLAN, note="bản đầu")
    desk.send_back(PLAN, reason="  Thiếu phụ lục ")
    with pytest.raises(StageOutOfOrder):
        desk.submit(IMPLEMENT)
    result = desk.submit(PLAN, note="bản sau")
    desk.accept(PLAN)

    first, second = desk.view().stages[0]["submissions"]
    assert result.attempt == 2
    assert (first["verdict"], first["reason"], first["note"]) == ("returned", "Thiếu phụ lục", "bản đầu")
    assert (second["attempt"], second["verdict"], second["reason"]) == (2, "accepted", None)
    assert desk.states() == ["accepted", "open", "waiting"]


def test_a_return_needs_a_reason(desk: Desk) -> None:
    desk.submit(PLAN)

    for reason in (None, "", "   "):
        with pytest.raises(ReasonNeeded):
            desk.send_back(PLAN, reason=reason)
    assert desk.states()[0] == "submitted"


@pytest.mark.parametrize(
    ("by", "refusal"),
    [
        ("hoa", NotOwnUnit),
        ("dieuphoi", NotOwnUnit),
        ("dieuphoi-vh", NotOwnUnit),
        ("chutich", NotPermitted),
        ("thanhtra", NotPermitted),
        ("quantri", NotPermitted),
        ("ai-do", UnknownUser),
    ],
)
def test_only_someone_of_the_lead_unit_hands_in(desk: Desk, by: str, refusal: type[WardError]) -> None:
    with pytest.raises(refusal):
        desk.submit(PLAN, by)

    assert desk.states()[0] == "open"


@pytest.mark.parametrize(
    ("by", "refusal"),
    [
        ("lan", NotPermitted),
        ("hoa", NotPermitted),
        ("thanhtra", NotPermitted),
        ("quantri", NotPermitted),
        ("ai-do", UnknownUser),
        ("dieuphoi", None),
        ("dieuphoi-vh", None),
        ("chutich", None),
    ],
)
def test_only_coordinators_and_leaders_judge(desk: Desk, by: str, refusal: type[WardError] | None) -> None:
    desk.submit(PLAN)

    if refusal is None:
        desk.accept(PLAN, by)
        assert desk.view().stages[0]["submissions"][0]["decided_by"] == by
        return
    with pytest.raises(refusal):
        desk.accept(PLAN, by)
    with pytest.raises(refusal):
        desk.send_back(PLAN, by)
    assert desk.states()[0] == "submitted"


def test_a_disabled_account_can_do_nothing(desk: Desk) -> None:
    disable_user(desk.connection, desk.ward, "lan", actor=SYSTEM, now=NOW)

    with pytest.raises(UnknownUser):
        desk.submit(PLAN)


def test_what_the_coordinators_own_unit_did_is_accepted_by_a_leader(connection: Connection) -> None:
    ward = office(
        connection, plan_of(task("II.2", lead="Phòng Văn hóa - Xã hội", occurrences=[occurrence()]))
    )
    desk = Desk(connection, ward)
    desk.submit(PLAN, "dieuphoi-vh")

    with pytest.raises(OwnUnitNeedsLeader):
        desk.accept(PLAN, "dieuphoi-vh")
    assert desk.accept(PLAN, "chutich").attempt == 1


def test_nobody_accepts_their_own_even_after_being_promoted(desk: Desk) -> None:
    desk.submit(PLAN)
    desk.connection.exec_driver_sql("UPDATE cchc.account SET role = 'leader' WHERE name = 'lan'")

    for judge in (desk.accept, desk.send_back):
        with pytest.raises(SamePerson):
            judge(PLAN, "lan")
    assert desk.accept(PLAN, "chutich").attempt == 1


def test_lateness_is_judged_when_it_is_handed_in_and_no_later_edit_changes_it(desk: Desk) -> None:
    late_day = date(2026, 4, 1)
    assert desk.submit(PLAN, on=late_day, today=late_day).late
    with pytest.raises(WrongState):
        set_date(
            desk.connection,
            desk.ward,
            "II.2",
            PLAN,
            date(2026, 5, 1),
            reason="gia hạn",
            by="chutich",
            today=late_day,
            now=NOW,
        )
    desk.connection.exec_driver_sql("UPDATE cchc.stage SET due_on = '2026-12-31'")
    for stage in (IMPLEMENT, REPORT):
        assert not desk.submit(stage, on=late_day, today=late_day).late
    for stage in Stage:
        desk.accept(stage)

    assert desk.view(late_day).stages[0]["submissions"][0]["late"] is True
    assert show_task(desk.connection, desk.ward, "II.2", late_day).line.status == "hoàn thành quá hạn"


def test_the_due_day_itself_is_in_time_and_the_day_after_is_not(desk: Desk) -> None:
    due = date(2026, 3, 31)
    assert not desk.submit(PLAN, on=due, today=due).late
    desk.send_back(PLAN)

    again = desk.submit(PLAN, on=due + timedelta(days=1), today=due + timedelta(days=1))
    assert (again.late, again.due_on) == (True, due)


def test_work_of_january_recorded_in_april_is_in_time_and_both_days_are_kept(desk: Desk) -> None:
    done_on, recorded = date(2026, 1, 20), datetime(2026, 4, 3, 1, 2, 3, 456789, tzinfo=UTC)
    result = submit(
        desk.connection,
        desk.ward.id,
        Submission(desk.occurrence, PLAN, done_on),
        by="lan",
        today=date(2026, 4, 3),
        now=recorded,
    )

    kept = desk.view(date(2026, 4, 3)).stages[0]["submissions"][0]
    assert not result.late
    assert kept["effective_on"] == "2026-01-20"
    assert datetime.fromisoformat(kept["recorded_at"]) == recorded


def test_what_was_late_once_stays_late_however_early_the_next_attempt_says_it_was(desk: Desk) -> None:
    late_day = date(2026, 4, 1)
    assert desk.submit(PLAN, on=late_day, today=late_day).late
    desk.send_back(PLAN)

    assert desk.submit(PLAN, on=TODAY, today=late_day).late


def test_a_result_is_not_older_than_the_document_that_proves_it(desk: Desk) -> None:
    with pytest.raises(BeforeItsDocument):
        desk.submit(PLAN, on=date(2026, 2, 27), doc_number="5/KH", doc_date=date(2026, 2, 28))
    with pytest.raises(BeforeTheYear):
        desk.submit(PLAN, on=date(1990, 1, 1))
    assert desk.states()[0] == "open"


def test_a_stage_without_a_due_date_is_never_late(desk: Desk) -> None:
    desk.submit(PLAN)

    assert not desk.submit(IMPLEMENT, on=date(2029, 1, 1), today=date(2029, 1, 1)).late


def test_nothing_is_said_to_have_happened_tomorrow(desk: Desk) -> None:
    tomorrow = TODAY + timedelta(days=1)

    for wrong in ({"on": tomorrow}, {"doc_date": tomorrow}):
        with pytest.raises(InTheFuture):
            desk.submit(PLAN, **wrong)  # type: ignore[arg-type] # values of mixed types, on purpose
    assert desk.states()[0] == "open"


def test_the_same_submission_twice_leaves_one_trace(desk: Desk) -> None:
    first = desk.submit(PLAN, doc_number="5/KH", doc_date=TODAY, files=[PAPER])
    again = desk.submit(PLAN, doc_number="5/KH", doc_date=TODAY, files=[PAPER])

    assert (first.already, again.already) == (False, True)
    assert (again.attempt, again.late) == (1, False)
    assert desk.kinds() == ["stage.submitted"]


@pytest.mark.parametrize(
    "other",
    [{"doc_number": "6/KH"}, {"doc_date": date(2026, 3, 1)}, {"on": date(2026, 2, 28)}, {"files": [PAPER]}],
)
def test_another_submission_over_one_that_waits_is_refused(desk: Desk, other: dict[str, Any]) -> None:
    paper: dict[str, Any] = {"doc_number": "5/KH", "doc_date": date(2026, 2, 27)}
    desk.submit(PLAN, **paper)

    with pytest.raises(WrongState):
        desk.submit(PLAN, **{**paper, **other})


def test_the_same_verdict_twice_leaves_one_trace_and_another_persons_is_refused(desk: Desk) -> None:
    desk.submit(PLAN)
    assert [desk.accept(PLAN).already for _ in range(2)] == [False, True]
    with pytest.raises(WrongState):
        desk.accept(PLAN, "chutich")
    with pytest.raises(WrongState):
        desk.send_back(PLAN)
    desk.submit(IMPLEMENT)
    assert [desk.send_back(IMPLEMENT).already for _ in range(2)] == [False, True]

    assert desk.kinds() == ["stage.submitted", "stage.accepted", "stage.submitted", "stage.returned"]


def test_an_occurrence_that_is_not_there_is_named(desk: Desk) -> None:
    for act in (desk.submit, desk.accept, desk.send_back):
        desk.occurrence = 999
        with pytest.raises(UnknownOccurrence):
            act(PLAN)


def test_files_stand_with_their_submission_under_the_names_they_came_with(desk: Desk) -> None:
    other = StoredFile("b" * 64, 20, "phụ lục.xlsx", "application/xlsx")
    desk.submit(PLAN, files=[PAPER, other, PAPER])

    kept = desk.view().stages[0]["submissions"][0]["documents"]
    assert [(file["name"], file["sha256"], file["size"]) for file in kept] == [
        ("kế hoạch.pdf", "a" * 64, 10),
        ("phụ lục.xlsx", "b" * 64, 20),
    ]
