"""Who asks the API, for what, and whether anything has changed since they last did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from domain.errors import WardError
from domain.machine_tokens import SCOPE_NAMES, Scope
from services.history import log_mark
from services.machine_tokens import Machine
from services.people import Ward
from web.page import Web

# The gate checks it; this is what the description says.
BEARER = HTTPBearer(auto_error=False, description="A token of a machine account, from the page `/machines`.")


class ScopeMissing(WardError):
    """The token is not for this."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(
            f"the token lacks the scope {scope}",
            f"Mã truy cập này không có quyền “{SCOPE_NAMES[scope]}”.",
        )


def scoped(scope: Scope) -> Callable[[Request], Machine]:
    """Return a dependency for what a token must be for.

    Raises:
        ScopeMissing: when it isn't.
    """

    def check(request: Request, shown: object = Depends(BEARER)) -> Machine:
        machine: Machine = request.state.machine
        if scope not in machine.scopes:
            raise ScopeMissing(scope)
        return machine

    return check


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the ward of whoever asks."""

    web: Web
    connection: Connection
    machine: Machine
    now: datetime
    today: date
    tag: str

    @property
    def ward(self) -> Ward:
        """The ward whose token it is."""
        return self.machine.ward


@contextmanager
def looking(request: Request) -> Iterator[Look]:
    """Open one look; what is asked for again is not answered again while nothing has changed.

    Everything that changes is in the ward's log, and what is late changes with the day. With another
    version of the program the same may be answered in other words.

    Raises:
        DatabaseAway: there is nothing to look at now.
        HTTPException: 304, where nothing has changed.
    """
    web: Web = request.app.state.web
    machine: Machine = request.state.machine
    now = web.clock()
    today = now.astimezone(web.settings.timezone).date()
    with web.look() as connection:
        mark = log_mark(connection, machine.ward.id)
        what = f"{request.app.version} {request.url.path}?{request.url.query}"
        asked = sha256(what.encode()).hexdigest()[:16]
        tag = f'W/"{machine.ward.id}-{mark}-{today:%Y%m%d}-{asked}"'
        if tag in {each.strip() for each in request.headers.get("if-none-match", "").split(",")}:
            raise HTTPException(304, headers={"etag": tag})
        yield Look(web, connection, machine, now, today, tag)


@contextmanager
def changing(request: Request) -> Iterator[Look]:
    """Open the one transaction of a change: all of it is kept, or nothing.

    Raises:
        DatabaseAway: it can't be opened now.
    """
    web: Web = request.app.state.web
    machine: Machine = request.state.machine
    now = web.clock()
    with web.change() as connection:
        yield Look(web, connection, machine, now, now.astimezone(web.settings.timezone).date(), "")
