from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotADecision
from domain.plans import PlanReading, Severity, Stage, TaskKind
from tests.domain.reading.conftest import DECISION, plan_in

HEAD = """Số: 7/KH-UBND
Thành Đông, ngày 20 tháng 01 năm 2026
KẾ HOẠCH
Cải cách hành chính năm 2026
"""
HEADER = "TT\tNội dung\tCơ quan chủ trì\tCơ quan phối hợp\tThời gian\tSản phẩm\n"
LEAD = "Phòng Văn hóa - Xã hội"
MONTHLY_LABELS = [f"Tháng {month}/2026" for month in range(1, 13)]


def plan_of(*rows: str, header: str = HEADER) -> PlanReading:
    return plan_in(HEAD + header + "\n".join(rows))


def row(number: str, time: str, product: str = "Báo cáo", lead: str = LEAD) -> str:
    return f"{number}\tViệc số {number}\t{lead}\t\t{time}\t{product}"


def codes(plan: PlanReading, severity: Severity | None = None) -> set[str]:
    return {f.code for f in plan.findings if severity in {None, f.severity}}


def test_columns_are_found_by_their_words_in_any_order() -> None:
    header = "Thời hạn hoàn thành\tKết quả đầu ra\tĐơn vị thực hiện\tNhiệm vụ (1)\tSTT\n"
    plan = plan_of(f"trước 30/6/2026\tKế hoạch\t{LEAD}\tLàm kế hoạch\t1", header=header)

    (task,) = plan.tasks
    assert (task.code, task.title, task.lead_units, task.products) == (
        "1",
        "Làm kế hoạch",
        (LEAD,),
        ("Kế hoạch",),
    )
    assert task.milestones[0].due == date(2026, 6, 29)


def test_bars_part_columns_as_tabs_do() -> None:
    lines = f"{HEADER}----\t----\t----\t----\t----\t----\n{row('1', 'Quý II/2026')}"
    plan = plan_in(HEAD + "\n".join(f"| {line} |" for line in lines.replace("\t", " | ").splitlines()))

    assert plan.tasks[0].milestones[0].due == date(2026, 6, 30)


def test_a_header_may_span_two_rows_and_a_row_may_number_the_columns() -> None:
    header = (
        "TT\tNội dung\tTổ chức thực hiện\t\tThời gian\tSản phẩm\n"
        "\t\tChủ trì\tPhối hợp\t\t\n"
        "(1)\t(2)\t(3)\t(4)\t(5)\t(6)\n"
    )
    plan = plan_of(f"1\tViệc\t{LEAD}\tCông an\tQuý I/2026\tKế hoạch", header=header)

    assert [(t.code, t.lead_units, t.coordinating_units) for t in plan.tasks] == [
        ("1", (LEAD,), ("Công an",))
    ]


def test_rows_restart_in_each_section_and_letters_hold_romans() -> None:
    plan = plan_of(
        "A. PHẦN CHUNG\t\t\t\t\t",
        "I. Thể chế (01 nhiệm vụ)\t\t\t\t\t",
        row("1", "Quý I/2026"),
        "B. PHẦN RIÊNG\t\t\t\t\t",
        "I\tThủ tục\t\t\t\t",
        row("1", "Quý I/2026"),
        row("2", "Quý II/2026"),
    )

    assert [task.code for task in plan.tasks] == ["A.I.1", "B.I.1", "B.I.2"]


def test_dotted_numbers_carry_their_section() -> None:
    plan = plan_of(row("I.1", "Quý I/2026"), row("I.2", "Quý I/2026"), row("II.1", "Quý I/2026"))

    assert [(t.code, t.section) for t in plan.tasks] == [("I.1", "I"), ("I.2", "I"), ("II.1", "II")]


def test_sub_rows_belong_to_their_parent_and_take_its_units() -> None:
    plan = plan_of(
        f"1\tTuyên truyền\t{LEAD}\t\t\t",
        "a)\tPhát thanh\t\t\tQuý I/2026\tBài",
        "đ)\tPano\t\t\tQuý II/2026\tPano",
    )

    assert [(t.code, t.lead_units) for t in plan.tasks] == [("1.a", (LEAD,)), ("1.đ", (LEAD,))]


