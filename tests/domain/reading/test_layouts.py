"""Tables in every shape: headings, numbering, merged cells, marks for months, notes."""

from __future__ import annotations

from datetime import date

import pytest

from config.event_types import load_event_types
from config.units import load_units
from domain.plans import Severity, Source
from domain.reading.headings import heading
from domain.reading.layout import Line, Row, Sheet
from domain.reading.plan import read_sheet
from tests.domain.reading.conftest import plan_in
from tests.domain.reading.layouts import HEAD, HEADER, LEAD, codes, dues, found, plan_of, sheet_of


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Nội dung công việc", "content"),
        ("Nhiệm vụ/giải pháp", "content"),
        ("Mục tiêu/nhiệm vụ", "content"),
        ("Nhiệm vụ được phân công", "content"),
        ("Hoạt động", "content"),
        ("Đơn vị chủ trì thực hiện", "lead"),
        ("Cơ quan tham mưu", "lead"),
        ("Đầu mối", "lead"),
        ("Người phụ trách", "lead"),
        ("Phân công", "lead"),
        ("Cơ quan chủ trì thực hiện nhiệm vụ", "lead"),
        ("Cơ quan phối hợp thực hiện", "coordinating"),
        ("Cơ quan chủ trì, phối hợp", "shared"),
        ("Đơn vị thực hiện, phối hợp", "shared"),
        ("Thời hạn hoàn thành", "time"),
        ("Mốc thời gian", "time"),
        ("Quý hoàn thành", "time"),
        ("Thời gian báo cáo kết quả", "time"),
        ("Kết quả/sản phẩm", "product"),
        ("Sản phẩm dự kiến", "product"),
        ("Kinh phí", "money"),
        ("Đơn vị tính", "measure"),
        ("Cấp trình", "note"),
        ("Lãnh đạo phụ trách", "leader"),
        ("Phòng Văn hóa - Xã hội", None),
        ("Trước ngày 30/6/2026", None),
    ],
)
def test_a_heading_says_what_its_column_holds_in_any_wording(words: str, name: str | None) -> None:
    assert heading(words) == name
    assert heading(words.upper()) == name


def test_a_cell_merged_down_belongs_to_each_numbered_row_beside_it() -> None:
    plan = sheet_of(
        ("TT", "Nội dung", "Đơn vị thực hiện", "", "Thời gian", "Sản phẩm"),
        ("", "", "Chủ trì", "Phối hợp", "", ""),
        ("1", "A", LEAD, "Công an", "Quý I/2026", "Kế hoạch"),
        ("2", "B", "", "", "", "Báo cáo"),
        below={2: {0, 1, 4, 5}, 4: {2, 3, 4}},
    )

    assert [(t.lead_units, t.coordinating_units, t.time_text) for t in plan.tasks] == [
        ((LEAD,), ("Công an",), "Quý I/2026")
    ] * 2
    assert plan.tasks[1].source == Source(1, 4, 2)


def test_rows_beside_a_number_merged_down_belong_to_one_task_and_are_told() -> None:
    plan = sheet_of(
        ("TT", "Nội dung", "Chủ trì", "Thời gian", "Sản phẩm"),
        ("1", "A", LEAD, "Quý I/2026", "Kế hoạch"),
        ("", "", "", "", "Báo cáo"),
        ("", "B", "Công an", "Quý III/2026", ""),
        below={3: {0, 1, 2, 3}, 4: {0}},
    )

    (task,) = plan.tasks
    assert task.products == ("Kế hoạch", "Báo cáo")
    assert [finding.place for finding in plan.findings if finding.code == "row-joined"] == [Source(1, 4, 2)]


def test_every_task_of_a_scanned_plan_must_be_compared_with_the_original() -> None:
    rows = [("TT", "Nội dung", "Chủ trì", "Thời gian"), ("1", "A", LEAD, "Quý I"), ("2", "B", LEAD, "Quý I")]
    plan = sheet_of(*rows, below={}, scanned=True)

    scanned = [finding for finding in plan.findings if finding.code == "scanned"]
    assert [(f.task, f.severity, f.place) for f in scanned] == [
        ("1", Severity.CHECK, Source(1, 2, 2)),
        ("2", Severity.CHECK, Source(1, 3, 2)),
    ]


