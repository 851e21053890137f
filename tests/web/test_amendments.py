"""An amending decision on its way from a browser into the plan."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import transaction
from services.reading import read_file
from services.setup import PACKAGED
from tests.amending import ADDED, LATER_DATE
from tests.builders import office
from tests.decisions import in_rows, in_words
from tests.web.conftest import Browse, Browser

NOW = datetime(2026, 4, 21, 2, 0, tzinfo=UTC)
ODD = "Đẩy nhanh tiến độ nhiệm vụ số 2 mục II."


@pytest.fixture
def browser(browse: Browse, engine: Engine) -> Browser:
    """Give a browser in front of the packaged plan under way."""
    with transaction(engine) as connection:
        office(connection, read_file(PACKAGED), today=NOW.date(), now=NOW)
    return browse(NOW)


def upload(browser: Browser, content: bytes) -> Any:
    files = {"file": ("sửa đổi.txt", content, "text/plain")}
    return browser.send("/plan/amend", shown="/plan/amend", files=files)


def first_finding(browser: Browser, page: str) -> str:
    """Return the number of the gravest finding that waits."""
    return browser.text(page).split("Điểm số ")[1].split()[0]


def seen_digest(browser: Browser, preview: str) -> str:
    return browser.page(preview).split('name="seen" value="')[1].split('"')[0]


def confirm(browser: Browser, preview: str, **fields: str) -> Any:
    fields = {"name": "sửa đổi.txt", "seen": seen_digest(browser, preview), **fields}
    return browser.send(preview.split("?")[0], shown=preview, **fields)


def test_an_amendment_dropped_on_the_wrong_page_leads_to_the_right_one(browser: Browser) -> None:
    rows = in_rows("I. CHỈ ĐẠO", "1\tTập huấn\tPhòng Văn hóa - Xã hội\t\tQuý IV/2026\tBáo cáo")
    files = {"file": ("sửa đổi.txt", rows, "text/plain")}
    preview = browser.send("/plan/import", shown="/plan/import", files=files).headers["location"]

    shown = browser.page(preview)
    assert "Văn bản này sửa đổi một kế hoạch khác" in shown
    right = re.search(r'href="(/plan/amend/\w{64}\?name=[^"]+)"', shown)
    assert right
    assert "Tập huấn" in browser.text(right[1])


def test_an_amendment_ends_the_plan_under_way_only_if_a_person_says_so(browser: Browser) -> None:
    rows = in_rows("I. CHỈ ĐẠO", "1\tTập huấn\tPhòng Văn hóa - Xã hội\t\tQuý IV/2026\tBáo cáo")
    files = {"file": ("sửa đổi.txt", rows, "text/plain")}
    preview = browser.send("/plan/import", shown="/plan/import", files=files).headers["location"]
    stored = browser.send(preview.split("?")[0], shown=preview, name="sửa đổi.txt", by="dieuphoi")
    page = stored.headers["location"]
    activation = page.replace("findings", "activate")
    assert "Kế hoạch 16/QĐ-UBND ngày 14/01/2026 đang thực hiện cho năm 2026 sẽ kết thúc" in browser.text(page)

    refused = browser.send(activation, shown=page, by="dieuphoi")
    assert refused.status_code == 409
    assert "16/QĐ-UBND" in browser.text("/plan")

    verdict = {"verdict": "confirmed", "note": "Kế hoạch thay thế toàn bộ", "by": "dieuphoi"}
    settled = browser.send(f"{page}/{first_finding(browser, page)}", shown=page, **verdict)
    assert settled.status_code == 303
    assert browser.send(activation, shown=page, by="dieuphoi").status_code == 303
    assert "45/QĐ-UBND" in browser.text("/plan")


def test_an_amendment_in_words_is_no_plan_and_says_where_it_belongs(browser: Browser) -> None:
    words = in_words("Đưa ra khỏi kế hoạch nhiệm vụ số 5 mục III.")
    files = {"file": ("sửa đổi.txt", words, "text/plain")}

    refused = browser.send("/plan/import", shown="/plan/import", files=files)

    assert refused.status_code == 409
    assert "tải tệp lên ở trang “Quyết định sửa đổi kế hoạch”." in refused.text


def test_a_decision_is_shown_as_a_difference_and_applied_by_a_coordinator(browser: Browser) -> None:
    preview = upload(browser, in_words(LATER_DATE, ADDED)).headers["location"]

    shown = browser.text(preview)
    assert "Trước 30/9/2026 trước ngày 30/10/2026" in shown
    assert "29/09/2026 29/10/2026" in shown
    assert "VI.6 bổ sung" in shown
    assert "Trước 30/9/2026" in browser.text("/tasks/III.5")

    answer = confirm(browser, preview, by="dieuphoi")

    assert (answer.status_code, answer.headers["location"]) == (303, "/plan/amend")
    assert "45/QĐ-UBND ngày 20/04/2026" in browser.text("/plan/amend")
    task = browser.text("/tasks/III.5")
    assert "đổi hạn từ 29/09/2026 thành 29/10/2026" in task
    assert "văn bản 45/QĐ-UBND ngày 20/04/2026" in task
    assert "đã được áp dụng trước đây" in browser.text(preview)


def test_what_is_not_understood_needs_a_reason(browser: Browser) -> None:
    preview = upload(browser, in_words(LATER_DATE, ODD)).headers["location"]
    assert ODD.rstrip(".") in browser.text(preview)

    refused = confirm(browser, preview, by="dieuphoi")
    assert refused.status_code == 409
    assert "Chưa áp dụng gì" in refused.text

    assert confirm(browser, preview, by="dieuphoi", despite="Chỉ nhắc nhở").status_code == 303
    assert "Chỉ nhắc nhở" in browser.text("/plan/amend")


def test_what_moved_meanwhile_is_shown_again(browser: Browser) -> None:
    preview = upload(browser, in_words(LATER_DATE)).headers["location"]

    refused = confirm(browser, preview, by="dieuphoi", seen="0" * 64)

    assert refused.status_code == 409
    assert "Hãy chạy lại để xem lại" in refused.text


@pytest.mark.parametrize("by", ["lan", "chutich", "thanhtra", "quantri"])
def test_nobody_else_applies_it(browser: Browser, by: str) -> None:
    preview = upload(browser, in_words(LATER_DATE)).headers["location"]
    seen = re.search(r'name="seen" value="(\w+)"', browser.page(preview))
    assert seen

    answer = browser.send(preview.split("?")[0], shown="/me", name="x.txt", seen=seen[1], by=by)

    assert answer.status_code == 403
    assert "Chưa có quyết định sửa đổi nào" in browser.text("/plan/amend")


def test_a_decision_about_another_plan_is_refused_on_the_page(browser: Browser) -> None:
    other = in_words(LATER_DATE).replace("số 16/QĐ".encode(), "số 17/QĐ".encode())

    answer = browser.get(upload(browser, other).headers["location"])

    assert answer.status_code == 409
    assert "17/QĐ-UBND" in answer.text
