"""Signing in with a password: tries are counted before they are judged, unknown names look alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from domain.canonical import canonical
from domain.errors import WardError
from domain.sign_in import FREE_TRIES, locked_for
from models import credentials as models
from models.history import SYSTEM
from services import sessions
from services.history import record
from services.passwords import Passwords
from services.sessions import Limits, Visitor


class SignInRefused(WardError):
    """The name, the password, the code or the moment is wrong; it never says which."""

    def __init__(self) -> None:
        super().__init__(
            "sign-in refused",
            "Tên đăng nhập hoặc mật khẩu không đúng. Nếu sai nhiều lần liên tiếp, tài khoản tạm khoá, "
            "mỗi lần lâu hơn; khi đó đề nghị đợi ít phút rồi thử lại, hoặc đặt lại mật khẩu.",
        )


@dataclass(frozen=True, slots=True)
class Knock:
    """One try to sign in; `account` is None where nobody may enter by it, whatever the password."""

    account: Any | None

    @property
    def kept(self) -> str | None:
        """Return the hash that the password has to fit; None for none."""
        return None if self.account is None else self.account.password_hash


@dataclass(frozen=True, slots=True)
class Entered:
    """A session was opened; its token goes to the browser and nowhere else."""

    token: str
    whole: bool


def knock(connection: Connection, ward: int | None, name: str, *, now: datetime) -> Knock:
    """Count a try before its password is looked at, so that many at once count as many.

    `name` is an account's name or e-mail address. Commit, then judge the password, then `enter` or `refuse`.
    """
    found = models.named(connection, ward, name.strip().lower())
    exact = [row for row in found if row.name == name.strip().lower()]
    chosen = exact if len(exact) == 1 else found
    if len(chosen) != 1:
        return Knock(None)
    [row] = chosen
    row = models.lock(connection, row.ward_id, row.id)
    if row is None or (row.locked_until is not None and row.locked_until > now):
        return Knock(None)
    _count(connection, row, now)
    return Knock(row)


def enter(
    connection: Connection,
    tried: Knock,
    passwords: Passwords,
    password: str,
    *,
    agent: str,
    limits: Limits,
    now: datetime,
) -> Entered:
    """Open the session of a try whose password fits; a second factor may still have to follow."""
    row = tried.account
    assert row is not None  # noqa: S101 - a password that fits is somebody's
    if passwords.outdated(row.password_hash):
        models.rehash(connection, row.ward_id, row.id, passwords.hash(password))
    return admit(connection, row, method="password", agent=agent, limits=limits, now=now)


def admit(
    connection: Connection, row: Any, *, method: str, agent: str, limits: Limits, now: datetime
) -> Entered:
    """Open the session of somebody who has proved who they are by one factor."""
    whole = row.totp_since is None
    if whole:
        settle_entry(connection, row, method=method, now=now)
    else:  # this factor was no failure; those of the other one go on being counted
        recognise(connection, row)
    token = sessions.open_session(
        connection, row.ward_id, row.id, method=method, whole=whole, agent=agent, limits=limits, now=now
    )
    return Entered(token, whole)


def recognise(connection: Connection, row: Any) -> None:
    """Take back that a try was counted: its password fits. The failures before it go on being counted."""
    models.note_failures(connection, row.ward_id, row.id, row.failures, None)


def way_in(connection: Connection, who: Visitor) -> Any:
    """Return what somebody signs in with: since when, their second factor, their e-mail address."""
    return models.of_account(connection, who.ward.id, who.person.id)


def settle_entry(connection: Connection, row: Any, *, method: str, now: datetime) -> None:
    """Forget the failures before an entry, and record it."""
    models.note_failures(connection, row.ward_id, row.id, 0, None)
    actor = canonical({"id": row.id, "role": row.role})
    record(
        connection,
        row.ward_id,
        "account.signed-in",
        {"account": row.id, "method": method},
        actor=actor,
        now=now,
    )


def refuse(connection: Connection, tried: Knock, *, now: datetime) -> None:
    """Record a try whose password does not fit; one that nobody could enter by leaves no trace."""
    if tried.account is not None:
        row = tried.account
        facts = {"account": row.id, "failures": row.failures + 1}
        record(connection, row.ward_id, "account.sign-in-refused", facts, actor=SYSTEM, now=now)


def _count(connection: Connection, row: Any, now: datetime) -> None:
    failures = row.failures + 1
    until = now + locked_for(failures) if failures >= FREE_TRIES else None
    models.note_failures(connection, row.ward_id, row.id, failures, until)
