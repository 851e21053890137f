"""The paper of a report: in the form of the decree, with the office's own words, and no word made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx.enum.section import WD_ORIENT
from docx.shared import Pt
from sqlalchemy import Connection

from domain.reports import quarter
from services.documents import DocumentStore
from services.report_texts import NAME, SHIPPED, BrokenTemplate
from services.report_writing import NO_TARGETS
from tests.builders import Office
from tests.reporting import NASTY, extend, facts_of, mm, words_of, written


def test_the_paper_has_the_form_of_the_decree(connection: Connection, busy: Office) -> None:
    document = written(facts_of(connection, busy.ward, quarter(2026, 1)))

    first, annex = document.sections
    assert (mm(first.page_width), mm(first.page_height)) == (210, 297)
    assert (annex.orientation, mm(annex.page_width)) == (WD_ORIENT.LANDSCAPE, 297)
    for section in document.sections:
        assert [mm(section.top_margin), mm(section.bottom_margin)] == [20, 20]
        assert [mm(section.left_margin), mm(section.right_margin)] == [30, 15]
    normal = document.styles["Normal"]
    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(14))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    assert {run.font.name for run in runs} == {"Times New Roman"}
    assert 'w:eastAsia="Times New Roman"' in document.element.xml
    assert document.sections[0].different_first_page_header_footer
    assert "PAGE" in document.sections[0].header._element.xml


def test_number_date_and_signer_are_left_to_the_office(connection: Connection, busy: Office) -> None:
    words = words_of(written(facts_of(connection, busy.ward, quarter(2026, 1))))

    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ỦY BAN NHÂN DÂN\nPHƯỜNG THỬ NGHIỆM",
        "Số:          /BC-UBND",
        "Thử Nghiệm, ngày       tháng       năm 2026",
        "Kết quả công tác cải cách hành chính quý I năm 2026",
        "Nơi nhận:",
        "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH",
        "Kế hoạch năm 2026 có 4 nhiệm vụ.",
        "Trong kỳ báo cáo có 3 mốc thời hạn, 2 mốc đã đến hạn: nộp đúng hạn 0, nộp quá hạn 1, chưa nộp 1",
        "văn bản số 12/KH-UBND ngày 02/03/2026",
    ):
        assert said in words, said
    assert "None" not in words
    assert "{" not in words


def test_the_annex_has_every_task_and_the_table_adds_up(connection: Connection, busy: Office) -> None:
    document = written(facts_of(connection, busy.ward, quarter(2026, 1)))

    *_, summary, _, annex = [table for table in document.tables if len(table.columns) != 1]
    assert [row.cells[0].text for row in annex.rows] == ["TT", "II.2", "II.3", "V.2", "VI.3"]
    figures = [[int(cell.text) for cell in row.cells[1:8]] for row in summary.rows[1:]]
    assert figures[-1] == [sum(column) for column in zip(*figures[:-1], strict=True)]
    assert all(row[0] == sum(row[1:]) for row in figures)
    assert "w:tblHeader" in annex._tbl.xml


def test_what_people_typed_stays_text(connection: Connection, busy: Office) -> None:
    extend(connection, "II.3", reason=NASTY, objective=True)

    document = written(facts_of(connection, busy.ward))

    assert '=HYPERLINK("http://x") <w:p>&amp; “kết quả”' in words_of(document)
    assert "\u202e" not in document.element.xml
    assert document.element.xml.count("w:instrText") == 0


def test_targets_come_out_of_the_plans_own_text(connection: Connection, tmp_path: Path, busy: Office) -> None:
    def after(text: str) -> str:
        store = DocumentStore(tmp_path)
        path = tmp_path / "qd.txt"
        path.write_text(text, encoding="utf-8")
        kept = store.keep_file(path)
        connection.exec_driver_sql(
            "INSERT INTO cchc.document (ward_id, sha256, size, media_type) VALUES"
            " (%(w)s, %(s)s, 1, 'text/plain') ON CONFLICT DO NOTHING",
            {"w": busy.ward.id, "s": kept.sha256},
        )
        connection.exec_driver_sql("UPDATE cchc.plan SET source_sha256 = %(s)s", {"s": kept.sha256})
        return words_of(written(facts_of(connection, busy.ward, quarter(2026, 1), store=store)))

    said = after(
        "2. Một số chỉ tiêu chủ yếu:\n"
        "a) Hoàn thành 100% nhiệm vụ cụ thể trong Kế hoạch.\nb) 90% hài lòng.\nII. X"
    )

    assert "a) Hoàn thành 100% nhiệm vụ cụ thể trong Kế hoạch.\nKết quả: trong kỳ 0/2 mốc đến hạn" in said
    assert "b) 90% hài lòng.\nKết quả: chương trình không có số liệu này" in said
    assert NO_TARGETS in after("Không có gì ở đây cả.")
    assert "Không đọc được chỉ tiêu" in words_of(written(facts_of(connection, busy.ward)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('superior = ""', "superior = ", "dòng"),
        ("{tasks} nhiệm vụ", "{tasks.__class__} nhiệm vụ", "{tasks.__class__}"),
        ("{tasks} nhiệm vụ", "{tasks:>99999999} nhiệm vụ", "không phải số liệu"),
        ("{tasks} nhiệm vụ", "{task} nhiệm vụ", "part thứ 1"),
        ("{tasks} nhiệm vụ", "{tasks nhiệm vụ", "thiếu một nửa"),
        ('content = "late"', 'content = "lates"', "lates"),
        ("[closing]", "[closings]", "[closing]"),
    ],
)
def test_a_broken_template_is_refused_in_words(
    connection: Connection, busy: Office, tmp_path: Path, old: str, new: str, said: str
) -> None:
    shipped = (SHIPPED / NAME).read_text("utf-8")
    assert old in shipped
    (tmp_path / NAME).write_text(shipped.replace(old, new), encoding="utf-8")

    with pytest.raises(BrokenTemplate) as refused:
        written(facts_of(connection, busy.ward), folder=tmp_path)

    assert said in refused.value.notice
    assert str(tmp_path) in refused.value.notice


def test_an_administrators_own_words_win(connection: Connection, busy: Office, tmp_path: Path) -> None:
    shipped = (SHIPPED / NAME).read_text("utf-8")
    (tmp_path / NAME).write_text(shipped.replace("VI. ĐỀ XUẤT", "VI. {Period}: {{Ý KIẾN}}"), encoding="utf-8")

    words = words_of(written(facts_of(connection, busy.ward), folder=tmp_path))

    assert "VI. Năm 2026: {Ý KIẾN}, KIẾN NGHỊ" in words
