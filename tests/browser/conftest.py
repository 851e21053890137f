"""One chromium for each file of browser tests, and a served office for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from models.database import open_engine
from tests.browser.visit import CHROMIUM, DESKTOP, PHONE, Site, Watched, chromium, fill, served
from tests.databases import Databases
from tests.proofs import LONG


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave these tests out where there is no browser; `tests/conftest.py` says so at the end."""
    if CHROMIUM is None:
        for item in items:
            if "/tests/browser/" in item.path.as_posix():
                item.add_marker(pytest.mark.skip(reason="no chromium on this machine"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one browser for a file: while it runs, nothing else in this process may use asyncio."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def filled(databases: Databases, migrated: str) -> str:
    """Fill one office, of which each test takes a copy; return the name of its database."""
    url = databases.make(migrated)
    engine = open_engine(url)
    fill(engine)
    engine.dispose()
    return url.split("?")[0].rsplit("/", 1)[1]


@pytest.fixture
def site(databases: Databases, filled: str, data: Path) -> Iterator[Site]:
    """Serve an office of the test's own."""
    url = databases.make(filled)
    engine = open_engine(url)
    with served(engine, url, data) as running:
        yield running
    engine.dispose()
    databases.drop(url)


Window = Callable[..., Page]
Way = dict[str, Any]
PHONES = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
PLAIN = {"java_script_enabled": False}
WAYS: dict[str, Way] = {"desk": {}, "phone": PHONES, "desk-plain": PLAIN, "phone-plain": {**PHONES, **PLAIN}}


# Each way is walked in `make proofs`; in the suite, these two, and all four where it matters most.
MOST = list(WAYS) if LONG else ["desk", "phone-plain"]
EVERY_WAY = pytest.mark.parametrize("way", list(WAYS), indirect=True)
ONE_WAY = pytest.mark.parametrize("way", list(WAYS) if LONG else ["phone"], indirect=True)


@pytest.fixture(params=MOST)
def way(request: pytest.FixtureRequest) -> Way:
    """Give each way in which people see the pages: at a desk or on a phone, with the script or without."""
    return WAYS[request.param]


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator[Window]:
    """Give a function that opens a tab as somebody; whatever goes wrong in it fails the test."""
    opened: list[Watched] = []

    def open_as(name: str | None, viewport: Any = None, **more: Any) -> Page:
        context = browser.new_context(
            viewport=viewport or DESKTOP,
            base_url=site.url,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            **more,
        )
        opened.append(Watched(context, site.url))
        if name:
            site.enter(context, name)
        return context.new_page()

    yield open_as
    for each in opened:
        each.context.close()
    assert [problem for each in opened for problem in each.problems] == []
