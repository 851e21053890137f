"""A browser in front of the real pages, on a real database, at a day of the test's choice."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from config.settings import Settings
from domain.errors import SystemFault
from domain.plans import PlanReading
from models import directory
from models.database import transaction
from services.people import Ward
from tests.builders import NOW, PEOPLE, office, plan_of, task
from tests.signing_in import CHEAP, SECRET, give_password, signed_in
from web.app import create_app
from web.forms import SESSION


@dataclass
class Browser:
    """Asks for pages as a browser on this machine does; `now` may be moved.

    It is signed in as `as_`, in the first ward unless another is named, as soon as there is one.
    """

    settings: Settings
    engine: Engine
    now: datetime = NOW
    as_: str | None = "dieuphoi"
    ward: str | None = None
    client: TestClient = field(init=False)
    _in: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        app = create_app(self.settings, lambda: self.now, CHEAP)
        app.state.web.work.patience = 60
        self.client = TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)

    def enter(self) -> None:
        """Sign in, without the work of a password, unless that was done already."""
        wanted = (self.as_, self.ward, self.now)
        if self._in == wanted or self.as_ is None:
            return
        try:
            with transaction(self.engine) as connection:
                rows = [row for row in directory.wards(connection) if self.ward in {None, row.code}]
                if not rows:
                    return
                ward = Ward(rows[0].id, rows[0].code, rows[0].name)
                role = next(role for name, role, _ in PEOPLE if name == self.as_)
                if directory.account(connection, ward.id, self.as_) is None:
                    directory.put_account(connection, ward.id, self.as_, role, None, None)
                token = signed_in(connection, ward, self.as_, self.now)
        except (SystemFault, ProgrammingError):  # no database
            return
        self.client.cookies.clear()
        self.client.cookies.set(SESSION, token)
        self._in = wanted

    def get(self, path: str, **more: Any) -> Response:
        """Ask for a page."""
        self.enter()
        response: Response = self.client.get(path, **more)
        return response

    def send(
        self, path: str, *, shown: str, files: Any = None, by: str | None = None, **fields: str | list[str]
    ) -> Response:
        """Send the form of the page `shown` to `path`, as a browser does that was shown the page.

        With `by` somebody else has signed in for it, and perhaps never saw that page.
        """
        if by is not None:
            own, self.as_ = self.as_, by
            try:
                return self.send(path, shown=shown, files=files, **fields)
            finally:
                self.as_ = own
        seen = self.get(shown)
        page = self.page("/me") if seen.status_code == 403 else seen.text
        found = re.search(r'name="token" value="([^"]+)"', page)
        assert found, f"{shown} has no form"
        response: Response = self.client.post(
            path,
            data={"token": found[1], **fields},
            files=files,
            headers={"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"},
            follow_redirects=False,
        )
        return response

    def page(self, path: str) -> str:
        """Ask for a page that must be there; return its HTML."""
        response = self.get(path)
        assert response.status_code == 200, response.text
        return response.text

    def text(self, path: str) -> str:
        """Return what a person reads on a page that must be there."""
        return words_of(self.page(path))

    def row(self, path: str, code: str) -> str:
        """Return what a person reads in the row of a task."""
        rows = re.findall(r"<tr>.*?</tr>", self.page(path), re.DOTALL)
        return next(words_of(row) for row in rows if f'class="code">{code}<' in row)


def words_of(page: str) -> str:
    """Return what a person reads of some HTML, on one line."""
    body = (page.partition("</head>")[2] or page).replace("<wbr>", "")  # where a line may break is no space
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()


Browse = Callable[..., Browser]


@pytest.fixture
def browse(database_url: str, data: Path, engine: Engine) -> Browse:
    """Give a function that opens a browser; its words are settings that differ."""

    def opened(
        now: datetime = NOW, as_: str | None = "dieuphoi", ward: str | None = None, **settings: object
    ) -> Browser:
        known: dict[str, object] = {"data": data, "database_url": SecretStr(database_url), "mail_url": None}
        return Browser(Settings(_env_file=None, **{**known, **settings}), engine, now, as_, ward)  # type: ignore[arg-type] # plain values of the fields' types

    return opened


@pytest.fixture
def started(engine: Engine) -> Callable[..., Ward]:
    """Give a function that imports and activates a plan, with people in every role."""

    def start(reading: PlanReading, **when: object) -> Ward:
        with transaction(engine) as connection:
            return office(connection, reading, **when).ward  # type: ignore[arg-type] # today and now

    return start


@pytest.fixture
def with_passwords(started: Callable[..., Ward], engine: Engine) -> Ward:
    """Make a ward in which Lan and the administrator have passwords."""
    made = started(plan_of(task("I.1")))
    with transaction(engine) as connection:
        for name in ("lan", "quantri"):
            give_password(connection, made, name)
    return made


@pytest.fixture
def stranger(with_passwords: Ward, browse: Browse) -> Browser:
    """Give a browser in which nobody is signed in."""
    return browse(as_=None)


@pytest.fixture
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever is told to wait wait for ever, however slow the machine is."""
    monkeypatch.setattr("web.limits.monotonic", lambda: 0.0)


def log_in(browser: Browser, name: str = "lan", password: str = SECRET, **fields: str) -> Response:
    """Sign in through the page."""
    return browser.send("/login", shown="/login", name=name, password=password, **fields)
