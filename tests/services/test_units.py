"""What a ward says of its units is known in every document read for it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection

from config.units import load_units
from domain.errors import WardError
from domain.plans import UnitReading
from domain.reading.units import split_units
from domain.refusals import BadValue, NotPermitted, UnknownUnit
from services.documents import StoredFile
from services.people import find_unit, units
from services.plans import import_plan
from services.units import (
    NoGroup,
    SpellingTaken,
    add_alias,
    known_units,
    remove_alias,
    set_members,
    ward_units,
)
from tests.builders import CENTRE, CULTURE, GROUP, NOW, OFFICE, Office, occurrence, office, plan_of, task

STRANGE = "Phòng VHXH & TT"
POLICE = "Công an"


@pytest.fixture
def ward(connection: Connection) -> Office:
    return office(connection, plan_of(task("I.1", occurrences=[occurrence()])))


def names(connection: Connection, ward: Office, cell: str) -> list[str]:
    return [hit.name for hit in split_units(cell, ward_units(connection, ward.ward))]


def events(connection: Connection) -> list[str]:
    query = "SELECT kind FROM cchc.audit_event WHERE kind LIKE 'unit.%%' ORDER BY position"
    return list(connection.exec_driver_sql(query).scalars())


def add(connection: Connection, ward: Office, alias: str, of: str = CULTURE, by: str = "dieuphoi") -> str:
    return add_alias(connection, ward.ward, alias, of=of, by=by, now=NOW)


def remove(connection: Connection, ward: Office, alias: str, of: str = CULTURE) -> str:
    return remove_alias(connection, ward.ward, alias, of=of, by="dieuphoi", now=NOW)


def group(connection: Connection, ward: Office, name: str, *members: str) -> tuple[str, Sequence[str]]:
    return set_members(connection, ward.ward, name, members, by="dieuphoi", now=NOW)


def test_a_spelling_that_a_person_confirmed_is_known_in_every_later_document(
    connection: Connection, ward: Office
) -> None:
    assert names(connection, ward, STRANGE) == [STRANGE]

    assert add(connection, ward, f" {STRANGE} ") == CULTURE

    assert names(connection, ward, "PHÒNG VHXH và TT; Công an") == [CULTURE, POLICE]
    assert find_unit(connection, ward.ward, STRANGE)[1] == CULTURE
    assert load_units().known(STRANGE) is None


def test_saying_it_twice_leaves_one_trace_without_the_words(connection: Connection, ward: Office) -> None:
    for _ in range(2):
        add(connection, ward, STRANGE)

    assert events(connection) == ["unit.alias-added"]
    said = connection.exec_driver_sql("SELECT body FROM cchc.audit_event ORDER BY position DESC LIMIT 1")
    assert set(json.loads(said.scalar_one())["facts"]) == {"alias_sha256", "unit"}


def test_a_spelling_that_everyone_knows_needs_no_entry(connection: Connection, ward: Office) -> None:
    assert add(connection, ward, "VH-XH") == CULTURE
    assert events(connection) == []


@pytest.mark.parametrize("alias", ["Công an phường", "công an", "VP HĐND&UBND"])
def test_a_spelling_of_another_unit_is_refused_by_that_units_name(
    connection: Connection, ward: Office, alias: str
) -> None:
    if "phường" in alias:
        add(connection, ward, alias, of=POLICE)

    with pytest.raises(SpellingTaken) as refusal:
        add(connection, ward, alias)
    assert "--remove" in refusal.value.notice


def test_a_spelling_can_be_taken_back_and_given_to_another_unit(connection: Connection, ward: Office) -> None:
    add(connection, ward, STRANGE)

    for _ in range(2):
        remove(connection, ward, STRANGE.upper())

    assert names(connection, ward, STRANGE) == [STRANGE]
    assert events(connection) == ["unit.alias-added", "unit.alias-removed"]
    add(connection, ward, STRANGE, of=CENTRE)
    assert names(connection, ward, STRANGE) == [CENTRE]


@pytest.mark.parametrize(
    ("alias", "of", "by", "error"),
    [
        (" - ", CULTURE, "dieuphoi", BadValue),
        ("x" * 201, CULTURE, "dieuphoi", BadValue),
        (STRANGE, "Đội Cờ đỏ", "dieuphoi", UnknownUnit),
        (STRANGE, CULTURE, "hoa", NotPermitted),
    ],
)
def test_what_can_not_be_a_spelling_is_refused(
    connection: Connection, ward: Office, alias: str, of: str, by: str, error: type[WardError]
) -> None:
    with pytest.raises(error):
        add(connection, ward, alias, of=of, by=by)
    assert events(connection) == []


def test_a_unit_of_the_shipped_book_becomes_the_wards_when_it_is_named(
    connection: Connection, ward: Office
) -> None:
    add(connection, ward, "Tổ Y tế cơ sở", of="Trạm Y tế")

    assert "Trạm Y tế" in {row.name for row in units(connection, ward.ward)}
    assert names(connection, ward, "Tổ Y tế cơ sở") == ["Trạm Y tế"]


def test_a_unit_of_an_activated_plan_is_known_and_one_of_a_draft_is_not(
    connection: Connection, ward: Office
) -> None:
    before = plan_of(task("I.1", lead="Đội Cờ đỏ"), issuer="UBND phường Thử Nghiệm", number="2/QĐ")
    import_plan(connection, before, StoredFile("1" * 64, 1, "a", "text/plain"), by=None, now=NOW)

    book = ward_units(connection, ward.ward)

    assert book.known("Đội Cờ đỏ") is None
    assert book.known(CULTURE) is not None


def test_the_suggestions_know_the_wards_own_names(connection: Connection, ward: Office) -> None:
    add(connection, ward, "Tổ thần tốc số hóa", of=CENTRE)

    assert ward_units(connection, ward.ward).suggestions("Tổ thần tốc số hoá phường")[0] == CENTRE


def test_before_there_is_a_ward_the_shipped_book_is_used(connection: Connection) -> None:
    assert known_units(connection, None) == load_units()


def test_a_group_has_the_members_that_a_person_gives_it(connection: Connection, ward: Office) -> None:
    name, members = group(connection, ward, GROUP, "VP HĐND&UBND", POLICE)

    assert (name, set(members)) == (GROUP, {OFFICE, POLICE})
    assert set(ward_units(connection, ward.ward).known(GROUP).members) == {OFFICE, POLICE}  # type: ignore[union-attr] # None would fail it
    (row,) = [row for row in units(connection, ward.ward) if row.name == GROUP]
    assert set(row.members) == {OFFICE, POLICE}
    group(connection, ward, GROUP, POLICE, OFFICE)
    assert events(connection) == ["unit.members-set"]


def test_occurrences_that_open_later_are_those_of_the_new_members(
    connection: Connection, ward: Office
) -> None:
    group(connection, ward, GROUP, OFFICE)
    later = plan_of(task("V.2", lead=GROUP, occurrences=[occurrence()]), number="9/QĐ")
    import_plan(connection, later, StoredFile("2" * 64, 1, "a", "text/plain"), by=None, now=NOW)

    leads = connection.exec_driver_sql(
        "SELECT u.name FROM cchc.occurrence o JOIN cchc.task t ON t.id = o.task_id"
        " JOIN cchc.unit u ON u.id = o.unit_id WHERE t.code = 'V.2'"
    ).scalars()
    assert list(leads) == [OFFICE]


def test_a_new_group_can_be_made_but_no_group_of_a_single_unit(connection: Connection, ward: Office) -> None:
    name, _ = group(connection, ward, "Các tổ công tác", CULTURE, CENTRE)

    assert name == "Các tổ công tác"
    assert ward_units(connection, ward.ward).known("CÁC TỔ CÔNG TÁC").kind == "group"  # type: ignore[union-attr] # None would fail it
    with pytest.raises(NoGroup):
        group(connection, ward, CULTURE, CENTRE)
    with pytest.raises(NoGroup):
        group(connection, ward, "Đội Cờ đỏ", CENTRE)
    with pytest.raises(BadValue):
        group(connection, ward, GROUP, " ")
    with pytest.raises(BadValue):
        group(connection, ward, GROUP, GROUP)
    with pytest.raises(UnknownUnit):
        group(connection, ward, GROUP, "Đội Cờ đỏ")


def test_a_unit_reading_of_a_group_names_the_members_that_people_gave(
    connection: Connection, ward: Office
) -> None:
    from domain.reading.unit_readings import Names

    group(connection, ward, "Các phòng chuyên môn", OFFICE, POLICE)
    written = Names(ward_units(connection, ward.ward))
    written.read("Các phòng chuyên môn")

    assert written.readings() == (UnitReading("Các phòng chuyên môn", (), (POLICE, OFFICE)),)
