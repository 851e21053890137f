"""Amendments that are refused, repeated, or come at the same moment as work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import ProgrammingError

from domain.people import Action
from domain.plans import Stage
from domain.refusals import NotPermitted, UnknownTask
from services.amendment_refusals import (
    AmendmentExists,
    NothingAmended,
    NotThisPlan,
    OnlyWhole,
    ProposalChanged,
    UnsettledAmendment,
)
from services.amendments import amendments_of
from services.audit import verify
from services.stages import Submission, submit
from services.tasks import find_occurrence, show_task, task_line
from tests.amending import (
    ADDED,
    DAY,
    LATER_DATE,
    NOW,
    OTHER_LEAD,
    WITHDRAWN,
    amend,
    hand_in,
    proposed,
    rows,
    stages_of,
)
from tests.builders import Office, office
from tests.decisions import in_rows, in_words
from tests.waiting import LONGEST_S, until_blocked


def test_what_is_not_understood_is_quoted_and_nothing_is_applied(
    connection: Connection, ward: Office
) -> None:
    odd = "Đẩy nhanh tiến độ nhiệm vụ số 2 mục II để kịp kỳ họp."

    with pytest.raises(UnsettledAmendment) as refusal:
        amend(connection, ward, in_words(LATER_DATE, odd))

    assert odd in refusal.value.notice
    assert amendments_of(connection, ward.ward) == []
    assert stages_of(connection, ward, "III.5")["report"]["due"] == "2026-09-29"


def test_a_person_may_go_on_without_it_and_the_reason_stays(connection: Connection, ward: Office) -> None:
    odd = "Đẩy nhanh tiến độ nhiệm vụ số 2 mục II để kịp kỳ họp."

    amend(connection, ward, in_words(LATER_DATE, odd), despite="Đã xem, chỉ là nhắc nhở chung")

    [kept] = amendments_of(connection, ward.ward)
    assert kept.despite == "Đã xem, chỉ là nhắc nhở chung"
    assert [odd in message for message in kept.unread] == [True]
    assert stages_of(connection, ward, "III.5")["report"]["due"] == "2026-10-29"


@pytest.mark.parametrize(
    ("replaced", "by", "words"),
    [
        ("số 16/QĐ-UBND", "số 17/QĐ-UBND", "16/QĐ-UBND ngày 14/01/2026"),
        ("14 tháng 01 năm 2026", "15 tháng 01 năm 2026", "cùng số nhưng khác ngày"),
        ("THÀNH ĐÔNG", "ĐÔNG THÀNH", "không có tên UBND phường Thành Đông"),
        ("ngày 20 tháng 04 năm 2026", "ngày 05 tháng 01 năm 2026", "trước chính kế hoạch"),
    ],
)
def test_a_decision_about_another_plan_is_refused(
    connection: Connection, ward: Office, replaced: str, by: str, words: str
) -> None:
    text = in_words(LATER_DATE).decode().replace(replaced, by)
    if replaced == "THÀNH ĐÔNG":
        text = text.replace("Thành Đông", "Đông Thành")

    with pytest.raises(NotThisPlan) as refusal:
        amend(connection, ward, text.encode())

    assert words in refusal.value.notice


def test_the_same_file_again_changes_nothing(connection: Connection, ward: Office) -> None:
    first = amend(connection, ward, in_words(LATER_DATE, WITHDRAWN.replace("5", "4"), ADDED))
    count = "SELECT (SELECT count(*) FROM cchc.audit_event), (SELECT count(*) FROM cchc.occurrence)"
    before = rows(connection, count)

    again = amend(connection, ward, in_words(LATER_DATE, WITHDRAWN.replace("5", "4"), ADDED))

    assert (first.already, again.already) == (False, True)
    assert rows(connection, count) == before


def test_another_file_under_the_same_number_is_refused(connection: Connection, ward: Office) -> None:
    amend(connection, ward, in_words(LATER_DATE))

    with pytest.raises(AmendmentExists):
        amend(connection, ward, in_words(OTHER_LEAD))


def test_a_decision_that_changes_nothing_is_not_recorded(connection: Connection, ward: Office) -> None:
    with pytest.raises(NothingAmended):
        amend(
            connection, ward, in_words("Sửa đổi thời gian thực hiện nhiệm vụ III.5 thành: “Trước 30/9/2026”")
        )


def test_an_amendment_that_is_older_than_one_applied_waits_for_a_person(
    connection: Connection, ward: Office
) -> None:
    amend(connection, ward, in_words(LATER_DATE))

    with pytest.raises(UnsettledAmendment) as refusal:
        amend(connection, ward, in_words(OTHER_LEAD, number="40/QĐ-UBND", on=(2026, 3, 2)))

    assert "45/QĐ-UBND ngày 20/04/2026" in refusal.value.notice


def test_a_withdrawn_task_can_come_back_under_its_own_code(connection: Connection, ward: Office) -> None:
    amend(connection, ward, in_words(WITHDRAWN))
    back = ADDED.replace("số 6 vào mục VI", "số 5 vào mục III")

    amend(connection, ward, in_words(back, number="50/QĐ-UBND", on=(2026, 4, 21)))

    assert show_task(connection, ward.ward, "III.5", DAY).line.title == "Tập huấn sử dụng trí tuệ nhân tạo"


def test_what_moved_after_it_was_shown_is_shown_again(connection: Connection, ward: Office) -> None:
    shown = proposed(connection, ward, in_words(OTHER_LEAD)).digest
    hand_in(connection, ward, "III.5", Stage.PLAN)

    with pytest.raises(ProposalChanged):
        amend(connection, ward, in_words(OTHER_LEAD), expected=shown)


@pytest.mark.parametrize("by", ["lan", "chutich", "thanhtra", "quantri"])
def test_only_a_coordinator_amends(connection: Connection, ward: Office, by: str) -> None:
    with pytest.raises(NotPermitted):
        amend(connection, ward, in_words(LATER_DATE), by=by)


def test_the_history_verifies_and_the_task_tells_which_decision_it_was(
    connection: Connection, ward: Office
) -> None:
    amend(
        connection,
        ward,
        in_words(LATER_DATE, OTHER_LEAD.replace("III.5", "III.1"), ADDED, WITHDRAWN.replace("5", "4")),
    )

    kinds = [row.kind for row in show_task(connection, ward.ward, "III.5", DAY).history]
    assert {"task.amended", "due.changed"} <= set(kinds)
    assert verify(connection).ok


def test_the_program_itself_may_rewrite_rows_only_for_an_amendment(
    connection: Connection, ward: Office
) -> None:
    amend(connection, ward, in_words(LATER_DATE))
    untouched = rows(connection, "SELECT id FROM cchc.task WHERE code = 'I.1'")[0][0]

    with pytest.raises(ProgrammingError, match="no amendment of this transaction"):
        connection.exec_driver_sql(f"SELECT cchc.clear_amended_task(1, 1, {untouched})")


def test_an_event_no_longer_opens_a_withdrawn_task(connection: Connection, ward: Office) -> None:
    amend(connection, ward, in_words("Không thực hiện nhiệm vụ III.6."))

    with pytest.raises(UnknownTask):
        find_occurrence(connection, ward.ward, "III.6", Stage.PLAN, Action.SUBMIT, label=None, by="minh")


@pytest.mark.parametrize(("clause", "error"), [(WITHDRAWN, "cancelled"), (OTHER_LEAD, "lead unit")])
def test_a_submission_at_the_same_moment_meets_what_the_amendment_decided(
    engine: Engine, packaged: Any, clause: str, error: str
) -> None:
    with engine.begin() as connection:
        ward = office(connection, packaged, today=DAY, now=NOW)
        one = find_occurrence(
            connection, ward.ward, "III.5", Stage.PLAN, Action.SUBMIT, label=None, by="minh"
        )
    amended = Event()

    def hand_in_late() -> None:
        with engine.begin() as connection:
            assert amended.wait(LONGEST_S)
            submit(connection, ward.ward.id, Submission(one, Stage.PLAN, DAY), by="minh", today=DAY, now=NOW)

    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            amend(connection, ward, in_words(clause))
            late = pool.submit(hand_in_late)
            amended.set()
            until_blocked(connection)
        with pytest.raises(Exception, match=error):
            late.result(LONGEST_S)


def test_a_transaction_that_dies_half_way_leaves_the_plan_as_it_was(engine: Engine, packaged: Any) -> None:
    with engine.begin() as connection:
        ward = office(connection, packaged, today=DAY, now=NOW)
    connection = engine.connect()
    connection.begin()
    amend(connection, ward, in_words(LATER_DATE, WITHDRAWN.replace("5", "4"), ADDED))

    connection.connection.driver_connection.close()  # type: ignore[union-attr]  # as kill -9 closes it

    connection.invalidate()
    connection.close()
    with engine.connect() as fresh:
        assert amendments_of(fresh, ward.ward) == []
        assert stages_of(fresh, ward, "III.5")["report"]["due"] == "2026-09-29"


def test_going_on_leaves_a_task_alone_about_which_something_is_open(
    connection: Connection, ward: Office
) -> None:
    unknown = "Giao Phòng Chuyển đổi xanh chủ trì nhiệm vụ III.4 thay Trung tâm Phục vụ hành chính công."

    amend(connection, ward, in_words(LATER_DATE, unknown), despite="Chờ thành lập phòng")

    assert task_line(connection, ward.ward, "III.4", DAY).lead_units == ("Trung tâm Phục vụ hành chính công",)
    assert stages_of(connection, ward, "III.5")["report"]["due"] == "2026-10-29"


def test_a_new_numbering_is_not_applied_in_part(connection: Connection, ward: Office) -> None:
    rows_ = [
        "III. CẢI CÁCH THỦ TỤC HÀNH CHÍNH",
        "4\tTập huấn\tPhòng Chuyển đổi xanh\t\tQuý IV/2026\tBáo cáo",
        "9\tXây dựng kế hoạch rà soát đánh giá TTHC năm 2026 trên địa bàn phường\t"
        "Trung tâm Phục vụ hành chính công\t\tTrong tháng 2/2026\tKế hoạch",
    ]

    with pytest.raises(OnlyWhole):
        amend(connection, ward, in_rows(*rows_, whole=True), despite="Đã xem")


def test_two_rows_with_one_number_are_a_doubt(connection: Connection, ward: Office) -> None:
    row = "4\tTập huấn {}\tPhòng Văn hóa - Xã hội\t\tQuý IV/2026\tBáo cáo"
    data = in_rows("III. CẢI CÁCH", row.format("một"), row.format("hai"), whole=True)

    assert "code-twice" in [each.code for each in proposed(connection, ward, data).blocking]
