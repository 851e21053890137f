"""Every page in a real browser, for each role: nothing broken, nothing from outside, nobody kept out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from domain.people import Role
from tests.browser.conftest import Window
from tests.browser.visit import DESKTOP, PHONE, ROLES, Site, Watched
from tests.web.test_access import TABLE
from web.help import ADDRESSES

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = """
async (only) => {
  const asked = only ? {runOnly: only} : {};
  const found = await axe.run(document, {resultTypes: ['violations'], ...asked});
  const grave = found.violations.filter((each) => ['serious', 'critical'].includes(each.impact));
  const said = (node) => `${node.target} ${(node.any[0] || {}).message || ''}`;
  return grave.map((each) => `${each.id}: ${each.nodes.slice(0, 4).map(said).join(' | ')}`);
}
"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What is no page: files, and what only shows something that was sent just before.
FILES = (".csv", ".xlsx", ".ics", ".pdf", ".docx", ".zip", "/documents/{sha256}", "{digest}", "{letter_id}")


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
    }
    paths = {path for method, path in TABLE if method == "GET" and not path.endswith(FILES)}
    return {path: path.format_map(known) for path in sorted(paths)}


def violations(page: Page, only: list[str] | None = None) -> list[str]:
    """Return what axe finds serious on a page."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, only)
    return found


def grave(page: Page) -> list[str]:
    """Return what is wrong with a page at a desk, on a phone and in the dark."""
    problems = violations(page)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    problems += [f"in the dark: {each}" for each in violations(page, ["color-contrast"])]
    if (room := page.evaluate(TOO_WIDE)) > 0:
        problems.append(f"wider than a phone by {room} px")
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")
    return problems


@pytest.mark.parametrize("name", ROLES)
def test_every_page_stands_and_keeps_nobody_out(window: Window, site: Site, name: str) -> None:
    page = window(name)
    problems: list[str] = []
    for path, address in pages(site).items():
        may = [role for role in ROLES if role in TABLE["GET", path]]
        if name not in may:
            continue
        answer = page.goto(address)
        assert answer is not None
        if answer.status != 200:
            problems.append(f"{path} answers {answer.status}")
        elif name == may[0]:
            problems += [f"{path}: {each}" for each in grave(page)]
    assert not problems, "\n".join(problems)


def test_the_pages_before_the_log_in_keep_nobody_out(window: Window) -> None:
    page = window(None, PHONE)
    for address in ("/login", "/reset"):
        page.goto(address)
        assert violations(page) == [], address


def test_the_first_page_is_small(window: Window) -> None:
    page = window("dieuphoi")
    taken: list[int] = []
    page.on("response", lambda answer: taken.append(len(answer.body())))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert 3 <= len(taken) <= 5
    assert sum(taken) < 100_000


def test_what_goes_wrong_in_a_window_is_noticed(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url)
    watched = Watched(context, site.url)
    page = context.new_page()
    page.goto("/login")
    page.evaluate("console.error('lạ'); setTimeout(() => { throw new Error('hỏng'); })")
    page.goto("data:text/html,<img src='http://192.0.2.1/x.png'>")
    context.new_page().goto("/static/missing.css")
    context.close()

    noticed = " ".join(watched.problems)
    assert "lạ" in noticed
    assert "hỏng" in noticed
    assert "left this machine: http://192.0.2.1/x.png" in noticed
