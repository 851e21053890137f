"""Settling what a reading left in doubt, alone and together, and taking a decision back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import Connection

from domain.findings import LONGEST_NOTE, Verdict
from domain.plans import Finding, Severity
from domain.refusals import (
    BadValue,
    BlockingFindings,
    NotPermitted,
    ReasonNeeded,
)
from services.audit import verify
from services.finding_refusals import AlreadySettled, PlanClosed, UnknownFinding
from services.findings import (
    DateChange,
    Decision,
    reopen_finding,
    settle_alike,
    settle_finding,
)
from services.people import Ward
from tests.builders import NOW, TODAY, office, plan_of, task
from tests.drafts import (
    BLOCKING,
    CHECK,
    CONFIRMED,
    CORRECTED,
    DISMISSED,
    DUE,
    INFO,
    REPORT,
    Draft,
)


def test_where_a_finding_stands_is_kept(connection: Connection) -> None:
    draft = Draft(connection, BLOCKING, CHECK)

    first, second = draft.rows
    assert (first.source_table, first.source_row, first.source_page) == (1, 12, 3)
    assert (second.source_table, second.source_row, second.source_page) == (None, None, None)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_plan_is_activated_once_a_person_decided_about_what_blocks_it(
    connection: Connection, verdict: Verdict
) -> None:
    draft = Draft(connection, BLOCKING, CHECK)
    with pytest.raises(BlockingFindings):
        draft.activate()

    draft.settle("number-gap", verdict, " Bản giấy cũng đánh số vậy ")

    assert draft.activate() == draft.plan
    row = draft.row("number-gap")
    assert (row.verdict, row.settlement, row.settled_by_name, row.settled_at) == (
        verdict,
        "Bản giấy cũng đánh số vậy",
        "dieuphoi",
        NOW,
    )
    assert verify(connection).ok


def test_the_history_knows_a_decision_by_the_hash_of_its_words_only(connection: Connection) -> None:
    draft = Draft(connection, BLOCKING)
    draft.settle("number-gap", DISMISSED, "Anh Nam xác nhận")
    draft.reopen("number-gap", "Nhầm dòng")

    digest = sha256("Anh Nam xác nhận".encode()).hexdigest()
    (settled,), (opened,) = draft.told("finding.settled"), draft.told("finding.reopened")
    assert (settled["decision_sha256"], settled["verdict"]) == (digest, "dismissed")
    assert (opened["former_sha256"], opened["former_verdict"]) == (digest, "dismissed")
    assert opened["reason_sha256"] == sha256("Nhầm dòng".encode()).hexdigest()
    bodies = " ".join(connection.exec_driver_sql("SELECT body FROM cchc.audit_event").scalars())
    assert "Nam" not in bodies
    assert "Nhầm" not in bodies


@pytest.mark.parametrize(
    ("code", "verdict", "needed"),
    [
        ("number-gap", CONFIRMED, True),
        ("number-gap", CORRECTED, True),
        ("number-gap", DISMISSED, True),
        ("group-lead", CONFIRMED, False),
        ("group-lead", CORRECTED, True),
        ("group-lead", DISMISSED, True),
        ("citation", CONFIRMED, False),
        ("citation", DISMISSED, True),
    ],
)
def test_a_grave_or_a_negative_decision_must_be_explained(
    connection: Connection, code: str, verdict: Verdict, needed: bool
) -> None:
    draft = Draft(connection, BLOCKING, CHECK, INFO)

    if needed:
        with pytest.raises(ReasonNeeded):
            draft.settle(code, verdict, " \n ")
        assert draft.row(code).settled_at is None
    else:
        draft.settle(code, verdict)
        assert draft.row(code).settled_at == NOW


@pytest.mark.parametrize("note", ["x" * (LONGEST_NOTE + 1), "a\0b"])
def test_a_note_that_cannot_be_kept_is_refused(connection: Connection, note: str) -> None:
    draft = Draft(connection, CHECK)

    with pytest.raises(BadValue):
        draft.settle("group-lead", DISMISSED, note)
    draft.settle("group-lead", DISMISSED, "x" * LONGEST_NOTE)


@pytest.mark.parametrize(
    ("by", "may"),
    [
        ("dieuphoi", True),
        ("chutich", False),
        ("lan", False),
        ("thanhtra", False),
        ("quantri", False),
    ],
)
def test_only_a_coordinator_decides(connection: Connection, by: str, may: bool) -> None:
    draft = Draft(connection, CHECK, INFO)
    one = draft.row("citation").id
    acts: list[Callable[[], object]] = [
        lambda: draft.settle("group-lead", by=by),
        lambda: settle_alike(
            connection, draft.ward, draft.plan, "citation", Decision(CONFIRMED), by=by, today=TODAY, now=NOW
        ),
        lambda: reopen_finding(connection, draft.ward, one, "x", by=by, now=NOW),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(NotPermitted):
                act()


def test_deciding_the_same_twice_is_recorded_once(connection: Connection) -> None:
    draft = Draft(connection, CHECK)

    done = [draft.settle("group-lead", CONFIRMED, "Đúng") for _ in range(2)]

    assert [len(each.findings) for each in done] == [1, 0]
    assert len(draft.told("finding.settled")) == 1
    assert len(draft.row("group-lead").decisions) == 1


@pytest.mark.parametrize(
    ("by", "verdict", "note", "change"),
    [
        ("dieuphoi-vh", CORRECTED, "Đúng", DateChange(REPORT, DUE)),
        ("dieuphoi", DISMISSED, "Đúng", None),
        ("dieuphoi", CORRECTED, "Khác", DateChange(REPORT, DUE)),
        ("dieuphoi", CORRECTED, "Đúng", DateChange(REPORT, date(2026, 7, 1))),
        ("dieuphoi", CORRECTED, "Đúng", None),
    ],
)
def test_whoever_comes_second_is_told_who_decided_what(
    connection: Connection, by: str, verdict: Verdict, note: str, change: DateChange | None
) -> None:
    draft = Draft(connection, CHECK)
    draft.settle("group-lead", CORRECTED, "Đúng", DateChange(REPORT, DUE))

    with pytest.raises(AlreadySettled) as refusal:
        draft.settle("group-lead", verdict, note, change, by=by)

    assert "“dieuphoi” xử lý trước: đã sửa (“Đúng”)" in refusal.value.notice
    assert draft.dues()["Năm 2026", "report"] == (DUE, False)
    assert len(draft.told("finding.settled")) == 1


def test_a_decision_taken_back_stays_to_be_read(connection: Connection) -> None:
    draft = Draft(connection, BLOCKING)
    draft.settle("number-gap", CONFIRMED, "Đủ dòng")

    assert draft.reopen("number-gap") is True
    assert draft.reopen("number-gap") is False
    with pytest.raises(BlockingFindings):
        draft.activate()

    draft.settle("number-gap", DISMISSED, "Bỏ số 2", by="dieuphoi-vh")
    said = [(each["kind"], each["note"], each["by"]) for each in draft.row("number-gap").decisions]
    assert said == [
        ("confirmed", "Đủ dòng", "dieuphoi"),
        ("reopened", "Đọc lại thấy sai", "dieuphoi-vh"),
        ("dismissed", "Bỏ số 2", "dieuphoi-vh"),
    ]
    assert len(draft.told("finding.reopened")) == 1


def test_taking_back_needs_a_reason(connection: Connection) -> None:
    draft = Draft(connection, CHECK)
    draft.settle("group-lead")

    with pytest.raises(ReasonNeeded):
        draft.reopen("group-lead", "  ")
    assert draft.row("group-lead").settled_at == NOW


def test_all_open_findings_of_a_kind_are_settled_by_one_decision(connection: Connection) -> None:
    others = [replace(CHECK, task=None, message=f"Điểm {number}") for number in range(3)]
    draft = Draft(connection, *others, BLOCKING, INFO)
    first = draft.rows[1].id
    settle_finding(
        connection,
        draft.ward,
        first,
        Decision(DISMISSED, "Riêng"),
        by="dieuphoi-vh",
        today=TODAY,
        now=NOW,
    )

    done = draft.alike("group-lead", CONFIRMED, "Cả nhóm")

    assert len(done.findings) == 2
    assert {(row.code, row.settlement) for row in draft.rows} == {
        ("group-lead", "Riêng"),
        ("group-lead", "Cả nhóm"),
        ("number-gap", None),
        ("citation", None),
    }
    assert len(draft.told("finding.settled")) == 3
    assert draft.alike("group-lead", CONFIRMED, "Cả nhóm").findings == ()


def test_what_an_active_plan_left_open_can_still_be_settled(connection: Connection) -> None:
    draft = Draft(connection, CHECK)
    draft.activate()

    draft.settle("group-lead", CONFIRMED)
    draft.reopen("group-lead")

    assert draft.row("group-lead").settled_at is None


def test_a_closed_plan_is_only_to_be_read(connection: Connection) -> None:
    draft = Draft(connection, CHECK, INFO)
    draft.settle("citation")
    connection.exec_driver_sql("UPDATE cchc.plan SET state = 'closed' WHERE id = %s", (draft.plan,))

    for act in (draft.settle, draft.reopen):
        with pytest.raises(PlanClosed):
            act("group-lead")


def test_another_wards_finding_is_unknown(connection: Connection) -> None:
    draft = Draft(connection, CHECK)
    one = draft.row("group-lead").id
    other = office(connection, plan_of(task("I.1"), issuer="UBND phường Khác")).ward

    assert_unknown(connection, other, one)
    assert_unknown(connection, draft.ward, one + 1000)
    assert draft.row("group-lead").settled_at is None


def assert_unknown(connection: Connection, ward: Ward, one: int) -> None:
    with pytest.raises(UnknownFinding):
        settle_finding(connection, ward, one, Decision(CONFIRMED), by="dieuphoi", today=TODAY, now=NOW)
    with pytest.raises(UnknownFinding):
        reopen_finding(connection, ward, one, "x", by="dieuphoi", now=NOW)


def test_two_rows_of_one_number_are_kept_as_two_tasks_until_a_person_decides(connection: Connection) -> None:
    doubled = Finding("duplicate-code", Severity.BLOCKING, "Có hai nhiệm vụ cùng số II.2.", "II.2")
    draft = Draft(connection, doubled, tasks=[task("II.2"), task("II.2")])
    with pytest.raises(BlockingFindings):
        draft.activate()

    draft.settle("duplicate-code", CONFIRMED, "Hai việc khác nhau")
    draft.activate()

    codes = connection.exec_driver_sql("SELECT code FROM cchc.task WHERE plan_id = %s", (draft.plan,))
    assert sorted(codes.scalars()) == ["II.2", "II.2-2"]


def test_a_corrected_file_keeps_what_was_decided_about_the_same_words(connection: Connection) -> None:
    draft = Draft(connection, BLOCKING, CHECK)
    draft.settle(BLOCKING.code, DISMISSED, "Số 2 bị bỏ trống trong bản gốc")
    draft.settle(CHECK.code)

    again = draft.imported_again(BLOCKING, replace(CHECK, source_text="Các phòng, ban"), INFO)

    blocking, check, info = again.row(BLOCKING.code), again.row(CHECK.code), again.row(INFO.code)
    assert (blocking.verdict, blocking.settlement) == (DISMISSED, "Số 2 bị bỏ trống trong bản gốc")
    assert blocking.settled_by_name == "dieuphoi"
    assert (check.settled_at, info.settled_at) == (None, None)
    assert draft.told("plan.imported")[-1]["carried"] == 1
    assert again.activate() == again.plan
