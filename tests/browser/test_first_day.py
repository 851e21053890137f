"""An office on its first day: the decision is imported, nothing is under way, every list is empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from config.secrets import load_keys
from models.database import open_engine, transaction
from models.history import SYSTEM
from services.links import first_link
from services.people import add_user
from services.plans import import_plan
from services.reading import read_file
from services.setup import PACKAGED
from tests.browser.conftest import ONE_WAY, Way, Window
from tests.browser.look import grave
from tests.browser.test_pages import FILES
from tests.browser.visit import ROLES, Site, keep_source, served, sign_in
from tests.builders import PEOPLE
from tests.databases import Databases
from tests.web.test_access import TABLE

# Where lists are that are empty now.
LOOKED_AT = {"dieuphoi": ("/", "/tasks", "/submissions", "/events"), "chutich": ("/", "/charts")}
OWN = "sáu con gà trên mái nhà"


@pytest.fixture
def site(databases: Databases, migrated: str, data: Path) -> Iterator[Site]:
    """Serve an office of the first day."""
    url = databases.take(migrated)
    engine = open_engine(url)
    with served(engine, url, data) as running:
        now = running.clock.now
        with transaction(engine) as connection:
            ward = import_plan(connection, read_file(PACKAGED), keep_source(data), by=None, now=now).ward
            for name, role, unit in PEOPLE:
                add_user(connection, ward, name, role=role, unit=unit, email=None, actor=SYSTEM, now=now)
        yield running
    engine.dispose()
    databases.give_back(url)


def _first(path: str) -> str:
    """Return the first role that may see a page."""
    return next(role for role in ROLES if role in TABLE["GET", path])


def test_empty_pages_stand_and_keep_nobody_out(window: Window) -> None:
    problems: list[str] = []
    for name in ROLES:
        page = window(name)
        mine = [path for method, path in TABLE if method == "GET" and _first(path) == name]
        paths = [path for path in mine if "{" not in path]
        answers = {path: page.request.get(path).status for path in paths if not path.endswith(FILES)}
        known = {200, 409}  # 409 says that there is no plan yet
        problems += [f"{path} answers {status}" for path, status in answers.items() if status not in known]
        for path in LOOKED_AT.get(name, ("/",)):
            page.goto(path)
            problems += [f"{path} for {name}: {each}" for each in grave(page)]
    assert not problems, "\n".join(problems)


@ONE_WAY
def test_the_first_administrator_is_made_by_a_link_and_the_coordinator_starts_the_plan(
    window: Window, site: Site, way: Way
) -> None:
    with transaction(site.engine) as connection:
        link = first_link(connection, load_keys(site.settings), None, now=site.clock.now)
    page = window(None, **way)
    page.goto(link or "")
    page.get_by_label("Tên đăng nhập").fill("tran.binh")
    page.get_by_label("Mật khẩu mới").fill(OWN)
    page.get_by_label("Nhập lại mật khẩu").fill(OWN)
    page.get_by_role("button", name="Tạo tài khoản").click()
    expect(page.get_by_text("Đã đặt mật khẩu. Mời đăng nhập.")).to_be_visible()
    sign_in(page, "tran.binh", OWN, there=True)
    expect(page.get_by_role("heading", name="Quản trị hệ thống")).to_be_visible()

    page = window("dieuphoi", **way)
    page.goto("/plan/findings")
    page.get_by_role("button", name="Đưa kế hoạch vào thực hiện").click()
    page.goto("/tasks")
    expect(page.locator("nav.tiles a").first).to_contain_text("33")
