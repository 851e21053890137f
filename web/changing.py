"""One change that a form asks for: one transaction, by whoever the form names, then a page again."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from services.people import Ward, the_ward, users
from web.acting import actor, remembered
from web.forms import Fields
from web.page import Web

Change = Callable[[Connection, Ward, str | None], object]


def changed(
    request: Request, fields: Fields, change: Change, *, back: str, again: Callable[[WardError], Response]
) -> Response:
    """Do `change` and send the browser `back`; refused, it comes `again` and nothing is kept.

    Raises:
        SystemFault: the database is away.
    """
    web: Web = request.app.state.web
    try:
        with web.change() as connection:
            ward = the_ward(connection, web.settings.ward)
            by = actor(fields.text("by"), users(connection, ward))
            change(connection, ward, by)
    except SystemFault:
        raise
    except WardError as refusal:
        return again(refusal)
    return remembered(RedirectResponse(back, status_code=303), request, by)
