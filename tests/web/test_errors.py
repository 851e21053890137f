from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI

from models.migrate import upgrade
from services.people import Ward
from tests.builders import plan_of, task
from tests.web.conftest import Browse, words_of

PAGES = ("/", "/tasks/I.1", "/plan", "/calendar", "/inbox", "/outbox", "/running", "/documents/" + "0" * 64)


@pytest.mark.parametrize("path", PAGES)
def test_without_a_database_every_page_is_calm_and_comes_back_by_itself(
    browse: Browse, data: Path, path: str
) -> None:
    response = browse(database_url=f"postgresql://postgres@/x?host={data}").get(path)

    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert '<meta http-equiv="refresh" content="5">' in response.text
    assert "Cơ sở dữ liệu đang khởi động" in words_of(response.text)
    assert "Traceback" not in response.text
    assert str(data) not in response.text


def test_pages_that_started_before_their_database_show_it_once_it_is_there(
    browse: Browse, fresh_database: str
) -> None:
    browser = browse(database_url=fresh_database)

    before = browser.client.get("/login")
    upgrade(fresh_database)
    after = browser.client.get("/")

    assert (before.status_code, after.status_code) == (503, 200)
    assert "Cơ sở dữ liệu đang khởi động" in before.text
    assert "<h1>Đăng nhập</h1>" in after.text


def test_a_database_that_was_restarted_is_found_again_by_the_next_page(
    started: Callable[..., Ward], browse: Browse, server_url: str
) -> None:
    started(plan_of(task("I.1")))
    browser = browse()
    assert browser.get("/").status_code == 200

    with psycopg.connect(server_url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
            " WHERE application_name = 'cchc web'"
        ).fetchone()

    assert ended is not None
    assert ended[0] > 0
    assert browser.get("/").status_code in {200, 503}  # one that was in use a moment ago is not asked first
    assert browser.get("/").status_code == 200


def test_a_page_that_breaks_shows_a_calm_sentence_and_no_traceback(browse: Browse) -> None:
    browser = browse()
    app = browser.client.app
    assert isinstance(app, FastAPI)

    def break_down() -> None:
        raise RuntimeError("secret detail")

    app.add_api_route("/broken", break_down)
    response = browser.get("/broken")

    assert response.status_code == 500
    assert "Chương trình gặp lỗi ngoài dự kiến" in response.text
    assert "secret detail" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_an_address_that_leads_nowhere_says_so(browse: Browse) -> None:
    response = browse().get("/<script>alert(1)</script>")

    assert response.status_code == 404
    assert "Không có trang này" in response.text
    assert "<script>" not in response.text


def test_importing_the_application_reads_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    import web.app

    monkeypatch.setenv("CCHC_PORT", "not a number")
    with pytest.raises(ValueError, match="port"):
        web.app.app  # noqa: B018 - asking for it makes it
    with pytest.raises(AttributeError):
        web.app.nothing  # noqa: B018 - there is no such name
