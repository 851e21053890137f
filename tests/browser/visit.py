"""The program in front of a real browser: the real plan half a year under way, at a fixed moment."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pydantic import SecretStr
from sqlalchemy import Engine

from config.settings import Settings
from models.database import transaction
from services.occurrences import open_due
from services.reading import read_file
from services.reminders import finish, sweep
from services.setup import PACKAGED
from tests.half_year import HANOI, TODAY, at, half_year
from tests.signing_in import CHEAP, SECRET, give_password
from web.app import create_app

# Debian's own; Playwright's are never downloaded.
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
ROLES = ("dieuphoi", "lan", "chutich", "thanhtra", "quantri")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Clock:
    """The moment at which the program thinks it is; a test may move it."""

    now: datetime = field(default_factory=lambda: at(TODAY))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Site:
    """The pages at `url`, the database behind them, and the clock that they go by."""

    url: str
    engine: Engine
    clock: Clock

    def one(self, question: str) -> Any:
        """Return one value from the database."""
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(question).scalar()


def fill(engine: Engine) -> None:
    """Bring the real plan to a Monday in July, with its reminders of that day; each role may sign in."""
    with transaction(engine) as connection:
        office = half_year(connection, read_file(PACKAGED))
        office.ask()
        open_due(connection, TODAY, at(TODAY, 6))
        sweep(connection, TODAY, at(TODAY, 6), timezone=HANOI)
        finish(connection, TODAY, at(TODAY, 6))
        for name in ROLES:
            give_password(connection, office.ward, name)


@contextmanager
def served(engine: Engine, database_url: str, data: Path) -> Iterator[Site]:
    """Serve the pages on a port of this machine."""
    settings = Settings(_env_file=None, data=data, database_url=SecretStr(database_url), mail_url=None)  # type: ignore[call-arg] # pydantic's own
    clock = Clock()
    app = create_app(settings, clock, CHEAP)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", engine, clock)
        server.should_exit = True
        thread.join(20)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A window of the browser, and what went wrong in it."""

    context: BrowserContext
    home: str
    problems: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """Open a tab in which every error is noted, and every request that leaves this machine."""
        page = self.context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._said(said.type, said.text, page.url))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def _said(self, kind: str, text: str, where: str) -> None:
        if kind == "error" and "status of 4" not in text and "ERR_INTERNET_DISCONNECTED" not in text:
            self.problems.append(f"{where}: {text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.home + "/", "data:", "blob:", "about:")):
            self.problems.append(f"a request left this machine: {url}")


def sign_in(page: Page, home: str, name: str, password: str = SECRET) -> None:
    """Sign in on the real page."""
    page.goto(f"{home}/login")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda url: "/login" not in url)


def later(site: Site, days: int) -> datetime:
    """Return a moment some days on."""
    return site.clock.now + timedelta(days=days)