@pytest.mark.parametrize(
    ("marks", "due"),
    [
        ("\t\tx", "2026-03-31"),
        ("\t\tx\tx\tX", "2026-05-31"),
        ("\t\t15", "2026-03-15"),
        ("\t\t✓", "2026-03-31"),
    ],
)
def test_marks_in_columns_of_months_are_the_time_and_must_be_confirmed(marks: str, due: str) -> None:
    header = (
        "TT\tNội dung\tChủ trì\tThời gian thực hiện (tháng)" + "\t" * 11 + "\n"
        "\t\t\t" + "\t".join(str(month) for month in range(1, 13)) + "\n"
    )
    plan = plan_of(f"1\tViệc A\t{LEAD}\t{marks}", header=header)

    assert dues(plan) == [[due]]
    assert found(plan, "month-marks") == ["1"]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("Trước 15/5", "Trước 15/5"),
        ("Họp tổ", "Họp tổ"),
        ("15/5", "15/5"),
        ("x", None),
        ("(x)", None),
        ("50%", None),
    ],
)
def test_words_where_a_quarter_expects_a_mark_are_told(cell: str, told: str | None) -> None:
    header = "STT\tNhiệm vụ\tĐơn vị chủ trì\tQuý I\tQuý II\tQuý III\tQuý IV\n"
    plan = plan_of(f"1\tViệc A\t{LEAD}\t\t{cell}\t\t", header=header)

    assert dues(plan) == [["2026-06-30"]]
    assert [f.source_text for f in plan.findings if f.code == "mark-words"] == ([told] if told else [])


def test_columns_of_quarters_need_no_heading_above_them() -> None:
    header = "STT\tNhiệm vụ\tĐơn vị chủ trì\tQuý I\tQuý II\tQuý III\tQuý IV\n"
    plan = plan_of(f"1\tViệc A\t{LEAD}\t\tX\tX\t", header=header)

    assert dues(plan) == [["2026-09-30"]]


def test_a_beginning_and_an_end_in_two_columns_are_one_window() -> None:
    header = "TT\tNội dung\tChủ trì\tThời gian\t\n\t\t\tBắt đầu\tKết thúc\n"
    plan = plan_of(f"1\tA\t{LEAD}\t01/3/2026\t30/6/2026\n2\tB\t{LEAD}\t\t15/7/2026", header=header)

    window = plan.tasks[0].milestones[0]
    assert (window.start, window.due) == (date(2026, 3, 1), date(2026, 6, 30))
    assert dues(plan)[1] == ["2026-07-15"]


@pytest.mark.parametrize(
    ("cell", "lead", "helping"),
    [
        (f"Chủ trì: {LEAD}", (LEAD,), ()),
        (f"Chủ trì: Công an; Phối hợp: {LEAD}, Trạm Y tế", ("Công an",), (LEAD, "Trạm Y tế")),
        (f"{LEAD} chủ trì, phối hợp với Công an", (LEAD,), ("Công an",)),
        (f"{LEAD} (chủ trì), Công an (phối hợp)", (LEAD,), ("Công an",)),
        (f"Phối hợp: Công an; Chủ trì: {LEAD}", (LEAD,), ("Công an",)),
    ],
)
def test_a_cell_that_names_both_says_who_leads(
    cell: str, lead: tuple[str, ...], helping: tuple[str, ...]
) -> None:
    header = "TT\tNội dung công việc\tCơ quan chủ trì, phối hợp\tThời gian\n"
    (task,) = plan_of(f"1\tA\t{cell}\tQuý I/2026", header=header).tasks

    assert (task.lead_units, task.coordinating_units) == (lead, helping)


