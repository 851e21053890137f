"""One's own account: password, second factor, where one is signed in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine

from models.database import transaction
from models.history import SYSTEM
from services.links import give_temporary
from services.people import Ward
from tests.builders import NOW
from tests.signing_in import CHEAP, SECRET
from tests.web.conftest import Browse, Browser, log_in, words_of

NEW = "năm con vịt bơi sông"


def send(stranger: Browser, path: str, *, shown: str, **fields: str) -> Any:
    return stranger.send(path, shown=shown, **fields)


def test_a_first_password_has_to_be_changed_before_anything_else(
    stranger: Browser, engine: Engine, with_passwords: Ward
) -> None:
    with transaction(engine) as connection:
        temporary = give_temporary(connection, with_passwords, "hoa", CHEAP, actor=SYSTEM, now=NOW)
    log_in(stranger, "hoa", temporary)

    for path in ("/", "/me", "/plan", "/feeds"):
        asked = stranger.client.get(path, follow_redirects=False)
        assert (asked.status_code, asked.headers["location"]) == (303, "/me/password")
    assert "do người khác đặt" in stranger.text("/me/password")
    change = {"shown": "/me/password", "current": temporary}
    weak = send(stranger, "/me/password", **change, password="hoa1234567", again="hoa1234567")
    assert weak.status_code == 409
    done = send(stranger, "/me/password", **change, password=NEW, again=NEW)

    assert done.headers["location"] == "/me?said=password"
    assert "Đã đổi mật khẩu" in stranger.text("/me?said=password")


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"current": "sai"}, 409, "Mật khẩu hiện tại không đúng"),
        ({"again": "khác"}, 422, "hai lần nhập phải giống nhau"),
        ({"password": "ngắn", "again": "ngắn"}, 409, "cần ít nhất 10 ký tự"),
    ],
)
def test_ones_own_password_is_changed_only_by_whoever_knows_it(
    stranger: Browser, fields: dict[str, str], status: int, said: str
) -> None:
    log_in(stranger)

    given = {"current": SECRET, "password": NEW, "again": NEW, **fields}
    answer = send(stranger, "/me/password", shown="/me/password", **given)

    assert answer.status_code == status
    assert said in words_of(answer.text)
    assert NEW not in answer.text


def test_changing_it_signs_every_other_browser_out(stranger: Browser, browse: Browse) -> None:
    phone = browse(as_=None)
    log_in(stranger)
    log_in(phone)

    send(stranger, "/me/password", shown="/me/password", current=SECRET, password=NEW, again=NEW)

    assert stranger.get("/").status_code == 200
    assert phone.client.get("/", follow_redirects=False).status_code == 303
    assert log_in(phone).status_code == 401
    assert log_in(phone, password=NEW).status_code == 303


def test_one_sees_where_one_is_signed_in_and_signs_out_there(stranger: Browser, browse: Browse) -> None:
    phone = browse(as_=None)
    phone.client.headers["user-agent"] = "Dien thoai <b>"
    log_in(stranger)
    log_in(phone)
    page = stranger.page("/me")
    assert "Đang đăng nhập ở (2)" in words_of(page)
    assert "<b>" not in page.partition('id="sessions"')[2]
    other = re.search(r"/me/sessions/(\d+)/revoke", page)
    assert other

    send(stranger, f"/me/sessions/{other[1]}/revoke", shown="/me")

    assert phone.client.get("/", follow_redirects=False).status_code == 303
    assert stranger.get("/").status_code == 200


def test_a_second_factor_is_set_up_asked_for_and_taken_away(stranger: Browser) -> None:
    log_in(stranger)
    assert send(stranger, "/me/code/begin", shown="/me", current="sai").status_code == 409
    begun = send(stranger, "/me/code/begin", shown="/me", current=SECRET)
    secret = re.search(r'id="secret">(\w+)<', begun.text)
    assert secret
    totp = pyotp.TOTP(secret[1])
    done = send(stranger, "/me/code", shown="/me", code=totp.at(stranger.now))
    recovery = re.findall(r"<li><code>([\w-]+)</code>", done.text)
    assert len(recovery) == 10
    send(stranger, "/logout", shown="/")

    stranger.now += timedelta(minutes=5)
    half = log_in(stranger, next="/plan")
    assert half.headers["location"] == "/login/code?next=%2Fplan"
    assert stranger.client.get("/", follow_redirects=False).headers["location"] == "/login/code"
    code = {"shown": "/login/code", "next": "/plan"}
    assert send(stranger, "/login/code", **code, code="000000").status_code == 401
    whole = send(stranger, "/login/code", **code, code=totp.at(stranger.now))
    assert whole.headers["location"] == "/plan"
    assert stranger.get("/").status_code == 200

    assert "đang bật" in stranger.text("/me")
    send(stranger, "/me/code/remove", shown="/me", current=SECRET)
    send(stranger, "/logout", shown="/")
    assert log_in(stranger).status_code == 303
    assert stranger.get("/").status_code == 200
