"""The web application: what people see in a browser.

The pages are for whoever is signed in; the open routes, under `/open/`, are for everyone.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from config.hosts import WILDCARDS
from config.settings import Settings, load_settings
from services.passwords import Passwords
from web import (
    accounts,
    amendments,
    assignments,
    audit_room,
    audit_story,
    charts,
    contacts,
    desk,
    documents,
    due_calendar,
    entry,
    events,
    evidence,
    exports,
    extensions,
    feeds,
    findings,
    guides,
    health,
    help,  # noqa: A004 - the page, not the function
    intake,
    machines,
    mail,
    me,
    metrics,
    notices,
    outbox,
    overview,
    passwords,
    plans,
    questions,
    reminder_calendar,
    reminders,
    reports,
    running,
    scorecard,
    search,
    sso,
    stages,
    stand_ins,
    submissions,
    task_lists,
    tasks,
    zalo,
)
from web.api.app import PREFIX, Below, create_api
from web.errors import handle_errors
from web.guard import LOOPBACK, Guard
from web.measured import Measured, Measures
from web.open import consent, received, webhooks
from web.open import feeds as open_feeds
from web.page import Clock, Web, utc_now
from web.shelves import Shelves
from web.style import NAME as STYLE
from web.style import style
from web.templating import STATIC
from web.visits import signed_in

# Modules with a `router` each, one a line.
PAGES: tuple[ModuleType, ...] = (
    task_lists,
    desk,
    overview,
    submissions,
    charts,
    exports,
    tasks,
    stages,
    extensions,
    search,
    audit_room,
    audit_story,
    help,
    guides,
    evidence,
    plans,
    intake,
    amendments,
    findings,
    mail,
    outbox,
    running,
    documents,
    due_calendar,
    feeds,
    contacts,
    reminders,
    reminder_calendar,
    notices,
    zalo,
    me,
    reports,
    scorecard,
    accounts,
    machines,
    stand_ins,
    assignments,
    questions,
    events,
)
# What somebody needs who is not signed in; each form is bound to its browser by a cookie of its own.
ENTRIES: tuple[ModuleType, ...] = (
    entry,
    sso,
    passwords,
    health,
    metrics,
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
        """Serve a file, or the style sheet that is put together from several."""
        if path == STYLE and scope["method"] in {"GET", "HEAD"}:
            response = Response(style(), media_type="text/css")
        else:
            response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def create_app(settings: Settings, clock: Clock = utc_now, hashing: Passwords | None = None) -> FastAPI:
    """Make the application; it starts without its database, and waits for it page by page."""
    # The interactive API pages would load scripts from a CDN.
    app = FastAPI(title="CCHC", docs_url=None, redoc_url=None, openapi_url=None, routes=[_pages()])
    app.state.web = Web(settings, clock, hashing or Passwords())
    app.state.measures = Measures()
    app.add_middleware(Measured, measures=app.state.measures)
    app.add_middleware(Guard, names=_names(settings), any_number=settings.host in WILDCARDS)
    handle_errors(app)
    app.state.web.served = frozenset(
        route.path for part in PAGES for route in part.router.routes if "GET" in route.methods
    )
    app.router.routes.append(Below(PREFIX, create_api(app.state.web)))
    app.mount("/static", Kept(directory=STATIC), name="static")
    return app


@cache
def _pages() -> Shelves:
    """Put the pages together; once in a process, since what each of them takes is worked out slowly."""
    whole = APIRouter()
    for part in PAGES:
        _add(whole, part, Depends(signed_in))
    for part in (*ENTRIES, *OPEN_ROUTES):
        _add(whole, part)
    return Shelves([route for route in whole.routes if isinstance(route, Route)])


def _add(whole: APIRouter, part: ModuleType, *dependencies: Any) -> None:
    """Add each route by itself: one in a router that is included is found four times as slowly."""
    for route in part.router.routes:
        whole.add_api_route(
            route.path,
            route.endpoint,
            methods=route.methods,
            name=route.name,
            dependencies=[*dependencies, *route.dependencies],
        )


def _names(settings: Settings) -> frozenset[str]:
    """Return the names under which the pages are served: this machine's own, and what the settings name."""
    stated = urlsplit(settings.base_url).hostname if settings.base_url else None
    named = {each for each in (stated, settings.host) if each and each not in WILDCARDS}
    return LOOPBACK | {f"[{each}]" if ":" in each else each.lower() for each in named}


def __getattr__(name: str) -> Any:
    """Make `web.app:app` when a server asks for it, so that importing this module reads no settings."""
    if name == "app":
        made = globals()["app"] = create_app(load_settings())
        return made
    raise AttributeError(name)
