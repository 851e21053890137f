"""Rows whose only text is one word: the rest of the row above, or a heading."""

from __future__ import annotations

import pytest

from tests.domain.reading.conftest import plan_in

HEAD = """UBND PHƯỜNG THÀNH ĐÔNG
Số: 7/KH-UBND
Thành Đông, ngày 20 tháng 01 năm 2026
KẾ HOẠCH
Cải cách hành chính năm 2026
TT\tNội dung\tChủ trì\tThời gian
1\tRà soát, đơn giản hóa\tCông an\tQuý I
"""
LAST = "2\tHọp\tCông an\tQuý II\n"


@pytest.mark.parametrize(
    ("between", "rest"),
    [
        ("\fTT\tNội dung\tChủ trì\tThời gian\n\tTTHC\t\t\n", "TTHC"),
        ("\f\tTTHC\t\t\n", "TTHC"),
        ("\tTTHC\t\t\n", "TTHC"),
        ("\f\tPHƯỜNG\t\t\n", "PHƯỜNG"),
        ("\f\tcấp xã\t\t\n", "cấp xã"),
    ],
)
def test_one_word_after_a_page_break_or_an_abbreviation_ends_the_cell_above(between: str, rest: str) -> None:
    plan = plan_in(f"{HEAD}{between}{LAST}")

    assert [(task.code, task.title) for task in plan.tasks] == [
        ("1", f"Rà soát, đơn giản hóa {rest}"),
        ("2", "Họp"),
    ]
    assert plan.sections == ()


def test_a_title_in_capitals_stays_a_heading() -> None:
    plan = plan_in(f"{HEAD}\tCẢI CÁCH THỂ CHẾ\t\t\n{LAST}")

    assert [(section.title, section.found) for section in plan.sections] == [("CẢI CÁCH THỂ CHẾ", 1)]


def test_the_sum_of_money_below_a_table_is_no_task() -> None:
    plan = plan_in(f"{HEAD}\tTổng kinh phí dự kiến năm 2026: 300 triệu đồng\t\t\n")

    assert [task.title for task in plan.tasks] == ["Rà soát, đơn giản hóa"]
    assert "note-row" in {finding.code for finding in plan.findings}


@pytest.mark.parametrize(
    "closing",
    [
        "Trên đây là Kế hoạch cải cách hành chính năm 2026 của phường./.",
        "(1) Số liệu tính từ ngày 15 tháng trước đến ngày 14 của tháng báo cáo.",
        "Yêu cầu các phòng chuyên môn nghiêm túc thực hiện kế hoạch này.",
    ],
)
def test_a_sentence_in_the_first_cell_below_the_table_is_a_note(closing: str) -> None:
    plan = plan_in(f"{HEAD}{closing}\t\t\t\n")

    assert [task.title for task in plan.tasks] == ["Rà soát, đơn giản hóa"]
    assert "note-row" in {finding.code for finding in plan.findings}


def test_the_first_of_several_appendices_may_be_named_in_a_row_above_its_header() -> None:
    header = "TT\tNội dung\tChủ trì\tThời gian\n"
    row = "1\tRà soát\tCông an\tQuý I\n"
    top = HEAD.partition("TT\t")[0]
    plan = plan_in(f"{top}PHỤ LỤC I\t\t\t\n{header}{row}PHỤ LỤC II\t\t\t\n{header}{row}")

    assert len({task.code for task in plan.tasks}) == 2


def test_a_row_without_number_and_unit_but_with_a_time_of_its_own_is_asked_about_and_keeps_it() -> None:
    plan = plan_in(f"{HEAD}\tBáo cáo\t\tQuý II\n")
    (task,) = plan.tasks

    assert [str(milestone.due) for milestone in task.milestones] == ["2026-03-31", "2026-06-30"]
    assert "row-joined" in {finding.code for finding in plan.findings}


def test_a_cell_that_was_only_wrapped_is_joined_without_a_question() -> None:
    plan = plan_in(f"{HEAD.replace('Quý I', 'Trước ngày')}\tthủ tục\t\t30/6/2026\n")

    assert [task.time_text for task in plan.tasks] == ["Trước ngày 30/6/2026"]
    assert "row-joined" not in {finding.code for finding in plan.findings}


def test_a_rhythm_in_the_note_is_asked_about() -> None:
    top = HEAD.partition("TT\t")[0]
    row = "1\tBáo cáo\tCông an\tĐịnh kỳ quý\tTrước ngày 10 của tháng cuối quý\n"
    plan = plan_in(f"{top}TT\tNội dung\tChủ trì\tThời gian\tGhi chú\n{row}")

    assert [finding.task for finding in plan.findings if finding.code == "note-time"] == ["1"]
