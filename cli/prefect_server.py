"""Prefect's own server, under the names of this machine alone.

A page on the internet can make its own name point to this machine (DNS rebinding). A browser here then takes
Prefect's API for a part of that page, whatever CORS says, and who may call it may have programs run.
"""

from __future__ import annotations

from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

NAMES = ["127.0.0.1", "localhost"]


def create_app() -> ASGIApp:
    """Make Prefect's server."""
    from prefect.server.api.server import create_app as prefects

    return under_own_names(prefects())


def under_own_names(app: ASGIApp) -> ASGIApp:
    """Return an application that answers nobody who calls this machine by another name."""
    return TrustedHostMiddleware(app, allowed_hosts=NAMES, www_redirect=False)
