"""Every page in a real browser, for each role: nothing broken, nothing from outside, nobody kept out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Window
from tests.browser.visit import PHONE, ROLES, Site
from tests.web.test_access import TABLE

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
        "occurrence_id": site.one("SELECT min(occurrence_id) FROM cchc.stage WHERE state = 'open'"),
        "number": 1,
        "position": 5,
        "stage": "plan",
        "extension_id": 1,
        "event_id": 1,
        "role": "officer",
    }
    paths = {path for method, path in TABLE if method == "GET" and not path.endswith(FILES)}
    return {path: path.format_map({**known, **_more(site, path)}) for path in sorted(paths)}


def _more(site: Site, path: str) -> dict[str, Any]:
    if path.startswith("/occurrences/"):
        row = "SELECT min(occurrence_id) FROM cchc.stage WHERE stage = 'plan' AND state = 'open'"
        return {"occurrence_id": site.one(row)}
    return {}


def violations(page: Page, only: list[str] | None = None) -> list[str]:
    """Return what axe finds serious on a page."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, only)
    return found


@pytest.mark.parametrize("name", ROLES)
def test_every_page_stands_and_keeps_nobody_out(window: Window, site: Site, name: str) -> None:
    wide, narrow = window(name), window(name, PHONE, color_scheme="dark")
    problems: list[str] = []
    for path, address in pages(site).items():
        may = [role for role in ROLES if role in TABLE["GET", path]]
        if name not in may:
            continue
        answer = wide.goto(address)
        assert answer is not None
        if answer.status != 200:
            problems.append(f"{path} answers {answer.status}")
        elif name == may[0]:
            problems += [f"{path}: {each}" for each in violations(wide)]
            narrow.goto(address)
            problems += [f"{path} in the dark: {each}" for each in violations(narrow, ["color-contrast"])]
            if (room := narrow.evaluate(TOO_WIDE)) > 0:
                problems.append(f"{path} is wider than a phone by {room} px")
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
