"""Work that takes longer than a page: said while it lasts, done once, begun again after a restart."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.reading.layout import Sheet
from models import directory
from models.database import transaction
from services.reading import lay_out
from services.setup import PACKAGED
from tests.waiting import LONGEST_S
from tests.web.conftest import Browse, Browser, words_of
from web import uploads
from web.working import KEPT, StillWorking, Work

DECISION = PACKAGED.read_bytes()


def ask(work: Work, do: Callable[..., Any], key: object = "x") -> Any:
    return work.result(key, do, title="Việc", page="/x")


def test_what_is_done_in_time_is_simply_there() -> None:
    assert ask(Work(), lambda told: 7) == 7


def test_who_asks_meanwhile_hears_what_goes_on_and_nothing_is_done_twice() -> None:
    go, begun, times = Event(), Event(), []

    def slow(told: Callable[[str], None]) -> int:
        times.append(1)
        told("Đang nhận dạng chữ")
        begun.set()
        go.wait(LONGEST_S)
        return 7

    work = Work(patience=0)
    with pytest.raises(StillWorking):
        ask(work, slow)
    assert begun.wait(LONGEST_S)
    with pytest.raises(StillWorking) as going:
        ask(work, slow)
    assert (going.value.said, work.running("x")) == ("Đang nhận dạng chữ", True)
    go.set()
    work.patience = LONGEST_S
    assert ask(work, slow) == 7
    assert len(times) == 1


def test_a_failure_is_told_once_and_then_it_is_tried_again() -> None:
    work, answers = Work(patience=LONGEST_S), [RuntimeError("OCR"), 7]

    def unsteady(told: object) -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(RuntimeError):
        ask(work, unsteady)
    assert ask(work, unsteady) == 7


def test_only_the_last_results_are_kept() -> None:
    work, times = Work(patience=LONGEST_S), []

    def count(told: object) -> None:
        times.append(1)

    for key in range(KEPT + 2):
        ask(work, count, key)
    ask(work, count, KEPT + 1)
    assert len(times) == KEPT + 2
    ask(work, count, 0)
    assert len(times) == KEPT + 3


@pytest.fixture
def browser(browse: Browse, engine: Engine) -> Browser:
    """Give a browser in front of a ward without a plan, where a page waits for nothing."""
    with transaction(engine) as connection:
        directory.put_ward(connection, "thanh-dong", "UBND phường Thành Đông")
    browser = browse()
    browser.client.app.state.web.work.patience = 0  # type: ignore[attr-defined] # it is our application
    return browser


def test_a_scan_that_takes_a_minute_says_so_and_is_shown_when_it_is_read(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, begun = Event(), Event()

    def slow(data: bytes, name: str, *, progress: Callable[[str], None]) -> Sheet:
        progress("Đang nhận dạng chữ trong bản quét (OCR), có thể mất vài phút…")
        begun.set()
        go.wait(LONGEST_S)
        return lay_out(data, name)

    monkeypatch.setattr(uploads, "lay_out", slow)
    taken = browser.send(
        "/plan/import", shown="/plan/import", files={"file": ("quét.txt", DECISION, "text/plain")}
    )
    assert taken.status_code == 303
    where = taken.headers["location"]
    assert begun.wait(LONGEST_S)

    page = browser.page(where)
    assert 'http-equiv="refresh" content="3; url=/plan/import/' in page
    assert "Đang đọc tệp “quét.txt”" in words_of(page)
    assert "OCR" in words_of(page)
    stored = browser.send(where.split("?")[0], shown="/plan/import", name="quét.txt")
    assert (stored.status_code, stored.headers["location"]) == (303, where)

    go.set()
    browser.client.app.state.web.work.patience = LONGEST_S  # type: ignore[attr-defined] # as above
    assert "Số nhiệm vụ 33" in browser.text(where)


def test_a_restart_in_the_middle_loses_nothing(browser: Browser, browse: Browse) -> None:
    taken = browser.send(
        "/plan/import", shown="/plan/import", files={"file": ("qđ.txt", DECISION, "text/plain")}
    )

    again = browse(data=browser.settings.data)

    assert "Số nhiệm vụ 33" in again.text(taken.headers["location"])
