"""Taking a submission back, and deciding on exactly what was looked at."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from domain.errors import WardError
from domain.plans import Stage
from domain.refusals import NotOwnUnit, NotPermitted, StageOutOfOrder, SubmissionChanged, WrongState
from services.audit import verify
from services.tasks import list_tasks
from tests.builders import TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk

PLAN, IMPLEMENT, REPORT = Stage
DUE = date(2026, 3, 31)


@pytest.fixture
def ward(connection: Connection) -> Office:
    return office(connection, plan_of(task("II.2", occurrences=[occurrence()])))


@pytest.fixture
def desk(connection: Connection, ward: Office) -> Desk:
    return Desk(connection, ward)


def test_what_nobody_has_judged_is_taken_back_and_handed_in_again(desk: Desk) -> None:
    desk.submit(PLAN, doc_number="sai số")
    desk.withdraw(PLAN)
    assert desk.states() == ["returned", "open", "waiting"]
    with pytest.raises(StageOutOfOrder):
        desk.submit(IMPLEMENT)

    assert desk.submit(PLAN, doc_number="5/KH").attempt == 2
    first, second = desk.view().stages[0]["submissions"]
    assert (first["verdict"], first["decided_by"], first["reason"]) == ("withdrawn", "lan", None)
    assert second["verdict"] is None
    assert desk.kinds() == ["stage.submitted", "stage.withdrawn", "stage.submitted"]
    assert verify(desk.connection).ok


def test_taking_back_twice_leaves_one_trace(desk: Desk) -> None:
    desk.submit(PLAN)

    assert not desk.withdraw(PLAN).already
    assert desk.withdraw(PLAN).already
    assert desk.kinds() == ["stage.submitted", "stage.withdrawn"]


def test_what_was_judged_is_no_longer_taken_back(desk: Desk) -> None:
    desk.submit(PLAN)
    desk.send_back(PLAN)
    with pytest.raises(WrongState):
        desk.withdraw(PLAN)

    desk.submit(PLAN)
    desk.accept(PLAN)
    with pytest.raises(WrongState, match="accepted"):
        desk.withdraw(PLAN)


@pytest.mark.parametrize(
    ("by", "refusal"),
    [
        ("hoa", NotOwnUnit),
        ("dieuphoi", NotOwnUnit),
        ("chutich", NotPermitted),
        ("thanhtra", NotPermitted),
        ("quantri", NotPermitted),
    ],
)
def test_only_those_who_may_hand_in_take_back(desk: Desk, by: str, refusal: type[WardError]) -> None:
    desk.submit(PLAN)

    with pytest.raises(refusal):
        desk.withdraw(PLAN, by=by)
    assert desk.states()[0] == "submitted"


def test_whoever_handed_in_takes_back_even_after_they_have_left_the_unit(desk: Desk) -> None:
    desk.submit(PLAN)
    desk.connection.exec_driver_sql(
        "UPDATE cchc.account SET unit_id = (SELECT unit_id FROM cchc.account WHERE name = 'hoa')"
        " WHERE name = 'lan'"
    )

    desk.withdraw(PLAN)


def test_what_was_late_stays_late_when_it_is_taken_back_and_handed_in_as_done_earlier(desk: Desk) -> None:
    after = DUE + timedelta(2)
    assert desk.submit(PLAN, on=after, today=after).late
    desk.withdraw(PLAN)

    assert desk.submit(PLAN, on=DUE, today=after).late


def test_what_was_in_time_and_taken_back_is_late_when_it_is_done_again_after_the_date(desk: Desk) -> None:
    assert not desk.submit(PLAN, on=TODAY).late
    desk.withdraw(PLAN)

    after = DUE + timedelta(2)
    assert desk.submit(PLAN, on=after, today=after).late


def test_a_task_whose_submission_was_taken_back_is_overdue_by_its_date_again(desk: Desk) -> None:
    desk.submit(PLAN)
    desk.withdraw(PLAN)

    (line,) = list_tasks(desk.connection, desk.ward, DUE + timedelta(1))
    assert line.status == "đang thực hiện quá hạn"
    (line,) = list_tasks(desk.connection, desk.ward, DUE)
    assert (line.status, line.waiting_verdict) == ("đang thực hiện trong hạn", 0)


def test_only_the_attempt_that_was_looked_at_is_decided(desk: Desk) -> None:
    desk.submit(PLAN, note="bản đầu")
    desk.withdraw(PLAN, attempt=1)
    desk.submit(PLAN, note="bản sau")

    for act in (desk.accept, desk.send_back):
        with pytest.raises(SubmissionChanged) as refusal:
            act(PLAN, attempt=1)
        assert "đã được nộp lại" in refusal.value.notice
    with pytest.raises(SubmissionChanged):
        desk.withdraw(PLAN, attempt=1)
    desk.accept(PLAN, attempt=2)
    assert desk.accept(PLAN, attempt=2).already
    assert desk.states()[0] == "accepted"


def test_whoever_looks_at_what_was_taken_back_is_told_so(desk: Desk) -> None:
    desk.submit(PLAN)
    desk.withdraw(PLAN)

    with pytest.raises(SubmissionChanged):
        desk.accept(PLAN, attempt=1)
