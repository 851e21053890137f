"""Recording a document on the pages: in two steps, with its file, twice, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import Engine

from domain.plans import TaskKind
from models.database import transaction
from models.history import SYSTEM
from services.people import Ward, add_contact
from tests.builders import CULTURE, NOW, OFFICE, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser, words_of

NEW = "/events/new"
EVENT = TaskKind.EVENT
HEAD = {
    "type": "guidance",
    "doc_number": "12/HD-SNV",
    "doc_date": "27/2/2026",
    "issuer": "Sở Nội vụ",
    "summary": "Hướng dẫn tự đánh giá",
    "due_on": "",
}
PAPER = """SỞ NỘI VỤ
Số: 345/SNV-CCHC
V/v báo cáo kết quả cải cách hành chính quý I
Khánh Hòa, ngày 25 tháng 02 năm 2026
Kính gửi: UBND các phường
"""


@pytest.fixture(autouse=True)
def _office(started: Callable[..., Ward], engine: Engine) -> None:
    ward = started(
        plan_of(
            task("I.1", occurrences=[occurrence()]),
            task("III.5", EVENT, event_types=["guidance"]),
            task("VI.1", EVENT, lead=CULTURE, event_types=["feedback"]),
        )
    )
    with transaction(engine) as connection:
        add_contact(connection, ward, OFFICE, channel="email", address="lan@phuong.vn", actor=SYSTEM, now=NOW)


def sent(browser: Browser, path: str = "/events", **more: Any) -> Response:
    fields: dict[str, Any] = {**HEAD, **more}
    return browser.send(path, shown=NEW, **fields)


def test_a_document_is_looked_at_then_recorded(browse: Browse) -> None:
    browser = browse()

    looked = sent(browser, NEW)

    assert re.findall(r'name="task" value="([^"]+)"( checked)?', looked.text) == [
        ("III.5", " checked"),
        ("VI.1", ""),
    ]
    assert "Sẽ báo cho" in looked.text
    assert "lan@phuong.vn" in looked.text
    assert "Chưa ghi nhận văn bản nào" in browser.text("/events")

    done = sent(browser, task=["III.5"], **{"due-III.5": "2026-04-10"})

    assert done.status_code == 303
    assert "Đã ghi nhận, mở 1 kỳ thực hiện" in browser.text(done.headers["location"])
    assert "12/HD-SNV 27/02/2026, Sở Nội vụ Hướng dẫn tự đánh giá" in browser.text("/events")
    assert "(thứ Sáu 10/04)" in browser.text("/tasks/III.5")


def test_the_same_document_again_opens_only_what_is_new(browse: Browse) -> None:
    browser = browse()
    sent(browser, task=["III.5"])

    looked = sent(browser, NEW)
    done = sent(browser, task=["III.5", "VI.1"])

    assert "đã được ghi nhận lúc" in looked.text
    assert re.findall(r'name="task" value="([^"]+)"', looked.text) == ["VI.1"]
    assert "mở 1 kỳ thực hiện" in browser.text(done.headers["location"])


def test_its_file_fills_the_form_waits_and_is_kept_with_it(browse: Browse) -> None:
    browser = browse()
    files = {"file": ("cong-van.txt", PAPER.encode(), "text/plain")}

    read = browser.send(NEW, shown=NEW, files=files, do="read")

    assert 'value="345/SNV-CCHC"' in read.text
    assert 'value="2026-02-25"' in read.text
    assert "báo cáo kết quả cải cách hành chính quý I</textarea>" in read.text
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', read.text)
    assert digest
    done = sent(browser, task=["III.5"], digest=digest[1], file_name="cong-van.txt")
    assert done.status_code == 303
    assert "cong-van.txt" in browser.text(done.headers["location"])
    assert browser.get(f"/documents/{digest[1]}").content == PAPER.encode()


def test_a_file_that_says_nothing_is_kept_all_the_same(browse: Browse) -> None:
    files = {"file": ("anh.txt", "xin chào".encode(), "text/plain")}

    read = browse().send(NEW, shown=NEW, files=files, do="read", doc_number="7/CV")

    assert "đề nghị tự ghi" in read.text
    assert 'value="7/CV"' in read.text
    assert "Đang đính kèm: anh.txt" in words_of(read.text)


def test_a_file_that_waited_too_long_is_asked_for_again_and_nothing_else(browse: Browse) -> None:
    answer = sent(browse(), task=["III.5"], digest="a" * 64, file_name="cong-van.txt")

    assert answer.status_code == 409
    assert "không còn" in answer.text
    assert 'value="12/HD-SNV"' in answer.text
    assert 'name="digest" value=""' in answer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"doc_number": ""}, "Số văn bản"),
        ({"doc_date": "31/2/2026"}, "31/2/2026"),
        ({"doc_date": ""}, "Ngày văn bản"),
        ({"doc_date": "2026-03-03"}, "ở sau ngày hôm nay"),
        ({"type": "la"}, "Loại sự kiện"),
        ({"due_on": "2026-01-01"}, "không được trước ngày văn bản"),
    ],
)
def test_what_cannot_be_comes_back_as_it_was_typed(browse: Browse, wrong: dict[str, str], said: str) -> None:
    for path in (NEW, "/events"):
        answer = sent(browse(), path, **wrong, task=["III.5"])

        assert answer.status_code in {409, 422}
        assert said in answer.text
        assert "Hướng dẫn tự đánh giá</textarea>" in answer.text


def test_dates_and_ticks_come_back_too(browse: Browse) -> None:
    answer = sent(browse(), task=["VI.1"], **{"due-VI.1": "2026-01-05", "due-III.5": "2026-05-06"})

    assert answer.status_code == 422
    assert 'value="2026-01-05"' in answer.text
    assert 'value="2026-05-06"' in answer.text
    assert re.findall(r'name="task" value="([^"]+)" checked', answer.text) == ["VI.1"]
    assert "chưa chọn nhiệm vụ nào" in sent(browse()).text


def test_what_a_slip_opened_is_cancelled_from_the_document(browse: Browse) -> None:
    browser = browse()
    page = sent(browser, task=["III.5"]).headers["location"].partition("?")[0]
    one = re.findall(r'name="occurrence" value="(\d+)"', browser.page(page))[0]

    refused = browser.send(f"{page}/cancel", shown=page, occurrence=one, reason="Nhầm", document="")
    assert refused.status_code == 422
    assert 'value="Nhầm"' in refused.text
    strange = browser.send(f"{page}/cancel", shown=page, occurrence="999", reason="x", document="x")
    assert strange.status_code == 422

    assert (
        browser.send(f"{page}/cancel", shown=page, occurrence=one, reason="Nhầm", document="1/CV").status_code
        == 303
    )
    assert "đã huỷ" in browser.text(page)
    assert "mở nhầm" in browser.text("/tasks/III.5")


def test_a_task_of_many_units_stands_once_in_the_list(browse: Browse, engine: Engine) -> None:
    browser = browse()
    page = sent(browser, task=["III.5"]).headers["location"].partition("?")[0]
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.occurrence (ward_id, task_id, unit_id, event_id, label, state, opens_on)"
            " SELECT o.ward_id, o.task_id, u.id, o.event_id, o.label, 'planned', o.opens_on"
            " FROM cchc.occurrence o JOIN cchc.unit u ON u.ward_id = o.ward_id AND NOT u.is_group"
            " WHERE o.event_id IS NOT NULL AND u.id <> o.unit_id"
        )

    assert "III.5 (3 đơn vị)" in browser.text("/events")
    assert browser.page("/events").count(">III.5<") == 1
    assert "III.5" in browser.text(page)


def test_others_read_documents_and_record_none(browse: Browse) -> None:
    page = sent(browse(), task=["III.5"]).headers["location"].partition("?")[0]

    for name in ("lan", "chutich", "thanhtra", "quantri"):
        assert "<form" not in browse(as_=name).page(page).partition("<main")[2]
        assert sent(browse(as_=name), task=["VI.1"]).status_code == 403
    assert browse().get("/events/99").status_code == 404


def test_a_long_list_is_turned_page_by_page(browse: Browse, engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.event (ward_id, type, identity, doc_number, doc_date, issuer, summary,"
            " recorded_at, recorded_by) SELECT a.ward_id, 'guidance', n::text, n || '/CV', '2026-02-01',"
            " 'Sở', 'x', now(), a.id FROM generate_series(1, 60) n, cchc.account a WHERE a.name = 'dieuphoi'"
        )
    browser = browse()

    older = re.findall(r'href="(/events\?before=\d+)"', browser.page("/events"))[0]

    assert "60/CV" not in browser.text(older)
    assert "10/CV" in browser.text(older)
