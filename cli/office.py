"""What every command needs of the installation: settings, database, ward, today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from config.machine_user import typed_by
from config.parts import pages_address, read_parts
from config.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from services.people import Ward


@dataclass(frozen=True, slots=True)
class Office:
    """An open installation; `today` and `now` are read once per command."""

    settings: Settings
    engine: Engine
    database_url: str
    now: datetime
    today: date

    @property
    def link_base(self) -> str:
        """Return what links start with: as set, else where the pages run now (`cchc up --port` may say)."""
        running = None if self.settings.base_url else pages_address(read_parts(self.settings.data))
        return running or self.settings.link_base

    @contextmanager
    def begin(self) -> Iterator[tuple[Connection, Ward]]:
        """Open the command's one transaction, for the ward that the settings name.

        Raises:
            SystemFault, UnknownWard: the database or the ward isn't there.
        """
        from models.database import transaction
        from services.people import the_ward

        with transaction(self.engine) as connection:
            yield connection, the_ward(connection, self.settings.ward)


@contextmanager
def database() -> Iterator[Office]:
    """Open the installation's database, starting the embedded server for as long as it is needed.

    Raises:
        SystemFault: it can't be opened.
    """
    settings = load_settings()
    if settings.database_url is not None:
        with _opened(settings, settings.database_url.get_secret_value()) as office:
            yield office
        return
    from config.shared_server import using

    with using(settings.data) as server, _opened(settings, server.url()) as office:
        yield office


@contextmanager
def _opened(settings: Settings, url: str) -> Iterator[Office]:
    from models.database import open_engine
    from models.databases import ensure_databases
    from models.migrate import is_current, upgrade

    owner = settings.owner_database_url
    owner_url = owner.get_secret_value() if owner else None
    if not is_current(url):
        ensure_databases(url, owner_url, None if settings.database_url else "prefect")
        upgrade(owner_url or url)
    now = datetime.now(UTC)
    engine = open_engine(url, pool_size=1, via=typed_by())
    try:
        yield Office(settings, engine, url, now, now.astimezone(settings.timezone).date())
    finally:
        engine.dispose()


def print_json(value: object) -> None:
    """Print one JSON object, dates as ISO text, Vietnamese as it is."""
    print(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)


def print_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print rows for people; on something that is no terminal, as wide as they need to be."""
    import sys

    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_lines=False, expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    width = None if sys.stdout.isatty() else 160
    Console(width=width, highlight=False, markup=False, emoji=False).print(table)


def vietnamese(day: date | None) -> str:
    """Write a day as people do; a dash where there is none."""
    return f"{day:%d/%m/%Y}" if day else "—"


def cut(text: str, length: int) -> str:
    """Shorten a text to whole words and an ellipsis."""
    import textwrap

    return textwrap.shorten(text, length, placeholder="…")
