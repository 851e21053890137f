"""Who is in charge (người phụ trách) of what a unit leads, and handing it over to somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from domain.canonical import canonical
from domain.errors import WardError
from domain.people import PERMITTED, Action, Role
from domain.refusals import BadValue, UnknownUser
from models import assignments, directory, history
from services.people import Person, Ward, human, permitted

Pairs = Sequence[tuple[int, int]]  # (task, unit)


class UnknownAssignment(WardError):
    """The unit doesn't lead such a task of an active plan."""

    def __init__(self) -> None:
        super().__init__(
            "no such task of the unit",
            "Có nhiệm vụ không thuộc kế hoạch đang thực hiện hoặc không do đơn vị này chủ trì.",
        )


class OtherUnit(WardError):
    """An officer assigns what their own unit leads."""

    def __init__(self) -> None:
        super().__init__(
            "an officer assigns another unit's task",
            "Cán bộ chỉ giao, bàn giao nhiệm vụ trong đơn vị mình; việc của đơn vị khác do điều phối làm.",
        )


@dataclass(frozen=True, slots=True)
class InCharge:
    """Who is in charge of a task in one of its lead units."""

    account_id: int
    name: str


def assign(
    connection: Connection, ward: Ward, tasks: Pairs, account: str | None, *, by: str, now: datetime
) -> int:
    """Put `account`, or nobody, in charge of these tasks in these units; return how many changed.

    Raises:
        UnknownAssignment: a unit doesn't lead such a task.
        UnknownUser, NotPermitted, OtherUnit: someone else has to.
        BadValue, MachineAccount: the person doesn't belong to the unit, hands nothing in, or is none.
    """
    actor = permitted(connection, ward, by, Action.ASSIGN)
    return _assign(connection, ward, tasks, account, former=None, actor=actor, now=now)


def hand_over(
    connection: Connection,
    ward: Ward,
    from_account: str,
    to_account: str | None,
    *,
    tasks: Pairs | None = None,
    by: str,
    now: datetime,
) -> int:
    """Hand what one person is in charge of, all or `tasks` of it, over to another; return how many.

    Whoever hands over may have left already. What somebody else has been given meanwhile stays theirs.

    Raises:
        as `assign`.
    """
    actor = permitted(connection, ward, by, Action.ASSIGN)
    former = directory.account(connection, ward.id, from_account)
    if former is None:
        raise UnknownUser(from_account)
    if tasks is None:
        rows = assignments.led(connection, ward.id)
        tasks = [(row.task_id, row.unit_id) for row in rows if row.account_id == former.id]
    return _assign(connection, ward, tasks, to_account, former=former.id, actor=actor, now=now)


def of_ward(connection: Connection, ward: Ward) -> dict[tuple[int, int], InCharge]:
    """Return who is in charge, by (task, unit), of the tasks of the active plans."""
    return {
        (row.task_id, row.unit_id): InCharge(row.account_id, row.name)
        for row in assignments.led(connection, ward.id)
        if row.account_id is not None
    }


def led_tasks(connection: Connection, ward: Ward, unit: int | None = None) -> Sequence[Any]:
    """Return each task with each unit that leads it, or with `unit` alone, and who is in charge there."""
    rows = assignments.led(connection, ward.id)
    return [row for row in rows if unit is None or row.unit_id == unit]


def _assign(
    connection: Connection,
    ward: Ward,
    pairs: Pairs,
    account: str | None,
    *,
    former: int | None,
    actor: Person,
    now: datetime,
) -> int:
    units = {(row.task_id, row.unit_id): row.unit for row in assignments.led(connection, ward.id)}
    if any(pair not in units for pair in pairs):
        raise UnknownAssignment
    if actor.role is Role.OFFICER and any(unit != actor.unit_id for _, unit in pairs):
        raise OtherUnit
    to = None if account is None else human(connection, ward, account)
    if to is not None:
        _check_belongs(to, {unit: units[task, unit] for task, unit in pairs})
    to_id = None if to is None else to.id
    rows = assignments.assign(connection, ward.id, pairs, to_id, former=former, by=actor.id, now=now)
    facts = [
        {
            "account": to_id,
            "former": row.former,
            "task": row.code,
            "task_id": row.task_id,
            "unit": row.unit_id,
        }
        for row in rows
    ]
    if facts:
        stated = [
            canonical({name: fact for name, fact in each.items() if fact is not None}) for each in facts
        ]
        kinds = ["task.assigned"] * len(facts)
        history.append(connection, ward.id, at=now, actor=actor.actor, kinds=kinds, facts=stated)
    return len(rows)


def _check_belongs(to: Person, units: dict[int, str]) -> None:
    if to.role not in PERMITTED[Action.SUBMIT]:
        raise BadValue("Người phụ trách", to.name, "phải là cán bộ đơn vị hoặc điều phối")
    for unit, name in units.items():
        if to.unit_id != unit:
            raise BadValue("Người phụ trách", to.name, f"phải thuộc đơn vị chủ trì ({name})")
