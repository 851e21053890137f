"""Tables set with spaces are read cell by cell, and what can't be told apart is told."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.event_types import load_event_types
from config.units import load_units
from domain.plans import PlanReading
from domain.reading.columns import lay_out
from domain.reading.headings import heading
from domain.reading.layout import Line, Sheet
from domain.reading.plan import read_sheet
from domain.reading.tables import text_sheet

DATA = Path(__file__).parents[2] / "services" / "formats" / "data"
HEADER = ("TT", "Nội dung công việc", "Cơ quan chủ trì", "Thời gian thực hiện", "Sản phẩm")
WIDTHS = (3, 26, 20, 22, 20)
WORDS = [
    *("ban", "hành", "kế", "hoạch", "cải", "cách", "chính", "phường"),
    *("rà", "soát", "thủ", "tục", "số", "hóa"),
]


def set_row(cells: tuple[str, ...], gap: int = 3) -> list[str]:
    """Set a row: each cell wrapped to its column's width, columns parted by spaces."""
    columns = [wrap(cell, width) or [""] for cell, width in zip(cells, WIDTHS, strict=True)]
    return [
        (" " * gap)
        .join(
            (lines[at] if at < len(lines) else "").ljust(width)
            for lines, width in zip(columns, WIDTHS, strict=True)
        )
        .rstrip()
        for at in range(max(map(len, columns)))
    ]


def set_table(*rows: tuple[str, ...], gap: int = 3) -> str:
    return "\n".join(line for row in (HEADER, *rows) for line in set_row(row, gap))


def cells_in(sheet: Sheet) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet.rows[1:]]


sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(
    lambda words: " ".join(words).capitalize()
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(sentences, sentences, sentences, sentences), min_size=2, max_size=6),
    st.integers(min_value=2, max_value=5),
)
def test_a_table_set_with_spaces_reads_back_cell_by_cell(
    rows: list[tuple[str, str, str, str]], gap: int
) -> None:
    numbered = [(str(number), *cells) for number, cells in enumerate(rows, start=1)]

    sheet = lay_out(set_table(*numbered, gap=gap))

    assert [tuple(" ".join(cell.split()) for cell in row) for row in cells_in(sheet)] == numbered
    assert sheet.findings == ()


def plan_in(text: str) -> PlanReading:
    return read_sheet(text_sheet(text), units=load_units(), event_types=load_event_types())


@pytest.mark.parametrize("shape", sorted(path.name for path in DATA.glob("*.layout.txt")))
def test_what_pdftotext_makes_of_the_real_decision_is_the_same_plan_or_told(
    shape: str, decision: PlanReading
) -> None:
    text = (DATA / shape).read_text("utf-8")
    plan = plan_in(text)
    doubts = (finding.place for finding in plan.findings if finding.code == "columns-touch")
    told = {(place.table, place.row) for place in doubts if place}

    assert [task.code for task in plan.tasks] == [task.code for task in decision.tasks]
    assert plan.reporting_calendar == decision.reporting_calendar
    for found, wanted in zip(plan.tasks, decision.tasks, strict=True):
        same = (
            found.title == wanted.title
            and found.lead_units == wanted.lead_units
            and found.coordinating_units == wanted.coordinating_units
            and found.products == wanted.products
        )
        assert same or (found.source.table, found.source.row) in told, found
        assert (found.kind, found.occurrences) == (wanted.kind, wanted.occurrences)


def test_a_page_number_between_form_feeds_is_no_text_and_pages_are_counted() -> None:
    first = set_table(("1", "Ban hành kế hoạch", "Phòng A", "Quý I/2026", "Kế hoạch"))
    second = set_table(("2", "Tự kiểm tra", "Phòng B", "Quý II/2026", "Báo cáo"))

    sheet = lay_out(f"Phụ lục\n{first}\n\n            12\n\f{second}\n            - 13 -\n\f")

    assert [(row.table, row.page, row.cells[0]) for row in sheet.rows] == [
        (1, 1, "TT"),
        (1, 1, "1"),
        (1, 2, "TT"),
        (1, 2, "2"),
    ]
    assert sheet.body == ("Phụ lục",)


