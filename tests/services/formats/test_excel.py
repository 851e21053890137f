"""An Excel file becomes the lines and rows that people see, and what it hides is named."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.styles import Border, Font, Side

from domain.plans import Severity
from domain.reading.layout import Sheet
from services.formats import excel
from services.formats.archive import DamagedFile, HarmfulFile
from tests.services.formats import remake
from tests.services.formats.packages import book, cells, codes

HEADER = ["TT", "Nội dung", "Chủ trì", "Thời hạn"]
moment = datetime.fromisoformat
TASK = ["1", "Việc một", "Phòng A", "Quý I/2026"]


def laid(made: Workbook) -> Sheet:
    return excel.lay_out(remake.saved(made))


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook with one part changed, or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for each in {*old.namelist(), name}:
            content = old.read(each) if each in old.namelist() else b""
            new.writestr(each, change(content) if each == name else content)
    return made.getvalue()


def test_lines_above_the_table_and_signatures_below_it_are_lines() -> None:
    made = book(
        ["UBND PHƯỜNG THÀNH ĐÔNG", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["Số:", "16/QĐ-UBND", None],
        ["Ngày:", moment("2026-01-14")],
        HEADER,
        ["I. Mục một"],
        TASK,
        ["", "Nơi nhận:\n- Như trên"],
    )
    sheet = laid(made)

    assert sheet.body == (
        "UBND PHƯỜNG THÀNH ĐÔNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 16/QĐ-UBND",
        "Ngày: ngày 14 tháng 01 năm 2026",
        "Nơi nhận:",
        "- Như trên",
    )
    assert [(each.number, each.cells[0]) for each in sheet.rows] == [(4, "TT"), (5, "I. Mục một"), (6, "1")]


def test_what_follows_an_empty_row_or_has_no_frame_is_below_the_table() -> None:
    gap = laid(book(HEADER, TASK, [], ["Ghi chú của người lập"]))
    framed = book(HEADER, TASK, ["Ghi chú của người lập"])
    for each in framed.active["A1:D2"]:
        for cell in each:
            cell.border = Border(*(Side("thin"),) * 4)

    assert gap.body == laid(framed).body == ("Ghi chú của người lập",)


def test_a_short_row_that_belongs_to_the_table_stays_in_it() -> None:
    made = book(HEADER, TASK, ["II. Mục hai"], ["1", "Việc", "Phòng B", "Quý II"], [None, "a) Việc con"])

    assert [each.cells[:2] for each in laid(made).rows][2:] == [
        ("II. Mục hai", ""),
        ("1", "Việc"),
        ("", "a) Việc con"),
    ]


def test_cells_merged_down_stand_in_their_first_row_and_are_named_below_it() -> None:
    made = book(HEADER, TASK, ["2", "Việc hai", None, "Quý II"], ["3", "Việc ba", "Phòng B", "Quý III"])
    made.active.merge_cells("C2:C3")

    assert [(each.cells[2], each.below) for each in laid(made).rows][1:] == [
        ("Phòng A", frozenset()),
        ("", frozenset({2})),
        ("Phòng B", frozenset()),
    ]


def test_empty_columns_and_rows_are_nothing() -> None:
    made = Workbook()
    for at, text in enumerate(HEADER):
        made.active.cell(3, 2 + at * 100).value = text
        made.active.cell(900, 2 + at * 100).value = TASK[at]

    assert cells(laid(made)) == [tuple(HEADER), tuple(TASK)]


def test_hidden_sheets_are_left_out_and_hidden_rows_and_columns_are_read_and_all_are_named() -> None:
    made = book(HEADER, TASK)
    made.active.row_dimensions[2].hidden = True
    made.active.column_dimensions["C"].hidden = True
    spare = made.create_sheet("Nháp")
    spare.append(["Bí mật"])
    spare.sheet_state = "veryHidden"
    made.create_sheet("Trống").sheet_state = "hidden"
    sheet = laid(made)

    assert cells(sheet) == [tuple(HEADER), tuple(TASK)]
    assert codes(sheet) == ["hidden-rows", "hidden-columns", "hidden-sheet"]
    assert all(finding.severity is Severity.CHECK for finding in sheet.findings)
    assert "“Nháp”" in sheet.findings[2].message


def test_formulas_are_never_worked_out_and_one_without_result_is_doubtful() -> None:
    made = book(HEADER, ["1", "=1+1", "Phòng A", '=HYPERLINK("http://127.0.0.1/")'])
    sheet = laid(made)

    assert cells(sheet)[1] == ("1", "", "Phòng A", "")
    assert codes(sheet) == ["no-value"]
    assert "2 ô" in sheet.findings[0].message
    assert "B2" in sheet.findings[0].message


def test_the_result_that_excel_stored_is_read() -> None:
    data = remake.saved(book(HEADER, ["1", "=1+1", "Phòng A", '=""']))

    def results(content: bytes) -> bytes:
        first = content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"
        )
        return first.replace(b'r="D2"', b'r="D2" t="str"')

    sheet = excel.lay_out(with_part(data, "xl/worksheets/sheet1.xml", results))

    assert cells(sheet)[1] == ("1", "2", "Phòng A", "")
    assert codes(sheet) == []


def test_struck_text_is_read_and_doubtful() -> None:
    made = book(HEADER, TASK)
    made.active["D2"].font = Font(strike=True)
    sheet = laid(made)

    assert cells(sheet)[1][3] == "Quý I/2026"
    assert [(finding.code, finding.source_text) for finding in sheet.findings] == [
        ("struck-text", "Quý I/2026")
    ]


def test_a_formula_that_failed_and_a_comment_are_named_with_their_row() -> None:
    made = book(HEADER, ["1", "Việc", "#REF!", "Quý I"])
    made.active["D2"].comment = Comment("Hỏi lại ngày", "Lan")
    sheet = laid(made)

    assert codes(sheet) == ["error-value", "comments"]
    assert [finding.place and finding.place.row for finding in sheet.findings] == [2, 2]
    assert "C2: #REF!" in sheet.findings[0].message


def test_pictures_are_named() -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    made = book(HEADER)
    made.active.add_image(Image(io.BytesIO(base64.b64decode(dot))), "F9")
    sheet = laid(made)

    assert cells(sheet) == [tuple(HEADER)]
    assert codes(sheet) == ["picture"]


def test_drawn_text_is_named() -> None:
    drawing = "<xdr:wsDr><a:t>Khung &amp; chữ</a:t></xdr:wsDr>".encode()
    data = with_part(remake.saved(book(HEADER)), "xl/drawings/drawing1.xml", lambda _: drawing)

    assert [(finding.code, finding.source_text) for finding in excel.lay_out(data).findings] == [
        ("text-box", "Khung & chữ")
    ]


@pytest.mark.parametrize("area", ["A1:XFD1048576", "A:XFD", "A1:ZZ100000"])
@pytest.mark.parametrize("what", [b"mergeCells><mergeCell", b"hyperlinks><hyperlink"])
def test_ranges_over_the_whole_sheet_are_refused_before_they_fill_the_memory(what: bytes, area: str) -> None:
    end = b"</" + what.partition(b">")[0] + b">"
    ranges = b"</sheetData><" + what + b' ref="' + area.encode() + b'"/>' + end
    data = with_part(
        remake.saved(book(HEADER)),
        "xl/worksheets/sheet1.xml",
        lambda content: content.replace(b"</sheetData>", ranges),
    )

    with pytest.raises(HarmfulFile):
        excel.lay_out(data)


def test_a_sheet_of_too_many_cells_is_refused() -> None:
    data = with_part(
        remake.saved(book(HEADER)),
        "xl/worksheets/sheet1.xml",
        lambda content: content.replace(
            b"</sheetData>", b"<row>" + b'<c s="0"/>' * 200_001 + b"</row></sheetData>"
        ),
    )

    with pytest.raises(HarmfulFile) as refusal:
        excel.lay_out(data)

    assert "xoá các dòng, cột trống" in refusal.value.notice


def test_a_workbook_in_the_strict_form_is_read_too() -> None:
    usual, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(remake.saved(book(HEADER)))) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            for kind in (b"spreadsheetml/%smain", b"officeDocument/%srelationships", b"drawingml/%smain"):
                content = content.replace(usual + kind % b"2006/", strict + kind % b"")
            new.writestr(name, content)

    assert cells(excel.lay_out(made.getvalue())) == [tuple(HEADER)]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"])
def test_a_damaged_part_is_refused_with_the_way_out(part: str) -> None:
    data = with_part(remake.saved(book(HEADER)), part, lambda content: content[: len(content) // 2])

    with pytest.raises(DamagedFile) as refusal:
        excel.lay_out(data)

    assert "lưu lại" in refusal.value.notice


def test_a_word_file_is_no_workbook() -> None:
    with pytest.raises(DamagedFile):
        excel.lay_out(remake.docx(remake.real_decision()))
