from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import Engine

from domain.plans import Stage
from models.database import transaction
from services.due_dates import set_date
from services.people import Ward
from tests.builders import NOW, OFFICE, TODAY, occurrence, plan_of, task
from tests.waiting import LONGEST_S
from tests.web.conftest import Browse, Browser, words_of
from web.open.feeds import whole_second

BASE = "https://cchc.phuong.example"


@pytest.fixture
def opened(started: Callable[..., Ward], browse: Browse) -> Browser:
    started(plan_of(task("II.2", occurrences=[occurrence()])))
    return browse(base_url=BASE)


def made(browser: Browser, of: str = f"unit:{OFFICE}", by: str = "dieuphoi") -> str:
    """Make a calendar on the page; return the path of its address."""
    answer = browser.send("/feeds", shown="/feeds", of=of, by=by)
    assert answer.status_code == 200, words_of(answer.text)
    [address] = re.findall(rf"{BASE}(/open/calendar/[\w-]{{43}}\.ics)", answer.text)
    return str(address)


def ask(browser: Browser, path: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.client.get(path, headers={"host": "cchc.phuong.example", **named})


def move(engine: Engine, ward: Ward | None = None) -> None:
    from services.people import the_ward

    with transaction(engine) as connection:
        set_date(
            connection,
            ward or the_ward(connection, None),
            "II.2",
            Stage.PLAN,
            date(2026, 4, 10),
            reason="Dời",
            by="dieuphoi",
            today=TODAY,
            now=NOW + timedelta(hours=1),
        )


def test_an_address_made_on_the_page_is_shown_once_and_opens_the_calendar(opened: Browser) -> None:
    path = made(opened)

    answer = ask(opened, path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 2
    page = opened.page("/feeds")
    assert path not in page
    assert f"1 {OFFICE}" in words_of(page)
    assert "09:00 ngày 02/03/2026" in words_of(page)


def test_a_program_that_has_the_calendar_is_told_so_until_a_date_moves(
    opened: Browser, engine: Engine
) -> None:
    path = made(opened)
    opened.now = NOW + timedelta(minutes=1)
    first = ask(opened, path)
    tag, modified = first.headers["etag"], first.headers["last-modified"]

    again = [
        ask(opened, path, if_none_match=tag),
        ask(opened, path, if_none_match=f'"x", W/{tag}'),
        ask(opened, path, if_modified_since=modified),
    ]
    move(engine)
    opened.now = NOW + timedelta(hours=2)
    moved = [ask(opened, path, if_none_match=tag), ask(opened, path, if_modified_since=modified)]

    assert [answer.status_code for answer in again] == [304] * 3
    assert {answer.headers["etag"] for answer in again} == {tag}
    assert {answer.content for answer in again} == {b""}
    assert [answer.status_code for answer in moved] == [200, 200]
    assert moved[0].headers["etag"] != tag
    assert {int(e["SEQUENCE"]) for e in Calendar.from_ical(moved[0].content).walk("VEVENT")} == {0, 1}


def test_a_tag_counts_before_a_date_and_nonsense_in_either_gives_the_calendar(opened: Browser) -> None:
    path = made(opened)
    opened.now = NOW + timedelta(minutes=1)
    future = format_datetime(datetime(2027, 1, 1, tzinfo=UTC), usegmt=True)

    answers = [
        ask(opened, path, if_none_match='"x"', if_modified_since=future),
        ask(opened, path, if_modified_since="Thu, 01 Jan 99999999999999999999 00:00:00 GMT"),
        ask(opened, path, if_modified_since="Mon, 99 Xyz 2026"),
    ]

    assert [answer.status_code for answer in answers] == [200] * 3


def test_no_date_is_told_while_the_calendar_may_still_change_within_that_second(opened: Browser) -> None:
    opened.now = NOW + timedelta(milliseconds=300)
    path = made(opened)
    told = []

    for milliseconds in (500, 1000):
        opened.now = NOW + timedelta(milliseconds=milliseconds)
        told.append(ask(opened, path).headers.get("last-modified"))

    assert told == [None, "Mon, 02 Mar 2026 02:00:01 GMT"]


@given(st.timedeltas(timedelta(0), timedelta(days=400)).map(lambda passed: NOW + passed))
def test_the_date_that_http_tells_is_never_before_the_change_and_less_than_a_second_after(
    moment: datetime,
) -> None:
    said = whole_second(moment)

    assert said.microsecond == 0
    assert timedelta(0) <= said - moment < timedelta(seconds=1)


def test_a_calendar_taken_back_on_the_page_is_gone_like_one_that_never_was(opened: Browser) -> None:
    path = made(opened)
    ask(opened, path)

    answer = opened.send("/feeds/1/revoke", shown="/feeds", by="dieuphoi")

    assert answer.status_code == 303
    gone, never = ask(opened, path), ask(opened, f"/open/calendar/{'x' * 43}.ics")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert gone.text == never.text
    assert "Đã thu hồi (1)" in opened.text("/feeds")


def test_who_may_not_make_a_calendar_is_told_and_none_is_made(opened: Browser) -> None:
    answer = opened.send("/feeds", shown="/feeds", of=f"unit:{OFFICE}", by="hoa")

    assert answer.status_code == 409
    assert "chỉ làm cho chính mình" in words_of(answer.text)
    assert "Đang dùng (0)" in opened.text("/feeds")


@pytest.mark.parametrize("of", ["", "unit:", "x:y", "unit"])
def test_a_calendar_of_nobody_is_asked_for_again(opened: Browser, of: str) -> None:
    answer = opened.send("/feeds", shown="/feeds", of=of, by="dieuphoi")

    assert answer.status_code == 422
    assert "chọn một đơn vị hoặc một người" in words_of(answer.text)


def test_the_calendar_page_leads_to_the_addresses(opened: Browser) -> None:
    assert 'href="/feeds"' in opened.page("/calendar")


def test_an_installation_that_only_this_machine_reaches_says_so_where_addresses_are_made(
    opened: Browser, browse: Browse
) -> None:
    words = "chỉ mở được trên chính máy chủ"

    assert words in browse().text("/feeds")
    assert words not in opened.text("/feeds")


@contextmanager
def served(browser: Browser) -> Iterator[int]:
    """Run the application behind a real server; give its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(browser.client.app, log_level="warning", server_header=False)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(LONGEST_S)
        listening.close()


def test_over_the_wire_head_says_what_get_says_without_a_body(opened: Browser) -> None:
    path = made(opened)
    named = {"Host": "cchc.phuong.example", "X-Forwarded-For": "203.0.113.7"}

    def asked(method: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST_S)
        connection.request(method, path, headers={**named, **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    with served(opened) as port:
        get, body = asked("GET")
        head, nothing = asked("HEAD")
        same, empty = asked("GET", **{"If-None-Match": get.headers["etag"]})

    assert (get.status, head.status, same.status) == (200, 200, 304)
    assert (nothing, empty) == (b"", b"")
    assert int(get.headers["content-length"]) == len(body)
    for name in ("etag", "content-type", "content-length", "cache-control", "x-robots-tag"):
        assert head.headers[name] == get.headers[name], name
    assert get.headers.get_all("referrer-policy") == ["no-referrer"]
    assert get.headers.get_all("cache-control") == ["private, max-age=300"]
