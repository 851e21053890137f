"""What every page is made of: the settings, one look at the database, one template."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from sqlalchemy import Connection, Engine

from config.parts import PartStatus, prefect_pages, read_parts
from config.secrets import Keys, load_keys
from config.settings import Settings
from domain.calendar import WorkingCalendar
from domain.people import Action
from models.database import open_engine, open_glance, open_reader
from models.snapshots import snapshot
from services.office_calendar import calendar_under
from services.overview import Overview, overview
from services.passwords import Passwords
from services.people import Ward
from services.sessions import Limits, Visitor
from web.away import opened
from web.banners import alarms, for_visitor
from web.days import Days, days_on
from web.forms import Forms
from web.kept import Ahead, Kept, Snapshots, seen, whole
from web.limits import Failures, Limiter
from web.navigation import drawn, menu
from web.notice_words import in_pages
from web.templating import templates
from web.working import Work

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the instant that it is."""
    return datetime.now(UTC)


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
    kept: Kept = field(default_factory=Kept)
    visitors: Kept = field(default_factory=Kept)  # apart: cookies that are made up push nothing else out
    served: frozenset[str] = frozenset()  # the addresses of pages, for the menu
    templates: Environment = field(default_factory=templates)

    @cached_property
    def engine(self) -> Engine:
        """The pool of connections; what a page shows was all true at one moment, and it changes nothing."""
        return open_reader(self._url(), pool_size=8, name="cchc web")

    @cached_property
    def patient(self) -> Engine:
        """The connections for looks that last, so that no page waits for a slow line or a long log."""
        return open_reader(self._url(), pool_size=1, overflow=9, name="cchc web at length")

    @cached_property
    def single(self) -> Engine:
        """The connections for single questions, such as whose session it is."""
        return open_glance(self._url(), pool_size=3, name="cchc web now")

    @cached_property
    def writer(self) -> Engine:
        """The pool of connections for what people change; each sees what others have just changed."""
        return open_engine(self._url(), pool_size=2, name="cchc web change")

    @cached_property
    def snapshots(self) -> Snapshots:
        """What the database looks like now; asked outside all transactions."""

        def ask() -> str:
            with self.glance() as connection:
                return snapshot(connection)

        return Snapshots(ask)

    @cached_property
    def ahead(self) -> Ahead:
        """The same, for what runs in the event loop."""
        return Ahead(self.snapshots)

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
    def look(self, *, at_length: bool = False) -> Iterator[Connection]:
        """Open one look at the database, `at_length` where it lasts longer than a page takes.

        Raises:
            DatabaseAway: it can't be looked at now.
        """
        with opened(self.patient if at_length else self.engine) as connection:
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """Open the database for one question; two would not see the same moment.

        Raises:
            DatabaseAway: it can't be looked at now.
        """
        with opened(self.single) as connection:
            yield connection

    @contextmanager
    def change(self) -> Iterator[Connection]:
        """Open the one transaction of a form: all of it is kept, or nothing.

        Raises:
            DatabaseAway: it can't be opened now.
        """
        with opened(self.writer) as connection:
            yield connection

    def _url(self) -> str:
        if self.settings.database_url is not None:
            return self.settings.database_url.get_secret_value()
        from config.embedded_server import EmbeddedServer

        return EmbeddedServer(self.settings.data).url()

    def render(self, template: str, **values: object) -> str:
        """Fill a template; a notice in it names pages, no commands."""
        return self.templates.get_template(template).render(local_mail=self.local_mail, **in_pages(values))


@dataclass(slots=True)
class Look:
    """One look at the database, opened when somebody first looks."""

    web: Web
    stack: ExitStack
    opened: Connection | None = None

    @property
    def connection(self) -> Connection:
        """Return the connection of this look."""
        if self.opened is None:
            self.opened = self.stack.enter_context(self.web.look())
        return self.opened


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of every page of a ward says, and its days in words."""

    overview: Overview
    days: Days


@dataclass(frozen=True, slots=True)
class Page:
    """One page that is being made; `connection` is open inside `reading` only.

    The overview may be a moment older than what is read by the connection, never older than the request.
    """

    web: Web
    look: Look
    seen: str
    overview: Overview
    now: datetime
    days: Days
    path: str
    me: Visitor
    token: str

    @property
    def connection(self) -> Connection:
        """The one look at the database that all of the page is read by."""
        return self.look.connection

    def calendar(self, day: date) -> WorkingCalendar:
        """Return the working days around a day."""
        return calendar_under(self.overview.notices, day)

    @property
    def ward(self) -> Ward:
        """The ward whose page it is."""
        return self.overview.ward

    @property
    def running(self) -> tuple[PartStatus, ...]:
        """Which parts run, for the keys of pages that are to say at once what is down."""
        return tuple(read_parts(self.web.settings.data))

    def once(self, key: Hashable, make: Callable[[], HTMLResponse]) -> HTMLResponse:
        """Return this visitor's page under `key`, made once for as long as nothing changes, a second at most.

        What doesn't stand in the database, such as which parts run, is a second old at most.
        """
        key_of_all = whole(self.path, key, self.me, self.now)
        return HTMLResponse(self.web.kept.once(key_of_all, self.seen, lambda: bytes(make().body)))

    def render(self, template: str, **values: object) -> HTMLResponse:
        """Fill a template with what every page shows and what this one shows."""
        parts = read_parts(self.web.settings.data)
        found = menu(self.me.person.role, self.web.served, local_mail=self.web.local_mail)
        prefect = prefect_pages(parts) if self.me.may(Action.MANAGE_ZALO) else None
        shown: dict[str, Any] = {
            "me": self.me,
            "ward": self.ward,
            "token": self.token,
            "overview": self.overview,
            "days": self.days,
            "path": self.path,
            "parts": parts,
            "menu": found,
            "nav": drawn(self.web.templates.get_template("nav.html"), found, self.path, prefect),
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
    snapshot = seen(request)
    with ExitStack() as stack:
        look = Look(web, stack)

        def make() -> Head:
            found = overview(look.connection, me.ward.code, now)
            calendar = calendar_under(found.notices, today)
            return Head(found, days_on(today, web.settings.timezone, calendar))

        # What is late or stuck follows from the time, too.
        head = web.kept.shared(("head", me.ward.id, now.replace(microsecond=0)), snapshot, make)
        token = web.forms.key(request).token
        yield Page(web, look, snapshot, head.overview, now, head.days, request.url.path, me, token)
