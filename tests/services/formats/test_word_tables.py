"""A Word table becomes rows whose cells stand in the columns that people see."""

from __future__ import annotations

import docx
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.reading.normal import composed
from services.formats import word
from tests.services.formats import remake
from tests.services.formats.packages import cells, codes, laid, paragraph, row, table, tc

SPAN = '<w:gridSpan w:val="{}"/>'
BEGINS, CONTINUES = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
HEADER = row("TT", "Nội dung", "Chủ trì", "Thời hạn")

texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=6).map(str.strip)
tables = st.integers(4, 6).flatmap(
    lambda width: st.lists(st.tuples(*[texts] * width), min_size=1, max_size=4)
)


@settings(max_examples=40, deadline=None)
@given(tables)
def test_every_table_comes_back_cell_by_cell(rows: list[tuple[str, ...]]) -> None:
    document = docx.Document()
    remake.add_table(document, rows)

    sheet = word.lay_out(remake.saved(document))

    assert cells(sheet) == [tuple(composed(cell) for cell in each) for each in rows]
    assert [each.number for each in sheet.rows] == list(range(1, len(rows) + 1))


def test_cells_merged_across_stand_in_their_first_column() -> None:
    sheet = laid(
        table(HEADER, row(tc("I. Mục một", SPAN.format(4))), row("1", tc("Việc", SPAN.format(2)), "Quý I"))
    )

    assert cells(sheet)[1:] == [("I. Mục một", "", "", ""), ("1", "Việc", "", "Quý I")]


def test_cells_merged_down_stand_in_their_first_row_and_are_named_below_it() -> None:
    sheet = laid(
        table(
            HEADER,
            row("1", "Việc một", tc("Phòng A", BEGINS), "Quý I"),
            row("2", "Việc hai", tc("", CONTINUES), "Quý II"),
            row("3", "Việc ba", "Phòng B", "Quý III"),
        )
    )

    assert [each[2] for each in cells(sheet)[1:]] == ["Phòng A", "", "Phòng B"]
    assert [each.below for each in sheet.rows] == [frozenset(), frozenset(), frozenset({2}), frozenset()]


def test_a_cell_that_continues_nothing_is_a_cell_of_its_own() -> None:
    sheet = laid(table(row("1", "Việc", tc("Phòng A", CONTINUES), "Quý I")))

    assert cells(sheet) == [("1", "Việc", "Phòng A", "Quý I")]
    assert sheet.rows[0].below == frozenset()


def test_rows_whose_borders_nearly_meet_share_their_columns() -> None:
    grid = (600, 90, 4000, 2000, 1500)
    sheet = laid(
        table(
            row("TT", tc("Nội dung", SPAN.format(2)), "Chủ trì", "Thời hạn"),
            row(tc("1", SPAN.format(2)), "Việc", "Phòng A", "Quý I"),
            grid=grid,
        )
    )

    assert cells(sheet) == [("TT", "Nội dung", "Chủ trì", "Thời hạn"), ("1", "Việc", "Phòng A", "Quý I")]


def test_the_rows_of_a_table_inside_a_cell_become_its_lines() -> None:
    inner = table(row("Kế hoạch", "Quý I"), row("Báo cáo", "Quý IV"))
    sheet = laid(table(HEADER, row("1", "Việc", "Phòng A", tc(paragraph("Gồm:") + inner + paragraph("")))))

    assert cells(sheet)[1][3] == "Gồm:\nKế hoạch Quý I\nBáo cáo Quý IV"
    assert codes(sheet) == ["nested-table"]


def test_a_table_that_only_places_the_head_comes_out_as_lines() -> None:
    head = table(
        row("UBND PHƯỜNG", "CỘNG HÒA"), row("Số: 16/QĐ-UBND", "Thành Đông, ngày 14 tháng 01 năm 2026")
    )
    sheet = laid(head + table(HEADER))

    assert [line for line in sheet.body if line] == [
        "UBND PHƯỜNG",
        "CỘNG HÒA",
        "Số: 16/QĐ-UBND",
        "Thành Đông, ngày 14 tháng 01 năm 2026",
    ]
    assert sheet.rows[0].table == 1


def test_a_table_of_tasks_inside_a_frame_keeps_its_rows() -> None:
    sheet = laid(table(row(tc(table(HEADER, row("1", "Việc", "Phòng A", "Quý I")) + paragraph("")))))

    assert cells(sheet) == [("TT", "Nội dung", "Chủ trì", "Thời hạn"), ("1", "Việc", "Phòng A", "Quý I")]


def test_rows_and_cells_inside_controls_are_read() -> None:
    repeated = f"<w:sdt><w:sdtPr/><w:sdtContent>{row('1', 'Việc', 'Phòng A', 'Quý I')}</w:sdtContent></w:sdt>"
    wrapped = f"<w:sdt><w:sdtPr/><w:sdtContent>{tc('2')}</w:sdtContent></w:sdt>"
    sheet = laid(table(HEADER, repeated, row(wrapped, "Việc", "Phòng B", "Quý II")))

    assert [each[0] for each in cells(sheet)] == ["TT", "1", "2"]


def test_a_table_typed_with_tabs_is_a_table() -> None:
    lines = ("TT\tNội dung\tChủ trì\tThời hạn", "1\tViệc\tPhòng A\tQuý I/2026")
    document = docx.Document()
    remake.add_lines(document, lines)

    assert cells(word.lay_out(remake.saved(document))) == [tuple(line.split("\t")) for line in lines]
