"""One's own account: password, second factor, where one is signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine

from models.database import transaction
from services.links import give_temporary
from services.people import Ward
from tests.builders import NOW, plan_of, task
from tests.signing_in import CHEAP, SECRET, give_password
from tests.web.conftest import Browse, Browser, words_of

NEW = "năm con vịt bơi sông"


@pytest.fixture
def ward(started: Callable[..., Ward], engine: Engine) -> Ward:
    made = started(plan_of(task("I.1")))
    with transaction(engine) as connection:
        for name in ("lan", "quantri"):
            give_password(connection, made, name)
    return made


@pytest.fixture
def browser(ward: Ward, browse: Browse) -> Browser:
    """Give a browser in which nobody is signed in."""
    return browse(as_=None)


def send(browser: Browser, path: str, *, shown: str, **fields: str) -> Any:
    return browser.send(path, shown=shown, **fields)


def log_in(browser: Browser, name: str = "lan", password: str = SECRET, **fields: str) -> Any:
    return send(browser, "/login", shown="/login", name=name, password=password, **fields)


def test_a_first_password_has_to_be_changed_before_anything_else(
    browser: Browser, engine: Engine, ward: Ward
) -> None:
    with transaction(engine) as connection:
        temporary = give_temporary(connection, ward, "hoa", CHEAP, actor='{"id":0,"role":"system"}', now=NOW)
    log_in(browser, "hoa", temporary)

    for path in ("/", "/me", "/plan", "/feeds"):
        asked = browser.client.get(path, follow_redirects=False)
        assert (asked.status_code, asked.headers["location"]) == (303, "/me/password")
    assert "do người khác đặt" in browser.text("/me/password")
    change = {"shown": "/me/password", "current": temporary}
    weak = send(browser, "/me/password", **change, password="hoa1234567", again="hoa1234567")
    assert weak.status_code == 409
    done = send(browser, "/me/password", **change, password=NEW, again=NEW)

    assert done.headers["location"] == "/me?said=password"
    assert "Đã đổi mật khẩu" in browser.text("/me?said=password")


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"current": "sai"}, 409, "Mật khẩu hiện tại không đúng"),
        ({"again": "khác"}, 422, "hai lần nhập phải giống nhau"),
        ({"password": "ngắn", "again": "ngắn"}, 409, "cần ít nhất 10 ký tự"),
    ],
)
def test_ones_own_password_is_changed_only_by_whoever_knows_it(
    browser: Browser, fields: dict[str, str], status: int, said: str
) -> None:
    log_in(browser)

    given = {"current": SECRET, "password": NEW, "again": NEW, **fields}
    answer = send(browser, "/me/password", shown="/me/password", **given)

    assert answer.status_code == status
    assert said in words_of(answer.text)
    assert NEW not in answer.text


def test_changing_it_signs_every_other_browser_out(browser: Browser, browse: Browse) -> None:
    phone = browse(as_=None)
    log_in(browser)
    log_in(phone)

    send(browser, "/me/password", shown="/me/password", current=SECRET, password=NEW, again=NEW)

    assert browser.get("/").status_code == 200
    assert phone.client.get("/", follow_redirects=False).status_code == 303
    assert log_in(phone).status_code == 401
    assert log_in(phone, password=NEW).status_code == 303


def test_one_sees_where_one_is_signed_in_and_signs_out_there(browser: Browser, browse: Browse) -> None:
    phone = browse(as_=None)
    phone.client.headers["user-agent"] = "Dien thoai <b>"
    log_in(browser)
    log_in(phone)
    page = browser.page("/me")
    assert "Đang đăng nhập ở (2)" in words_of(page)
    assert "<b>" not in page.partition('id="sessions"')[2]
    other = re.search(r"/me/sessions/(\d+)/revoke", page)
    assert other

    send(browser, f"/me/sessions/{other[1]}/revoke", shown="/me")

    assert phone.client.get("/", follow_redirects=False).status_code == 303
    assert browser.get("/").status_code == 200


def test_a_second_factor_is_set_up_asked_for_and_taken_away(browser: Browser) -> None:
    log_in(browser)
    assert send(browser, "/me/code/begin", shown="/me", current="sai").status_code == 409
    begun = send(browser, "/me/code/begin", shown="/me", current=SECRET)
    secret = re.search(r'id="secret">(\w+)<', begun.text)
    assert secret
    totp = pyotp.TOTP(secret[1])
    done = send(browser, "/me/code", shown="/me", code=totp.at(browser.now))
    recovery = re.findall(r"<li><code>([\w-]+)</code>", done.text)
    assert len(recovery) == 10
    send(browser, "/logout", shown="/")

    browser.now += timedelta(minutes=5)
    half = log_in(browser, next="/plan")
    assert half.headers["location"] == "/login/code?next=%2Fplan"
    assert browser.client.get("/", follow_redirects=False).headers["location"] == "/login/code"
    code = {"shown": "/login/code", "next": "/plan"}
    assert send(browser, "/login/code", **code, code="000000").status_code == 401
    whole = send(browser, "/login/code", **code, code=totp.at(browser.now))
    assert whole.headers["location"] == "/plan"
    assert browser.get("/").status_code == 200

    assert "đang bật" in browser.text("/me")
    send(browser, "/me/code/remove", shown="/me", current=SECRET)
    send(browser, "/logout", shown="/")
    assert log_in(browser).status_code == 303
    assert browser.get("/").status_code == 200
