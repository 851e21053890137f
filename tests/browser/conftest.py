"""One chromium and one served office for each file of browser tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from models.database import open_engine
from tests.browser.visit import CHROMIUM, DESKTOP, ROLES, Site, Watched, chromium, fill, served, sign_in
from tests.databases import Databases


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


@pytest.fixture(scope="module")
def site(databases: Databases, migrated: str) -> Iterator[Site]:
    """Serve one office for a file."""
    url = databases.take(migrated)
    data = Path(tempfile.mkdtemp(prefix="cchc-"))
    engine = open_engine(url)
    fill(engine)
    with served(engine, url, data) as running:
        yield running
    engine.dispose()
    databases.give_back(url)
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="module")
def sessions(browser: Browser, site: Site) -> dict[str, Any]:
    """Let each role sign in once; return what their browsers keep."""
    kept = {}
    for name in ROLES:
        context = browser.new_context()
        sign_in(context.new_page(), site.url, name)
        kept[name] = context.storage_state()
        context.close()
    return kept


Window = Callable[..., Page]


@pytest.fixture
def window(browser: Browser, site: Site, sessions: dict[str, Any]) -> Iterator[Window]:
    """Give a function that opens a tab as somebody; whatever goes wrong in it fails the test."""
    opened: list[Watched] = []

    def open_as(name: str | None, viewport: Any = None, **more: Any) -> Page:
        context = browser.new_context(
            storage_state=sessions[name] if name else None,
            viewport=viewport or DESKTOP,
            base_url=site.url,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            **more,
        )
        opened.append(Watched(context, site.url))
        return opened[-1].page()

    yield open_as
    for each in opened:
        each.context.close()
    assert [problem for each in opened for problem in each.problems] == []
