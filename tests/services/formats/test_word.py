"""A Word file becomes the lines and rows that people see, and what it hides is named."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.event_types import load_event_types
from config.units import load_units
from domain.errors import NotADecision
from domain.plans import PlanReading, Severity
from domain.reading.layout import Line, Sheet
from domain.reading.normal import composed
from domain.reading.plan import read_plan, read_sheet
from services.formats import word
from services.formats.archive import DamagedFile, HarmfulFile
from tests.services.formats import remake
from tests.services.formats.packages import item, level, numbering, paragraph, row, run, table, tc, word_file

SPAN = '<w:gridSpan w:val="{}"/>'
BEGINS, CONTINUES = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
HEADER = row("TT", "Nội dung", "Chủ trì", "Thời hạn")


@pytest.fixture(scope="module")
def from_text() -> PlanReading:
    """Give the real decision as its text reads."""
    return read_plan(remake.decision_text(), units=load_units(), event_types=load_event_types())


def plan_of(sheet: Sheet) -> PlanReading:
    return read_sheet(sheet, units=load_units(), event_types=load_event_types())


def laid(body: str, **more: Any) -> Sheet:
    return word.lay_out(word_file(body, **more))


def codes(sheet: Sheet) -> list[str]:
    return [finding.code for finding in sheet.findings]


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return [each.cells for each in sheet.rows]


@pytest.mark.parametrize(
    "shape",
    [
        remake.with_head_table,
        remake.with_merged_cells,
        remake.with_automatic_numbers,
        remake.with_tracked_changes,
    ],
)
def test_the_real_decision_in_every_shape_gives_the_same_plan(
    shape: Callable[[Any, remake.Decision], None], from_text: PlanReading
) -> None:
    sheet = word.lay_out(remake.docx(remake.real_decision(), shape))

    assert remake.essence(plan_of(sheet)) == remake.essence(from_text)


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (0, 5, 4, 1, 3, 2), (0, 2, 3, 1, 5, 4)])
def test_columns_in_any_order_give_the_same_plan(order: tuple[int, ...], from_text: PlanReading) -> None:
    sheet = word.lay_out(remake.docx(remake.real_decision().in_order(order)))

    assert remake.essence(plan_of(sheet)) == remake.essence(from_text)


def test_a_table_split_by_pages_gives_the_same_plan(from_text: PlanReading) -> None:
    sheet = word.lay_out(remake.docx_split_by_pages())

    assert remake.essence(plan_of(sheet)) == remake.essence(from_text)


def test_a_table_for_each_section_gives_the_same_plan(from_text: PlanReading) -> None:
    sheet = word.lay_out(remake.docx_by_section(remake.real_decision()))

    assert remake.essence(plan_of(sheet)) == remake.essence(from_text)


def test_the_real_decision_is_laid_out_in_half_a_second() -> None:
    data = remake.docx(remake.real_decision(), remake.with_automatic_numbers)
    begun = time.perf_counter()

    word.lay_out(data)

    assert time.perf_counter() - begun < 0.5


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


def test_lines_and_rows_stand_in_the_order_of_the_document() -> None:
    sheet = laid(paragraph("I. Một") + table(HEADER) + paragraph("II. Hai") + table(HEADER))

    assert [block.text if isinstance(block, Line) else block.table for block in sheet.blocks] == [
        "I. Một", 1, "II. Hai", 2,
    ]  # fmt: skip


def test_what_stands_in_links_controls_and_fields_is_read() -> None:
    inside = (
        f"<w:hyperlink>{run('Số: ')}</w:hyperlink>"
        f"<w:sdt><w:sdtPr/><w:sdtContent>{run('16')}</w:sdtContent></w:sdt>"
        f"<w:smartTag>{run('/QĐ')}</w:smartTag>"
        f'<w:fldSimple w:instr="X">{run("-UBND")}</w:fldSimple>'
        "<w:r><w:instrText>PAGE</w:instrText><w:tab/><w:t>a</w:t><w:br/><w:t>b</w:t><w:noBreakHyphen/></w:r>"
        '<w:r><w:softHyphen/><w:sym w:font="Symbol" w:char="F0B3"/><w:footnoteReference w:id="2"/></w:r>'
    )

    assert laid(paragraph(inside)).body == ("Số: 16/QĐ-UBND a", "b-≥")


def test_tracked_changes_are_read_as_accepted_and_named_once() -> None:
    deleted = '<w:del w:id="1"><w:r><w:delText>15/01</w:delText></w:r></w:del>'
    inserted = f'<w:ins w:id="2">{run("20/01")}</w:ins>'
    sheet = laid(
        paragraph(run("Trước ngày ") + deleted + inserted)
        + paragraph(f"<w:moveFrom>{run('cũ')}</w:moveFrom>")
    )

    assert sheet.body[0] == "Trước ngày 20/01"
    assert "cũ" not in sheet.text
    assert codes(sheet) == ["tracked-changes"]
    assert sheet.findings[0].severity is Severity.CHECK
    assert "3 chỗ" in sheet.findings[0].message
    assert "15/01" in sheet.findings[0].message


def test_paragraphs_whose_parting_was_deleted_are_one_line() -> None:
    parted = "<w:rPr><w:del w:id='1'/></w:rPr>"

    assert laid(paragraph("Trước ", parted) + paragraph("ngày 15/01")).body == ("Trước ngày 15/01",)


def test_a_row_that_a_tracked_change_takes_away_is_left_out_and_named() -> None:
    gone = row("2", "Bỏ việc này", "A", "B", properties='<w:del w:id="1"/>')
    sheet = laid(table(HEADER, row("1", "Giữ", "A", "B"), gone))

    assert [each[0] for each in cells(sheet)] == ["TT", "1"]
    assert "Bỏ việc này" in sheet.findings[0].message


def test_a_text_box_is_named_once_though_it_stands_there_in_two_forms() -> None:
    box = f"<w:txbxContent>{paragraph('MẬT: chỉ lưu nội bộ')}</w:txbxContent>"
    drawing = (
        "<mc:AlternateContent>"
        f"<mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    )
    sheet = laid(paragraph(f"<w:r>{drawing}</w:r>{run('Lời văn')}"))

    assert sheet.body == ("Lời văn",)
    assert codes(sheet) == ["text-box"]
    assert "Có 1 khung chữ" in sheet.findings[0].message
    assert "MẬT: chỉ lưu nội bộ" in sheet.findings[0].message


def test_a_text_box_inside_a_drawing_or_another_box_is_named_once() -> None:
    inner = f"<w:txbxContent>{paragraph('trong')}</w:txbxContent>"
    anchor = paragraph(f"<w:r><w:drawing>{inner}</w:drawing></w:r>")
    box = f"<w:txbxContent>{paragraph('ngoài')}{anchor}</w:txbxContent>"
    forms = f"<mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    sheet = laid(
        paragraph(f"<w:r><w:drawing><mc:AlternateContent>{forms}</mc:AlternateContent></w:drawing></w:r>")
    )

    assert [finding.source_text for finding in sheet.findings] == ["ngoài trong"]
    assert "Có 1 khung chữ" in sheet.findings[0].message


def test_hidden_text_is_left_out_and_named() -> None:
    sheet = laid(paragraph(run("Hiện") + run("giấu", "<w:vanish/>") + run(" rõ", '<w:vanish w:val="0"/>')))

    assert sheet.body == ("Hiện rõ",)
    assert codes(sheet) == ["hidden-text"]
    assert sheet.findings[0].source_text == "giấu"


def test_a_paragraph_hidden_whole_is_not_counted() -> None:
    hidden = "<w:rPr><w:vanish/></w:rPr>" + '<w:numPr><w:numId w:val="1"/></w:numPr>'
    body = item("x") + paragraph(run("giấu", "<w:vanish/>"), hidden) + item("y")

    assert laid(body, numbering=numbering(level("decimal", "%1."))).body == ("1. x", "", "2. y")


def test_drawn_letters_and_diagrams_are_named() -> None:
    letters = "<w:r><w:pict><v:textpath string='DỰ THẢO'/></w:pict></w:r>"
    diagram = "<w:r><w:drawing><dgm:relIds/></w:drawing></w:r>"
    sheet = laid(paragraph(letters) + paragraph(diagram + run("x")))

    assert [(finding.code, finding.source_text) for finding in sheet.findings] == [
        ("text-box", "DỰ THẢO"),
        ("picture", ""),
    ]


def test_struck_text_is_read_and_doubtful() -> None:
    sheet = laid(paragraph(run("Trước 15/01", "<w:strike/>") + run(" 20/01", '<w:strike w:val="false"/>')))

    assert sheet.body == ("Trước 15/01 20/01",)
    assert [(finding.code, finding.source_text) for finding in sheet.findings] == [
        ("struck-text", "Trước 15/01")
    ]


def test_letters_that_are_shown_as_capitals_are_capitals() -> None:
    assert laid(paragraph(run("Quyết định", "<w:caps/>") + run(" số"))).body == ("QUYẾT ĐỊNH số",)


def test_comments_and_footnotes_are_named_by_their_first_words() -> None:
    sheet = laid(
        paragraph("Lời văn"),
        comments=f'<w:comment w:id="1">{paragraph("Xem lại ngày")}</w:comment>',
        footnotes=f'<w:footnote w:id="0" w:type="separator">{paragraph("-")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph("Trừ quý IV")}</w:footnote>',
    )

    assert codes(sheet) == ["comments", "footnotes"]
    assert [finding.source_text for finding in sheet.findings] == ["Xem lại ngày", "Trừ quý IV"]
    assert "1 chú thích" in sheet.findings[1].message


def test_pictures_in_a_table_are_doubtful_and_elsewhere_worth_knowing() -> None:
    picture = "<w:r><w:drawing><a:blip/></w:drawing></w:r>"
    sheet = laid(paragraph(picture + run("x")) + table(HEADER, row("1", tc(paragraph(picture)), "A", "B")))

    assert [(finding.code, finding.severity) for finding in sheet.findings] == [
        ("picture", Severity.INFO),
        ("picture-in-table", Severity.CHECK),
    ]
    assert sheet.findings[1].place is not None
    assert (sheet.findings[1].place.table, sheet.findings[1].place.row) == (1, 2)


def test_a_file_of_nothing_but_pictures_is_refused_with_the_way_out() -> None:
    with pytest.raises(NotADecision) as refusal:
        laid(paragraph("<w:r><w:drawing><a:blip/></w:drawing></w:r>"))

    assert "OCR" in refusal.value.notice


def test_a_drawn_line_is_no_picture() -> None:
    assert codes(laid(paragraph("<w:r><w:pict><v:line/></w:pict></w:r>") + paragraph("x"))) == []


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


@pytest.mark.parametrize(
    ("form", "text", "labels"),
    [
        ("decimal", "%1.", ("1.", "2.", "3.")),
        ("upperRoman", "%1.", ("I.", "II.", "III.")),
        ("lowerLetter", "%1)", ("a)", "b)", "c)")),
        ("upperLetter", "Phần %1", ("Phần A", "Phần B", "Phần C")),
        ("lowerRoman", "(%1)", ("(i)", "(ii)", "(iii)")),
        ("decimalZero", "%1", ("01", "02", "03")),
        ("bullet", "\uf0b7", ("-", "-", "-")),
        ("bullet", "+", ("+", "+", "+")),
        ("vietnameseCounting", "%1 là", ("một là", "hai là", "ba là")),
    ],
)
def test_automatic_numbers_stand_before_the_text(form: str, text: str, labels: tuple[str, ...]) -> None:
    sheet = laid("".join(item("x") for _ in range(3)), numbering=numbering(level(form, text)))

    assert sheet.body == tuple(f"{label} x" for label in labels)


def test_a_numbered_cell_without_text_shows_its_number() -> None:
    rows = (row(tc(item("")), "Việc", "Phòng A", "Quý I") for _ in range(2))
    sheet = laid(table(HEADER, *rows), numbering=numbering(level("decimal", "%1.")))

    assert [each[0] for each in cells(sheet)] == ["TT", "1.", "2."]


def test_deeper_levels_start_anew_after_a_higher_one() -> None:
    levels = (level("upperRoman", "%1."), level("decimal", "%1.%2", 1), level("lowerLetter", "%3)", 2))
    depths = (0, 1, 2, 2, 1, 2, 0, 1)
    sheet = laid("".join(item("x", depth=depth) for depth in depths), numbering=numbering(*levels))

    labels = [line.split(" ")[0] for line in sheet.body]
    assert labels == ["I.", "I.1", "a)", "b)", "I.2", "a)", "II.", "II.1"]


def test_figures_stand_for_roman_numbers_where_the_list_says_so_and_levels_may_run_on() -> None:
    levels = (
        level("upperRoman", "%1."),
        level("decimal", "%1.%2", 1, more='<w:lvlRestart w:val="0"/><w:isLgl/>'),
    )
    sheet = laid("".join(item("x", depth=depth) for depth in (0, 1, 0, 1)), numbering=numbering(*levels))

    assert [line.split(" ")[0] for line in sheet.body] == ["I.", "1.1", "II.", "2.2"]


def test_lists_of_one_definition_count_on_unless_they_start_anew() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    body = "".join(item("x", number) for number in (1, 1, 2, 3, 3))
    sheet = laid(body, numbering=numbering(level("decimal", "%1.", start=4), lists=3, overrides=anew))

    assert [line.split(" ")[0] for line in sheet.body] == ["4.", "5.", "6.", "1.", "2."]


def test_a_style_numbers_its_paragraphs_and_those_of_styles_built_on_it() -> None:
    styles = (
        '<w:style w:styleId="Muc"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="MucCon"><w:basedOn w:val="Muc"/></w:style>'
    )
    body = "".join(paragraph("x", f'<w:pStyle w:val="{name}"/>') for name in ("Muc", "MucCon", "Khac"))
    body += paragraph("x", '<w:pStyle w:val="Muc"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    sheet = laid(body, styles=styles, numbering=numbering(level("upperRoman", "%1.")))

    assert sheet.body == ("I. x", "II. x", "x", "x")


def test_a_number_that_cannot_be_computed_is_doubtful() -> None:
    sheet = laid(item("x") + item("y", 7), numbering=numbering(level("chicago", "%1.")))

    assert codes(sheet) == ["numbering"]
    assert sheet.findings[0].severity is Severity.CHECK
    assert "2 chỗ" in sheet.findings[0].message


def test_pages_are_told_where_word_counted_them_and_only_if_the_count_is_right() -> None:
    broken = paragraph(f"<w:r><w:lastRenderedPageBreak/></w:r>{run('Trang hai')}")
    split = row(
        "1", *(tc(paragraph(f"{run('a')}<w:r><w:lastRenderedPageBreak/></w:r>{run('b')}")) for _ in "123")
    )
    body = paragraph("Trang một") + broken + table(HEADER, split, row("2", "Việc", "A", "B"))

    assert [block.page for block in laid(body, pages=3).blocks] == [1, 2, 2, 2, 3]
    assert {block.page for block in laid(body, pages=5).blocks} == {None}
    assert {block.page for block in laid(paragraph("x"), pages=1).blocks} == {None}


def test_documents_with_macros_and_templates_are_read_too() -> None:
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"

    assert laid(paragraph("x"), content_type=kind).body == ("x",)


def test_a_document_in_the_strict_form_is_read_too() -> None:
    usual = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    strict = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file(paragraph("x")))) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(usual, strict))

    assert word.lay_out(made.getvalue()).body == ("x",)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"Not a zip", word_file("<w:p>"), word_file("<w:p>")[:-9]]
)
def test_a_damaged_file_is_refused_with_the_way_out(data: bytes) -> None:
    with pytest.raises(DamagedFile) as refusal:
        word.lay_out(data)

    assert "lưu lại" in refusal.value.notice


def test_another_kind_of_package_is_no_decision() -> None:
    with pytest.raises(NotADecision):
        word.lay_out(remake.xlsx(remake.real_decision()))


def test_tables_nested_without_end_are_refused() -> None:
    with pytest.raises((DamagedFile, HarmfulFile)):
        laid("<w:tbl><w:tr><w:tc>" * 2000 + "</w:tc></w:tr></w:tbl>" * 2000)
