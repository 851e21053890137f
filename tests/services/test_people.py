"""Wards, units, accounts and how they are reached."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.errors import WardError
from domain.people import PERMITTED, Action, Role
from domain.refusals import (
    BadValue,
    NotPermitted,
    UnknownUnit,
    UnknownUser,
    UnknownWard,
    UserExists,
)
from models.history import SYSTEM
from services.people import (
    add_contact,
    add_user,
    disable_user,
    find_unit,
    permitted,
    person,
    the_ward,
    units,
    users,
)
from tests.builders import CULTURE, NOW, OFFICE, PEOPLE, Office, office, plan_of, task


@pytest.fixture
def ward(connection: Connection) -> Office:
    return office(connection, plan_of(task("I.1")))


def add(connection: Connection, ward: Office, name: str, **more: Any) -> int:
    given: dict[str, Any] = {"role": Role.OFFICER, "unit": OFFICE, "email": None, **more}
    return add_user(connection, ward.ward, name, actor=SYSTEM, now=NOW, **given)


def kinds(connection: Connection) -> list[str]:
    return list(connection.exec_driver_sql("SELECT kind FROM cchc.audit_event ORDER BY position").scalars())


def test_the_only_ward_need_not_be_named(connection: Connection, ward: Office) -> None:
    assert the_ward(connection, None) == ward.ward
    assert the_ward(connection, "thu-nghiem") == ward.ward


def test_of_several_wards_one_must_be_named(connection: Connection, ward: Office) -> None:
    other = office(connection, plan_of(task("I.1"), issuer="UBND phường Khác")).ward

    with pytest.raises(UnknownWard) as refusal:
        the_ward(connection, None)
    assert "khac, thu-nghiem" in refusal.value.notice or "thu-nghiem, khac" in refusal.value.notice
    assert the_ward(connection, "khac") == other
    with pytest.raises(UnknownWard):
        the_ward(connection, "khong-co")


def test_an_empty_installation_says_what_to_do(connection: Connection) -> None:
    with pytest.raises(UnknownWard) as refusal:
        the_ward(connection, None)

    assert "cchc plan import" in refusal.value.notice


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize(("name", "role"), [(name, role) for name, role, _ in PEOPLE])
def test_every_role_may_do_what_the_table_says_and_nothing_else(
    connection: Connection, ward: Office, name: str, role: Role, action: Action
) -> None:
    if role in PERMITTED[action]:
        assert permitted(connection, ward.ward, name, action).role is role
        return
    with pytest.raises(NotPermitted):
        permitted(connection, ward.ward, name, action)


def test_the_table_of_permissions_is_the_one_that_was_agreed() -> None:
    may = {role: {action.value for action in Action if role in PERMITTED[action]} for role in Role}
    own_unit = {"submit", "ask-extension", "assign", "stand-in"}

    assert may == {
        Role.COORDINATOR: {action.value for action in Action}
        - {"manage-accounts", "manage-zalo", "manage-machines", "decide-extension"},
        Role.OFFICER: own_unit | {"manage-feeds"},
        Role.LEADER: {"accept", "set-date", "decide-extension", "manage-feeds", "see-messages", "verify"}
        | {"report"},
        Role.AUDITOR: {"see-messages", "verify", "report"},
        Role.ADMIN: {"import-plan", "see-messages", "verify", "report"}
        | {action.value for action in Action if "manage-" in action},
    }


def test_a_person_of_one_ward_is_nobody_in_another(connection: Connection, ward: Office) -> None:
    other = office(connection, plan_of(task("I.1"), issuer="UBND phường Khác"))
    disable_user(connection, other.ward, "lan", actor=SYSTEM, now=NOW)

    assert person(connection, ward.ward, "lan").name == "lan"
    with pytest.raises(UnknownUser):
        person(connection, other.ward, "lan")


@pytest.mark.parametrize(
    "spelling",
    [
        OFFICE,
        "VP HĐND&UBND",
        "vp hđnd & ubnd",
        "  VĂN PHÒNG  HĐND VÀ UBND PHƯỜNG ",
        unicodedata.normalize("NFD", OFFICE),
    ],
)
def test_a_unit_is_found_however_it_is_written(connection: Connection, ward: Office, spelling: str) -> None:
    assert find_unit(connection, ward.ward, spelling)[1] == OFFICE


def test_a_unit_that_is_not_there_is_answered_with_the_nearest(connection: Connection, ward: Office) -> None:
    with pytest.raises(UnknownUnit) as refusal:
        find_unit(connection, ward.ward, "Phòng Văn hoá Xã hội và Thể thao")

    assert CULTURE in refusal.value.notice


def test_adding_the_same_account_twice_leaves_one_trace(connection: Connection, ward: Office) -> None:
    before = len(kinds(connection))
    ids = {add(connection, ward, "mai", email="mai@p.vn") for _ in range(2)}

    assert len(ids) == 1
    assert kinds(connection)[before:] == ["account.added"]


def test_a_disabled_account_comes_back_as_itself(connection: Connection, ward: Office) -> None:
    first = add(connection, ward, "mai")
    disable_user(connection, ward.ward, "mai", actor=SYSTEM, now=NOW)
    with pytest.raises(UnknownUser):
        person(connection, ward.ward, "mai")
    with pytest.raises(UnknownUser):
        disable_user(connection, ward.ward, "mai", actor=SYSTEM, now=NOW)

    assert add(connection, ward, "mai") == first
    assert person(connection, ward.ward, "mai").id == first


def test_another_address_is_taken_over(connection: Connection, ward: Office) -> None:
    for address in ("cu@p.vn", "moi@p.vn"):
        add(connection, ward, "mai", email=address)

    assert {row.name: row.email for row in users(connection, ward.ward)}["mai"] == "moi@p.vn"


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"name": "Nguyễn Mai"}, BadValue),
        ({"name": ""}, BadValue),
        ({"name": "-mai"}, BadValue),
        ({"name": "x" * 64}, BadValue),
        ({"email": "mai"}, BadValue),
        ({"email": "mai@p.vn, lan@p.vn"}, BadValue),
        ({"email": "mai@p.vn\nBcc: x@y.vn"}, BadValue),
        ({"email": "x" * 250 + "@p.vn"}, BadValue),
        ({"unit": None}, BadValue),
        ({"unit": "Phòng Vũ trụ"}, UnknownUnit),
        ({"name": "lan", "role": Role.ADMIN}, UserExists),
        ({"name": "lan", "unit": CULTURE}, UserExists),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    connection: Connection, ward: Office, wrong: dict[str, Any], refusal: type[WardError]
) -> None:
    given = {"name": "mai", **wrong}

    with pytest.raises(refusal):
        add(connection, ward, given.pop("name"), **given)


def reach(connection: Connection, ward: Office, address: str, **more: Any) -> None:
    given: dict[str, Any] = {"channel": "email", **more}
    add_contact(connection, ward.ward, OFFICE, address=address, actor=SYSTEM, now=NOW, **given)


def contacts(connection: Connection, ward: Office) -> list[tuple[str, str, str]]:
    row = next(each for each in units(connection, ward.ward) if each.name == OFFICE)
    return [(each["channel"], each["address"], each["role"]) for each in row.contacts]


def test_contacts_stand_side_by_side_in_the_order_in_which_they_came_and_once_each(
    connection: Connection, ward: Office
) -> None:
    before = len(kinds(connection))
    for address in ("b@p.vn", "a@p.vn", "b@p.vn"):
        reach(connection, ward, address)
    reach(connection, ward, "nhom-1", channel="zalo-group")
    reach(connection, ward, "a@p.vn", role="head")

    assert contacts(connection, ward) == [
        ("email", "b@p.vn", "officer"),
        ("email", "a@p.vn", "head"),
        ("zalo-group", "nhom-1", "officer"),
    ]
    assert kinds(connection)[before:] == ["contact.added"] * 4


@pytest.mark.parametrize("wrong", [{"address": "không"}, {"address": " ", "channel": "zalo-group"}])
def test_an_address_that_reaches_nobody_is_refused(
    connection: Connection, ward: Office, wrong: dict[str, Any]
) -> None:
    with pytest.raises(BadValue):
        reach(connection, ward, **wrong)


def test_the_history_of_accounts_and_contacts_holds_no_name_and_no_address(
    connection: Connection, ward: Office
) -> None:
    add(connection, ward, "kimanh", email="kimanh@p.vn")
    reach(connection, ward, "lan@p.vn")

    bodies = connection.exec_driver_sql("SELECT body FROM cchc.audit_event").scalars().all()
    assert "kimanh" not in "".join(bodies)
    assert "@" not in "".join(bodies)
    last = json.loads(bodies[-1])
    assert set(last["facts"]) == {"channel", "contact", "rank", "role", "unit"}