def test_a_row_that_goes_on_over_the_page_stands_as_a_row_without_a_number() -> None:
    first = set_table(("1", "Ban hành kế hoạch và tổ chức", "Phòng A", "Quý I/2026", "Kế hoạch"))
    second = set_table(
        ("", "thực hiện", "", "", ""), ("2", "Tự kiểm tra", "Phòng B", "Quý II/2026", "Báo cáo")
    )

    rows = lay_out(f"{first}\n\f{second}").rows

    assert rows[3].cells == ("", "thực hiện", "", "", "")
    assert rows[3].page == 2


def test_a_section_title_over_all_columns_is_one_cell() -> None:
    lines = set_table(("1", "Ban hành kế hoạch", "Phòng A", "Quý I/2026", "Kế hoạch")).splitlines()
    lines.insert(1, "I. Chỉ đạo điều hành, kiểm tra và tuyên truyền (01 nhiệm vụ)")

    assert cells_in(lay_out("\n".join(lines)))[0] == (
        "I. Chỉ đạo điều hành, kiểm tra và tuyên truyền (01 nhiệm vụ)",
        "",
        "",
        "",
        "",
    )


def test_a_header_over_three_lines_is_one_header() -> None:
    header = [
        "                                  Cơ quan                Thời gian",
        "TT    Nội dung công việc          chủ trì                thực hiện              Sản phẩm",
        "                                                         /hoàn thành",
    ]
    row = "1     Ban hành kế hoạch           Phòng A                Quý I/2026             Kế hoạch"

    rows = lay_out("\n".join([*header, row])).rows

    assert rows[0].cells == (
        "TT",
        "Nội dung công việc",
        "Cơ quan chủ trì",
        "Thời gian thực hiện /hoàn thành",
        "Sản phẩm",
    )
    assert rows[1].cells == ("1", "Ban hành kế hoạch", "Phòng A", "Quý I/2026", "Kế hoạch")


def test_text_after_the_table_is_no_row() -> None:
    table = set_table(("1", "Ban hành kế hoạch", "Phòng A", "Quý I/2026", "Kế hoạch"))
    after = (
        "Trong quá trình thực hiện, nếu phát sinh nội dung cần sửa đổi, bổ sung, các cơ quan, đơn vị báo\n"
        "cáo Ủy ban nhân dân phường xem xét, quyết định."
    )

    sheet = lay_out(f"{table}\n\n{after}")

    assert len(sheet.rows) == 2
    assert sheet.body == (after.replace("\n", " "),)


def test_numbers_in_the_middle_of_their_rows_part_them_with_a_doubt() -> None:
    table = [
        *set_row(HEADER),
        "     Ban hành kế hoạch cải        Phòng Văn hóa - Xã     Quý I/2026               Kế hoạch của",
        "1    cách hành chính nhà          hội                                             Ủy ban nhân dân",
        "     nước" + " " * 73 + "phường",
        "     Tổ chức tự kiểm tra công     Văn phòng              Quý II/2026              Báo cáo của",
        "2    vụ tại các đơn vị            HĐND và UBND                                    đoàn kiểm tra",
        "     thuộc phường                 phường                                          công vụ",
    ]

    sheet = lay_out("\n".join(table))

    assert [(row[0], row[1].split()[0], row[3]) for row in cells_in(sheet)] == [
        ("1", "Ban", "Quý I/2026"),
        ("2", "Tổ", "Quý II/2026"),
    ]
    assert [(finding.code, finding.severity) for finding in sheet.findings] == [("rows-guessed", "blocking")]


