"""PDFs are read as the text that they were made from, and what can't be read is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.event_types import load_event_types
from config.units import load_units
from domain.errors import WardError
from domain.plans import PlanReading
from domain.reading.layout import Sheet
from domain.reading.plan import read_plan, read_sheet
from services.formats.archive import DamagedFile, LockedFile
from services.formats.pdf import MOST_PAGES, lay_out
from services.formats.pdf_refusals import NoText, ScannedDocument, TooManyPages, UnreadableFonts
from services.setup import PACKAGED
from tests.services.formats.drawn import COLUMNS, HEADINGS, Drawn, drawn
from tests.services.formats.measured import outcome_of

DATA = Path(__file__).parent / "data"
SHAPES = sorted(path.stem for path in DATA.glob("*.pdf"))
ROWS = (60.0, 80.0, 120.0, 160.0)


def plan_in(sheet: Sheet) -> PlanReading:
    return read_sheet(sheet, units=load_units(), event_types=load_event_types())


@pytest.fixture(scope="module")
def packaged() -> PlanReading:
    return read_plan(PACKAGED.read_text("utf-8"), units=load_units(), event_types=load_event_types())


def ruled(*, sides: bool = True) -> Drawn:
    page = Drawn().frame(COLUMNS, ROWS, sides=sides).row(62, *HEADINGS)
    page.row(82, "1", "Xay dung ke hoach", "Phong A", "Quy I/2026", "Ke hoach")
    return page.row(122, "2", "Bao cao", "Phong B", "Quy II/2026", "Bao cao")


def tables(sheet: Sheet) -> list[tuple[int, int | None, tuple[str, ...]]]:
    return [(row.table, row.page, row.cells) for row in sheet.rows]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("shape", SHAPES)
def test_the_real_decision_printed_in_any_shape_is_the_same_plan(shape: str, packaged: PlanReading) -> None:
    plan = plan_in(lay_out((DATA / f"{shape}.pdf").read_bytes()))

    assert plan.decision == packaged.decision
    assert plan.reporting_calendar == packaged.reporting_calendar
    assert plan.sections == packaged.sections
    for found, wanted in zip(plan.tasks, packaged.tasks, strict=True):
        assert (found.code, found.title, found.kind) == (wanted.code, wanted.title, wanted.kind)
        assert (found.lead_units, found.coordinating_units) == (wanted.lead_units, wanted.coordinating_units)
        assert found.products == wanted.products
        assert squeezed(found.time_text) == squeezed(wanted.time_text)
        assert found.occurrences == wanted.occurrences
    assert {(f.code, f.task) for f in plan.findings} == {(f.code, f.task) for f in packaged.findings}


def test_a_table_goes_on_over_its_pages_and_each_row_knows_its_own() -> None:
    rows = lay_out((DATA / "ruled-landscape.pdf").read_bytes()).rows

    assert {row.table for row in rows} == {1}
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert sorted({row.page for row in rows}) == [9, 10, 11, 12, 13]


def test_a_new_table_begins_where_text_stands_between() -> None:
    rows = lay_out((DATA / "several-tables.pdf").read_bytes()).rows

    assert len({row.table for row in rows}) > 4


def test_page_numbers_are_no_text() -> None:
    sheet = lay_out((DATA / "unruled.pdf").read_bytes())

    assert not [line for line in sheet.body if line.strip().isdigit()]


@pytest.mark.parametrize("sides", [True, False])
def test_outer_rules_may_be_missing(sides: bool) -> None:
    sheet = lay_out(drawn(ruled(sides=sides)))

    assert tables(sheet)[1] == (1, 1, ("1", "Xay dung ke hoach", "Phong A", "Quy I/2026", "Ke hoach"))
    assert len(sheet.rows) == 3


def test_rows_without_rules_between_them_are_parted_at_their_numbers() -> None:
    page = Drawn().frame(COLUMNS, (60.0, 160.0)).row(62, *HEADINGS)
    page.row(82, "1", "Xay dung ke hoach\nnam 2026", "Phong A", "Quy I/2026", "Ke hoach")
    page.row(122, "2", "Bao cao", "Phong B", "Quy II/2026", "Bao cao")

    assert [row.cells[:2] for row in lay_out(drawn(page)).rows][1:] == [
        ("1", "Xay dung ke hoach nam 2026"),
        ("2", "Bao cao"),
    ]


def test_a_cell_merged_down_stands_in_its_first_row_and_is_named_below() -> None:
    page = ruled()
    page.marks = [mark for mark in page.marks if " 680.0 l" not in mark]  # the rule between the two rows
    page.rule(COLUMNS[0], 120, COLUMNS[2], 120).rule(COLUMNS[3], 120, COLUMNS[-1], 120)

    first, second = lay_out(drawn(page)).rows[1:]

    assert (first.cells[2], second.cells[2]) == ("Phong A\nPhong B", "")
    assert second.below == {2}
    assert first.below == frozenset()


def test_a_title_over_the_whole_width_stands_in_the_first_column() -> None:
    page = Drawn().frame(COLUMNS, (60.0, 80.0)).row(62, *HEADINGS)
    page.rule(COLUMNS[0], 100, COLUMNS[-1], 100)
    for side in (COLUMNS[0], COLUMNS[-1]):
        page.rule(side, 80, side, 100)
    page.frame(COLUMNS, (100.0, 120.0)).write(
        COLUMNS[0] + 3, 82, "I. Chi dao dieu hanh va kiem tra (01 nhiem vu)"
    )
    page.row(102, "1", "Bao cao", "Phong B", "Quy II/2026", "Bao cao")

    assert lay_out(drawn(page)).rows[1].cells == (
        "I. Chi dao dieu hanh va kiem tra (01 nhiem vu)",
        "",
        "",
        "",
        "",
    )


def test_words_cut_at_a_slash_or_hyphen_stand_together_again_and_bullets_begin_lines() -> None:
    page = ruled()
    page.write(COLUMNS[1] + 3, 94, "so 16/").write(COLUMNS[1] + 3, 106, "QD-UBND")
    page.write(COLUMNS[4] + 3, 94, "- Bao cao;").write(COLUMNS[4] + 3, 106, "- Bieu mau")

    cells = lay_out(drawn(page)).rows[1].cells

    assert cells[1].endswith("so 16/QD-UBND")
    assert cells[4].endswith("\n- Bao cao;\n- Bieu mau")


def test_a_page_printed_sideways_is_turned() -> None:
    upright = lay_out(drawn(ruled()))
    page = ruled()
    turned = Drawn(["0 1 -1 0 700 100 cm", *page.marks], b"/Rotate 0")

    assert [row.cells for row in lay_out(drawn(turned)).rows] == [row.cells for row in upright.rows]


def test_a_watermark_is_left_out_and_told() -> None:
    page = ruled().write(100, 500, "BAN SAO", size=60, matrix="0.7 0.7 -0.7 0.7")

    sheet = lay_out(drawn(page))

    assert "SAO" not in sheet.text
    assert [(f.code, f.source_text.replace(" ", "")) for f in sheet.findings] == [("slanted-text", "BANSAO")]


def test_text_printed_twice_for_bold_is_read_once() -> None:
    page = ruled()
    page.marks *= 2

    assert tables(lay_out(drawn(page))) == tables(lay_out(drawn(ruled())))


def test_running_heads_are_left_out() -> None:
    pages = [ruled().write(200, 20, "Phuong Thanh Dong").write(300, 780, f"Trang {at}/3") for at in (1, 2, 3)]

    assert lay_out(drawn(*pages)).body == ()


def test_columns_that_change_on_the_next_page_are_told() -> None:
    other = Drawn().frame((40, 90, 300, 560), (60.0, 80.0)).row(62, "3", "Bao cao")

    codes = [finding.code for finding in lay_out(drawn(ruled(), other)).findings]

    assert codes == ["columns-changed"]


def test_a_scan_is_refused_with_the_way_to_recognise_it() -> None:
    with pytest.raises(ScannedDocument) as caught:
        lay_out(drawn(Drawn().picture(), Drawn().picture()))

    assert "2 trang" in caught.value.notice
    for way in ("tesseract-ocr-vie", "ocrmypdf -l vie", "Word"):
        assert way in caught.value.notice


def test_scanned_pages_among_others_forbid_activation_until_someone_looked() -> None:
    sheet = lay_out(drawn(ruled(), Drawn().picture(), Drawn().picture()))

    assert [(f.code, f.severity, f.source_text) for f in sheet.findings] == [
        ("pages-scanned", "blocking", "2, 3")
    ]
    assert not sheet.scanned


def test_text_that_ocr_put_behind_a_picture_is_known_for_a_scan() -> None:
    page = ruled().picture()
    page.marks.insert(0, "3 Tr")

    assert lay_out(drawn(page)).scanned
    assert not lay_out(drawn(ruled().picture())).scanned


@pytest.mark.parametrize(
    ("font", "text"),
    [
        (
            b"<</Type/Font/Subtype/Type1/BaseFont/.VnTime/Encoding/WinAnsiEncoding>>",
            "KÕ ho¹ch c¶i c¸ch hµnh chÝnh",
        ),
        (
            b"<</Type/Font/Subtype/Type1/BaseFont/Arial/Encoding/WinAnsiEncoding>>",
            "KÕ ho¹ch c¶i c¸ch hµnh chÝnh",
        ),
        (
            b"<</Type/Font/Subtype/Type1/BaseFont/VNI-Times/Encoding/WinAnsiEncoding>>",
            "Keá hoaïch caûi caùch",
        ),
    ],
)
def test_old_vietnamese_fonts_are_refused_by_name(font: bytes, text: str) -> None:
    page = Drawn()
    for at in range(8):
        page.write(50, 50 + 20 * at, text)

    with pytest.raises(UnreadableFonts, match="fonts without Unicode") as caught:
        lay_out(drawn(page, font=font))

    assert "TCVN3" in caught.value.notice
    assert "ocrmypdf --force-ocr" in caught.value.notice.replace("-l vie --force-ocr", "--force-ocr")


def test_fonts_that_say_nothing_about_their_letters_are_refused() -> None:
    system = b"<</Registry(A)/Ordering(B)/Supplement 0>>"
    descendant = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo%s>>" % system
    font = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[%s]>>" % descendant

    with pytest.raises(UnreadableFonts):
        lay_out(drawn(Drawn().write(50, 50, "Ke hoach cai cach"), font=font))


def test_a_password_is_asked_for_in_words() -> None:
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>/ID[(a)(a)]" % (b"o" * 32, b"u" * 32)

    with pytest.raises(LockedFile) as caught:
        lay_out(drawn(ruled(), trailer=lock))

    assert "mật khẩu" in caught.value.notice


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"%PDF-1.7\n", DamagedFile),
        (b"%PDF-1.7\nstartxref\n999\n%%EOF", DamagedFile),
        (drawn(Drawn()), NoText),
        (drawn(*[Drawn()] * (MOST_PAGES + 1)), TooManyPages),
    ],
)
def test_what_is_no_document_is_refused_by_what_it_is(data: bytes, refusal: type[WardError]) -> None:
    with pytest.raises(WardError) as caught:
        lay_out(data)

    assert type(caught.value) is refusal
    assert "Đề nghị" in caught.value.notice


def test_twenty_five_pages_take_less_than_300_megabytes() -> None:
    read = outcome_of(DATA / "twenty-pages.pdf", cpu_seconds=60)

    assert read.tasks == 33
    assert max(read.memory, read.child_memory) < 300
