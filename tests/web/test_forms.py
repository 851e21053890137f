"""Forms that only our own pages send."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.plans import Finding, Severity
from models.database import transaction
from tests.builders import office, plan_of, task
from tests.web.conftest import Browse, Browser, words_of

OWN = "http://127.0.0.1:8000"


class Page:
    """The page of a finding, as a browser shows it."""

    def __init__(self, browser: Browser) -> None:
        with transaction(browser.engine) as connection:
            doubt = Finding("group-lead", Severity.CHECK, "Chủ trì là nhóm.")
            self.plan = office(connection, plan_of(task("I.1"), findings=[doubt])).plan_id
        self.browser, self.path = browser, f"/plan/{self.plan}/findings"

    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.browser.page(self.path))
        assert found
        return found[1]

    def post(self, headers: dict[str, str], **fields: Any) -> Any:
        given = {"token": self.token(), "verdict": "confirmed", **fields}
        return self.browser.client.post(f"{self.path}/1", data=given, headers=headers, follow_redirects=False)

    def settled(self) -> int:
        with transaction(self.browser.engine) as connection:
            count: int = connection.exec_driver_sql(
                "SELECT count(*) FROM cchc.finding WHERE settled_at IS NOT NULL"
            ).scalar_one()
        return count


@pytest.fixture
def page(browse: Browse, engine: Engine) -> Page:
    return Page(browse())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": f"{OWN}.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": OWN},
        {"sec-fetch-site": "none", "origin": OWN},
        {"sec-fetch-site": "cross-site", "origin": OWN},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
    ],
)
def test_a_form_from_elsewhere_changes_nothing(page: Page, headers: dict[str, str]) -> None:
    answer = page.post(headers)

    assert answer.status_code == 403
    assert "không gửi từ trang của chương trình" in words_of(answer.text)
    assert page.settled() == 0


@pytest.mark.parametrize(
    "headers",
    [{"origin": OWN}, {"sec-fetch-site": "same-origin"}, {"origin": OWN, "sec-fetch-site": "same-origin"}],
)
def test_a_form_of_our_own_page_is_done(page: Page, headers: dict[str, str]) -> None:
    assert page.post(headers).status_code == 303
    assert page.settled() == 1


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 43])
def test_a_form_without_the_token_of_this_browser_changes_nothing(page: Page, token: str) -> None:
    answer = page.post({"origin": OWN}, token=token)

    assert answer.status_code == 403
    assert "tải lại trang" in words_of(answer.text)
    assert page.settled() == 0


def test_the_token_from_before_signing_in_is_none_after_it(page: Page) -> None:
    before = re.search(r'name="token" value="([^"]+)"', page.browser.client.get("/login").text)
    assert before

    assert page.post({"origin": OWN}, token=before[1]).status_code == 403
    assert page.settled() == 0


def test_the_token_of_another_browser_is_none(page: Page, browse: Browse) -> None:
    other = browse()
    other.page(page.path)
    stolen = page.token()

    answer = other.client.post(
        f"{page.path}/1",
        data={"token": stolen, "verdict": "confirmed"},
        headers={"origin": OWN},
    )

    assert answer.status_code == 403
    assert page.settled() == 0


def test_a_cookie_that_someone_else_made_up_is_replaced(page: Page) -> None:
    page.browser.client.cookies.set("cchc_form", "made-up")

    answer = page.browser.client.get("/login")

    assert re.match(r"cchc_form=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", answer.headers["set-cookie"])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"a=1&" * 100, "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_of_ours_is_refused_calmly(page: Page, content: bytes, kind: str) -> None:
    page.browser.enter()
    answer = page.browser.client.post(
        f"{page.path}/1", content=content, headers={"origin": OWN, "content-type": kind}
    )

    assert answer.status_code == 403
    assert "Traceback" not in answer.text


def test_a_field_that_no_text_can_hold_is_refused(page: Page) -> None:
    assert page.post({"origin": OWN}, note="a\0b").status_code == 403
    assert page.settled() == 0


def test_a_form_of_many_megabytes_is_refused_before_it_is_kept(page: Page) -> None:
    answer = page.post({"origin": OWN}, note="x" * 3_000_000)

    assert answer.status_code == 413
    assert page.settled() == 0
