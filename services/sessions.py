"""Sessions: a browser is somebody's until it idles too long, its time is over, or it is revoked."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from domain.people import PERMITTED, ROLE_NAMES, Action, Role
from domain.refusals import NotPermitted
from models import sessions as models
from services.history import record
from services.people import Person, Ward

HALF_WAY = timedelta(minutes=5)  # within which the second factor has to follow the first
TOUCHED = timedelta(minutes=1)  # a session's last use is kept as exactly as this
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_AGENT = 120


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session may lie idle, and how long it may last at all."""

    idle: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks for a page; `whole` is false while the second factor is missing."""

    ward: Ward
    person: Person
    unit: str | None
    session: int
    whole: bool
    must_change: bool
    stale: bool

    @property
    def name(self) -> str:
        """Return the account's name."""
        return self.person.name

    @property
    def role_name(self) -> str:
        """Return the role as people call it."""
        return ROLE_NAMES[self.person.role]

    def may(self, action: str) -> bool:
        """Tell whether the role allows an action; the services decide the same again."""
        return self.person.role in PERMITTED[Action(action)]

    def check(self, action: Action) -> None:
        """Return if the role allows an action.

        Raises:
            NotPermitted: it doesn't.
        """
        if not self.may(action):
            raise NotPermitted(self.person.role, action, sorted(PERMITTED[action]))


def open_session(
    connection: Connection,
    ward: int,
    account: int,
    *,
    method: str,
    whole: bool = True,
    agent: str = "",
    limits: Limits,
    now: datetime,
) -> str:
    """Open a session and return its token, which is kept nowhere.

    One that is not `whole` only lets its holder give the second factor, within a few minutes.
    """
    token = secrets.token_urlsafe(32)
    models.put(
        connection,
        ward=ward,
        account=account,
        token=_hash(token),
        method=method,
        now=now,
        until=now + (limits.longest if whole else HALF_WAY),
        whole=whole,
        agent="".join(each for each in agent if each.isprintable())[:_AGENT],
    )
    return token


def visitor(connection: Connection, token: str, *, limits: Limits, now: datetime) -> Visitor | None:
    """Return whose session a token is; None where it has ended, or there never was one."""
    if not _TOKEN.fullmatch(token):
        return None
    row = models.find(connection, _hash(token), now=now, used_after=now - limits.idle)
    if row is None:
        return None
    return Visitor(
        Ward(row.ward_id, row.ward_code, row.ward_name),
        Person(row.account_id, row.name, Role(row.role), row.unit_id),
        row.unit,
        row.id,
        row.whole,
        row.must_change,
        row.used_at < now - TOUCHED,
    )


def note_use(connection: Connection, found: Visitor, now: datetime) -> None:
    """Keep that a session is in use."""
    models.touch(connection, found.ward.id, found.session, now)


def own_sessions(connection: Connection, found: Visitor, *, limits: Limits, now: datetime) -> Sequence[Any]:
    """Return the sessions of whoever asks, the last used first."""
    return models.of_account(
        connection, found.ward.id, found.person.id, now=now, used_after=now - limits.idle
    )


def revoke(
    connection: Connection,
    ward: int,
    account: int,
    *,
    now: datetime,
    one: int | None = None,
    but: int | None = None,
    actor: str,
) -> int:
    """End sessions of an account: one, or all, or all but one; return how many ended."""
    ended = models.revoke(connection, ward, account, now=now, one=one, but=but)
    if ended:
        facts = {"account": account, "sessions": ended}
        record(connection, ward, "account.sessions-revoked", facts, actor=actor, now=now)
    return ended


def _hash(token: str) -> bytes:
    return sha256(token.encode("ascii")).digest()