def test_a_missing_row_forbids_activation(decision_text: str) -> None:
    lines = decision_text.splitlines()
    place = next(
        at for at, line in enumerate(lines) if line.startswith("2\tBáo cáo tình hình thực hiện chế độ")
    )
    plan = plan_in("\n".join(lines[:place] + lines[place + 1 :]))

    assert len(plan.tasks) == 32
    assert codes(plan, Severity.BLOCKING) == {"rows-missing", "number-gap"}


def test_each_single_row_is_missed_when_it_is_taken_out(decision_text: str) -> None:
    lines = decision_text.splitlines()
    places = [at for at, line in enumerate(lines) if line[:1].isdigit() and line.count("\t") == 5]

    assert len(places) == 33
    for place in places:
        plan = plan_in("\n".join(lines[:place] + lines[place + 1 :]))
        assert "rows-missing" in codes(plan, Severity.BLOCKING), lines[place]


def test_more_rows_than_declared_are_doubted_but_allowed() -> None:
    plan = plan_of("I. Mục (01 nhiệm vụ)\t\t\t\t\t", row("1", "Quý I/2026"), row("2", "Quý I/2026"))

    assert "rows-extra" in codes(plan, Severity.CHECK)
    assert codes(plan, Severity.BLOCKING) == set()


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([row("1", "Quý I/2026"), row("1", "Quý I/2026")], "duplicate-code"),
        ([row("1", "Quý I/2026", lead="")], "no-lead"),
        ([row("1", "Quý I/2026"), row("3", "Quý I/2026")], "number-gap"),
    ],
)
def test_rows_that_cannot_be_carried_out_forbid_activation(rows: list[str], code: str) -> None:
    assert code in codes(plan_of(*rows), Severity.BLOCKING)


def test_two_rounds_of_one_stage_are_one_doubt() -> None:
    found = plan_of(row("1", "Tháng 5, tháng 11/2026")).findings

    assert [each.code for each in found if each.task == "1" and "áng 5" in each.source_text] == [
        "dates-clash"
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row("2", "Quý I/2026")], "Nhiệm vụ đầu tiên mang số 2."),
        ([row("1", "Quý I/2026"), row("3", "Quý I/2026")], "Sau nhiệm vụ số 1 là số 3."),
        (["I. Mục\t\t\t\t\t", row("2", "Quý I/2026")], "Mục I bắt đầu từ số 2."),
        (
            ["I. Mục\t\t\t\t\t", row("1", "Quý I/2026"), row("3", "Quý I/2026")],
            "Mục I: sau nhiệm vụ số 1 là số 3.",
        ),
    ],
)
def test_a_gap_in_the_numbers_is_told_as_a_person_would(rows: list[str], said: str) -> None:
    [gap] = [finding for finding in plan_of(*rows).findings if finding.code == "number-gap"]

    assert gap.message.startswith(said)


@pytest.mark.parametrize(
    ("time", "code"),
    [
        ("trước 10/01/2026", "before-issue"),
        ("trước 30/6/2027", "other-year"),
        ("- Ban hành kế hoạch quý IV/2026; - Báo cáo trước 30/6/2026", "order-clash"),
        ("Báo cáo trước 30/6/2026; báo cáo trước 31/7/2026", "dates-clash"),
        ("", "empty"),
        ("làm tốt", "unread"),
    ],
)
def test_doubtful_dates_are_told_with_their_task(time: str, code: str) -> None:
    plan = plan_of(row("1", time))

    assert [finding.task for finding in plan.findings if finding.code == code] == ["1"]


def test_an_unknown_unit_is_kept_and_told_with_the_nearest_known_one() -> None:
    plan = plan_of(
        row("1", "Quý I/2026", lead="Phòng Văn hóa Xã hộ"), row("2", "Quý I/2026", lead="Đội Cờ đỏ")
    )

    assert [task.lead_units for task in plan.tasks] == [("Phòng Văn hóa Xã hộ",), ("Đội Cờ đỏ",)]
    hints = [finding.message for finding in plan.findings if finding.code == "unknown-unit"]
    assert "gần giống “Phòng Văn hóa - Xã hội”" in hints[0]
    assert "gần giống" not in hints[1]


