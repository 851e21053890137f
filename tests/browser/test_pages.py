"""Every page in a real browser, for each role: nothing broken, nothing from outside, nobody kept out."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Response

from domain.people import Role
from tests.browser.conftest import Window
from tests.browser.look import grave
from tests.browser.visit import ROLES, Site, Watched
from tests.proofs import LONG
from tests.web.test_access import TABLE
from web.help import ADDRESSES

# Pages that together have every kind of part.
IN_THE_DARK = ("/", "/tasks/{code}", "/occurrences/{occurrence_id}/{stage}", "/audit", "/contacts/{unit_id}")
# What is no page: files, and what only shows something that was sent just before.
FILES = (
    ".png",
    ".csv",
    ".xlsx",
    ".ics",
    ".pdf",
    ".docx",
    ".zip",
    "/documents/{sha256}",
    "{digest}",
    "{letter_id}",
)


def pages(site: Site) -> dict[str, str]:
    """Return the address of each page of the route table by its path."""
    known: dict[str, Any] = {
        "code": "II.3",
        "plan_id": site.one("SELECT min(id) FROM cchc.plan"),
        "finding_id": site.one("SELECT min(id) FROM cchc.finding"),
        "unit_id": site.one("SELECT min(id) FROM cchc.unit WHERE NOT is_group"),
        "message_id": site.one("SELECT min(id) FROM cchc.outbox"),
        "occurrence_id": site.one(
            "SELECT min(occurrence_id) FROM cchc.stage WHERE stage = 'plan' AND state = 'open'"
        ),
        "event_id": site.one("SELECT min(id) FROM cchc.event"),
        "extension_id": site.one("SELECT min(id) FROM cchc.extension"),
        "position": 5,
        "stage": "plan",
        "role": ADDRESSES[Role.OFFICER],
        "guide": "quan-tri",
    }
    paths = {path for method, path in TABLE if method == "GET" and not path.endswith(FILES)}
    return {path: path.format_map(known) for path in sorted(paths)}


@pytest.mark.parametrize("name", ROLES)
def test_every_page_stands_and_keeps_nobody_out(window: Window, site: Site, name: str) -> None:
    page = window(name)
    problems: list[str] = []
    for path, address in pages(site).items():
        may = [role for role in ROLES if role in TABLE["GET", path]]
        if name not in may:
            continue
        first = name == may[0] or path == "/"  # whoever else may see it sees the same
        answer = page.goto(address) if first else page.request.get(address)
        assert answer is not None
        if answer.status != 200:
            problems.append(f"{path} answers {answer.status}")
        elif first:
            problems += [f"{path}: {each}" for each in grave(page, dark=LONG or path in IN_THE_DARK)]
    assert not problems, "\n".join(problems)


def test_the_pages_before_the_log_in_keep_nobody_out(window: Window) -> None:
    page = window(None)
    for address in ("/login", "/reset"):
        page.goto(address)
        assert grave(page) == [], address


def test_the_first_page_is_small(window: Window) -> None:
    page = window("dieuphoi")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert 3 <= len(answers) <= 5
    assert sum(len(answer.body()) for answer in answers) < 100_000


def test_what_goes_wrong_in_a_window_is_noticed(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url)
    watched = Watched(context, site.url)
    page = context.new_page()
    page.goto("/login")
    with context.expect_event("weberror"), context.expect_event("console"):  # before the page is left
        page.evaluate("console.error('lạ'); setTimeout(() => { throw new Error('hỏng'); })")
    with context.expect_event("request", lambda asked: "192.0.2.1" in asked.url):
        page.goto("data:text/html,<img src='http://192.0.2.1/x.png'>", wait_until="commit")
    context.new_page().goto("/static/missing.css")
    context.close()

    noticed = " ".join(watched.problems)
    assert "lạ" in noticed
    assert "hỏng" in noticed
    assert "left this machine: http://192.0.2.1/x.png" in noticed
