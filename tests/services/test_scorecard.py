"""The score sheet: few rules, formulas that can be checked, evidence for each figure."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Connection

from domain.plans import Stage
from domain.scorecard import Counted, Criterion, Rule, score
from services.documents import StoredFile
from services.scorecard import Sheet, score_sheet, write_sheet
from services.scorecard_file import NAME, BrokenScorecard, load_scorecard
from tests.builders import TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk

OWN = """
title = "Thử"
document = "9/QĐ-UBND"
confirmed = true
[[criterion]]
code = "1"
title = "=1+1"
[[criterion]]
code = "1.1"
title = "Đúng hạn"
max = 1.5
rule = "share-on-time"
sections = ["II"]
[[criterion]]
code = "1.2"
title = "Có kế hoạch"
max = 1
rule = "document-exists"
tasks = ["II.2"]
stage = "plan"
[[criterion]]
code = "1.3"
title = "Trừ điểm"
max = 1
each = 0.3
rule = "count-late"
sections = ["II"]
[[criterion]]
code = "1.4"
title = "Kế hoạch không có"
max = 1
rule = "tasks-done"
tasks = ["IX.1"]
[[criterion]]
code = "1.5"
title = "Hài lòng"
max = 2
rule = "manual"
"""


@pytest.fixture
def sheet(connection: Connection, tmp_path: Path) -> Sheet:
    """One of two due stages came in time, with a paper that was accepted."""
    due = occurrence(plan=TODAY, report=TODAY + timedelta(9))
    missed = occurrence(plan=TODAY - timedelta(1), report=None)
    one = office(connection, plan_of(task("II.2", occurrences=[due]), task("II.3", occurrences=[missed])))
    desk = Desk(connection, one)
    desk.submit(Stage.PLAN, files=[StoredFile("a" * 64, 10, "=kế hoạch.pdf", "application/pdf")])
    desk.accept(Stage.PLAN)
    return sheet_of(connection, one, tmp_path, OWN)


def sheet_of(connection: Connection, one: Office, folder: Path, text: str) -> Sheet:
    (folder / NAME).write_text(text, encoding="utf-8")
    return score_sheet(connection, one.ward, 2026, by=None, today=TODAY, folder=folder)


def test_each_criterion_says_its_figures_its_formula_and_its_points(sheet: Sheet) -> None:
    said = [
        (each.criterion.code, each.score.declared, each.score.formula, each.score.points)
        for each in sheet.lines
        if each.score
    ]

    assert said == [
        ("1.1", "1/2 mốc đến hạn được nộp đúng hạn", "1,5 × 1 / 2", Decimal("0.75")),
        ("1.2", "1/1 nhiệm vụ có văn bản đã nghiệm thu", "Đủ 1 nhiệm vụ: 1; thiếu: 0", Decimal(1)),
        ("1.3", "1 mốc quá hạn", "1 − 0,3 × 1 (không dưới 0)", Decimal("0.7")),
        ("1.4", "Kế hoạch không có nhiệm vụ này", "Đơn vị tự chấm theo hướng dẫn", None),
        ("1.5", "Đơn vị tự kê khai", "Đơn vị tự chấm theo hướng dẫn", None),
    ]
    assert (sheet.points, sheet.most, sheet.open) == (Decimal("2.45"), Decimal("6.5"), Decimal(3))


def test_each_figure_leads_to_its_evidence(sheet: Sheet) -> None:
    paths = [each.path for each in sheet.lines[2].evidence]

    assert paths[0].startswith("/tasks/II.2?year=2026#ky-")
    assert paths[1] == "/documents/" + "a" * 64


def test_the_workbook_has_the_columns_of_the_form_and_no_formula(sheet: Sheet) -> None:
    made = io.BytesIO()
    write_sheet(sheet, made, "http://127.0.0.1:8000")
    page = load_workbook(made).worksheets[0]
    rows = list(page.iter_rows(values_only=True))

    assert rows[1][0] == "Văn bản: 9/QĐ-UBND; số liệu đến ngày 02/03/2026"
    assert rows[2] == (
        "STT",
        "Tiêu chí",
        "Điểm tối đa",
        "Số liệu kê khai",
        "Cách tính điểm",
        "Tài liệu kiểm chứng",
        "Điểm tự đánh giá",
    )
    assert rows[3][1] == "=1+1"
    assert rows[4][2:5] == (1.5, "1/2 mốc đến hạn được nộp đúng hạn", "1,5 × 1 / 2")
    assert "http://127.0.0.1:8000/documents/" in str(rows[5][5])
    assert rows[-1][1:3] == ("Tổng", 6.5)
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


def test_what_ships_is_marked_as_unconfirmed(connection: Connection, sheet: Sheet) -> None:
    shipped = load_scorecard(None)
    made = io.BytesIO()
    write_sheet(Sheet(shipped, sheet.facts, sheet.lines), made)

    assert not shipped.confirmed
    assert "CHƯA XÁC NHẬN" in str(load_workbook(made).worksheets[0]["A3"].value)
    assert {each.rule for each in shipped.criteria if each.rule} == set(Rule)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('rule = "manual"', 'rule = "eval"', 38, "cách tính “eval” không có"),
        ("max = 1.5", 'max = "x"', 11, "phải là số"),
        ('code = "1.1"', 'code = "1"', 9, "bị lặp"),
        (
            'sections = ["II"]\n[[criterion]]\ncode = "1.2"',
            '[[criterion]]\ncode = "1.2"',
            12,
            "sections hoặc tasks",
        ),
        ('stage = "plan"', 'stage = "end"', 20, "plan, implement, report"),
        ("each = 0.3\n", "", 25, "each"),
        ('title = "Hài lòng"', 'name = "Hài lòng"', 36, "không có thuộc tính “name”"),
        ('title = "Hài lòng"', "title = Hài", 36, "sai cú pháp"),
        ("confirmed = true", "confirmed = 1", None, "confirmed"),
        ('document = "9/QĐ-UBND"', 'document = " "', 4, "phải ghi số văn bản"),
    ],
)
def test_what_is_wrong_in_the_criteria_is_said_with_its_file_and_line(
    tmp_path: Path, old: str, new: str, line: int | None, said: str
) -> None:
    assert old in OWN
    (tmp_path / NAME).write_text(OWN.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(BrokenScorecard) as refused:
        load_scorecard(tmp_path)

    assert str(tmp_path / NAME) in refused.value.notice
    assert said in refused.value.notice
    if line is not None:
        assert f"dòng {line}" in refused.value.notice


NUMBERS = st.integers(0, 40)


@given(
    rule=st.sampled_from(Rule),
    most=st.decimals(0, 100, places=2),
    each=st.decimals(0, 5, places=2),
    tasks=NUMBERS,
    of=st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
)
def test_points_lie_between_nothing_and_the_most(
    rule: Rule, most: Decimal, each: Decimal, tasks: int, of: tuple[int, int, int, int]
) -> None:
    due, on_time, done, papers = of
    counted = Counted(tasks, min(done, tasks), due, min(on_time, due), min(papers, tasks))

    found = score(Criterion("1", "x", most, rule, tasks=("I.1",), each=each), counted)

    assert found is not None
    assert found.points is None or 0 <= found.points <= most


def test_many_late_dates_cost_all_points_and_no_more() -> None:
    costly = Criterion("1", "x", Decimal(2), Rule.COUNT_LATE, sections=("I",), each=Decimal("0.5"))

    assert [score(costly, Counted(9, due=n)).points for n in (0, 1, 4, 30)] == [2, Decimal("1.5"), 0, 0]  # type: ignore[union-attr] # no heading
