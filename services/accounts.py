"""Looking after accounts: who may do it for whom, and what changes with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from domain.errors import WardError
from domain.people import Action, Role
from domain.refusals import BadValue
from models import directory
from models import sessions as open_sessions
from services.history import record
from services.people import Person, Ward, find_unit, human, permitted


class NotYourself(WardError):
    """Whoever looks after accounts can't lock themselves out: another administrator can."""

    def __init__(self) -> None:
        super().__init__(
            "not one's own account",
            "Không tự khoá hay đổi vai trò của chính mình được; đề nghị quản trị khác làm việc này.",
        )


def manager(connection: Connection, ward: Ward, by: str, *, of: str | None = None) -> Person:
    """Return who looks after accounts, if they may; `of` names an account that must not be their own.

    Raises:
        UnknownUser, NotPermitted, NotYourself: they may not.
    """
    found = permitted(connection, ward, by, Action.MANAGE_ACCOUNTS)
    if of == found.name:
        raise NotYourself
    return found


def change(
    connection: Connection,
    ward: Ward,
    name: str,
    *,
    role: Role,
    unit: str | None,
    email: str | None,
    by: str,
    now: datetime,
) -> None:
    """Give an account another role, unit or address; with another role it has to sign in anew.

    Raises:
        UnknownUser, MachineAccount, UnknownUnit, BadValue, NotPermitted, NotYourself: it can't be done so.
    """
    from services.people import check_email

    found = human(connection, ward, name)
    changer = manager(connection, ward, by, of=name if role is not found.role else None)
    if email is not None:
        check_email(email)
    unit_id = None if unit is None else find_unit(connection, ward, unit)[0]
    if role is Role.OFFICER and unit_id is None:
        raise BadValue("Đơn vị", "", "cán bộ phải thuộc một đơn vị")
    directory.change_account(connection, ward.id, found.id, role=role, unit=unit_id, email=email)
    if role is not found.role:
        open_sessions.revoke(connection, ward.id, found.id, now=now, one=None, but=None)
    facts = {"account": found.id, "role": role.value, "unit": unit_id}
    record(connection, ward.id, "account.changed", facts, actor=changer.actor, now=now)


def accounts(connection: Connection, ward: Ward, *, now: datetime) -> Sequence[Any]:
    """Return all accounts with how they sign in and when they last did, by name."""
    return directory.accounts_with_log_in(connection, ward.id, now)
