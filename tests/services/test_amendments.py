"""The packaged plan under way, amended as an office amends it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.plans import Stage
from domain.refusals import WrongState
from domain.status import Status
from services.due_dates import set_date
from services.engine import planned_tasks, wanted_runs
from services.plans import plans
from services.stages import Submission, accept, submit
from services.tasks import show_task, task_line
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
from tests.builders import CULTURE, Office
from tests.decisions import TARGET, decision, in_rows, in_words


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
        f"SELECT DISTINCT reason FROM cchc.outbox WHERE occurrence_id = {one} AND channel = 'email'"
        " AND state = 'pending'"
    )
    assert rows(connection, waiting) == [("cancelled",)]
    assert task_line(connection, ward.ward, "III.5", DAY).status is Status.CANCELLED
    wanted = Submission(one, Stage.IMPLEMENT, DAY)
    with pytest.raises(WrongState, match="cancelled"):
        submit(connection, ward.ward.id, wanted, by="minh", today=DAY, now=NOW)


def test_the_engine_lets_go_of_a_withdrawn_task_and_takes_up_an_added_one(
    connection: Connection, ward: Office
) -> None:
    amend(connection, ward, in_words(WITHDRAWN, ADDED))

    codes = {task.code for task in planned_tasks(connection, ward.ward.id)}
    assert len(codes) == plans(connection, ward.ward)[0].tasks == 33
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


def test_two_tasks_may_change_places(connection: Connection, ward: Office, packaged: Any) -> None:
    before = dict(rows(connection, "SELECT code, id FROM cchc.task"))

    amend(connection, ward, whole(packaged, swapped=("III.5", "III.6")))

    after = dict(rows(connection, "SELECT code, id FROM cchc.task"))
    assert (after["III.5"], after["III.6"]) == (before["III.6"], before["III.5"])
    assert after | {"III.5": 0, "III.6": 0} == before | {"III.5": 0, "III.6": 0}


def test_what_is_doubtful_in_the_new_dates_stands_among_the_plans_doubts(
    connection: Connection, ward: Office
) -> None:
    amend(connection, ward, in_words(ADDED.replace("sản phẩm: Báo cáo", "sản phẩm: Kế hoạch")))

    [doubt] = show_task(connection, ward.ward, "VI.6", DAY).details.findings
    assert "09/12/2026" in doubt["message"]


def test_doubts_follow_their_task_to_its_new_number(
    connection: Connection, ward: Office, packaged: Any
) -> None:
    about = "SELECT f.message FROM cchc.finding f WHERE f.task_code = '{}' ORDER BY f.id"
    of_two, of_seven = rows(connection, about.format("III.2")), rows(connection, about.format("III.7"))

    amend(connection, ward, whole(packaged, without="III.1", swapped=("III.3", "III.7")))

    assert of_two != of_seven
    assert rows(connection, about.format("III.1"))[: len(of_two)] == of_two
    assert rows(connection, about.format("III.2"))[: len(of_seven)] == of_seven


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


def test_a_day_that_was_over_when_a_task_was_added_is_one_doubt(connection: Connection, ward: Office) -> None:
    found = proposed(connection, ward, in_words(ADDED.replace("15/11/2026", "15/3/2026"))).findings

    assert [each.code for each in found if "14/03/2026" in each.message] == ["born-late"]
