"""The packaged plan under way, amended as an office amends it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from hashlib import sha256
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import ProgrammingError

from domain.people import Action
from domain.plans import Stage
from domain.refusals import NotPermitted, UnknownTask, WrongState
from domain.status import Status
from services.amendments import (
    Applied,
    NothingAmended,
    ProposalChanged,
    UnsettledAmendment,
    amendments_of,
    apply,
)
from services.audit import verify
from services.documents import StoredFile
from services.due_dates import set_date
from services.engine import planned_tasks, wanted_runs
from services.proposals import AmendmentExists, NotThisPlan, Proposal, propose
from services.reading import lay_out, read_file
from services.setup import PACKAGED
from services.stages import Submission, accept, submit
from services.tasks import find_occurrence, show_task, task_line
from tests.builders import CULTURE, Office, office
from tests.decisions import TARGET, decision, in_rows, in_words

DAY = date(2026, 4, 21)
NOW = datetime(2026, 4, 21, 2, 0, tzinfo=UTC)
LATER_DATE = "Sửa đổi thời gian thực hiện nhiệm vụ số 5 mục III thành: “trước ngày 30/10/2026”."
OTHER_LEAD = (
    "Chuyển cơ quan chủ trì nhiệm vụ III.5 từ Trung tâm Phục vụ hành chính công sang Phòng Văn hóa - Xã hội."
)
WITHDRAWN = "Bãi bỏ nhiệm vụ số 5 mục III."
ADDED = (
    "Bổ sung nhiệm vụ số 6 vào mục VI: “Tập huấn sử dụng trí tuệ nhân tạo; cơ quan chủ trì: Phòng Văn hóa - "
    "Xã hội; cơ quan phối hợp: Văn phòng HĐND và UBND phường; thời gian thực hiện: Trước 15/11/2026; "
    "sản phẩm: Báo cáo”"
)


@pytest.fixture(scope="module")
def packaged() -> Any:
    return read_file(PACKAGED)


@pytest.fixture
def ward(connection: Connection, packaged: Any) -> Office:
    return office(connection, packaged, today=DAY, now=NOW)


def amend(connection: Connection, ward: Office, data: bytes, *, by: str = "dieuphoi", **more: Any) -> Applied:
    file = StoredFile(sha256(data).hexdigest(), len(data), "45.txt", "text/plain")
    return apply(connection, ward.ward, lay_out(data, "45.txt"), file, by=by, today=DAY, now=NOW, **more)


def proposed(connection: Connection, ward: Office, data: bytes) -> Proposal:
    return propose(connection, ward.ward, lay_out(data, "45.txt"), source=sha256(data).hexdigest())


def hand_in(connection: Connection, ward: Office, code: str, stage: Stage, by: str = "minh") -> int:
    one = find_occurrence(connection, ward.ward, code, stage, Action.SUBMIT, label=None, by=by)
    submit(connection, ward.ward.id, Submission(one, stage, DAY), by=by, today=DAY, now=NOW)
    return one


def stages_of(connection: Connection, ward: Office, code: str) -> dict[str, Any]:
    [occurrence] = show_task(connection, ward.ward, code, DAY).occurrences
    return {stage["stage"]: stage for stage in occurrence.stages}


def rows(connection: Connection, query: str) -> list[Any]:
    return list(connection.exec_driver_sql(query).all())


def test_a_new_date_counts_and_the_former_one_stays_with_the_decision_that_moved_it(
    connection: Connection, ward: Office
) -> None:
    amend(connection, ward, in_words(LATER_DATE))

    report = stages_of(connection, ward, "III.5")["report"]
    assert (report["due"], report["nominal_due"]) == ("2026-10-29", "2026-10-29")
    [former] = report["former_dues"]
    assert (former["due"], former["new_due"]) == ("2026-09-29", "2026-10-29")
    assert (former["document"], former["by"]) == ("45/QĐ-UBND ngày 20/04/2026", "dieuphoi")
    assert task_line(connection, ward.ward, "III.5", DAY).time_text == "trước ngày 30/10/2026"


def test_what_was_handed_in_keeps_its_date_and_its_lateness(connection: Connection, ward: Office) -> None:
    hand_in(connection, ward, "II.3", Stage.PLAN, by="lan")

    amend(connection, ward, in_words(LATER_DATE.replace("số 5 mục III", "số 3 mục II")))

    stages = stages_of(connection, ward, "II.3")
    assert (stages["plan"]["due"], stages["plan"]["state"]) == ("2026-03-31", "submitted")
    assert stages["plan"]["submissions"][0]["late"] is True
    assert stages["report"]["due"] == "2026-10-29"


def test_a_date_that_a_person_set_stays_unless_the_amendment_writes_another(
    connection: Connection, ward: Office
) -> None:
    moved = date(2026, 10, 10)
    for code in ("III.5", "VII.1"):
        set_date(
            connection,
            ward.ward,
            code,
            Stage.REPORT,
            moved,
            reason="Gia hạn",
            by="dieuphoi",
            today=DAY,
            now=NOW,
        )

    amend(connection, ward, in_words(LATER_DATE, "Bổ sung cơ quan phối hợp nhiệm vụ VII.1: Công an phường"))

    assert stages_of(connection, ward, "VII.1")["report"]["due"] == "2026-10-10"
    report = stages_of(connection, ward, "III.5")["report"]
    assert report["due"] == "2026-10-29"
    assert [each["due"] for each in report["former_dues"]] == ["2026-09-29", "2026-10-10"]


def test_a_withdrawn_task_is_cancelled_with_the_decision_and_nothing_more_is_sent_or_handed_in(
    connection: Connection, ward: Office
) -> None:
    one = hand_in(connection, ward, "III.5", Stage.PLAN)

    amend(connection, ward, in_words(WITHDRAWN))

    [occurrence] = rows(
        connection, f"SELECT state, cancel_document, cancel_reason FROM cchc.occurrence WHERE id = {one}"
    )
    assert occurrence[:2] == ("cancelled", "45/QĐ-UBND ngày 20/04/2026")
    assert "45/QĐ-UBND" in occurrence[2]
    waiting = (
        f"SELECT FROM cchc.outbox WHERE occurrence_id = {one} AND channel = 'email' AND state = 'pending'"
    )
    assert rows(connection, waiting) == []
    assert task_line(connection, ward.ward, "III.5", DAY).status is Status.CANCELLED
    wanted = Submission(one, Stage.IMPLEMENT, DAY)
    with pytest.raises(WrongState, match="cancelled"):
        submit(connection, ward.ward.id, wanted, by="minh", today=DAY, now=NOW)


def test_the_engine_lets_go_of_a_withdrawn_task_and_takes_up_an_added_one(
    connection: Connection, ward: Office
) -> None:
    amend(connection, ward, in_words(WITHDRAWN, ADDED))

    codes = {task.code for task in planned_tasks(connection, ward.ward.id)}
    assert "III.5" not in codes
    assert "VI.6" in codes
    runs = {run.task.code for run in wanted_runs(connection, until=date(2026, 12, 31), ward_id=ward.ward.id)}
    assert "III.5" not in runs
    assert "VI.6" in runs
    woken = "SELECT t.code FROM cchc.outbox b JOIN cchc.occurrence o ON o.id = b.occurrence_id"
    woken += " JOIN cchc.task t ON t.id = o.task_id WHERE b.channel = 'engine' AND b.step LIKE 'amendment/%%'"
    assert {code for (code,) in rows(connection, woken)} == {"III.5", "VI.6"}


def test_what_is_finished_stays_finished_in_a_withdrawn_task(connection: Connection, ward: Office) -> None:
    for stage in Stage:
        one = hand_in(connection, ward, "III.5", stage)
        accept(connection, ward.ward.id, one, stage, by="dieuphoi", now=NOW)

    amend(connection, ward, in_words(WITHDRAWN))

    assert rows(connection, f"SELECT state, cancel_reason FROM cchc.occurrence WHERE id = {one}") == [
        ("done", None)
    ]


def test_an_added_task_stands_in_its_section_and_opens_like_the_others(
    connection: Connection, ward: Office
) -> None:
    amend(connection, ward, in_words(ADDED))

    view = show_task(connection, ward.ward, "VI.6", DAY)
    assert (view.line.lead_units, view.line.section) == ((CULTURE,), "VI")
    [occurrence] = view.occurrences
    assert (occurrence.state, occurrence.opens_on) == ("open", date(2026, 4, 20))
    codes = [code for (code,) in rows(connection, "SELECT code FROM cchc.task ORDER BY position, id")]
    assert codes[codes.index("VI.5") + 1] == "VI.6"


def test_untouched_work_goes_to_the_new_lead_unit_which_is_told(connection: Connection, ward: Office) -> None:
    amend(connection, ward, in_words(OTHER_LEAD))

    [occurrence] = show_task(connection, ward.ward, "III.5", DAY).occurrences
    assert occurrence.unit == CULTURE
    told = [(each["recipient"], each["state"]) for each in occurrence.deliveries]
    assert sorted(told) == [
        ("dieuphoi-vh@example.vn", "dropped"),
        ("dieuphoi-vh@example.vn", "pending"),
        ("dieuphoi@example.vn", "dropped"),
        ("dieuphoi@example.vn", "pending"),
    ]
    hand_in(connection, ward, "III.5", Stage.PLAN, by="hoa")


def test_work_under_way_stays_with_the_unit_that_began_it(connection: Connection, ward: Office) -> None:
    hand_in(connection, ward, "III.5", Stage.PLAN)

    amend(connection, ward, in_words(OTHER_LEAD))

    [occurrence] = show_task(connection, ward.ward, "III.5", DAY).occurrences
    assert (occurrence.unit, occurrence.state) == ("Trung tâm Phục vụ hành chính công", "open")
    hand_in(connection, ward, "III.5", Stage.IMPLEMENT)


def test_a_table_changes_the_rows_it_names_and_adds_those_that_are_new(
    connection: Connection, ward: Office
) -> None:
    data = in_rows(
        "III. CẢI CÁCH THỦ TỤC HÀNH CHÍNH",
        "5\tThực hiện rà soát, đánh giá TTHC; đề xuất phương án đơn giản hóa, sáng kiến cải cách TTHC\t"
        "Giữ nguyên\tGiữ nguyên\tTrước 30/10/2026\tGiữ nguyên",
        "8\tKhảo sát mức độ hài lòng tại bộ phận một cửa\tTrung tâm Phục vụ hành chính công\t"
        "Văn phòng HĐND và UBND phường\tQuý IV/2026\tBáo cáo",
    )

    proposal = proposed(connection, ward, data)

    changes = {each.change.code: each.change for each in proposal.changes}
    assert {code: change.kind.value for code, change in changes.items()} == {
        "III.5": "changed",
        "III.8": "added",
    }
    assert proposal.blocking == ()
    assert "time" in [each.field for each in changes["III.5"].fields]
    assert not {"lead", "coordinating", "product"} & {each.field for each in changes["III.5"].fields}
    amend(connection, ward, data)
    assert stages_of(connection, ward, "III.5")["report"]["due"] == "2026-10-29"
    assert show_task(connection, ward.ward, "III.8", DAY).line.time_text == "Quý IV/2026"


def whole(packaged: Any, *, without: str = "", swapped: tuple[str, str] = ("", "")) -> bytes:
    lines: list[str] = []
    for section in packaged.sections:
        lines.append(f"{section.code}. {section.title.split('(')[0].strip()}")
        tasks = [task for task in packaged.tasks if task.section == section.code and task.code != without]
        codes = [task.code for task in tasks]
        if swapped[0] in codes:
            one, other = (codes.index(code) for code in swapped)
            tasks[one], tasks[other] = tasks[other], tasks[one]
        for number, task in enumerate(tasks, start=1):
            products = "; ".join(task.products)
            units = ("; ".join(task.lead_units), "; ".join(task.coordinating_units))
            lines.append(
                "\t".join([str(number), task.title, *units, task.time_text.replace("\n", " "), products])
            )
    return in_rows(*lines, whole=True)


def test_a_whole_new_appendix_renumbers_and_each_task_keeps_its_history(
    connection: Connection, ward: Office, packaged: Any
) -> None:
    before = dict(rows(connection, "SELECT code, id FROM cchc.task"))
    data = whole(packaged, without="III.4", swapped=("III.5", "III.6"))

    proposal = proposed(connection, ward, data)
    amend(connection, ward, data, expected=proposal.digest)

    after = dict(rows(connection, "SELECT code, id FROM cchc.task WHERE withdrawn_by IS NULL"))
    assert len(after) == 32
    assert (after["III.4"], after["III.5"]) == (before["III.6"], before["III.5"])
    assert after["III.6"] == before["III.7"]
    gone = rows(connection, "SELECT id FROM cchc.task WHERE withdrawn_by IS NOT NULL")
    assert gone == [(before["III.4"],)]


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
    amended, waiting = Event(), Event()

    def hand_in_late() -> None:
        with engine.begin() as connection:
            amended.wait(20)
            waiting.set()
            submit(connection, ward.ward.id, Submission(one, Stage.PLAN, DAY), by="minh", today=DAY, now=NOW)

    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            amend(connection, ward, in_words(clause))
            late = pool.submit(hand_in_late)
            amended.set()
            waiting.wait(20)
            _until(engine, "SELECT count(*) FROM pg_locks WHERE NOT granted")
        with pytest.raises(Exception, match=error):
            late.result(20)


def _until(engine: Engine, query: str) -> None:
    """Wait until the query counts something."""
    while True:
        with engine.connect() as connection:
            if connection.exec_driver_sql(query).scalar_one():
                return


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


def test_words_replaced_everywhere_change_every_task_that_has_them(
    connection: Connection, ward: Office
) -> None:
    data = decision(
        f"Điều 1. Thay cụm từ “Phòng Kinh tế, Hạ tầng và Đô thị” bằng cụm từ “Phòng Kinh tế” tại Phụ lục kèm "
        f"theo {TARGET}."
    )

    proposal = proposed(connection, ward, data)

    led = {each.change.code for each in proposal.changes if "lead" in [d.field for d in each.change.fields]}
    assert led == {"VI.1", "VI.2", "VI.3", "VI.4", "VI.5"}
