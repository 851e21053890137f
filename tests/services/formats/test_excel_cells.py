"""A spreadsheet's cell reads as people see it, and a date says that it is one."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from domain.reading.layout import Sheet
from domain.reading.normal import composed
from domain.reading.times import read_time
from services.formats import excel
from services.formats.excel_cells import shown
from tests.services.formats import remake
from tests.services.formats.packages import book, cells

HEADER = ["TT", "Nội dung", "Chủ trì", "Thời hạn"]
moment = datetime.fromisoformat


def laid(made: Workbook) -> Sheet:
    return excel.lay_out(remake.saved(made))


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="=_'"),
    min_size=1,
    max_size=6,
)
tables = st.integers(3, 6).flatmap(
    lambda width: st.lists(st.tuples(*[texts] * width), min_size=1, max_size=4)
)


@settings(max_examples=40, deadline=None)
@given(tables)
def test_every_table_comes_back_cell_by_cell(rows: list[tuple[str, ...]]) -> None:
    made = Workbook()
    for at, each in enumerate(rows, 1):
        for column, text in enumerate(each, 1):
            made.active.cell(at, column).value = text
            made.active.cell(at, column).data_type = "s"

    sheet = laid(made)

    assert cells(sheet) == [tuple(composed(cell).strip() for cell in each) for each in rows]


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1, "General", "1"),
        (1.0, "General", "1"),
        (1.1, "General", "1.1"),
        (0.1 + 0.2, "General", "0.3"),
        (1.1, "0.00", "1.10"),
        (1, '0"."', "1."),
        (3, '"Quý "0', "Quý 3"),
        (7, "00", "07"),
        (1234567, "#,##0", "1.234.567"),
        (1234.5, "#,##0.00", "1.234,50"),
        (0.9, "0%", "90%"),
        (0.985, "0.0#%", "98,5%"),
        (2.5, "0", "3"),
        (-4, "0;(0)", "(4)"),
        (1e20, "0", "1e+20"),
        (12, "# ?/?", "12"),
        (True, "General", "TRUE"),
        (time(16, 30), "h:mm", "16:30"),
        ("  a_x000D_\n\n b\t", "General", "a\nb"),
        (None, "General", ""),
        ("'01/12/2026", "@", "01/12/2026"),
        ("'a' và 'b'", "@", "'a' và 'b'"),
    ],
)
def test_a_cell_reads_as_it_is_shown(value: object, form: str, text: str) -> None:
    assert shown(value, form) == text


@pytest.mark.parametrize(
    ("value", "form", "text", "due"),
    [
        (date(2026, 12, 1), "dd/mm/yyyy", "01/12/2026 (ô ngày)", date(2026, 12, 1)),
        (moment("2026-12-01"), "mmm-yy", "tháng 12/2026 (ô ngày)", date(2026, 12, 31)),
        (moment("2026-12-01"), "mm/yyyy", "tháng 12/2026 (ô ngày)", date(2026, 12, 31)),
        (moment("2026-12-01"), '"năm "yyyy', "năm 2026 (ô ngày)", date(2026, 12, 31)),
        (moment("2026-03-05"), "[$-42A]d-mmm", "05/03/2026 (ô ngày)", date(2026, 3, 5)),
        (moment("2026-09-30T16:30"), "dd/mm/yyyy h:mm", "16:30 30/09/2026 (ô ngày)", date(2026, 9, 30)),
    ],
)  # fmt: skip # short values read best packed
def test_a_date_reads_by_the_parts_it_shows_and_is_always_doubtful(
    value: date, form: str, text: str, due: date
) -> None:
    made = book(HEADER, ["1", "Việc", "Phòng A", value])
    made.active["D2"].number_format = form

    said = laid(made).rows[1].cells[3]
    milestones, findings = read_time(said, year=2026)

    assert said == text
    assert [milestone.due for milestone in milestones] == [due]
    assert [finding.code for finding in findings] == ["sheet-date"]
