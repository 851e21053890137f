from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from cli.main import main
from config.hosts import is_loopback
from services.people import Ward
from tests.builders import occurrence, plan_of, task
from tests.web.conftest import Browse
from web.guard import host_name

PAGES = (
    "/",
    "/tasks/I.1",
    "/plan",
    "/plan/1/findings",
    "/plan/import",
    "/calendar",
    "/inbox",
    "/outbox",
    "/running",
    "/nix",
    "/?status=x",
)


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/static/style.css", "/documents/x"])
def test_every_answer_forbids_scripts_frames_and_guessing(
    started: Callable[..., Ward], browse: Browse, path: str
) -> None:
    started(plan_of(task("I.1", occurrences=[occurrence()])))

    headers = browse().get(path).headers

    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == (
        "public, max-age=31536000, immutable" if path.startswith("/static") else "no-store"
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_for_nothing_from_elsewhere_and_needs_no_script(
    started: Callable[..., Ward], browse: Browse, path: str
) -> None:
    started(plan_of(task("I.1", occurrences=[occurrence()])))

    page = browse().get(path).text

    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', page)
    assert len(addresses) > 3
    assert [each for each in addresses if not re.match(r"/(?!/)|#", each)] == []
    assert "<script" not in page
    assert not re.search(r"\sstyle=|\son\w+=", page)
    assert '<html lang="vi">' in page
    assert page.count("<h1>") == 1


@pytest.mark.parametrize(
    "host", ["evil.example:8000", "127.0.0.1.evil.example", "", "localhost.", "[::2]:8000", "2130706433"]
)
def test_a_foreign_name_for_this_machine_gets_no_page(
    started: Callable[..., Ward], browse: Browse, host: str
) -> None:
    started(plan_of(task("I.1")))

    for path in ("/", "/healthz", "/static/style.css"):
        response = browse().client.get(path, headers={"host": host})
        assert response.status_code == 400
        assert "Nhiệm vụ" not in response.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:9999", "LOCALHOST", "[::1]:8000"])
def test_this_machines_own_names_are_served_on_any_port(
    started: Callable[..., Ward], browse: Browse, host: str
) -> None:
    started(plan_of(task("I.1")))

    assert browse().client.get("/", headers={"host": host}).status_code == 200


def test_the_address_that_messages_name_is_served_as_well(
    started: Callable[..., Ward], browse: Browse
) -> None:
    started(plan_of(task("I.1")))

    client = browse(base_url="https://cchc.phuong.example/").client

    assert client.get("/", headers={"host": "cchc.phuong.example"}).status_code == 200
    assert client.get("/", headers={"host": "phuong.example"}).status_code == 400


def test_a_listening_address_that_others_reach_adds_no_name(browse: Browse) -> None:
    client = browse(host="0.0.0.0").client

    assert client.get("/healthz", headers={"host": "0.0.0.0:8000"}).status_code == 400


def test_an_address_that_no_text_of_the_database_can_hold_is_refused(
    started: Callable[..., Ward], browse: Browse
) -> None:
    started(plan_of(task("I.1")))
    browser = browse()

    assert [browser.get(path).status_code for path in ("/tasks/I.1%00", "/inbox/%00", "/?unit=%00")] == [
        400,
        400,
        404,
    ]


def test_pages_are_to_be_read_only(started: Callable[..., Ward], browse: Browse) -> None:
    started(plan_of(task("I.1")))
    client = browse().client

    for method in ("POST", "PUT", "DELETE", "PATCH"):
        response = client.request(method, "/tasks/I.1")
        assert response.status_code == 405
        assert "Trang này chỉ để xem" in response.text
    assert client.head("/").status_code == 200


def test_no_page_can_change_the_database(browse: Browse) -> None:
    app = browse().client.app
    assert isinstance(app, FastAPI)

    with pytest.raises(Exception, match="read-only transaction"), app.state.web.look() as connection:
        connection.exec_driver_sql("INSERT INTO cchc.ward (code, name) VALUES ('x', 'x')")


def test_no_interactive_pages_that_would_load_scripts_are_there(browse: Browse) -> None:
    browser = browse()

    assert [browser.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "cchc.phuong.example"])
def test_the_pages_refuse_to_stand_where_others_reach_them(
    host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", "--host", host]) == 1
    assert "khi chưa có đăng nhập" in capsys.readouterr().err


def test_loopback_is_what_only_this_machine_reaches() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "127.8.9.1", "::1", "localhost")] == [True] * 4
    assert host_name("[::1]:8000") == "[::1]"
