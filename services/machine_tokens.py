"""Tokens of machine accounts: made and shown once, known by their hash, taken back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from domain.errors import WardError
from domain.machine_tokens import (
    LASTS,
    Scope,
    check_lifetime,
    check_role,
    fitting_role,
    read_scopes,
)
from domain.people import Action, Role
from domain.refusals import BadValue, UserExists
from models import directory
from models import machine_tokens as models
from services.history import hashed, record
from services.people import NAME, Person, Ward, find_unit, permitted

PREFIX = "cchc_"  # by it a scanner for secrets knows a token that strayed into somebody's files
TOUCHED = timedelta(minutes=1)  # a token's last use is kept as exactly as this
_TOKEN = re.compile(r"cchc_[A-Za-z0-9_-]{43}")
_LONGEST_LABEL = 120


class UnknownToken(WardError):
    """The ward has no such token, or it was taken back before."""

    def __init__(self, number: int) -> None:
        super().__init__(f"no token {number}", f"Không có mã truy cập số {number}, hoặc đã thu hồi trước đó.")


@dataclass(frozen=True, slots=True)
class Order:
    """A token that an administrator asks for: for whom, what for, what it may do, for how many days."""

    name: str
    label: str
    scopes: Collection[str]
    unit: str | None = None
    days: int = LASTS.days


@dataclass(frozen=True, slots=True)
class Made:
    """A new token; it is kept nowhere, so `token` is to be shown now or never."""

    id: int
    name: str
    token: str
    scopes: tuple[Scope, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Machine:
    """Whose token a request has; `stale` says that its use is to be noted."""

    ward: Ward
    person: Person
    unit: str | None
    token: int
    scopes: frozenset[Scope]
    expires_at: datetime
    stale: bool


def make_token(connection: Connection, ward: Ward, order: Order, *, by: str, now: datetime) -> Made:
    """Make a token for a machine's account, and the account if it is new.

    A machine has neither address nor password: it can't sign in, and nothing is sent to it. Its role is
    the one that may least of those that may do all that its first token is for.

    Raises:
        NotPermitted: only an administrator may.
        BadValue, UnknownUnit, UserExists, RoleTooSmall: it can't be made so.
    """
    maker = permitted(connection, ward, by, Action.MANAGE_MACHINES)
    scopes, lasts = read_scopes(order.scopes), check_lifetime(order.days)
    label = order.label.strip()
    if not label or len(label) > _LONGEST_LABEL:
        raise BadValue("Dùng cho việc gì", label[:40], f"cần ghi, nhiều nhất {_LONGEST_LABEL} chữ")
    account = _account(connection, ward, order, scopes, maker, now)
    token = PREFIX + secrets.token_urlsafe(32)
    until = now + lasts
    number = models.put(
        connection,
        ward.id,
        account=account,
        label=label,
        token=_hash(token),
        scopes=[scope.value for scope in scopes],
        by=maker.id,
        now=now,
        until=until,
    )
    facts = {
        "account": account,
        "expires_at": until.isoformat(),
        "label_sha256": hashed(label),
        "scopes": [scope.value for scope in scopes],
        "token": number,
    }
    record(connection, ward.id, "machine.token-made", facts, actor=maker.actor, now=now)
    return Made(number, order.name, token, scopes, until)


def revoke_token(connection: Connection, ward: Ward, number: int, *, by: str, now: datetime) -> str:
    """Take a token back at once; return what it was for.

    Raises:
        UnknownToken: there is none, or it was taken back before.
        NotPermitted: only an administrator may.
    """
    person = permitted(connection, ward, by, Action.MANAGE_MACHINES)
    row = models.revoke(connection, ward.id, number, by=person.id, now=now)
    if row is None:
        raise UnknownToken(number)
    facts = {"account": row.account_id, "token": row.id}
    record(connection, ward.id, "machine.token-revoked", facts, actor=person.actor, now=now)
    return str(row.label)


def tokens(connection: Connection, ward: Ward) -> Sequence[Any]:
    """Return the ward's tokens, the newest first; none of them can be read back."""
    return models.listed(connection, ward.id)


def find(connection: Connection, token: str, *, now: datetime) -> Machine | None:
    """Return whose token it is; None where it has ended, or there never was one."""
    if not _TOKEN.fullmatch(token):
        return None
    row = models.find(connection, _hash(token), now)
    if row is None:
        return None
    return Machine(
        Ward(row.ward_id, row.ward_code, row.ward_name),
        Person(row.account_id, row.name, Role(row.role), row.unit_id),
        row.unit,
        row.id,
        frozenset(Scope(scope) for scope in row.scopes),
        row.expires_at,
        row.used_at is None or row.used_at <= now - TOUCHED,
    )


def note_use(connection: Connection, found: Machine, now: datetime) -> None:
    """Keep that a token is in use, to the minute."""
    models.touch(connection, found.ward.id, found.token, now=now, unless_since=now - TOUCHED)


def _account(
    connection: Connection, ward: Ward, order: Order, scopes: Sequence[Scope], by: Person, now: datetime
) -> int:
    """Return the machine's account, made or let in again if need be."""
    if not NAME.fullmatch(order.name):
        raise BadValue("Tên tài khoản máy", order.name[:63], "chữ thường không dấu, số, dấu chấm, gạch")
    unit = None if order.unit is None else find_unit(connection, ward, order.unit)[0]
    role = fitting_role(scopes)
    existing = directory.account(connection, ward.id, order.name)
    if existing is not None:
        if not existing.machine or unit not in {None, existing.unit_id}:
            raise UserExists(order.name)
        role, unit = Role(existing.role), existing.unit_id
        check_role(role, scopes)
        if existing.active:
            return int(existing.id)
        # It was disabled: what it had before does not come back with it.
        models.end_all(connection, ward.id, existing.id, by=by.id, now=now)
    if Scope.SUBMIT in scopes and unit is None:
        raise BadValue("Đơn vị", "", "quyền nộp kết quả phải thuộc một đơn vị")
    account = models.put_account(connection, ward.id, order.name, role, unit)
    facts = {"account": account, "kind": "machine", "role": role.value, "unit": unit}
    record(connection, ward.id, "account.added", facts, actor=by.actor, now=now)
    return account


def _hash(token: str) -> bytes:
    return sha256(token.encode("ascii")).digest()