def test_columns_that_touch_are_cut_as_elsewhere_or_told() -> None:
    rows = [
        "1  Ban hành kế hoạch cải cách   Phòng Văn hóa - Xã    Quý I/2026          Kế hoạch",
        "   hành chính                   hội",
        "2  Tự kiểm tra công vụ tại phường Phòng Văn hóa - Xã  Quý II/2026         Báo cáo",
        "3  Rà soát thủ tục hành chính nội bộ Tổ công tác      Quý III/2026        Báo cáo",
    ]
    header = "TT Nội dung công việc           Cơ quan chủ trì       Thời gian           Sản phẩm"

    sheet = lay_out("\n".join([header, *rows]))

    assert [row[1:3] for row in cells_in(sheet)][1:] == [
        ("Tự kiểm tra công vụ tại phường", "Phòng Văn hóa - Xã"),
        ("Rà soát thủ tục hành chính nội bộ", "Tổ công tác"),
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="TNội dung chủ trì thời hạn1.a)\n\f  |-", max_size=300))
def test_no_text_breaks_it_and_nothing_but_page_numbers_is_lost(text: str) -> None:
    sheet = lay_out(text)

    def letters(shown: str) -> list[str]:
        return sorted(char for char in shown if char.isalpha())

    assert letters(sheet.text) == letters(text)


def test_a_letterhead_in_two_halves_is_read_half_by_half() -> None:
    text = (
        "    ỦY BAN NHÂN DÂN            CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "   PHƯỜNG THÀNH ĐÔNG              Độc lập - Tự do - Hạnh phúc\n"
        "     Số: 16/QĐ-UBND           Thành Đông, ngày 14 tháng 01 năm 2026\n"
    )

    assert lay_out(text).blocks == tuple(
        Line(line)
        for line in (
            "ỦY BAN NHÂN DÂN PHƯỜNG THÀNH ĐÔNG",
            "Số: 16/QĐ-UBND",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Thành Đông, ngày 14 tháng 01 năm 2026",
        )
    )


def test_headings_that_touch_are_two_columns() -> None:
    table = [
        "TT Nội dung công việc           Cơ quan chủ trì       Thời gian Sản phẩm",
        "1  Ban hành kế hoạch            Phòng Văn hóa         Quý I     Kế hoạch của phường",
        "2  Tự kiểm tra công vụ          Văn phòng             Quý II    Báo cáo của đoàn",
    ]

    rows = lay_out("\n".join(table)).rows

    assert rows[0].cells == ("TT", "Nội dung công việc", "Cơ quan chủ trì", "Thời gian", "Sản phẩm")
    assert [row.cells[3:] for row in rows[1:]] == [
        ("Quý I", "Kế hoạch của phường"),
        ("Quý II", "Báo cáo của đoàn"),
    ]


def test_two_columns_under_one_heading_forbid_activation_until_someone_looked() -> None:
    table = [
        "TT Nội dung công việc           Cơ quan chủ trì       Thời gian thực hiện và thông tin khác",
        "1  Ban hành kế hoạch            Phòng Văn hóa         Quý I     Kế hoạch của phường",
        "2  Tự kiểm tra công vụ          Văn phòng             Quý II    Báo cáo của đoàn",
    ]

    findings = lay_out("\n".join(table)).findings

    assert [(finding.code, finding.severity) for finding in findings] == [("columns-merged", "blocking")]


def test_a_long_table_takes_time_in_proportion_to_its_length() -> None:
    rows = [(str(at), "Ban hành kế hoạch", "Phòng A", "Quý I/2026", "Kế hoạch") for at in range(1, 1000)]

    assert len(lay_out(set_table(*rows)).rows) == 1000


def test_a_year_cut_by_a_narrow_column_stands_together_again() -> None:
    table = [
        "TT    Nội dung công việc          Cơ quan chủ trì        Thời gian    Sản phẩm",
        "1     Ban hành kế hoạch           Phòng Văn hóa          Trước ngày   Kế hoạch",
        "                                                         15/01/202",
        "                                                         6",
    ]

    assert lay_out("\n".join(table)).rows[1].cells[3] == "Trước ngày 15/01/2026"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Nhiệmvụ", "content"),
        ("Cơquan chủtrì", "lead"),
        ("Thờigian hoànthành", "time"),
        ("Sảnphẩm", "product"),
    ],
)
def test_a_heading_that_lost_its_spaces_in_a_scan_is_one(said: str, kind: str) -> None:
    assert heading(said) == kind
