"""Signing in and out, passwords by link, one's own account: as a stranger goes through it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from config.secrets import load_keys
from models.database import transaction
from models.history import SYSTEM
from services.links import first_link, password_link
from services.people import Ward
from tests.builders import NOW, plan_of, task
from tests.signing_in import SECRET, give_password
from tests.web.conftest import Browse, Browser, log_in, words_of
from web.limits import BY_ENTRY, FREE_FAILURES

OWN = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
NEW = "năm con vịt bơi sông"


def send(stranger: Browser, path: str, *, shown: str, **fields: str) -> Any:
    return stranger.send(path, shown=shown, **fields)


def test_a_page_asks_who_one_is_and_then_shows_itself(stranger: Browser) -> None:
    asked = stranger.client.get("/tasks/I.1?year=2026", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=%2Ftasks%2FI.1%3Fyear%3D2026")

    entered = log_in(stranger, next="/tasks/I.1?year=2026")

    assert (entered.status_code, entered.headers["location"]) == (303, "/tasks/I.1?year=2026")
    cookie = entered.headers["set-cookie"]
    assert re.match(r"cchc_session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax$", cookie)
    text = stranger.text("/tasks/I.1")
    assert "lan cán bộ đơn vị, Văn phòng HĐND và UBND phường Đăng xuất" in text


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "evil",
        "/login?next=/login", "/logout", "/a\nb", "/é", "\t//evil.example", "http:/x",
    ],
)  # fmt: skip
def test_after_signing_in_nobody_is_sent_elsewhere(stranger: Browser, wanted: str) -> None:
    assert log_in(stranger, next=wanted).headers["location"] == "/"


@pytest.mark.parametrize(
    ("name", "password"), [("lan", "sai"), ("ai-do", SECRET), ("hoa", SECRET), ("lan", ""), ("'--", "'")]
)
def test_a_refusal_never_says_what_was_wrong(stranger: Browser, name: str, password: str) -> None:
    answer = log_in(stranger, name, password)

    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in words_of(answer.text)
    assert f'value="{name}"'.replace("'", "&#39;") in answer.text
    assert "cchc_session" not in answer.headers.get("set-cookie", "")
    assert stranger.client.get("/", follow_redirects=False).status_code == 303


def test_no_refusal_comes_sooner_than_another(stranger: Browser) -> None:
    web = stranger.client.app.state.web  # type: ignore[attr-defined] # it is a FastAPI
    for _ in range(5):
        log_in(stranger, "hoa", "sai")
    web.passwords = replace(web.passwords, refused_after=0.3)

    for name, password in (("lan", "sai"), ("ai-do", "sai"), ("hoa", SECRET)):
        began = time.monotonic()
        assert log_in(stranger, name, password).status_code == 401
        assert time.monotonic() - began >= 0.3, name


def test_failures_lock_the_account_and_the_page_looks_the_same(stranger: Browser) -> None:
    answers = [log_in(stranger, password="sai") for _ in range(5)]
    locked = log_in(stranger)

    assert {answer.status_code for answer in [*answers, locked]} == {401}
    stranger.now += timedelta(minutes=1)
    assert log_in(stranger).status_code == 303


def test_an_address_from_which_it_failed_too_often_has_to_wait(stranger: Browser) -> None:
    statuses = [log_in(stranger, f"ai-do-{n}").status_code for n in range(FREE_FAILURES)]
    waiting = log_in(stranger)

    assert set(statuses) == {401}
    assert waiting.status_code == 429
    assert "thử lại sau" in words_of(waiting.text)


@pytest.mark.usefixtures("no_time_passes")
def test_forms_that_anybody_may_send_are_counted(stranger: Browser) -> None:
    answers = [stranger.client.post("/first/x", headers=OWN) for _ in range(BY_ENTRY.at_once + 1)]

    assert [answer.status_code for answer in answers[-2:]] == [403, 429]


def test_a_form_from_elsewhere_signs_nobody_in(stranger: Browser) -> None:
    stranger.page("/login")

    answer = stranger.client.post("/login", data={"name": "lan", "password": SECRET}, headers=OWN)

    assert answer.status_code == 403


def test_signing_out_ends_the_session_even_for_whoever_kept_the_cookie(stranger: Browser) -> None:
    log_in(stranger)
    token = stranger.client.cookies["cchc_session"]

    out = send(stranger, "/logout", shown="/")

    assert out.headers["location"] == "/login?said=out"
    assert "cchc_session" not in stranger.client.cookies
    stranger.client.cookies.set("cchc_session", token)
    assert stranger.client.get("/", follow_redirects=False).status_code == 303


def test_a_session_ends_after_idling_and_a_form_sent_then_asks_to_sign_in(stranger: Browser) -> None:
    log_in(stranger)
    stranger.now += timedelta(hours=7, minutes=59)
    assert stranger.get("/").status_code == 200
    stranger.now += timedelta(hours=4)
    assert stranger.get("/").status_code == 200
    stranger.now += timedelta(minutes=2)

    answer = stranger.client.post(
        "/feeds", headers={**OWN, "referer": "http://127.0.0.1:8000/feeds"}, follow_redirects=False
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Ffeeds")


def test_a_link_sets_the_password(stranger: Browser, engine: Engine, with_passwords: Ward) -> None:
    keys = load_keys(stranger.settings)
    with transaction(engine) as connection:
        path = password_link(connection, keys, with_passwords, "hoa", actor=SYSTEM, now=NOW)

    assert "Tài khoản “hoa” của UBND phường Thử Nghiệm" in stranger.text(path)
    assert send(stranger, path, shown=path, password=NEW, again="x").status_code == 422
    done = send(stranger, path, shown=path, password=NEW, again=NEW)

    assert done.headers["location"] == "/login?said=password"
    assert stranger.get(path).status_code == 404
    assert log_in(stranger, "hoa", NEW).status_code == 303


def test_the_first_administrator_is_made_on_the_page(
    started: Callable[..., Ward], browse: Browse, engine: Engine
) -> None:
    started(plan_of(task("I.1")))
    stranger = browse(as_=None)
    with transaction(engine) as connection:
        path = first_link(connection, load_keys(stranger.settings), None, now=NOW) or ""

    given = {"name": "Ba.Le", "email": "le@phuong.example", "password": NEW, "again": NEW}
    assert send(stranger, path, shown=path, **{**given, "name": "lan"}).status_code == 409
    done = send(stranger, path, shown=path, **given)

    assert done.headers["location"] == "/login?said=password"
    assert log_in(stranger, "le@phuong.example", NEW).status_code == 303
    assert "ba.le quản trị" in stranger.text("/accounts")
    assert stranger.get(path).status_code == 404


@pytest.mark.parametrize("name", ["lan", "LAN@example.vn", "ai-do", "", "a" * 300])
def test_a_forgotten_password_is_answered_alike_for_every_name(
    with_passwords: Ward, browse: Browse, engine: Engine, name: str
) -> None:
    stranger = browse(as_=None, mail_url="mailto://127.0.0.1:9?from=a@b.vn")

    answer = send(stranger, "/reset", shown="/reset", name=name)

    assert answer.status_code == 200
    assert "Nếu có tài khoản như vậy" in words_of(answer.text)
    with transaction(engine) as connection:
        queued = connection.exec_driver_sql(
            "SELECT recipient FROM cchc.outbox WHERE reason = 'password'"
        ).scalars()
        assert list(queued) == (["lan@example.vn"] if name.lower().startswith("lan") else [])


def test_letters_for_one_name_are_few(with_passwords: Ward, browse: Browse, engine: Engine) -> None:
    stranger = browse(as_=None, mail_url="mailto://127.0.0.1:9?from=a@b.vn")
    for _ in range(6):
        send(stranger, "/reset", shown="/reset", name="lan")

    with transaction(engine) as connection:
        count = connection.exec_driver_sql(
            "SELECT count(*) FROM cchc.outbox WHERE reason = 'password'"
        ).scalar_one()
    assert count == 3


def test_without_a_mail_server_an_administrator_is_to_be_asked(stranger: Browser) -> None:
    assert "liên hệ quản trị của phường" in stranger.text("/reset")


def test_with_several_wards_one_says_which(
    stranger: Browser, started: Callable[..., Ward], engine: Engine
) -> None:
    other = started(plan_of(task("I.1"), issuer="UBND xã Khác"))
    with transaction(engine) as connection:
        give_password(connection, other, "lan", NEW)

    assert '<select id="ward"' in stranger.page("/login")
    assert log_in(stranger).status_code == 401
    assert log_in(stranger, ward="thu-nghiem").status_code == 303
    assert "UBND phường Thử Nghiệm" in stranger.text("/")
