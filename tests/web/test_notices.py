"""The page of notices of days off, and what they change on the other pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from services.people import Ward
from tests.builders import occurrence, plan_of, task
from tests.web.conftest import Browse, Browser, words_of

PAGE = "/calendar/notices"
STORM = {
    "document": "Công điện 9/CĐ-UBND",
    "year": "2026",
    "off": "3/3, 4/3/2026",
    "worked": "",
    "by": "dieuphoi",
}


@pytest.fixture
def opened(started: Callable[..., Ward], browse: Browse) -> Browser:
    started(plan_of(task("II.2", occurrences=[occurrence(plan=date(2026, 3, 6))])))
    return browse()


def test_the_notices_that_ship_and_years_without_one_are_named(opened: Browser) -> None:
    text = opened.text(PAGE)

    assert "Công văn 12729/VPCP-KGVX 2026 thứ Sáu 02/01/2026; thứ Hai 31/08/2026" in text
    assert "Ngày nghỉ năm 2027 là tạm tính" in text
    assert "Ngày nghỉ năm 2026 là tạm tính" not in text


def test_a_notice_that_is_recorded_counts_on_every_page_until_it_is_taken_back(opened: Browser) -> None:
    assert "còn 4 ngày làm việc" in opened.text("/tasks/II.2")

    answer = opened.send(PAGE, shown=PAGE, **STORM)

    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "thứ Ba 03/03/2026; thứ Tư 04/03/2026" in opened.text(PAGE)
    assert "còn 2 ngày làm việc" in opened.text("/tasks/II.2")
    assert "thứ Ba 03/03/2026 (Công điện 9/CĐ-UBND)" in opened.text("/calendar?year=2026")

    number = opened.page(PAGE).partition(f"{PAGE}/")[2].partition("/")[0]
    assert opened.send(f"{PAGE}/{number}/withdraw", shown=PAGE, by="quantri").status_code == 303
    assert "còn 4 ngày làm việc" in opened.text("/tasks/II.2")
    assert "Đã bỏ (1)" in opened.text(PAGE)


def test_a_year_is_no_longer_provisional_once_its_notice_is_recorded(opened: Browser) -> None:
    assert "Ngày nghỉ năm 2027 là tạm tính" in opened.text("/calendar?year=2027")

    opened.send(PAGE, shown=PAGE, document="Thông báo 2027", year="2027", off="", worked="", by="dieuphoi")

    assert "tạm tính" not in opened.text("/calendar?year=2027")
    assert "Ngày nghỉ năm 2027" not in opened.text(PAGE)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"off": "31/2"}, 422, "“31/2” không đúng"),
        ({"off": "3/3/2027"}, 422, "phải thuộc năm 2026"),
        ({"worked": "4/3"}, 422, "không thể vừa nghỉ vừa làm bù"),
        ({"year": "26"}, 422, "viết đủ bốn chữ số"),
        ({"document": " "}, 422, "ghi số, tên văn bản"),
    ],
)
def test_a_refused_notice_comes_back_as_it_was_typed(
    opened: Browser, fields: dict[str, str], status: int, said: str
) -> None:
    given = {**STORM, **fields}

    answer = opened.send(PAGE, shown=PAGE, **given)

    assert answer.status_code == status
    assert said in words_of(answer.text)
    assert f'name="off" value="{given["off"]}"' in answer.text
    assert "còn 4 ngày làm việc" in opened.text("/tasks/II.2")


def test_an_unknown_notice_is_not_found(opened: Browser) -> None:
    assert opened.send(f"{PAGE}/99/withdraw", shown=PAGE, by="dieuphoi").status_code == 404


def test_a_form_that_no_page_of_ours_showed_is_refused(opened: Browser) -> None:
    opened.enter()
    assert opened.client.post(PAGE, data=STORM).status_code == 403


def test_only_coordinators_and_administrators_record_notices(opened: Browser) -> None:
    assert opened.send(PAGE, shown=PAGE, **{**STORM, "by": "lan"}).status_code == 403
    assert opened.send(PAGE, shown=PAGE, **{**STORM, "by": "chutich"}).status_code == 403
    assert "còn 4 ngày làm việc" in opened.text("/tasks/II.2")
