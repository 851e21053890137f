"""The web application: what people see in a browser.

The pages are for this machine only until log-in exists; the open routes, under `/open/`, are for everyone.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from config.hosts import is_loopback
from config.settings import Settings, load_settings
from web import (
    amendments,
    contacts,
    documents,
    feeds,
    findings,
    intake,
    mail,
    notices,
    outbox,
    plans,
    reminder_calendar,
    reminders,
    running,
    tasks,
    zalo,
)
from web.errors import handle_errors
from web.guard import LOOPBACK, Guard
from web.open import consent, received, webhooks
from web.open import feeds as open_feeds
from web.page import STATIC, Clock, Web

# Modules with a `router` each, one a line.
PAGES: tuple[ModuleType, ...] = (
    tasks,
    plans,
    intake,
    amendments,
    findings,
    mail,
    outbox,
    running,
    documents,
    feeds,
    contacts,
    reminders,
    reminder_calendar,
    notices,
    zalo,
)
# Under /open/: each request is known by its own token or signature, in the function that takes it.
OPEN_ROUTES: tuple[ModuleType, ...] = (
    received,
    open_feeds,
    consent,
    webhooks,
)


class Kept(StaticFiles):
    """Files that browsers may keep for good: their address changes with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve a file."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def create_app(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """Make the application; it starts without its database, and waits for it page by page."""
    # The interactive API pages would load scripts from a CDN.
    app = FastAPI(title="CCHC", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.web = Web(settings, clock) if clock else Web(settings)
    app.add_middleware(Guard, own=_own_names(settings), public=_public_names(settings))
    handle_errors(app)
    for part in (*PAGES, *OPEN_ROUTES):
        app.include_router(part.router)
    app.mount("/static", Kept(directory=STATIC), name="static")
    return app


def _own_names(settings: Settings) -> frozenset[str]:
    """Return the names under which only this machine reaches the pages."""
    return LOOPBACK | ({settings.host} if is_loopback(settings.host) else set())


def _public_names(settings: Settings) -> frozenset[str]:
    """Return the name that messages state, where others reach it: a proxy stands there."""
    stated = urlsplit(settings.base_url).hostname if settings.base_url else None
    if stated is None or is_loopback(stated):
        return frozenset()
    return frozenset({f"[{stated}]" if ":" in stated else stated})


def __getattr__(name: str) -> Any:
    """Make `web.app:app` when a server asks for it, so that importing this module reads no settings."""
    if name == "app":
        made = globals()["app"] = create_app(load_settings())
        return made
    raise AttributeError(name)