def test_without_a_reporting_regime_the_quarters_ends_stand_in_and_are_doubted() -> None:
    plan = plan_of(row("1", "Thường xuyên"))

    assert [f"{day:%d/%m}" for day in plan.reporting_calendar] == ["31/03", "30/06", "30/09", "31/12"]
    assert "no-calendar" in codes(plan, Severity.CHECK)


def test_another_regime_gives_another_calendar() -> None:
    regime = (
        "- Chế độ: báo cáo quý trước ngày 15 tháng cuối quý, báo cáo 6 tháng trước ngày 20/6, "
        "báo cáo năm trước ngày 05/12.\n"
    )
    plan = plan_in(HEAD + regime + HEADER + row("1", "Thường xuyên"))

    assert [f"{day:%d/%m}" for day in plan.reporting_calendar] == ["14/03", "19/06", "14/09", "04/12"]


def test_a_monthly_task_opens_each_month_with_its_own_day() -> None:
    (task,) = plan_of(row("1", "trước ngày 25 hằng tháng")).tasks

    assert [one.label for one in task.occurrences] == MONTHLY_LABELS
    assert [one.stages[Stage.REPORT].due for one in task.occurrences] == [
        date(2026, month, 24) for month in range(1, 13)
    ]
    assert task.occurrences[0].opens_on == date(2026, 1, 20)


def test_a_yearly_task_opens_once() -> None:
    (task,) = plan_of(row("1", "trước ngày 31/3 hằng năm")).tasks

    (one,) = task.occurrences
    assert (one.label, one.opens_on) == ("Năm 2026", date(2026, 1, 20))
    assert one.stages[Stage.REPORT].due == date(2026, 3, 30)


def test_a_weekly_task_opens_each_week_from_the_decision_on() -> None:
    (task,) = plan_of(row("1", "trước 16 giờ thứ Sáu hằng tuần")).tasks

    dues = [one.stages[Stage.REPORT].due for one in task.occurrences]
    assert dues[0] == date(2026, 1, 23)
    assert dues[-1] == date(2026, 12, 25)
    assert len({one.label for one in task.occurrences}) == len(dues) == 49


def test_periods_that_were_due_before_the_decision_are_left_out() -> None:
    (task,) = plan_of(row("1", "trước ngày 10 hằng tháng")).tasks

    assert task.occurrences[0].label == "Tháng 2/2026"


def test_a_single_date_binds_the_last_stage_whose_product_is_named() -> None:
    plan = plan_of(
        row("1", "Thực hiện trong Quý II/2026", "Kế hoạch"), row("2", "Quý II/2026", "- Kế hoạch; - Báo cáo")
    )

    assert [task.milestones[0].stage for task in plan.tasks] == [Stage.PLAN, Stage.REPORT]


def test_a_deadline_in_the_title_that_the_time_column_lacks_is_told() -> None:
    plan = plan_of(f"1\tHoàn thành số hóa trước ngày 30/6/2026\t{LEAD}\t\tThường xuyên\tBáo cáo")

    assert "title-date" in codes(plan, Severity.CHECK)


@pytest.mark.parametrize("text", ["", "Chỉ là một bài báo.", HEAD, "TT\tTên\tTuổi\n1\tLan\t20"])
def test_a_text_without_a_table_of_tasks_is_no_decision(text: str) -> None:
    with pytest.raises(NotADecision) as refusal:
        plan_in(text)

    assert "bảng nhiệm vụ" in refusal.value.notice


def test_a_table_without_any_year_is_no_decision() -> None:
    with pytest.raises(NotADecision):
        plan_in(HEADER + row("1", "Quý I"))


@given(
    st.lists(
        st.sampled_from([*DECISION.read_text("utf-8").splitlines(), "\t", "\t\t\t\t\t", "I.", "1\t"]),
        max_size=40,
    )
)
def test_lines_in_any_order_are_a_plan_or_refused(lines: list[str]) -> None:
    try:
        plan = plan_in("\n".join([HEAD, HEADER.strip(), *lines]))
    except NotADecision:
        return
    assert all(task.kind in TaskKind for task in plan.tasks)
