"""One change that a form asks for: one transaction, by whoever is signed in, then a page again."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from services.people import Ward
from web.page import Web
from web.visits import visitor

Change = Callable[[Connection, Ward, str], object]


def changed(
    request: Request, change: Change, *, back: str, again: Callable[[WardError], Response]
) -> Response:
    """Do `change` and send the browser `back`; refused, it comes `again` and nothing is kept.

    Raises:
        SystemFault: the database is away.
    """
    web: Web = request.app.state.web
    me = visitor(request)
    try:
        with web.change() as connection:
            change(connection, me.ward, me.name)
    except SystemFault:
        raise
    except WardError as refusal:
        return again(refusal)
    return RedirectResponse(back, status_code=303)
