from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from services.people import Ward
from tests.builders import CULTURE, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser, words_of
from tests.web.machines import API


@pytest.fixture
def browser(started: Callable[..., Ward], browse: Browse) -> Browser:
    started(plan_of(task("I.1", occurrences=[occurrence()])))
    return browse(as_="quantri")


FORM = {"name": "truc-lien-thong", "label": "Trục liên thông", "scope-read": "1", "days": "30"}


def test_a_new_token_is_shown_once_and_works(browser: Browser) -> None:
    shown = browser.send("/machines", shown="/machines", **FORM)

    assert shown.status_code == 200
    [token] = re.findall(r"cchc_[A-Za-z0-9_-]{43}", shown.text)
    assert token not in browser.page("/machines")
    browser.client.cookies.clear()
    answer = browser.client.get(f"{API}/wards/me", headers={"authorization": f"Bearer {token}"})
    assert answer.json()["account"] == "truc-lien-thong"


def test_the_list_says_what_a_token_is_for_and_that_it_was_used(browser: Browser) -> None:
    form = {**FORM, "scope-submit": "1", "unit": CULTURE}
    shown = browser.send("/machines", shown="/machines", **form)
    [token] = re.findall(r"cchc_[A-Za-z0-9_-]{43}", shown.text)

    assert "chưa lần nào" in browser.text("/machines")
    browser.client.get(f"{API}/tasks", headers={"authorization": f"Bearer {token}"})
    said = browser.text("/machines")
    assert "truc-lien-thong Số 1: Trục liên thông" in said
    assert f"Vai trò cán bộ đơn vị, {CULTURE}" in said
    assert "chưa lần nào" not in said


def test_a_token_is_taken_back_on_its_page(browser: Browser, engine: Engine) -> None:
    shown = browser.send("/machines", shown="/machines", **FORM)
    [token] = re.findall(r"cchc_[A-Za-z0-9_-]{43}", shown.text)

    assert browser.send("/machines/1/revoke", shown="/machines").status_code == 303
    again = browser.send("/machines/1/revoke", shown="/machines")
    assert again.status_code == 404
    assert "đã thu hồi trước đó" in words_of(again.text)
    assert "quantri thu hồi" in browser.text("/machines")
    browser.client.cookies.clear()
    answer = browser.client.get(f"{API}/tasks", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "Trục Liên Thông"}, "Tên tài khoản máy"),
        ({"name": "lan"}, "đã có người dùng khác"),
        ({"label": ""}, "Dùng cho việc gì"),
        ({"days": "5000"}, "từ 1 đến 1095"),
        ({"days": "²"}, "từ 1 đến 1095"),
        ({"scope-read": ""}, "chọn ít nhất một"),
        ({"scope-submit": "1"}, "phải thuộc một đơn vị"),
    ],
)
def test_a_refused_form_comes_again_with_what_was_typed(
    browser: Browser, wrong: dict[str, str], said: str
) -> None:
    form = {**FORM, "label": "Giữ lại “này”", **wrong}
    answer = browser.send("/machines", shown="/machines", **form)

    assert answer.status_code >= 400
    assert said in words_of(answer.text)
    assert f'value="{form["days"]}"' in answer.text
    assert (form["label"] in answer.text) or not form["label"]
    assert "Chưa có mã truy cập nào" in words_of(answer.text)


def test_machines_are_not_among_the_people_on_the_page_of_accounts(browser: Browser) -> None:
    browser.send("/machines", shown="/machines", **FORM)

    assert "truc-lien-thong" not in browser.page("/accounts")
    refused = browser.send("/accounts/truc-lien-thong/temporary", shown="/accounts")
    assert refused.status_code == 409
    assert "tài khoản máy" in words_of(refused.text)
