"""Stand-ins (người làm thay): who hands in for an absent officer's unit, from which day to which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from domain.errors import WardError
from domain.people import PERMITTED, Action, Role
from domain.refusals import BadValue, ReasonNeeded
from models import stand_ins
from services.history import hashed, record
from services.people import Person, Ward, human, permitted

LONGEST = timedelta(days=366)  # somebody who is away for longer is replaced, not stood in for
LONGEST_REASON = 500


class NotOneself(WardError):
    """An officer names or ends a stand-in for themselves only."""

    def __init__(self) -> None:
        super().__init__(
            "an officer acts for somebody else's absence",
            "Cán bộ chỉ cử hoặc thôi cử người làm thay cho chính mình; việc của người khác do điều phối làm.",
        )


class UnknownStandIn(WardError):
    """The ward has no such stand-in."""

    def __init__(self, number: int) -> None:
        super().__init__(f"unknown stand-in {number}", "Không có lần cử người làm thay này.")


def name_stand_in(
    connection: Connection,
    ward: Ward,
    account: str,
    stand_in: str,
    *,
    first: date,
    last: date,
    reason: str,
    by: str,
    today: date,
    now: datetime,
) -> int:
    """Let `stand_in` hand in for the unit of `account` from `first` to `last`, both counted; return its id.

    The same stand-in for the same days is named once, however often somebody asks.

    Raises:
        UnknownUser, NotPermitted, NotOneself: someone else has to.
        BadValue, ReasonNeeded: these two people, these days or this reason can't be.
        MachineAccount: one of the two is nobody; what its token is for says how far it goes.
    """
    actor = permitted(connection, ward, by, Action.STAND_IN)
    absent, other = human(connection, ward, account), human(connection, ward, stand_in)
    if actor.role is Role.OFFICER and actor.id != absent.id:
        raise NotOneself
    _check_people(absent, other)
    _check_days(first, last, today)
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded("cử người làm thay")
    if len(reason) > LONGEST_REASON:
        raise BadValue("Lý do", f"{reason[:40]}…", f"dài quá {LONGEST_REASON} chữ")
    named = {"account": absent.id, "stand_in": other.id, "first": first, "last": last}
    already = stand_ins.named_already(connection, ward.id, **named)  # type: ignore[arg-type] # ids and days, as named
    if already is not None:
        return already
    made = stand_ins.put(connection, ward.id, **named, reason=reason, by=actor.id, now=now)
    facts = {**named, "first": f"{first}", "last": f"{last}", "number": made, "reason_sha256": hashed(reason)}
    record(connection, ward.id, "stand-in.named", facts, actor=actor.actor, now=now)
    return made


def end(connection: Connection, ward: Ward, number: int, *, by: str, now: datetime) -> None:
    """End a stand-in at once; what was handed in by then stays. A second time changes nothing.

    Raises:
        UnknownStandIn: there is none with this id.
        UnknownUser, NotPermitted, NotOneself: only a coordinator or one of the two people ends it.
    """
    actor = permitted(connection, ward, by, Action.STAND_IN)
    row = stand_ins.one(connection, ward.id, number)
    if row is None:
        raise UnknownStandIn(number)
    if actor.role is Role.OFFICER and actor.id not in {row.account_id, row.stand_in_id}:
        raise NotOneself
    if stand_ins.end(connection, ward.id, number, by=actor.id, now=now):
        record(connection, ward.id, "stand-in.ended", {"number": number}, actor=actor.actor, now=now)


def of_ward(connection: Connection, ward: Ward, today: date) -> Sequence[Any]:
    """Return every stand-in, the newest first; `open` are those of today (`now`) and those to come."""
    return stand_ins.of_ward(connection, ward.id, today)


def standing_in_for(connection: Connection, ward: Ward, account_id: int, today: date) -> dict[int, str]:
    """Return the names of the units, by id, for which an account may hand in today besides its own."""
    return {row.id: row.name for row in stand_ins.units_of(connection, ward.id, account_id, today)}


def _check_people(absent: Person, other: Person) -> None:
    if absent.unit_id is None or absent.role not in PERMITTED[Action.SUBMIT]:
        raise BadValue("Người vắng", absent.name, "phải là cán bộ hoặc điều phối thuộc một đơn vị")
    if other.role not in PERMITTED[Action.SUBMIT]:
        raise BadValue("Người làm thay", other.name, "phải là cán bộ đơn vị hoặc điều phối")
    if absent.id == other.id:
        raise BadValue("Người làm thay", other.name, "phải là người khác")


def _check_days(first: date, last: date, today: date) -> None:
    if last < first:
        raise BadValue("Đến ngày", f"{last:%d/%m/%Y}", f"không được trước từ ngày {first:%d/%m/%Y}")
    if last < today:
        raise BadValue("Đến ngày", f"{last:%d/%m/%Y}", "đã qua")
    if last - first >= LONGEST:
        raise BadValue("Đến ngày", f"{last:%d/%m/%Y}", "mỗi lần cử không quá một năm")
