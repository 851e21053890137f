"""Lists of tasks as people ask for them: filters, search, order, files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from domain.plans import TaskKind
from models.database import transaction
from services.people import Ward, person
from services.tasks import task_id
from tests.builders import CENTRE, CULTURE, NOW, OFFICE, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser

HOSTILE = '=HYPERLINK("http://x","<b>")'
PLAN = plan_of(
    replace(
        task("I.1", occurrences=[occurrence(plan=date(2026, 3, 31))]), title="Ban hành Kế hoạch CCHC năm 2026"
    ),
    replace(task("I.2", lead=CULTURE, occurrences=[occurrence(plan=date(2026, 2, 27))]), title="Đo lường"),
    task("II.1", lead=CENTRE, occurrences=[occurrence(plan=date(2026, 3, 6))]),
    task("II.2", TaskKind.EVENT, lead=CENTRE, event_types=["guidance"]),
    replace(task("II.10", TaskKind.UNSPECIFIED, lead=CULTURE), title=HOSTILE),
)


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(PLAN)


def codes(browser: Browser, query: str) -> list[str]:
    return re.findall(r'class="code">([^<]+)<', browser.page(f"/tasks?{query}"))


EXPECTED: dict[str, list[str]] = {
    "q=ke+hoach+cchc": ["I.1"],
    "q=K%E1%BA%BF+HO%E1%BA%A0CH": ["I.1"],
    "q=do+luong": ["I.2"],
    "q=ii.1": ["II.1", "II.10"],
    "q=khong+co+gi": [],
    "section=II": ["II.1", "II.2", "II.10"],
    "kind=event": ["II.2"],
    "due=qua-han": ["I.2"],
    "due=tuan-nay": ["II.1"],
    "due=thang-nay": ["I.1", "II.1"],
    "due=thang-sau": [],
    "unit=phong-van-hoa-xa-hoi&section=II": ["II.10"],
    "person=-&section=I": ["I.1", "I.2"],
    "sort=due": ["I.2", "II.1", "I.1", "II.2", "II.10"],
    "sort=-due": ["I.1", "II.1", "I.2", "II.2", "II.10"],
    "sort=-code": ["II.10", "II.2", "II.1", "I.2", "I.1"],
    "sort=unit&section=II": ["II.10", "II.1", "II.2"],
    "sort=status&section=I": ["I.1", "I.2"],
    "status=dang-thuc-hien-qua-han&q=do": ["I.2"],
}


def test_each_filter_keeps_what_fits_and_each_order_holds(ward: Ward, browse: Browse) -> None:
    browser = browse()

    assert {query: codes(browser, query) for query in EXPECTED} == EXPECTED


def test_the_counts_follow_every_filter_but_the_status_itself(ward: Ward, browse: Browse) -> None:
    text = browse().text("/tasks?section=I&status=dang-thuc-hien-qua-han")

    assert "2 tất cả 1 đang thực hiện quá hạn 1 đang thực hiện trong hạn" in text
    assert "1 nhiệm vụ như đã lọc" in text
    assert "Bỏ lọc" in text


def test_what_there_is_not_is_refused_in_words(ward: Ward, browse: Browse) -> None:
    browser = browse()

    for query in ("kind=x", "due=hom-qua", "sort=gia", "section=IX", "sort=--due"):
        answer = browser.get(f"/tasks?{query}")
        assert answer.status_code == 422, query
        assert "không đúng: chọn một trong" in answer.text, query


def test_who_is_in_charge_is_shown_and_can_be_asked_for(ward: Ward, browse: Browse, engine: Engine) -> None:
    with transaction(engine) as connection:
        lan = person(connection, ward, "lan")
        connection.exec_driver_sql(
            "INSERT INTO cchc.assignment VALUES (%(ward)s, %(task)s, %(unit)s, %(lan)s, %(lan)s, %(now)s)",
            {
                "ward": ward.id, "task": task_id(connection, ward, "I.1"), "unit": lan.unit_id,
                "lan": lan.id, "now": NOW,
            },
        )  # fmt: skip # as everywhere
    browser = browse()

    assert f"{OFFICE} Phụ trách: lan" in browser.row("/tasks", "I.1")
    assert codes(browser, "person=lan") == ["I.1"]
    assert "I.1" not in codes(browser, "person=-")
    assert codes(browser, "person=ai-do") == []


def test_a_column_is_sorted_by_a_link_that_keeps_the_filter(ward: Ward, browse: Browse) -> None:
    page = browse().page("/tasks?section=II&sort=due")

    assert 'aria-sort="ascending"><a href="/tasks?section=II&amp;sort=-due">Thời hạn gần nhất' in page
    assert '<a href="/tasks?section=II&amp;sort=unit">Đơn vị chủ trì' in page


def test_odd_words_are_harmless(ward: Ward, browse: Browse) -> None:
    browser = browse()

    for words in ("%25", "_", "%27%22%3B--", "%00", "%E2%80%AE", "a" * 200, "(((", "%5C"):
        status = browser.get(f"/tasks?q={words}").status_code
        assert status == (400 if words == "%00" else 200), words


def test_the_csv_has_the_same_lines_as_the_list_and_no_formula(ward: Ward, browse: Browse) -> None:
    answer = browse().get("/tasks.csv?section=II&sort=-code")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert answer.headers["content-disposition"].startswith(
        'attachment; filename="nhiem-vu-thu-nghiem-2026-03-02.csv"'
    )
    assert [row[0] for row in rows] == ["Mã số", "II.10", "II.2", "II.1"]
    assert rows[1][2] == "'" + HOSTILE
    assert rows[3][8] == "06/03/2026"


def test_the_workbook_says_where_it_comes_from_and_has_real_days(ward: Ward, browse: Browse) -> None:
    answer = browse().get("/tasks.xlsx?section=II")

    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    head = [str(sheet[f"A{number}"].value) for number in range(1, 5)]
    assert head[0] == "UBND phường Thử Nghiệm: nhiệm vụ cải cách hành chính"
    assert head[1] == "Quyết định 1/QĐ-UBND ngày 14/01/2026, năm 2026"
    assert head[2] == "Lập lúc 09:00 ngày 02/03/2026; 3 nhiệm vụ"
    assert head[3] == "Chỉ gồm mục: II"
    assert sheet.freeze_panes == "A6"
    assert (sheet["A6"].value, sheet["I6"].value.date()) == ("II.1", date(2026, 3, 6))
    assert (sheet["C8"].value, sheet["C8"].data_type) == (HOSTILE, "s")


def test_the_years_due_dates_come_as_files_too(ward: Ward, browse: Browse) -> None:
    browser = browse()

    text = browser.get("/calendar.csv").content.decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(browser.get("/calendar.xlsx?year=2026").content)).active

    assert text.splitlines()[1].startswith("27/02/2026;I.2;Đo lường;Năm 2026;Ban hành kế hoạch;")
    assert sheet is not None
    assert sheet["A3"].value == "Thời hạn"
    assert sheet["A4"].value.date() == date(2026, 2, 27)
    assert browser.get("/calendar.csv?year=1").status_code == 422
