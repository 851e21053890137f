"""The consent that Zalo sends back, and the administrator's page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from services.people import Ward
from tests.builders import plan_of, task
from tests.granting import HOUR, Granting
from tests.web.conftest import Browse, Browser, words_of
from tests.zalo_server import Drop, Reply

KEY = SecretStr("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")  # tests/granting.py's
CALLBACK = "/open/zalo/consent"
TOKENS = "/v4/oa/access_token"


@pytest.fixture
def granting(database_url: str, engine: Engine, started: Callable[..., Ward]) -> Iterator[Granting]:
    """Give a grant that nobody has given yet."""
    started(plan_of(task("I.1")))
    granting = Granting(database_url, engine)
    with granting.zalo:
        yield granting


@pytest.fixture
def browser(granting: Granting, browse: Browse) -> Browser:
    zalo = granting.zalo
    return browse(
        granting.now,
        "quantri",
        key=KEY,
        zalo_app_id=zalo.app_id,
        zalo_app_secret=SecretStr(zalo.app_secret),
        zalo_oa_id=zalo.oa_id,
        zalo_oauth_url=zalo.url,
        zalo_oa_url=zalo.url,
        base_url="https://cchc.phuong.vn",
    )


def awaited(browser: Browser, granting: Granting) -> str:
    """Announce a consent on the page, save the challenge that it shows, and consent; return the code."""
    assert browser.send("/zalo/consent", shown="/zalo").status_code == 303
    page = browser.page("/zalo")
    granting.zalo.challenge = (
        page.partition("Code challenge")[2].partition('class="address">')[2].split("<")[0]
    )
    return granting.zalo.consent()


def called_back(browser: Browser, code: str, oa_id: str, **headers: str) -> tuple[int, str]:
    found = browser.client.get(CALLBACK, params={"code": code, "oa_id": oa_id}, headers=headers)
    assert "Traceback" not in found.text
    return found.status_code, words_of(found.text)


def test_an_administrator_announces_a_consent_and_zalo_brings_it_from_outside(
    browser: Browser, granting: Granting
) -> None:
    code = awaited(browser, granting)
    shown = browser.text("/zalo")
    assert "https://cchc.phuong.vn/open/zalo/consent" in shown
    assert "chưa cấp quyền" in shown

    status, said = called_back(browser, code, granting.zalo.oa_id, host="cchc.phuong.vn")

    assert (status, "Đã cấp quyền" in said) == (200, True)
    assert "đang hiệu lực" in browser.text("/zalo")
    assert granting.tokens().token() == granting.zalo.access_token


def test_a_reload_shows_how_the_grant_is_and_asks_nobody(browser: Browser, granting: Granting) -> None:
    code = awaited(browser, granting)
    first = called_back(browser, code, granting.zalo.oa_id)
    asked = len(granting.zalo.requests)

    assert called_back(browser, code, granting.zalo.oa_id) == first
    assert len(granting.zalo.requests) == asked


def test_a_reload_of_a_code_that_failed_says_what_to_do(browser: Browser, granting: Granting) -> None:
    code = awaited(browser, granting)
    granting.zalo.script(TOKENS, Drop())

    assert "chưa rõ kết quả" in called_back(browser, code, granting.zalo.oa_id)[1]
    status, said = called_back(browser, code, granting.zalo.oa_id)
    assert status == 409
    assert "mở lại liên kết cấp quyền" in said


def test_a_code_that_nobody_announced_changes_nothing(browser: Browser, granting: Granting) -> None:
    awaited(browser, granting)
    called_back(browser, granting.zalo.consent(), granting.zalo.oa_id)
    ours = granting.tokens().token()

    status, said = called_back(browser, granting.zalo.consent(), granting.zalo.oa_id, host="cchc.phuong.vn")

    assert status == 409
    assert "không chờ cấp quyền" in said
    assert granting.tokens().token() == ours


def test_another_official_account_is_refused_by_its_number_and_by_its_tokens(
    browser: Browser, granting: Granting
) -> None:
    code = awaited(browser, granting)
    assert "OA khác" in called_back(browser, code, "666")[1]

    granting.zalo.consenting_oa = "666"
    assert "OA khác" in called_back(browser, code, granting.zalo.oa_id)[1]
    assert granting.row().access_token is None


def test_a_look_alone_uses_no_code(browser: Browser, granting: Granting) -> None:
    code = awaited(browser, granting)
    granting.zalo.requests.clear()

    head = browser.client.head(CALLBACK, params={"code": code, "oa_id": granting.zalo.oa_id})
    bare = browser.client.get(CALLBACK)

    assert (head.status_code, bare.status_code) == (200, 200)
    assert granting.zalo.requests == []


def test_a_refusal_of_zalos_is_said_without_its_details_for_insiders(
    browser: Browser, granting: Granting
) -> None:
    code = awaited(browser, granting)
    granting.zalo.script(TOKENS, Reply({"error": -14003, "error_name": "Invalid redirect uri"}))

    status, said = called_back(browser, code, granting.zalo.oa_id)

    assert status == 409
    assert "callback" in said


def test_outsiders_learn_nothing_of_files_and_settings(
    granting: Granting, browse: Browse, browser: Browser
) -> None:
    granting.given()
    other = SecretStr("A" * 43 + "=")
    strange = browse(granting.now, "quantri", **{**browser.settings.model_dump(), "key": other})
    unset = browse(granting.now, "quantri", key=KEY)

    for each in (strange, unset):
        status, said = called_back(each, "code-1", granting.zalo.oa_id)
        assert status == 503
        assert "CCHC_" not in said
        assert "khoá" not in said
    assert "CCHC_ZALO_APP_ID" in unset.text("/zalo")
    assert "CCHC_KEY" in strange.text("/zalo")


@pytest.mark.parametrize("by", ["dieuphoi", "lan", "chutich", "thanhtra"])
def test_the_page_is_for_administrators_alone(browser: Browser, by: str) -> None:
    assert browser.send("/zalo/consent", shown="/me", by=by).status_code == 403
    browser.as_ = by
    assert browser.get("/zalo").status_code == 403


def test_a_lost_grant_is_renewed_from_the_page_or_says_that_consent_is_needed(
    browser: Browser, granting: Granting
) -> None:
    granting.given()
    again = browser.send("/zalo/refresh", shown="/zalo")
    assert "Zalo đã cấp mã mới" in words_of(again.text)

    granting.zalo.refresh_tokens.clear()
    lost = browser.send("/zalo/refresh", shown="/zalo")
    assert "Quyền gửi tin đã mất" in words_of(lost.text)
    assert "cần quản trị xử lý" in browser.text("/zalo")


def test_no_page_and_no_log_holds_a_token_or_a_code(
    browser: Browser, granting: Granting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    code = awaited(browser, granting)
    said = called_back(browser, code, granting.zalo.oa_id)[1]
    granting.now += 14 * HOUR
    browser.now = granting.now
    told = said + browser.page("/zalo") + browser.send("/zalo/refresh", shown="/zalo").text
    ours = "".join(line for line in caplog.text.splitlines() if "httpx" not in line)  # the test's own browser

    zalo = granting.zalo
    for secret in (*zalo.spent_refresh_tokens, zalo.access_token, zalo.refresh_token, zalo.app_secret, code):
        assert secret not in told
        assert secret not in ours
