"""What every page is made of: the settings, one look at the database, one template."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg import errors
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from config.parts import prefect_pages, read_parts
from config.secrets import Keys, load_keys
from config.settings import Settings
from domain.errors import SystemFault
from domain.people import Action
from models.database import open_engine, transaction
from services.office_calendar import calendar_around
from services.overview import Overview, overview
from services.passwords import Passwords
from services.people import Ward
from services.sessions import Limits, Visitor
from web import words
from web.banners import alarms, for_visitor
from web.days import Days, days_on, short_day
from web.forms import Forms
from web.limits import Failures, Limiter
from web.navigation import menu
from web.working import Work

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
NOT_PREPARED = (errors.UndefinedTable, errors.UndefinedColumn, errors.InsufficientPrivilege)

Clock = Callable[[], datetime]


class DatabaseAway(SystemFault):
    """The database is not up yet, is down, or has not been prepared; the page comes by itself later."""

    def __init__(self, why: object) -> None:
        super().__init__(
            f"the pages have no database: {why}",
            "Cơ sở dữ liệu đang khởi động hoặc tạm ngừng. Trang này tự tải lại sau ít giây; "
            "dữ liệu đã ghi không mất.",
        )


def utc_now() -> datetime:
    """Return the instant that it is."""
    return datetime.now(UTC)


def _version(name: str) -> str:
    """Return what stands for the content of a file in its address."""
    return sha256((STATIC / name).read_bytes()).hexdigest()[:12]


@dataclass
class Web:
    """One running web application; nothing is connected before the first page is asked for."""

    settings: Settings
    clock: Clock = utc_now
    passwords: Passwords = field(default_factory=Passwords)
    forms: Forms = field(default_factory=Forms)
    failures: Failures = field(default_factory=Failures)
    limiter: Limiter = field(default_factory=Limiter)
    work: Work = field(default_factory=Work)
    served: frozenset[str] = frozenset()  # the addresses of pages, for the menu
    templates: Environment = field(init=False)

    def __post_init__(self) -> None:
        self.templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals.update(
            words=words, short_day=short_day, style=_version("style.css"), script=_version("app.js")
        )

    @cached_property
    def engine(self) -> Engine:
        """The pool of connections; what a page shows was all true at one moment, and it changes nothing."""
        return open_engine(self._url(), name="cchc web").execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @cached_property
    def writer(self) -> Engine:
        """The pool of connections for what people change; each sees what others have just changed."""
        return open_engine(self._url(), pool_size=2, name="cchc web change")

    @cached_property
    def keys(self) -> Keys:
        """The installation's key, for links that stand for a log-in.

        Raises:
            SystemFault: it can't be used.
        """
        return load_keys(self.settings)

    @cached_property
    def limits(self) -> Limits:
        """How long sessions last."""
        return Limits(self.settings.session_idle, self.settings.session_longest)

    @property
    def local_mail(self) -> bool:
        """Say whether mail stays on this machine."""
        return self.settings.mail_url is None

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Open one look at the database.

        Raises:
            DatabaseAway: it can't be looked at now.
        """
        with self._open(self.engine) as connection:
            yield connection

    @contextmanager
    def change(self) -> Iterator[Connection]:
        """Open the one transaction of a form: all of it is kept, or nothing.

        Raises:
            DatabaseAway: it can't be opened now.
        """
        with self._open(self.writer) as connection:
            yield connection

    @contextmanager
    def _open(self, engine: Engine) -> Iterator[Connection]:
        try:
            with transaction(engine) as connection:
                yield connection
        except (SystemFault, NoConnectionFree) as fault:
            raise DatabaseAway(fault) from fault
        except ProgrammingError as problem:
            if isinstance(problem.orig, NOT_PREPARED):
                raise DatabaseAway(problem.orig) from problem
            raise

    def _url(self) -> str:
        if self.settings.database_url is not None:
            return self.settings.database_url.get_secret_value()
        from config.embedded_server import EmbeddedServer

        return EmbeddedServer(self.settings.data).url()

    def render(self, template: str, **values: object) -> str:
        """Fill a template."""
        return self.templates.get_template(template).render(local_mail=self.local_mail, **values)


@dataclass(frozen=True, slots=True)
class Page:
    """One page that is being made; `connection` is open inside `reading` only."""

    web: Web
    connection: Connection
    overview: Overview
    now: datetime
    days: Days
    path: str
    me: Visitor
    token: str

    @property
    def ward(self) -> Ward:
        """The ward whose page it is."""
        return self.overview.ward

    def render(self, template: str, **values: object) -> HTMLResponse:
        """Fill a template with what every page shows and what this one shows."""
        parts = read_parts(self.web.settings.data)
        shown: dict[str, Any] = {
            "me": self.me,
            "ward": self.ward,
            "token": self.token,
            "overview": self.overview,
            "days": self.days,
            "path": self.path,
            "parts": parts,
            "menu": menu(self.me.person.role, self.web.served, local_mail=self.web.local_mail),
            "prefect": prefect_pages(parts) if self.me.may(Action.MANAGE_ZALO) else None,
            "alarms": for_visitor(alarms(self.overview, parts, self.days), self.me),
            **values,
        }
        return HTMLResponse(self.web.render(template, **shown))


@contextmanager
def reading(request: Request) -> Iterator[Page]:
    """Open one look at the ward of whoever asks for a page; render after it is closed.

    Raises:
        DatabaseAway, UnknownWard: there is nothing to show.
    """
    web: Web = request.app.state.web
    me: Visitor = request.state.visitor
    now = web.clock()
    today = now.astimezone(web.settings.timezone).date()
    with web.look() as connection:
        seen = overview(connection, me.ward.code, now)
        days = days_on(today, web.settings.timezone, calendar_around(connection, today))
        yield Page(web, connection, seen, now, days, request.url.path, me, web.forms.key(request).token)
