"""The page of monthly questions: one click for many tasks, and answers that come from documents."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response

from domain.plans import TaskKind
from services.people import Ward
from tests.builders import occurrence, plan_of, task
from tests.web.conftest import Browse, Browser

PAGE = "/questions"
EVENT = TaskKind.EVENT


@pytest.fixture(autouse=True)
def _office(started: Callable[..., Ward]) -> None:
    started(
        plan_of(
            task("I.1", occurrences=[occurrence()]),
            task("III.5", EVENT, event_types=["guidance"]),
            task("VI.1", EVENT, event_types=["feedback"]),
        )
    )


def boxes(browser: Browser) -> list[str]:
    return re.findall(r'name="question" value="([^"]+)"', browser.page(PAGE))


def sent(browser: Browser, questions: list[str], **more: Any) -> Response:
    fields: dict[str, Any] = {"question": questions}
    return browser.send(PAGE, shown=PAGE, **fields, **more)


def test_one_click_answers_for_every_ticked_task(browse: Browse) -> None:
    browser = browse()
    asked = boxes(browser)
    assert [each.partition(".")[2] for each in asked] == ["2026-03", "2026-03"]

    assert sent(browser, asked).status_code == 303

    text = browser.text(PAGE)
    assert "Mọi câu hỏi đã được trả lời" in text
    assert "Đã trả lời (2)" in text


def test_only_what_is_ticked_is_answered(browse: Browse) -> None:
    browser = browse()
    first, second = boxes(browser)

    sent(browser, [first])

    assert boxes(browser) == [second]


@pytest.mark.parametrize("wrong", [[], ["x"], ["1.2026-13"], ["1.2026-03-01"]])
def test_what_no_page_of_ours_sends_is_refused_in_words(browse: Browse, wrong: list[str]) -> None:
    answer = sent(browse(), wrong)

    assert answer.status_code == 422
    assert "Nhiệm vụ" in answer.text


def test_others_read_it_and_see_no_button(browse: Browse) -> None:
    page = browse(as_="chutich").page(PAGE)

    assert "III.5" in page
    assert "<button>Tháng" not in page
    assert sent(browse(as_="lan"), ["1.2026-03"]).status_code == 403
