"""Days below a month, quarter or year: in the title of their section, or in a column beside them."""

from __future__ import annotations

import pytest

from domain.plans import PlanReading
from domain.reading.narrowing import is_time_alone, qualified
from tests.domain.reading.conftest import plan_in

HEAD = """UBND PHƯỜNG THÀNH ĐÔNG
Số: 7/KH-UBND
Thành Đông, ngày 20 tháng 8 năm 2026
KẾ HOẠCH
Cải cách hành chính năm 2026
"""


def dues(plan: PlanReading) -> list[str]:
    return [str(milestone.due) for milestone in plan.tasks[0].milestones]


def below(title: str, time: str) -> PlanReading:
    rows = f"| TT | Nội dung | Chủ trì | Thời gian |\n| I | {title} |  |  |\n| 1 | Họp | Công an | {time} |\n"
    return plan_in(f"{HEAD}{rows}")


@pytest.mark.parametrize(
    ("title", "time", "due"),
    [
        ("THÁNG 9/2026", "05/9", "2026-09-05"),
        ("THÁNG 9/2026", "ngày 15", "2026-09-15"),
        ("THÁNG 9/2026", "Trước ngày 20", "2026-09-19"),
        ("THÁNG 9", "10-15", "2026-09-15"),
        ("THÁNG 01/2027", "15/01", "2027-01-15"),
        ("THÁNG 01 NĂM 2027", "Trước 15/01", "2027-01-14"),
        ("THÁNG 01/2027", "ngày 20", "2027-01-20"),
        ("THÁNG 12/2026", "21/12-09/01", "2027-01-09"),
        ("THÁNG 10/2026", "cuối tháng", "2026-10-31"),
        ("QUÝ I/2027", "trước 15/3", "2027-03-14"),
        ("THÁNG 9/2026", "", "2026-09-30"),
    ],
)
def test_a_day_takes_month_and_year_from_the_title_over_it(title: str, time: str, due: str) -> None:
    plan = below(title, time)

    assert dues(plan) == [due]
    assert "period-differs" not in {finding.code for finding in plan.findings}


def test_a_day_outside_the_month_over_it_is_asked_about() -> None:
    plan = below("THÁNG 9/2026", "trước 20/11")

    assert dues(plan) == ["2026-11-19"]
    assert [finding.task for finding in plan.findings if finding.code == "period-differs"] == ["I.1"]


def test_a_column_of_months_stands_over_the_days_beside_it() -> None:
    plan = plan_in(
        f"{HEAD}| Tháng | Thời gian | Nội dung công việc | Đơn vị thực hiện |\n"
        "| 01/2027 | 15/01 | Xét tốt nghiệp | Công an |\n| 02/2027 |  | Sơ kết | Công an |\n"
    )

    assert [str(milestone.due) for task in plan.tasks for milestone in task.milestones] == [
        "2027-01-15",
        "2027-02-28",
    ]


def test_without_a_time_of_its_own_a_row_takes_that_of_its_note_and_tells_so() -> None:
    plan = plan_in(
        f"{HEAD}| Nội dung công việc | Người thực hiện | Ghi chú |\n| THÁNG 9/2026 |  |  |\n"
        "| Họp phụ huynh | Công an | Trước 20/9 |\n| Tổng kết | Công an | Mời báo chí |\n"
    )

    assert [str(milestone.due) for task in plan.tasks for milestone in task.milestones] == [
        "2026-09-19",
        "2026-09-30",
    ]
    assert "note-time" in {finding.code for finding in plan.findings}


@pytest.mark.parametrize(
    ("heading", "cell", "shown"),
    [
        ("Quý", "I", "Quý I"),
        ("Quý", "I–IV", "Quý I–IV"),
        ("Quý", "III (trước 01/10)", "Quý III (trước 01/10)"),
        ("Quý thực hiện", "II/2026", "Quý II/2026"),
        ("Quý", "Đột xuất", "Đột xuất"),
        ("Quý", "Quý II", "Quý II"),
        ("Tháng", "3", "Tháng 3"),
        ("Tháng", "9/2026", "Tháng 9/2026"),
        ("Tháng", "15/3", "15/3"),
        ("Tháng", "13", "13"),
        ("Thời gian", "3", "3"),
    ],
)
def test_a_bare_number_is_what_its_column_is_headed(heading: str, cell: str, shown: str) -> None:
    assert qualified(heading, cell) == shown


@pytest.mark.parametrize(
    "note", ["Mời báo chí", "Dự kiến", "Theo Quyết định 12/QĐ-UBND ngày 05/01/2026", "NSNN"]
)
def test_a_note_that_tells_something_else_is_no_time(note: str) -> None:
    assert not is_time_alone(note)
