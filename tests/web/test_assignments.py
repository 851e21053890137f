"""The page on which tasks are given to people and handed over: chosen, looked at, done, undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import Engine

from domain.people import Role
from models.database import transaction
from models.history import SYSTEM
from services.assignments import of_ward
from services.people import Ward, add_user
from tests.builders import CULTURE, NOW, OFFICE, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser

PAGE = "/hand-over"


@pytest.fixture
def ward(started: Callable[..., Ward], engine: Engine) -> Ward:
    rows = [task("I.1", occurrences=[occurrence()]), task("I.2", occurrences=[occurrence()])]
    found = started(plan_of(*rows, task("II.1", lead=CULTURE, occurrences=[occurrence()])))
    with transaction(engine) as connection:
        add_user(connection, found, "tuan", role=Role.OFFICER, unit=OFFICE, email=None, actor=SYSTEM, now=NOW)
    return found


def nobody(browser: Browser, unit: str = OFFICE) -> str:
    """Return the value that stands for nobody of a unit."""
    found = re.search(rf'value="(-\d+)"[^>]*>Chưa có người phụ trách \({unit}', browser.page(PAGE))
    assert found
    return found[1]


def boxes(browser: Browser, of: str) -> list[str]:
    return re.findall(r'name="task" value="([\d.]+)"', browser.page(f"{PAGE}?from={of}"))


def sent(browser: Browser, shown: str, of: str, to: str, tasks: list[str]) -> Response:
    fields: dict[str, Any] = {"from": of, "to": to, "task": tasks}
    return browser.send(PAGE, shown=shown, **fields)


def people(engine: Engine, ward: Ward) -> list[str]:
    with engine.connect() as connection:
        return sorted(each.name for each in of_ward(connection, ward).values())


def test_tasks_are_given_looked_at_first_and_taken_back(browse: Browse, engine: Engine, ward: Ward) -> None:
    lan = browse(as_="lan")
    of = nobody(lan)
    tasks = boxes(lan, of)
    shown = f"{PAGE}?from={of}&to=tuan&task={tasks[0]}&task={tasks[1]}"
    assert "2 nhiệm vụ chuyển từ chưa có người phụ trách" in lan.text(shown)
    assert people(engine, ward) == []

    done = sent(lan, shown, of, "tuan", tasks)

    assert people(engine, ward) == ["tuan", "tuan"]
    after = done.headers["location"]
    assert "Đã chuyển 2 nhiệm vụ" in lan.text(after)
    undone = sent(lan, after, "tuan", of, tasks)
    assert people(engine, ward) == []
    assert "Đã chuyển 2 nhiệm vụ: tuan → chưa có người phụ trách" in lan.text(undone.headers["location"])


def test_an_officer_sees_and_moves_only_what_their_unit_leads(browse: Browse, ward: Ward) -> None:
    hoa, all_units = browse(as_="hoa"), browse(as_="dieuphoi")
    theirs = boxes(all_units, nobody(all_units))

    assert OFFICE not in hoa.text(PAGE).partition("Đang phụ trách")[2]
    answer = sent(hoa, PAGE, nobody(all_units), "hoa", theirs)
    assert answer.status_code in {409, 422}
    assert "bad" in answer.text


def test_nothing_chosen_is_said(browse: Browse, engine: Engine, ward: Ward) -> None:
    lan = browse(as_="lan")

    nothing: list[list[str]] = [[], ["x"], ["1.2.3"]]
    for tasks in nothing:
        answer = sent(lan, PAGE, nobody(lan), "tuan", tasks)
        assert answer.status_code == 422
        assert "chưa chọn nhiệm vụ nào" in answer.text
    assert people(engine, ward) == []


def test_a_page_asked_for_with_anything_in_its_address_stays_calm(browse: Browse, ward: Ward) -> None:
    lan = browse(as_="lan")

    for query in ("from=-", "from=-99999", "from=ai-do&to=x&task=a", "from=lan&task=1.1&moved=3", "to=tuan"):
        assert lan.get(f"{PAGE}?{query}").status_code == 200
