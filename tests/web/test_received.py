from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import Engine

from config.secrets import load_keys
from models.database import transaction
from services.acknowledgements import signer
from tests.post import Post, Recorder, plan_with
from tests.web.conftest import Browse, Browser, words_of

ASKED = {"host": "cchc.phuong.example"}


class Phone:
    """Whoever holds the link of a morning's letter, with no more than a browser."""

    def __init__(self, browser: Browser, engine: Engine) -> None:
        self.browser, self.engine = browser, engine
        link = signer(load_keys(browser.settings), "https://cchc.phuong.example")
        [row] = self.every("SELECT ward_id, min(id) FROM cchc.outbox WHERE reason = 'reminder' GROUP BY 1")
        self.path = link(*row).removeprefix("https://cchc.phuong.example")

    def get(self, **headers: str) -> Response:
        answer: Response = self.browser.client.get(self.path, headers={**ASKED, **headers})
        return answer

    def click(self, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Response = self.browser.client.post(
            self.path, headers={**ASKED, **named}, follow_redirects=False
        )
        return answer

    def every(self, query: str) -> list[Any]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def receipts(self) -> list[str]:
        return [kind for (kind,) in self.every("SELECT DISTINCT kind FROM cchc.receipt ORDER BY kind")]


@pytest.fixture
def phone(engine: Engine, browse: Browse) -> Callable[[], Phone]:
    def told() -> Phone:
        with transaction(engine) as connection:
            plan_with(connection, 2, officer="vp@example.vn")
        post = Post(engine)
        post.morning()
        post.send(Recorder())
        return Phone(browse(base_url="https://cchc.phuong.example"), engine)

    return told


def test_whoever_has_the_link_sees_what_it_is_about_and_one_button(phone: Callable[[], Phone]) -> None:
    answer = phone().get()

    assert answer.status_code == 200
    said = words_of(answer.text)
    for words in ("II.2 Nhiệm vụ số II.2", "II.3", "02/03/2026", "bước ban hành kế hoạch"):
        assert words in said
    assert answer.text.count("<button>") == 1
    assert "Xác nhận đã nhận" in said
    assert "@" not in said
    assert 'href="/' not in answer.text.partition("<body")[2]
    assert "set-cookie" not in answer.headers


def test_looking_at_the_page_confirms_nothing(phone: Callable[[], Phone]) -> None:
    link = phone()

    for _ in range(2):
        link.get()

    assert link.receipts() == ["opened"]
    assert link.every("SELECT * FROM cchc.acknowledgement") == []


def test_a_fetch_in_advance_and_a_question_about_the_head_open_nothing(phone: Callable[[], Phone]) -> None:
    link = phone()

    assert link.browser.client.head(link.path, headers=ASKED).status_code == 200
    assert link.get(**{"sec-purpose": "prefetch;prerender"}).status_code == 200

    assert link.receipts() == []


def test_one_click_without_cookie_or_script_confirms_and_says_when(phone: Callable[[], Phone]) -> None:
    link = phone()

    answer = link.click(origin="null", sec_fetch_site="same-origin")
    shown = link.get()

    assert (answer.status_code, answer.headers["location"]) == (303, link.path)
    assert "Đã ghi nhận lúc 09:00 ngày 02/03/2026" in words_of(shown.text)
    assert "<button>" not in shown.text
    told = link.browser.text("/tasks/II.2")
    assert "Người nhận thông báo : Xác nhận đã nhận thông báo" in told
    assert link.receipts() == ["acknowledged", "opened"]
    assert len(link.every("SELECT * FROM cchc.acknowledgement")) == 2


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "null"}, {"origin": "https://cchc.phuong.example"}, {"sec_fetch_site": "same-origin"}],
)
def test_browsers_old_and_new_can_confirm(phone: Callable[[], Phone], headers: dict[str, str]) -> None:
    assert phone().click(**headers).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}],
)
def test_a_form_of_another_site_confirms_nothing(phone: Callable[[], Phone], headers: dict[str, str]) -> None:
    link = phone()

    assert link.click(**headers).status_code == 403
    assert link.receipts() == []


def test_a_wrong_link_is_not_told_from_one_that_never_was(phone: Callable[[], Phone]) -> None:
    link = phone()
    wrong = [link.path[:-1] + ("A" if link.path[-1] != "A" else "B"), "/open/received/x"]

    answers = [link.browser.client.get(path, headers=ASKED) for path in wrong]
    answers += [link.browser.client.post(path, headers=ASKED) for path in wrong]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "Đường dẫn này không đúng" in answers[0].text
    assert link.receipts() == []


def test_a_fault_of_the_machine_tells_outsiders_no_names_of_files(
    phone: Callable[[], Phone], tmp_path: Path
) -> None:
    link = phone()
    missing = tmp_path / "nowhere.key"
    link.browser = replace(
        link.browser, settings=link.browser.settings.model_copy(update={"key_file": missing})
    )

    answer = link.get()

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "mở lại đường dẫn này sau ít phút" in answer.text
    assert "nowhere" not in answer.text
