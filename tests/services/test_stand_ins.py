"""Stand-ins: who names them, for whom, for which days, and what the history says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.errors import WardError
from domain.machine_tokens import MachineAccount
from domain.people import Role
from domain.plans import Stage
from domain.refusals import BadValue, NotOwnUnit, NotPermitted, ReasonNeeded, SamePerson, UnknownUser
from models import stand_ins
from models.history import SYSTEM
from services.audit import verify
from services.machine_tokens import Order, make_token
from services.people import add_contact, add_user, disable_user, find_unit, person
from services.stand_ins import (
    NotOneself,
    UnknownStandIn,
    end,
    name_stand_in,
    of_ward,
    standing_in_for,
)
from tests.builders import NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk

DAY = timedelta(1)


@pytest.fixture
def ward(connection: Connection) -> Office:
    return office(connection, plan_of(task("II.2", occurrences=[occurrence()])))


@pytest.fixture
def desk(connection: Connection, ward: Office) -> Desk:
    return Desk(connection, ward)


def named(
    desk: Desk,
    account: str = "lan",
    stand_in: str = "hoa",
    *,
    first: date = TODAY,
    last: date = TODAY + DAY,
    reason: str = "Nghỉ phép",
    by: str = "lan",
) -> int:
    return name_stand_in(
        desk.connection,
        desk.ward,
        account,
        stand_in,
        first=first,
        last=last,
        reason=reason,
        by=by,
        today=TODAY,
        now=NOW,
    )


def events(desk: Desk, kind: str) -> list[Any]:
    rows = desk.connection.exec_driver_sql(
        "SELECT body::json -> 'facts' FROM cchc.audit_event WHERE kind = %s ORDER BY position", (kind,)
    )
    return list(rows.scalars())


def test_a_stand_in_hands_in_under_their_own_name_and_the_history_says_for_whom(desk: Desk) -> None:
    with pytest.raises(NotOwnUnit):
        desk.submit(Stage.PLAN, by="hoa")
    named(desk)

    desk.submit(Stage.PLAN, by="hoa")

    lan, hoa = (person(desk.connection, desk.ward, name).id for name in ("lan", "hoa"))
    (row,) = desk.view().stages[0]["submissions"]
    assert row["by"] == "hoa"
    assert events(desk, "stage.submitted")[0]["standing_in_for"] == lan
    actors = desk.connection.exec_driver_sql(
        "SELECT body::json -> 'actor' ->> 'id' FROM cchc.audit_event WHERE kind = 'stage.submitted'"
    )
    assert actors.scalar_one() == str(hoa)
    assert verify(desk.connection).ok


def test_who_hands_in_for_their_own_unit_stands_in_for_nobody(desk: Desk) -> None:
    named(desk)

    desk.submit(Stage.PLAN)

    assert "standing_in_for" not in events(desk, "stage.submitted")[0]


def test_both_days_count_and_no_other(desk: Desk) -> None:
    named(desk, first=TODAY + DAY, last=TODAY + 2 * DAY)
    hoa = person(desk.connection, desk.ward, "hoa").id
    unit = find_unit(desk.connection, desk.ward, OFFICE)[0]

    units = [standing_in_for(desk.connection, desk.ward, hoa, TODAY + n * DAY) for n in range(4)]

    assert units == [{}, {unit: OFFICE}, {unit: OFFICE}, {}]
    with pytest.raises(NotOwnUnit):
        desk.submit(Stage.PLAN, by="hoa")


def test_a_stand_in_who_is_ended_or_whose_officer_left_hands_nothing_in(desk: Desk) -> None:
    number = named(desk)
    end(desk.connection, desk.ward, number, by="lan", now=NOW)
    with pytest.raises(NotOwnUnit):
        desk.submit(Stage.PLAN, by="hoa")

    named(desk)
    disable_user(desk.connection, desk.ward, "lan", actor=SYSTEM, now=NOW)
    with pytest.raises(NotOwnUnit):
        desk.submit(Stage.PLAN, by="hoa")


def test_a_coordinator_who_stands_in_does_not_accept_what_they_handed_in(desk: Desk) -> None:
    named(desk, stand_in="dieuphoi")
    desk.submit(Stage.PLAN, by="dieuphoi")

    with pytest.raises(SamePerson):
        desk.accept(Stage.PLAN, by="dieuphoi")
    desk.accept(Stage.PLAN, by="dieuphoi-vh")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"by": "hoa"}, NotOneself),
        ({"by": "chutich"}, NotPermitted),
        ({"by": "thanhtra"}, NotPermitted),
        ({"by": "quantri"}, NotPermitted),
        ({"by": "ai-do"}, UnknownUser),
        ({"stand_in": "ai-do"}, UnknownUser),
        ({"stand_in": "lan"}, BadValue),
        ({"stand_in": "chutich"}, BadValue),
        ({"stand_in": "thanhtra"}, BadValue),
        ({"stand_in": "may"}, MachineAccount),
        ({"account": "may", "by": "dieuphoi"}, MachineAccount),
        ({"account": "dieuphoi", "by": "dieuphoi"}, BadValue),
        ({"account": "chutich", "by": "dieuphoi"}, BadValue),
        ({"first": TODAY + 2 * DAY}, BadValue),
        ({"first": TODAY - 2 * DAY, "last": TODAY - DAY}, BadValue),
        ({"last": TODAY + 366 * DAY}, BadValue),
        ({"reason": "  "}, ReasonNeeded),
        ({"reason": "x" * 501}, BadValue),
    ],
)
def test_who_and_when_are_looked_at(desk: Desk, wrong: dict[str, Any], refusal: type[WardError]) -> None:
    make_token(desk.connection, desk.ward, Order("may", "x", ["submit"], unit=OFFICE), by="quantri", now=NOW)

    with pytest.raises(refusal):
        named(desk, **wrong)

    assert of_ward(desk.connection, desk.ward, TODAY) == []


def test_a_coordinator_names_one_for_anybody_and_ends_any(desk: Desk) -> None:
    number = named(desk, by="dieuphoi")
    end(desk.connection, desk.ward, number, by="dieuphoi-vh", now=NOW)

    (row,) = of_ward(desk.connection, desk.ward, TODAY)
    assert (row.account, row.stand_in, row.made_by, row.ended_by) == ("lan", "hoa", "dieuphoi", "dieuphoi-vh")
    assert (row.open, row.now) == (False, False)


def test_only_the_two_of_them_and_a_coordinator_end_it(desk: Desk) -> None:
    number = named(desk)
    with pytest.raises(NotOneself):
        end(desk.connection, desk.ward, number, by="minh", now=NOW)
    with pytest.raises(UnknownStandIn):
        end(desk.connection, desk.ward, number + 1, by="lan", now=NOW)

    end(desk.connection, desk.ward, number, by="hoa", now=NOW)


def test_naming_and_ending_twice_is_told_once(desk: Desk) -> None:
    number = named(desk)
    assert named(desk, by="dieuphoi", reason="như trên") == number
    for _ in range(2):
        end(desk.connection, desk.ward, number, by="lan", now=NOW)

    assert len(events(desk, "stand-in.named")) == 1
    assert len(events(desk, "stand-in.ended")) == 1
    assert "Nghỉ phép" not in str(events(desk, "stand-in.named"))


def test_another_ward_has_its_own(desk: Desk) -> None:
    number = named(desk)
    other = office(desk.connection, plan_of(task("II.2"), issuer="UBND xã Bên", number="2/QĐ-UBND")).ward

    assert of_ward(desk.connection, other, TODAY) == []
    assert standing_in_for(desk.connection, other, person(desk.connection, desk.ward, "hoa").id, TODAY) == {}
    with pytest.raises(UnknownStandIn):
        end(desk.connection, other, number, by="dieuphoi", now=NOW)
    add_user(
        desk.connection, other, "chi-ben", role=Role.OFFICER, unit=OFFICE, email=None, actor=SYSTEM, now=NOW
    )
    with pytest.raises(UnknownUser):
        named(desk, stand_in="chi-ben")


def reached(desk: Desk) -> list[str]:
    rows = desk.connection.exec_driver_sql(
        "SELECT address FROM cchc.recipient WHERE ward_id = %(ward)s AND role = 'officer' AND first"
        " AND unit_id = (SELECT id FROM cchc.unit WHERE ward_id = %(ward)s AND name = %(unit)s) ORDER BY 1",
        {"ward": desk.ward.id, "unit": OFFICE},
    )
    return list(rows.scalars())


def test_what_the_unit_is_told_goes_to_the_stand_in_too_for_as_long_as_they_stand_in(desk: Desk) -> None:
    add_contact(
        desk.connection, desk.ward, OFFICE, channel="email", address="lan@phuong.vn", actor=SYSTEM, now=NOW
    )
    named(desk)
    assert reached(desk) == ["lan@phuong.vn"]  # these days lie elsewhere than the database's

    lan, minh = (person(desk.connection, desk.ward, name).id for name in ("lan", "minh"))
    always = {"first": date(2000, 1, 1), "last": date(2999, 12, 31), "reason": "x", "by": lan, "now": NOW}
    number = stand_ins.put(desk.connection, desk.ward.id, account=lan, stand_in=minh, **always)
    assert reached(desk) == ["lan@phuong.vn", "minh@example.vn"]

    end(desk.connection, desk.ward, number, by="lan", now=NOW)
    assert reached(desk) == ["lan@phuong.vn"]
