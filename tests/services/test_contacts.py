"""Who may change how a unit is reached, and what the history says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.people import PERMITTED, Action, Role
from domain.refusals import BadValue, NotPermitted, UnknownUnit
from models.history import SYSTEM
from services.binding import TooManyCodes, make_code
from services.contacts import (
    UnknownContact,
    contact_by_id,
    contacts_of,
    find_contact,
    rank_contact,
    remove_contact,
    unmute_contact,
)
from services.people import Ward, add_contact
from tests.builders import CULTURE, NOW, OFFICE, PEOPLE, Office, office, plan_of, task

HOUR = timedelta(hours=1)


@pytest.fixture
def ward(connection: Connection) -> Ward:
    found: Office = office(connection, plan_of(task("I.1")))
    return found.ward


def added(
    connection: Connection, ward: Ward, address: str = "7001", channel: str = "zalo-user", **more: Any
) -> Any:
    given: dict[str, Any] = {"actor": SYSTEM, "now": NOW, **more}
    add_contact(connection, ward, OFFICE, channel=channel, address=address, **given)
    return find_contact(connection, ward, OFFICE, channel=channel, address=address)


def history(connection: Connection) -> list[tuple[str, Any]]:
    rows = connection.exec_driver_sql(
        "SELECT kind, body FROM cchc.audit_event WHERE kind LIKE 'contact.%%' ORDER BY position"
    )
    return [(row.kind, json.loads(row.body)) for row in rows]


CHANGES: dict[str, Callable[[Connection, Ward, Any, str], object]] = {
    "remove": lambda c, w, found, by: remove_contact(c, w, found, by=by, now=NOW),
    "unmute": lambda c, w, found, by: unmute_contact(c, w, found, by=by, now=NOW),
    "rank": lambda c, w, found, by: rank_contact(c, w, found, 2, by=by, now=NOW),
    "code": lambda c, w, _, by: make_code(c, w, OFFICE, channel="zalo-user", by=by, now=NOW),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("name", "role"), [(name, role) for name, role, _ in PEOPLE])
def test_contacts_are_changed_by_those_who_may_and_by_nobody_else(
    connection: Connection, ward: Ward, name: str, role: Role, change: str
) -> None:
    found = added(connection, ward)

    if role in PERMITTED[Action.MANAGE_CONTACTS]:
        CHANGES[change](connection, ward, found, name)
        return
    with pytest.raises(NotPermitted):
        CHANGES[change](connection, ward, found, name)
    assert [kind for kind, _ in history(connection)] == ["contact.added"]


def test_every_change_is_told_once_with_who_did_it_and_no_address(connection: Connection, ward: Ward) -> None:
    found = added(connection, ward)
    connection.exec_driver_sql("UPDATE cchc.contact SET muted_at = now(), muted_why = 'x'")
    for _ in range(2):
        rank_contact(connection, ward, found, 3, by="dieuphoi", now=NOW)
        unmute_contact(connection, ward, found, by="dieuphoi", now=NOW)
    for _ in range(2):
        remove_contact(connection, ward, found, by="quantri", now=NOW)

    told = history(connection)
    assert [kind for kind, _ in told] == [
        "contact.added",
        "contact.ranked",
        "contact.unmuted",
        "contact.removed",
    ]
    assert {body["actor"]["role"] for _, body in told[1:]} == {"coordinator", "admin"}
    assert all(body["facts"]["contact"] == found.id for _, body in told)
    assert "7001" not in json.dumps(told)


def test_the_lowest_rank_comes_first_and_a_rank_that_is_not_named_stays(
    connection: Connection, ward: Ward
) -> None:
    added(connection, ward, "vp@p.vn", "email", rank=3)
    added(connection, ward, "0912345678", "phone", rank=2)
    added(connection, ward)
    added(connection, ward, "vp@p.vn", "email")

    _, _, rows = contacts_of(connection, ward, OFFICE)
    assert [(row.address, row.rank) for row in rows] == [("7001", 1), ("84912345678", 2), ("vp@p.vn", 3)]


@pytest.mark.parametrize("rank", [0, -1, 10, 2**20])
def test_a_rank_that_cannot_be_is_refused(connection: Connection, ward: Ward, rank: int) -> None:
    found = added(connection, ward)

    with pytest.raises(BadValue):
        rank_contact(connection, ward, found, rank, by="dieuphoi", now=NOW)
    with pytest.raises(BadValue):
        added(connection, ward, rank=rank)


def test_a_muted_contact_that_is_typed_in_again_stays_muted(connection: Connection, ward: Ward) -> None:
    found = added(connection, ward)
    connection.exec_driver_sql("UPDATE cchc.contact SET muted_at = now(), muted_why = 'x'")

    remove_contact(connection, ward, found, by="dieuphoi", now=NOW)

    assert added(connection, ward).muted_at is not None


def test_a_telephone_number_is_one_contact_however_it_is_written(connection: Connection, ward: Ward) -> None:
    for written in ("0912345678", "+84 912 345 678", "84912345678"):
        added(connection, ward, written, "phone")

    assert len(contacts_of(connection, ward, OFFICE)[2]) == 1


@pytest.mark.parametrize(
    ("channel", "address"),
    [("phone", "113"), ("zalo-group", "a b"), ("zalo-bot", "x" * 129), ("zalo-uid", "")],
)
def test_an_address_that_its_channel_does_not_know_is_refused(
    connection: Connection, ward: Ward, channel: str, address: str
) -> None:
    with pytest.raises(BadValue):
        added(connection, ward, address, channel)


def test_a_contact_of_another_unit_or_ward_is_not_found(connection: Connection, ward: Ward) -> None:
    found = added(connection, ward)
    other = office(connection, plan_of(task("I.1"), issuer="UBND phường Khác")).ward

    for where, unit in ((ward, CULTURE), (other, OFFICE)):
        with pytest.raises(UnknownContact):
            contact_by_id(connection, where, unit, found.id)
    with pytest.raises(UnknownUnit):
        contact_by_id(connection, ward, "Phòng Vũ trụ", found.id)


def test_a_unit_has_few_open_codes_at_a_time_and_new_ones_when_those_have_ended(
    connection: Connection, ward: Ward
) -> None:
    def make(unit: str = OFFICE, after: timedelta = HOUR) -> str:
        made = make_code(connection, ward, unit, channel="zalo-bot", by=None, now=NOW + after)
        return made.code

    codes = {make() for _ in range(10)}

    assert len(codes) == 10
    with pytest.raises(TooManyCodes):
        make()
    make(CULTURE)
    make(after=74 * HOUR)


@pytest.mark.parametrize("channel", ["email", "phone", "zalo-group", ""])
def test_a_code_is_for_channels_that_people_write_to(
    connection: Connection, ward: Ward, channel: str
) -> None:
    with pytest.raises(BadValue):
        make_code(connection, ward, OFFICE, channel=channel, by="dieuphoi", now=NOW)
