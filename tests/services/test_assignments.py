"""Who is in charge of a task in a unit: given, taken back, handed over."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from domain.errors import WardError
from domain.machine_tokens import MachineAccount
from domain.people import Role
from domain.refusals import BadValue, NotPermitted, UnknownUser
from models.history import SYSTEM
from services.assignments import (
    OtherUnit,
    UnknownAssignment,
    assign,
    hand_over,
    led_tasks,
    of_ward,
)
from services.audit import verify
from services.audit_room import Asked, events
from services.machine_tokens import Order, make_token
from services.people import Ward, add_user, disable_user, find_unit
from services.tasks import show_task, task_id
from tests.builders import CENTRE, CULTURE, GROUP, NOW, OFFICE, TODAY, occurrence, office, plan_of, task

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
PLAN = plan_of(
    task("I.1", occurrences=[occurrence()]),
    task("I.2", occurrences=[occurrence()]),
    task("II.1", lead=CULTURE, occurrences=[occurrence()]),
    task("V.2", lead=GROUP, occurrences=[occurrence()]),
)


class Desk:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.ward: Ward = office(connection, PLAN).ward
        for name, unit in (("tuan", OFFICE), ("mai", CULTURE)):
            add_user(
                connection, self.ward, name, role=Role.OFFICER, unit=unit, email=None, actor=SYSTEM, now=NOW
            )

    def pair(self, code: str, unit: str = OFFICE) -> tuple[int, int]:
        return task_id(self.connection, self.ward, code), find_unit(self.connection, self.ward, unit)[0]

    def assign(self, account: str | None, *pairs: tuple[int, int], by: str = "lan") -> int:
        return assign(self.connection, self.ward, pairs, account, by=by, now=NOW)

    def hand_over(self, of: str, to: str | None, by: str = "lan", **more: Any) -> int:
        return hand_over(self.connection, self.ward, of, to, by=by, now=NOW, **more)

    def people(self) -> dict[tuple[int, int], str]:
        return {pair: each.name for pair, each in of_ward(self.connection, self.ward).items()}

    def events(self) -> list[Any]:
        rows = self.connection.exec_driver_sql(
            "SELECT body::json -> 'facts' FROM cchc.audit_event WHERE kind = 'task.assigned'"
            " ORDER BY position"
        )
        return list(rows.scalars())


@pytest.fixture
def desk(connection: Connection) -> Desk:
    return Desk(connection)


def test_somebody_is_put_in_charge_once_and_the_history_says_whom(desk: Desk) -> None:
    pairs = (desk.pair("I.1"), desk.pair("V.2"))

    assert [desk.assign("lan", *pairs), desk.assign("lan", *pairs)] == [2, 0]

    assert desk.people() == dict.fromkeys(pairs, "lan")
    assert [each["task"] for each in desk.events()] == ["I.1", "V.2"]
    assert "lan" not in str(desk.events())
    assert verify(desk.connection).ok


def test_a_tasks_history_and_the_logs_filter_tell_who_was_in_charge(desk: Desk) -> None:
    desk.assign("lan", desk.pair("I.1"))
    told = {
        code: [row.kind for row in show_task(desk.connection, desk.ward, code, TODAY).history]
        for code in ("I.1", "I.2")
    }
    found = events(desk.connection, desk.ward, Asked(task="I.1"), by="thanhtra", timezone=HANOI)

    assert told["I.1"][0] == "task.assigned"
    assert "task.assigned" not in told["I.2"]
    assert found[0].kind == "task.assigned"


def test_nobody_is_in_charge_any_more_once_it_is_taken_back(desk: Desk) -> None:
    desk.assign("lan", desk.pair("I.1"))

    assert [desk.assign(None, desk.pair("I.1")), desk.assign(None, desk.pair("I.2"))] == [1, 0]

    assert desk.people() == {}
    assert "account" not in desk.events()[-1]


def test_all_or_some_of_what_one_has_is_handed_over_and_back(desk: Desk) -> None:
    one, two, three = desk.pair("I.1"), desk.pair("I.2"), desk.pair("V.2")
    desk.assign("lan", one, two, three)

    assert desk.hand_over("lan", "tuan", tasks=[one]) == 1
    assert desk.hand_over("lan", "tuan") == 2
    assert desk.people() == dict.fromkeys((one, two, three), "tuan")

    assert desk.hand_over("tuan", "lan", tasks=[one, two]) == 2
    assert desk.people() == {one: "lan", two: "lan", three: "tuan"}


def test_what_somebody_else_was_given_meanwhile_is_not_handed_over(desk: Desk) -> None:
    one = desk.pair("I.1")
    desk.assign("tuan", one)

    assert desk.hand_over("lan", None, tasks=[one]) == 0

    assert desk.people() == {one: "tuan"}


def test_who_left_can_be_followed_by_somebody(desk: Desk) -> None:
    desk.assign("tuan", desk.pair("I.1"))
    disable_user(desk.connection, desk.ward, "tuan", actor=SYSTEM, now=NOW)

    assert desk.hand_over("tuan", "lan") == 1


def test_each_unit_of_a_group_has_its_own_person(desk: Desk) -> None:
    for name, unit in (("lan", OFFICE), ("mai", CULTURE), ("minh", CENTRE)):
        desk.assign(name, desk.pair("V.2", unit), by="dieuphoi")

    assert sorted(desk.people().values()) == ["lan", "mai", "minh"]
    assert len(led_tasks(desk.connection, desk.ward, desk.pair("V.2", CENTRE)[1])) == 1


@pytest.mark.parametrize(
    ("account", "code", "unit", "by", "refusal"),
    [
        ("lan", "I.1", OFFICE, "chutich", NotPermitted),
        ("lan", "I.1", OFFICE, "quantri", NotPermitted),
        ("lan", "I.1", OFFICE, "hoa", OtherUnit),
        ("mai", "II.1", CULTURE, "lan", OtherUnit),
        ("hoa", "I.1", OFFICE, "dieuphoi", BadValue),
        ("chutich", "I.1", OFFICE, "dieuphoi", BadValue),
        ("ai-do", "I.1", OFFICE, "dieuphoi", UnknownUser),
        ("may", "I.1", OFFICE, "dieuphoi", MachineAccount),
        ("hoa", "I.1", CULTURE, "dieuphoi", UnknownAssignment),
        (None, "I.1", GROUP, "dieuphoi", UnknownAssignment),
    ],
)
def test_who_and_what_are_looked_at(
    desk: Desk, account: str | None, code: str, unit: str, by: str, refusal: type[WardError]
) -> None:
    make_token(desk.connection, desk.ward, Order("may", "x", ["submit"], unit=OFFICE), by="quantri", now=NOW)

    with pytest.raises(refusal):
        desk.assign(account, desk.pair(code, unit), by=by)

    assert (desk.people(), desk.events()) == ({}, [])


def test_another_ward_has_its_own(desk: Desk) -> None:
    pair = desk.pair("I.1")
    desk.assign("lan", pair)
    other = office(desk.connection, plan_of(task("I.1"), issuer="UBND xã Bên", number="2/QĐ-UBND")).ward

    assert of_ward(desk.connection, other) == {}
    with pytest.raises(UnknownAssignment):
        assign(desk.connection, other, [pair], None, by="dieuphoi", now=NOW)
    with pytest.raises(UnknownUser):
        hand_over(desk.connection, other, "tuan", None, by="dieuphoi", now=NOW)
