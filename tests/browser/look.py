"""What is wrong with a page: for those who can't see it well, in the dark, on a phone."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python  # type: ignore[import-untyped] # it carries axe.min.js, no more is used
from playwright.sync_api import Page

from tests.browser.visit import DESKTOP, PHONE
from tests.proofs import LONG

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = """
async (only) => {
  const asked = only ? {runOnly: only} : {};
  const usual = {resultTypes: ['violations'], preload: false, iframes: false};
  const found = await axe.run(document, {...usual, ...asked});
  const grave = found.violations.filter((each) => ['serious', 'critical'].includes(each.impact));
  const said = (node) => `${node.target} ${(node.any[0] || {}).message || ''}`;
  return grave.map((each) => `${each.id}: ${each.nodes.slice(0, 4).map(said).join(' | ')}`);
}
"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(page: Page, only: list[str] | None = None) -> list[str]:
    """Return what axe finds serious on a page."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, only)
    return found


def grave(page: Page, *, dark: bool = LONG) -> list[str]:
    """Return what is wrong with a page at a desk, on a phone and, where it is asked, in the dark.

    Colours come from one set for all pages, so the suite looks at few in the dark, `make proofs` at all.
    """
    problems = violations(page)
    page.set_viewport_size(PHONE)
    if (room := page.evaluate(TOO_WIDE)) > 0:
        problems.append(f"wider than a phone by {room} px")
    if dark:
        page.emulate_media(color_scheme="dark")
        problems += [f"in the dark: {each}" for each in violations(page, ["color-contrast"])]
        page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)
    return problems
