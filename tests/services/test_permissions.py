"""Who may ask a service for what: each service that takes `by` × each person × the ward next door.

Whoever may gets past the door; what comes of it then is told in the tests of that service.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

import services
from domain.errors import WardError
from domain.people import PERMITTED
from models import history
from services.people import Ward
from tests.builders import PEOPLE
from tests.doors.setting import Door, Setting, furnished, reading
from tests.doors.table import DOORS

STRANGERS = ("khong-co", "da-khoa")  # nobody has the one name, the other account was disabled
CLOSED = {
    *("UnknownUser", "NotPermitted", "NotOwnUnit", "OwnUnitNeedsLeader", "SamePerson", "NotOwnFeed"),
    *("NotOneself", "OtherUnit", "NotYourself"),
}
SHARED = {"office_calendar.add_notice", "office_calendar.withdraw_notice", "channels.release"}
# These take a name, too, but decide nothing by it.
NO_DOOR = {
    "audit_room.note": "keeps beside the database what audit_room.verify has found for the same person",
    "extensions.asking": "only tells whether somebody may ask; asking has its own door",
    "stages.case_of": "only tells what somebody may do; doing it has its own door",
    "checkpoints.rotate": "whoever has the installation's keys in their hands; no page leads there",
    "tasks.find_occurrence": "only tells which occurrence is meant; what is done with it has its own door",
}


@pytest.fixture(scope="module")
def two(shared_engine: Engine) -> Iterator[tuple[Setting, Setting]]:
    """Give two wards, furnished alike, in one transaction that is rolled back in the end."""
    with shared_engine.connect() as connection:
        ours = furnished(connection, reading())
        theirs = furnished(connection, reading(issuer="UBND xã Bên", number="2/QĐ-UBND"))
        yield ours, theirs


def entered(door: Door, setting: Setting, ward: Ward, by: str) -> str:
    """Knock, undo what came of it, and return the refusal's name; empty for who got past the door."""
    undo = setting.connection.begin_nested()
    try:
        door.call(setting, ward, by)
    except WardError as refusal:
        return type(refusal).__name__ if type(refusal).__name__ in CLOSED else ""
    except (AttributeError, TypeError):
        if not door.vague:
            raise
        return ""
    finally:
        undo.rollback()
    return ""


@pytest.mark.parametrize("name", DOORS)
def test_a_service_lets_in_whom_the_table_names_and_refuses_all_others_by_name(
    two: tuple[Setting, Setting], name: str
) -> None:
    door, setting = DOORS[name], two[0]
    expected = {
        person: door.but.get(person, "" if role in PERMITTED[door.action] else "NotPermitted")
        for person, role, _ in PEOPLE
    } | dict.fromkeys(STRANGERS, "UnknownUser")

    assert {by: entered(door, setting, setting.ward, by) for by in expected} == expected


@pytest.mark.parametrize("name", sorted(DOORS.keys() - SHARED))
def test_whoever_may_in_one_ward_changes_nothing_in_another(two: tuple[Setting, Setting], name: str) -> None:
    ours, theirs = two
    door = DOORS[name]
    connection = ours.connection
    before = history.head(connection, theirs.ward.id)
    for by, _, _ in PEOPLE:
        undo = connection.begin_nested()
        try:
            # They ask in their own ward for what has its number in the other one.
            door.call(theirs, ours.ward, by)
        except (WardError, IntegrityError):  # constraints stand behind the code
            pass
        except (AttributeError, TypeError):
            assert door.vague
        else:
            assert history.head(connection, theirs.ward.id) == before, by
        finally:
            undo.rollback()


def test_no_service_that_asks_who_is_forgotten_here() -> None:
    found = set()
    for module in pkgutil.walk_packages(services.__path__, "services."):
        for name, each in vars(import_module(module.name)).items():
            own = inspect.isfunction(each) and each.__module__ == module.name
            if own and not name.startswith("_") and "by" in inspect.signature(each).parameters:
                found.add(f"{module.name.removeprefix('services.')}.{name}")

    assert found == DOORS.keys() | NO_DOOR.keys()


def test_services_that_trust_their_caller_are_called_where_somebody_has_asked() -> None:
    """These take the actor as history names it; each of their callers in web and cli asks for permission."""
    trusting = ("add_user(", "disable_user(", "add_contact(", "give_temporary(", "password_link(")
    asking = ("permitted(", "manager(", "visitor(", "_actor(", "MANAGE_", "SYSTEM")
    root = Path(services.__file__).parents[1]

    for path in sorted([*(root / "web").rglob("*.py"), *(root / "cli").rglob("*.py")]):
        text = path.read_text(encoding="utf-8")
        if any(each in text for each in trusting):
            assert any(each in text for each in asking), path
