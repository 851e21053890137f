"""The program in front of a real browser: the real plan half a year under way, at a fixed moment."""

from __future__ import annotations

import re
import shutil
import socket
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)
from pydantic import SecretStr
from sqlalchemy import Engine, text

from config.settings import Settings
from models import directory
from models.database import transaction
from services.documents import DocumentStore, StoredFile
from services.events import EventRequest, raise_event
from services.occurrences import open_due
from services.people import Ward
from services.reading import read_file
from services.reminders import finish, sweep
from services.setup import PACKAGED
from tests.half_year import HANOI, TODAY, at, half_year
from tests.signing_in import CHEAP, SECRET, give_password, signed_in
from tests.waiting import LONGEST_S, until
from web.app import create_app
from web.forms import SESSION

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
DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
# Where nothing is amiss no test waits so long; without it, `expect` gives a page five seconds.
PATIENCE = LONGEST_S / 2 * 1000
expect.set_options(timeout=PATIENCE)
# A picture of one pixel, as a phone would send one.
PHOTO = FilePayload(
    name="anh.png",
    mimeType="image/png",
    buffer=b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    ),
)
GUIDANCE = EventRequest(
    "guidance", "12/HD-SNV", date(2026, 7, 2), "Sở Nội vụ", "Hướng dẫn tự đánh giá", tasks=("I.4",)
)


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
    settings: Settings

    def one(self, question: str, **given: Any) -> Any:
        """Return one value from the database."""
        with self.engine.connect() as connection:
            return connection.execute(text(question), given).scalar()

    def ward(self) -> Ward:
        """Return the office's ward."""
        with self.engine.connect() as connection:
            (row,) = directory.wards(connection)
        return Ward(row.id, row.code, row.name)

    def enter(self, context: BrowserContext, name: str) -> None:
        """Let a browser be somebody's, without the work of a password."""
        with transaction(self.engine) as connection:
            token = signed_in(connection, self.ward(), name, self.clock.now)
        context.add_cookies([{"name": SESSION, "value": token, "url": self.url}])


def fill(engine: Engine) -> None:
    """Bring the real plan to a Monday in July, with its reminders of that day; each role may sign in."""
    with tempfile.TemporaryDirectory() as folder:
        source = keep_source(Path(folder))
    with transaction(engine) as connection:
        office = half_year(connection, read_file(PACKAGED), source=source)
        office.ask()
        raise_event(connection, office.ward, GUIDANCE, by="dieuphoi", today=TODAY, now=at(TODAY, 6))
        open_due(connection, TODAY, at(TODAY, 6))
        sweep(connection, TODAY, at(TODAY, 6), timezone=HANOI)
        finish(connection, TODAY, at(TODAY, 6))
        for name in ROLES:
            give_password(connection, office.ward, name)


def keep_source(data: Path) -> StoredFile:
    """Put the decision where an office keeps its documents."""
    return DocumentStore(data / "documents").keep_file(PACKAGED)


@contextmanager
def served(engine: Engine, database_url: str, data: Path) -> Iterator[Site]:
    """Serve the pages on a port of this machine."""
    clock = Clock()
    keep_source(data)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        settings = Settings(
            _env_file=None, data=data, database_url=SecretStr(database_url), mail_url=None, port=port
        )
        app = create_app(settings, clock, CHEAP)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        until(lambda: server.started, "the start of the pages")
        yield Site(f"http://127.0.0.1:{port}", engine, clock, settings)
        server.should_exit = True
        thread.join(LONGEST_S)


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

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE)
        self.context.on("weberror", lambda found: self.problems.append(f"{found.page}: {found.error}"))
        self.context.on("console", self._said)
        self.context.on("request", self._asked)
        self.context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        """Note an error; what was refused in words (4xx) is a page like others."""
        known = ("status of 4", "ERR_INTERNET_DISCONNECTED")
        if message.type in ("error", "warning") and not any(each in message.text for each in known):
            self.problems.append(f"{message.page and message.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.home + "/", "data:", "blob:", "about:")):
            self.problems.append(f"a request left this machine: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in ("document", "xhr"):
            self.problems.append(f"{response.url} answers {response.status}")


def sign_in(page: Page, name: str, password: str = SECRET, *, there: bool = False) -> None:
    """Sign in on the real page, if need be by going there."""
    if not there:
        page.goto("/login")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def told(page: Page, said: str | re.Pattern[str]) -> None:
    """Expect to be told what came of it."""
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()


def step(site: Site, unit: str, stage: str, state: str) -> str:
    """Return the address of a unit's first stage in some state."""
    found = site.one(
        "SELECT min(s.occurrence_id) FROM cchc.stage s JOIN cchc.occurrence o ON o.id = s.occurrence_id"
        " JOIN cchc.unit u ON u.id = o.unit_id"
        " WHERE o.state = 'open' AND s.stage = :stage AND s.state = :state AND u.name = :unit",
        unit=unit,
        stage=stage,
        state=state,
    )
    assert found, f"{unit} has no {stage} that is {state}"
    return f"/occurrences/{found}/{stage}"
