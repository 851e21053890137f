from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request

from config.hosts import is_loopback
from services.people import Ward
from tests.builders import occurrence, plan_of, task
from tests.web.conftest import Browse
from web.guard import LARGEST_OPEN, host_name
from web.limits import BY_ADDRESS, BY_LINK

PAGES = (
    "/",
    "/tasks/I.1",
    "/plan",
    "/plan/1/findings",
    "/plan/import",
    "/calendar",
    "/feeds",
    "/inbox",
    "/outbox",
    "/running",
    "/zalo",
    "/nix",
    "/?status=x",
)


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/static/style.css", "/documents/x"])
def test_every_answer_forbids_scripts_frames_and_guessing(
    started: Callable[..., Ward], browse: Browse, path: str
) -> None:
    started(plan_of(task("I.1", occurrences=[occurrence()])))

    headers = browse(as_="quantri").get(path).headers

    policy = headers["content-security-policy"]
    assert policy.startswith(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    )
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == (
        "public, max-age=31536000, immutable" if path.startswith("/static") else "no-store"
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_for_nothing_from_elsewhere_and_runs_no_script_but_ours(
    started: Callable[..., Ward], browse: Browse, path: str
) -> None:
    started(plan_of(task("I.1", occurrences=[occurrence()])))

    page = browse(as_="quantri").get(path).text

    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', page)
    assert len(addresses) > 3
    assert [each for each in addresses if not re.match(r"/(?!/)|#", each)] == []
    assert re.findall(r"<script[^>]*>[^<]*", page) == re.findall(
        r'<script src="/static/app\.js\?v=[0-9a-f]{12}" defer>', page
    )
    assert page.count("<script") == 1
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

    assert browse().get("/", headers={"host": host}).status_code == 200


OUTSIDE = {"host": "cchc.phuong.example"}


def test_under_the_address_that_messages_name_the_pages_answer_whoever_is_signed_in(
    started: Callable[..., Ward], browse: Browse
) -> None:
    started(plan_of(task("I.1")))
    browser = browse(base_url="https://cchc.phuong.example/")

    assert browser.client.get("/", headers=OUTSIDE, follow_redirects=False).status_code == 303
    assert browser.get("/", headers=OUTSIDE).status_code == 200
    assert browser.get("/", headers={"host": "phuong.example"}).status_code == 400
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("path", ["//tasks", "/open", "/open/../tasks", "/OPEN/", "/static/../tasks"])
def test_no_way_of_writing_an_address_leads_from_the_open_routes_to_a_page(
    started: Callable[..., Ward], browse: Browse, path: str
) -> None:
    started(plan_of(task("I.1")))
    client = browse(base_url="https://cchc.phuong.example/").client

    answer = client.get(f"http://cchc.phuong.example{path}", headers=OUTSIDE, follow_redirects=True)

    assert answer.status_code == 404 or answer.url.path == "/login"
    assert "Nhiệm vụ số" not in answer.text


@pytest.mark.parametrize(
    ("host", "asked", "status"),
    [
        ("0.0.0.0", "192.168.1.5:8000", 200),
        ("0.0.0.0", "[fd00::5]:8000", 200),
        ("::", "192.168.1.5", 200),
        ("0.0.0.0", "evil.example", 400),
        ("0.0.0.0", "2130706433", 400),
        ("0.0.0.0", "192.168.1.5.evil.example", 400),
        ("192.168.1.5", "192.168.1.5:8000", 200),
        ("192.168.1.5", "192.168.1.6:8000", 400),
        ("127.0.0.1", "192.168.1.5", 400),
    ],
)
def test_only_names_that_nobody_can_turn_elsewhere_are_served(
    browse: Browse, host: str, asked: str, status: int
) -> None:
    assert browse(host=host).client.get("/healthz", headers={"host": asked}).status_code == status


def test_over_tls_browsers_are_told_to_stay_there_and_cookies_to_travel_by_it_alone(browse: Browse) -> None:
    client = browse(base_url="https://cchc.phuong.example").client

    plain = client.get("/login", headers=OUTSIDE)
    secure = client.get("https://cchc.phuong.example/login", headers=OUTSIDE)

    assert "strict-transport-security" not in plain.headers
    assert secure.headers["strict-transport-security"] == "max-age=31536000"
    assert "Secure" not in plain.headers["set-cookie"]


def test_answers_under_open_are_neither_found_by_search_nor_told_to_other_sites(browse: Browse) -> None:
    headers = browse().get("/open/nix").headers

    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.usefixtures("no_time_passes")
def test_one_link_asked_for_again_and_again_is_held_back_and_says_how_long(browse: Browse) -> None:
    client = browse().client

    answers = [client.get("/open/received/x") for _ in range(BY_LINK.at_once + 1)]

    assert {answer.status_code for answer in answers[:-1]} == {404}
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "thử lại sau" in answers[-1].text
    assert client.get("/open/received/other").status_code == 404


@pytest.mark.usefixtures("no_time_passes")
def test_trying_one_link_after_another_from_one_address_is_held_back(browse: Browse) -> None:
    client = browse().client

    statuses = [client.get(f"/open/received/{n}").status_code for n in range(BY_ADDRESS.at_once + 1)]

    assert statuses[-2:] == [404, 429]
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_more_than_an_open_route_takes_is_refused_whatever_length_is_stated(
    browse: Browse, chunked: bool
) -> None:
    browser = browse()
    application = browser.client.app
    assert isinstance(application, FastAPI)

    @application.post("/open/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    def body(size: int) -> Any:
        return iter([b"x" * size]) if chunked else b"x" * size

    assert browser.client.post("/open/echo", content=body(LARGEST_OPEN)).json() == LARGEST_OPEN
    refused = browser.client.post("/open/echo", content=body(LARGEST_OPEN + 1))
    assert refused.status_code == 413
    assert "quá lớn" in refused.text


def test_an_address_that_no_text_of_the_database_can_hold_is_refused(
    started: Callable[..., Ward], browse: Browse
) -> None:
    started(plan_of(task("I.1")))
    browser = browse()

    assert [browser.get(path).status_code for path in ("/tasks/I.1%00", "/inbox/%00", "/?unit=%00")] == [
        400,
        400,
        400,
    ]


def test_pages_are_to_be_read_only(started: Callable[..., Ward], browse: Browse) -> None:
    started(plan_of(task("I.1")))
    browser = browse()
    browser.enter()
    client = browser.client

    for method in ("POST", "PUT", "DELETE", "PATCH"):
        response = client.request(method, "/tasks/I.1")
        assert response.status_code == 405
        assert "Trang này chỉ để xem" in response.text
    assert client.head("/").status_code == 200


def test_no_page_can_change_the_database(browse: Browse) -> None:
    application = browse().client.app
    assert isinstance(application, FastAPI)

    with pytest.raises(Exception, match="read-only transaction"), application.state.web.look() as connection:
        connection.exec_driver_sql("INSERT INTO cchc.ward (code, name) VALUES ('x', 'x')")


def test_no_interactive_pages_that_would_load_scripts_are_there(browse: Browse) -> None:
    browser = browse()

    assert [browser.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3


def test_loopback_is_what_only_this_machine_reaches() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "127.8.9.1", "::1", "localhost")] == [True] * 4
    assert host_name("[::1]:8000") == "[::1]"
