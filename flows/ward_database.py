"""The database that flows work on; opened once in each process that runs flows."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Engine

from config.embedded_server import EmbeddedServer
from config.settings import load_settings
from models.database import open_engine


@lru_cache(maxsize=1)
def ward_database() -> Engine:
    """Return the pool of connections to the database that the settings name; nothing is connected yet.

    The embedded server is used where no other is named; it is never started from here.
    """
    return open_engine(database_url(), name="cchc-flows")


def database_url() -> str:
    """Return where that database is."""
    settings = load_settings()
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return EmbeddedServer(settings.data).url()
