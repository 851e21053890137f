"""A Word file becomes the lines and rows that people see, and what it hides is named."""

from __future__ import annotations

import io
import zipfile

import pytest

from domain.errors import NotADecision
from domain.plans import Severity
from domain.reading.layout import Line
from services.formats import word
from services.formats.archive import DamagedFile, HarmfulFile
from tests.services.formats import remake
from tests.services.formats.packages import (
    cells,
    codes,
    item,
    laid,
    level,
    numbering,
    paragraph,
    row,
    run,
    table,
    tc,
    word_file,
)

HEADER = row("TT", "Nội dung", "Chủ trì", "Thời hạn")


def test_lines_and_rows_stand_in_the_order_of_the_document() -> None:
    sheet = laid(paragraph("I. Một") + table(HEADER) + paragraph("II. Hai") + table(HEADER))

    assert [block.text if isinstance(block, Line) else block.table for block in sheet.blocks] == [
        "I. Một", 1, "II. Hai", 2,
    ]  # fmt: skip # short values read best packed


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
