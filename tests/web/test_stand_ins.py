"""The page of stand-ins: an officer names one for themselves, a coordinator for anybody."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from services.people import Ward
from tests.builders import occurrence, plan_of, task
from tests.web.conftest import Browse

PAGE = "/stand-ins"
LEAVE = {"stand_in": "hoa", "first": "2026-03-02", "last": "6/3/2026", "reason": "Nghỉ thai sản"}


@pytest.fixture(autouse=True)
def _office(started: Callable[..., Ward]) -> None:
    started(plan_of(task("II.2", occurrences=[occurrence()])))


def test_an_officer_names_a_stand_in_and_takes_it_back(browse: Browse) -> None:
    lan = browse(as_="lan")

    answer = lan.send(PAGE, shown=PAGE, **LEAVE)

    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "lan Văn phòng HĐND và UBND phường hoa 02/03/2026 – 06/03/2026 đang làm thay" in lan.text(PAGE)
    number = re.findall(rf"{PAGE}/(\d+)/end", lan.page(PAGE))[0]
    assert lan.send(f"{PAGE}/{number}/end", shown=PAGE).status_code == 303
    assert "Không có ai đang làm thay" in lan.text(PAGE)
    assert "lan cho thôi lúc" in lan.text(PAGE)


def test_a_reason_is_for_the_two_of_them_and_for_who_answers_for_the_ward(browse: Browse) -> None:
    browse(as_="lan").send(PAGE, shown=PAGE, **LEAVE)

    seen = {
        name: LEAVE["reason"] in browse(as_=name).text(PAGE) for name in ("lan", "hoa", "minh", "dieuphoi")
    }

    assert seen == {"lan": True, "hoa": True, "minh": False, "dieuphoi": True}


def test_a_coordinator_names_one_for_anybody_and_an_officer_does_not(browse: Browse) -> None:
    refused = browse(as_="minh").send(PAGE, shown=PAGE, account="lan", **LEAVE)
    named = browse(as_="dieuphoi").send(PAGE, shown=PAGE, account="lan", **LEAVE)

    assert (refused.status_code, named.status_code) == (409, 303)


def test_a_refused_form_comes_back_as_it_was_typed(browse: Browse) -> None:
    answer = browse(as_="lan").send(PAGE, shown=PAGE, **{**LEAVE, "last": "30/2/2026"})

    assert answer.status_code == 422
    assert "“30/2/2026” không đúng" in answer.text
    assert 'value="Nghỉ thai sản"' in answer.text
    assert '<option value="hoa" selected>' in answer.text


def test_who_may_not_sees_no_form(browse: Browse) -> None:
    assert "<form" not in browse(as_="thanhtra").page(PAGE).partition("<main")[2]
    assert "Cử người làm thay" in browse(as_="lan").page(PAGE)
