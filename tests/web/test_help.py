from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from services.people import Ward
from tests.builders import PEOPLE, plan_of, task
from tests.web.conftest import Browse
from web import app
from web.help import ADDRESSES

OWN = {
    "dieuphoi": "điều phối",
    "lan": "cán bộ đơn vị",
    "chutich": "lãnh đạo",
    "thanhtra": "kiểm tra",
    "quantri": "quản trị",
}


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(plan_of(task("I.1")))


def test_each_role_reads_first_what_it_has_to_do_and_every_link_opens(ward: Ward, browse: Browse) -> None:
    for name, role in OWN.items():
        browser = browse(as_=name)
        page = browser.page("/help")
        assert f"Hướng dẫn cho {role}" in page
        main = page[page.index("<main") :]
        links = {link.partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', main)}
        assert len(links) > 6, name
        answers = {link: browser.get(link.replace("&amp;", "&")).status_code for link in sorted(links)}
        assert set(answers.values()) == {200}, (name, answers)


def test_everybody_may_read_what_the_others_have_to_do(ward: Ward, browse: Browse) -> None:
    browser = browse(as_="lan")
    for role, address in ADDRESSES.items():
        page = browser.page(f"/help/{address}")
        links = {
            link.partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', page[page.index("<main") :])
        }
        assert 403 not in {browser.get(link.replace("&amp;", "&")).status_code for link in links}, role
    assert browser.get("/help/vua").status_code == 422


def test_every_role_has_a_page() -> None:
    assert set(ADDRESSES) == {role for _, role, _ in PEOPLE}


def test_every_question_mark_leads_to_a_word_that_is_explained(ward: Ward, browse: Browse) -> None:
    browser = browse()
    known = set(re.findall(r' id="([^"]+)"', browser.page("/help")))
    asked = set()
    for path in ("/tasks", "/audit", "/reminders", "/extensions", "/search?q=x"):
        asked |= set(re.findall(r'class="help" href="/help#([^"]+)"', browser.page(path)))

    assert asked
    assert asked <= known


def test_help_is_among_the_pages() -> None:
    assert any(part.__name__ == "web.help" for part in app.PAGES)
