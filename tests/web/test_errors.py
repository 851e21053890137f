from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from fastapi import Depends, FastAPI
from httpx import Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from domain.errors import PlainFault, SystemFault
from models.migrate import upgrade
from services.people import Ward
from tests.builders import plan_of, task
from tests.web.conftest import Browse, Browser, words_of
from web.visits import signed_in

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
    assert "Dữ liệu không bị thay đổi" not in response.text  # which nobody looked at
    assert REFERENCE.search(response.text)
    assert "default-src 'none'" in response.headers["content-security-policy"]


def faulty(browser: Browser, fault: Exception) -> Response:
    """Ask for a page whose work in the database ends in a fault."""
    app = browser.client.app
    assert isinstance(app, FastAPI)

    @app.get("/faulty", dependencies=[Depends(signed_in)])
    def work() -> None:
        with app.state.web.look():
            raise fault

    return browser.get("/faulty")


REFERENCE = re.compile(r"[Mm]ã sự cố ([0-9A-F]{8})")


def test_a_fault_that_is_not_the_databases_blames_no_database_and_is_found_in_the_log(
    started: Callable[..., Ward], browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    started(plan_of(task("I.1")))
    fault = SystemFault("disk: /srv/keys", "Không dùng được khoá: /srv/keys (không có quyền).")

    answer = faulty(browse(), fault)

    said = words_of(answer.text)
    assert answer.status_code == 503
    assert "Cơ sở dữ liệu" not in said
    assert "Máy chủ gặp trục trặc nên việc này chưa làm được" in said
    assert "/srv/keys" not in said
    assert 'http-equiv="refresh"' not in answer.text  # it does not mend itself
    found = REFERENCE.search(said)
    assert found is not None
    assert f"GET /faulty: fault {found[1]}: SystemFault: disk: /srv/keys" in caplog.text


def test_who_looks_after_the_machine_reads_what_is_broken_and_where_more_is_written(
    started: Callable[..., Ward], browse: Browse
) -> None:
    started(plan_of(task("I.1")))

    said = words_of(faulty(browse(as_="quantri"), SystemFault("x", "Không dùng được khoá: /srv/keys.")).text)

    assert "Không dùng được khoá: /srv/keys." in said
    assert "logs/web.log" in said


def test_a_fault_that_anybody_may_read_is_read_by_anybody(
    started: Callable[..., Ward], browse: Browse
) -> None:
    started(plan_of(task("I.1")))

    said = words_of(faulty(browse(as_="lan"), PlainFault("full", "Không lưu được tệp: ổ đĩa đã đầy.")).text)

    assert "Không lưu được tệp: ổ đĩa đã đầy." in said
    assert REFERENCE.search(said)


def test_too_many_pages_at_once_blame_no_database(started: Callable[..., Ward], browse: Browse) -> None:
    started(plan_of(task("I.1")))

    answer = faulty(browse(), NoConnectionFree())

    assert "Hệ thống đang bận" in words_of(answer.text)
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("problem", "named"),
    [
        (psycopg.errors.DiskFull("full"), "Ổ đĩa của cơ sở dữ liệu đã đầy"),
        (psycopg.errors.DeadlockDetected("deadlock"), "Nhiều việc cùng làm trên một chỗ"),
    ],
)
def test_a_database_that_is_there_is_not_said_to_be_starting(
    started: Callable[..., Ward], browse: Browse, problem: Exception, named: str
) -> None:
    started(plan_of(task("I.1")))

    said = words_of(faulty(browse(), OperationalError("INSERT", None, problem)).text)

    assert named in said
    assert "đang khởi động" not in said


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
