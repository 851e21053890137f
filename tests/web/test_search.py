from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plans import TaskKind
from services.people import Ward
from tests.builders import CULTURE, occurrence, plan_of, task
from tests.web.conftest import Browse, words_of
from web.search import LONGEST, highlighted

PLAN = plan_of(
    replace(
        task("II.2", lead=CULTURE, occurrences=[occurrence("Quý I/2026")]), title="Kế hoạch <b>đo lường</b>"
    ),
    *(replace(task(f"III.{number}"), title="Rà soát thủ tục hành chính") for number in range(1, 28)),
    task("V.1", TaskKind.EVENT, event_types=["guidance"]),
)


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(PLAN)


def test_what_is_found_stands_by_kind_with_links_that_lead_there_and_words_marked(
    ward: Ward, browse: Browse
) -> None:
    browser = browse(as_="lan")

    page = browser.page("/search?q=do+luong")

    assert "<mark>đo lường</mark>" in page
    assert "Kế hoạch &lt;b&gt;" in page
    assert "Nhiệm vụ (1)" in page
    links = re.findall(r'<li><a href="([^"]+)"', page[page.index("<main") :])
    assert "/tasks/II.2" in links
    assert any(link.startswith("/tasks/II.2#ky-") for link in links)
    assert {browser.get(link.partition("#")[0]).status_code for link in links} == {200}


def test_the_rest_of_a_kind_stands_on_pages(ward: Ward, browse: Browse) -> None:
    browser = browse()

    first = browser.page("/search?q=ra+soat+thu+tuc")
    assert "Xem cả 27 kết quả" in first
    second = browser.page("/search?q=ra+soat+thu+tuc&kind=task&page=2")

    assert second.count("<mark>Rà soát thủ tục</mark>") == 7
    assert "Trang trước" in second
    assert "Trang sau" not in second


def test_a_unit_and_a_person_lead_to_their_tasks(ward: Ward, browse: Browse) -> None:
    browser = browse()

    assert 'href="/tasks?unit=phong-van-hoa-xa-hoi"' in browser.page("/search?q=van+hoa+xa+hoi")
    page = browser.page("/search?q=chutich")
    assert 'href="/tasks?person=chutich"' in page
    assert "lãnh đạo" in words_of(page)


def test_a_day_leads_to_what_is_due_then(ward: Ward, browse: Browse) -> None:
    text = browse().text("/search?q=31/3/2026")

    assert "Thời hạn trong những ngày này (1)" in text
    assert "thứ Ba 31/03/2026: II.2. Kế hoạch" in text


def test_hostile_words_come_back_as_words(ward: Ward, browse: Browse) -> None:
    browser = browse()

    for words in ("<script>alert(1)</script>", '"><img src=x>', "%' OR 1=1", "x" * 10_000, "​"):
        answer = browser.get("/search", params={"q": words})
        assert answer.status_code == 200, words[:40]
        assert "<script>" not in answer.text
        assert "<img" not in answer.text
    assert "quá dài" in browser.get("/search", params={"q": "x" * 10_000}).text
    assert browser.get("/search?q=a&kind=message'--").status_code == 422
    assert browser.get("/search?q=%00").status_code == 400


def test_nothing_found_says_so_and_nothing_asked_asks(ward: Ward, browse: Browse) -> None:
    browser = browse()

    assert "Không tìm thấy gì cho “zzzzqqqq”" in browser.text("/search?q=zzzzqqqq")
    assert "Không tìm thấy" not in browser.text("/search")


@given(st.text("aăâ <>&\"'đeê", max_size=400), st.text("aâ<>& đ", max_size=8))
def test_marking_never_lets_a_sign_through_and_stays_short(text: str, words: str) -> None:
    made = str(highlighted(text, words))

    plain = made.replace("<mark>", "").replace("</mark>", "")
    assert not set("<>\"'") & set(plain)
    assert len(words_of(f"</head>{made}")) <= LONGEST + 2 + 2 * made.count("<mark>")