def test_without_words_for_it_the_first_of_a_shared_cell_leads_and_is_doubted() -> None:
    header = "TT\tNội dung công việc\tCơ quan chủ trì, phối hợp\tThời gian\n"
    plan = plan_of(f"1\tA\t{LEAD}; Công an\tQuý I/2026", header=header)

    assert plan.tasks[0].lead_units == (LEAD,)
    assert found(plan, "lead-guessed") == ["1"]


def test_what_only_points_at_the_cell_above_is_read_as_that_cell() -> None:
    plan = plan_of(f'1\tA\t{LEAD}\tQuý I/2026\n2\tB\t"\tnt\n3\tC\t-nt-\tnhư trên')

    assert {(task.lead_units, task.time_text) for task in plan.tasks} == {((LEAD,), "Quý I/2026")}
    assert found(plan, "ditto") == ["2", "2", "3", "3"]


def test_parts_that_only_describe_stay_with_their_task() -> None:
    (task,) = plan_of(f"1\tTập huấn\t{LEAD}\tQuý III\na)\tMở lớp\t\t\nb)\tThuê giảng viên\t\t").tasks

    assert task.title == "Tập huấn a) Mở lớp b) Thuê giảng viên"


def test_notes_totals_and_signatures_below_are_no_tasks_but_are_told() -> None:
    notes = ("Tổng cộng: 2 nhiệm vụ", "Ghi chú: chậm thì báo", "Nơi nhận:", "- VT")
    plan = plan_of("\n".join([f"1\tA\t{LEAD}\tQuý I", *(f"{note}\t\t\t" for note in notes)]))

    assert codes(plan) == ["1"]
    assert len(found(plan, "note-row")) == 4
    assert found(plan, "total-differs") == [None]


def test_another_table_that_could_hold_tasks_is_named() -> None:
    other = "TT\tChỉ tiêu\tĐơn vị tính\tKế hoạch\n1\tTỷ lệ A\t%\t90\n2\tTỷ lệ B\t%\t100\n\n"
    plan = plan_in(f"{HEAD}{other}Danh mục\n{HEADER}1\tA\t{LEAD}\tQuý I")

    assert codes(plan) == ["1"]
    assert [finding.place for finding in plan.findings if finding.code == "table-left-out"] == [Source(1, 1)]


def test_a_time_in_the_column_of_notes_is_told() -> None:
    plan = plan_of(
        f"1\tA\t{LEAD}\tQuý I/2026\tTrước 15/3/2026", header="TT\tNội dung\tChủ trì\tThời gian\tGhi chú\n"
    )

    assert found(plan, "note-time") == ["1"]


def test_without_a_header_columns_are_told_by_what_they_hold_and_must_be_confirmed() -> None:
    rows = (
        f"1\tBan hành kế hoạch\t{LEAD}\tQuý I/2026\tKế hoạch\n2\tRà soát\tCông an\tTrước 30/6/2026\tBáo cáo"
    )
    plan = plan_of(rows, header="")

    assert [(t.title, t.lead_units, t.products) for t in plan.tasks] == [
        ("Ban hành kế hoạch", (LEAD,), ("Kế hoạch",)),
        ("Rà soát", ("Công an",), ("Báo cáo",)),
    ]
    assert dues(plan) == [["2026-03-31"], ["2026-06-29"]]
    assert found(plan, "header-missing") == [None]


def test_a_table_of_labels_is_read_as_text_with_labels() -> None:
    def table(number: int, title: str) -> list[Row]:
        rows = (("Nhiệm vụ", title), ("Cơ quan chủ trì", LEAD), ("Thời gian", "Quý I/2026"))
        return [Row(number, at, row) for at, row in enumerate(rows, start=1)]

    lines = [Line(text) for text in HEAD.splitlines()]
    sheet = Sheet((*lines, *table(1, "A"), Line(""), *table(2, "B")))
    plan = read_sheet(sheet, units=load_units(), event_types=load_event_types())

    assert [(task.code, task.title, task.lead_units) for task in plan.tasks] == [
        ("1", "A", (LEAD,)),
        ("2", "B", (LEAD,)),
    ]
