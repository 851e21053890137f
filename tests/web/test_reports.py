from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import Engine

from domain.plans import TaskKind
from services.formats import office as converter
from services.people import Ward
from tests.builders import CULTURE, occurrence, plan_of, task
from tests.web.conftest import Browse

Start = Callable[..., Ward]
TITLE = "Thực hiện chế độ báo cáo cải cách hành chính định kỳ"


@pytest.fixture
def ward(started: Start) -> Ward:
    first = occurrence("Quý I/2026", plan=None, report=date(2026, 3, 9))
    periodic = replace(task("I.2", TaskKind.RECURRING, lead=CULTURE, occurrences=[first]), title=TITLE)
    late = occurrence(plan=date(2026, 2, 27), report=None)
    return started(plan_of(periodic, task("II.1", occurrences=[late])))


def test_a_report_that_the_plan_asks_for_leads_to_its_draft(ward: Ward, browse: Browse) -> None:
    browser = browse(as_="dieuphoi")

    page = browser.page("/reports")
    assert 'href="/reports?kind=quarter&amp;period=1/2026"' in page
    draft = browser.text("/reports?kind=quarter&period=1/2026")

    assert "Báo cáo quý: Quý I năm 2026" in draft
    assert "2 mốc thời hạn, 1 mốc đã đến hạn: nộp đúng hạn 0, nộp quá hạn 0, chưa nộp 1" in draft
    assert "Quá hạn, chưa nộp (1) II.1 Ban hành kế hoạch" in draft


def test_the_report_that_is_due_offers_its_draft_where_it_is_handed_in(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    with engine.connect() as connection:
        question = (
            "SELECT o.id FROM cchc.occurrence o JOIN cchc.task t ON t.id = o.task_id WHERE t.code = 'I.2'"
        )
        number = connection.exec_driver_sql(question).scalar_one()
    draft = 'href="/reports?kind=quarter&amp;period=1/2026"'

    assert draft in browse().page(f"/occurrences/{number}/report")
    assert draft in browse().page("/tasks/I.2")
    assert draft not in browse().page(f"/occurrences/{number}/plan")
    assert "/reports?" not in browse().page("/tasks/II.1")
    officer = browse(as_="hoa")
    assert "do điều phối lấy ở trang Báo cáo" in officer.text(f"/occurrences/{number}/report")
    assert draft not in officer.page("/tasks/I.2")


def test_the_draft_comes_as_a_word_file_with_the_state_of_the_log(ward: Ward, browse: Browse) -> None:
    browser = browse(as_="chutich")

    answer = browser.send(
        "/reports", shown="/reports?kind=quarter&period=1/2026", kind="quarter", period="1/2026"
    )

    assert answer.status_code == 200
    assert "bao-cao-quy-i-nam-2026.docx" in answer.headers["content-disposition"]
    text = "\n".join(each.text for each in Document(io.BytesIO(answer.content)).paragraphs)
    assert "Điểm chốt nhật ký khi lập báo cáo" in text


def test_a_period_of_ones_own_is_kept_when_it_is_refused(ward: Ward, browse: Browse) -> None:
    browser = browse(as_="thanhtra")

    assert "Từ ngày 01/02/2026 đến ngày 15/03/2026" in browser.text(
        "/reports?first=2026-02-01&last=2026-03-15"
    )
    refused = browser.get("/reports?first=2026-03-15&last=2026-02-01")

    assert refused.status_code in {400, 409}
    assert 'value="2026-03-15"' in refused.text
    assert "cần ngày đầu và ngày cuối" in refused.text


def test_without_libreoffice_the_page_says_so_and_the_word_file_stays(
    ward: Ward, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converter, "_PROGRAMS", ("no-such-program",))
    fields = {"kind": "year", "period": "2026", "as": "pdf"}

    answer = browse(as_="quantri").send("/reports", shown="/reports?kind=year&period=2026", **fields)

    assert answer.status_code < 500
    assert "cài LibreOffice" in answer.text
    assert "Tải dự thảo (Word)" in answer.text


def test_a_broken_template_is_said_on_the_page(ward: Ward, browse: Browse, data: Path) -> None:
    (data / "reports").mkdir()
    (data / "reports" / "bao-cao.toml").write_text("[head", encoding="utf-8")

    answer = browse().send("/reports", shown="/reports?kind=year&period=2026", kind="year", period="2026")

    assert "Mẫu báo cáo" in answer.text
    assert "sai cú pháp" in answer.text


def test_the_score_sheet_leads_to_its_evidence_and_comes_as_a_workbook(ward: Ward, browse: Browse) -> None:
    browser = browse(as_="thanhtra")

    page = browser.page("/reports/scorecard")
    workbook = load_workbook(io.BytesIO(browser.get("/reports/scorecard.xlsx").content))

    assert "CHƯA XÁC NHẬN" in page
    assert 'href="/tasks/II.1?year=2026#ky-' in page
    assert workbook.worksheets[0].max_column == 7


def test_a_year_without_a_plan_is_refused_and_not_broken(ward: Ward, browse: Browse) -> None:
    browser = browse()

    sheet = browser.text("/reports/scorecard?year=2019")  # a page, and no refusal
    assert "Chưa có kế hoạch năm 2019 nào đang thực hiện" in sheet
    assert "Không có kế hoạch năm 2019" in browser.get("/reports?kind=year&period=2019").text
    assert browser.get("/reports/scorecard.xlsx?year=2019").status_code in {404, 409}


@pytest.mark.parametrize(
    ("name", "said"),
    [("quantri", "nhập quyết định của phường. Nhập quyết định"), ("thanhtra", "Việc đó do điều phối làm.")],
)
def test_before_there_is_a_plan_the_score_sheet_says_what_to_do_first(
    started: Start, engine: Engine, browse: Browse, name: str, said: str
) -> None:
    started(plan_of(task("I.1")))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cchc.plan SET state = 'closed'")

    assert said in browse(as_=name).text("/reports/scorecard")
