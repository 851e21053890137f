from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from domain.people import Action
from domain.refusals import NotPermitted
from models.history import SYSTEM
from services.people import Ward, disable_user
from services.sessions import Visitor, note_use, own_sessions, revoke, visitor
from tests.builders import NOW, office, plan_of, task
from tests.signing_in import LIMITS, signed_in

HOUR = timedelta(hours=1)


@pytest.fixture
def ward(connection: Connection) -> Ward:
    return office(connection, plan_of(task("I.1"))).ward


def seen(connection: Connection, token: str, now: datetime = NOW) -> Visitor | None:
    return visitor(connection, token, limits=LIMITS, now=now)


def test_a_token_is_whose_it_is_and_the_database_does_not_hold_it(connection: Connection, ward: Ward) -> None:
    token = signed_in(connection, ward, "lan")

    found = seen(connection, token)

    assert found is not None
    assert (found.name, found.ward, found.unit) == ("lan", ward, "Văn phòng HĐND và UBND phường")
    rows = connection.exec_driver_sql("SELECT s::text FROM cchc.web_session s").scalars().all()
    assert token not in "".join(rows)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 44, "a b" * 14 + "x", "é" * 43])
def test_another_token_is_nobodys(connection: Connection, ward: Ward, token: str) -> None:
    signed_in(connection, ward, "lan")

    assert seen(connection, token) is None


def test_a_session_that_idles_too_long_has_ended(connection: Connection, ward: Ward) -> None:
    token = signed_in(connection, ward, "lan")

    assert seen(connection, token, NOW + LIMITS.idle - HOUR) is not None
    assert seen(connection, token, NOW + LIMITS.idle) is None


def test_a_session_in_use_ends_all_the_same_when_its_time_is_over(connection: Connection, ward: Ward) -> None:
    token = signed_in(connection, ward, "lan")
    for hours in range(1, 12):
        found = seen(connection, token, NOW + hours * HOUR)
        assert found is not None
        note_use(connection, found, NOW + hours * HOUR)

    assert seen(connection, token, NOW + 12 * HOUR) is None


def test_one_session_or_all_of_an_account_can_be_ended(connection: Connection, ward: Ward) -> None:
    mine, phone, other = (signed_in(connection, ward, name) for name in ("lan", "lan", "hoa"))
    me, on_phone = seen(connection, mine), seen(connection, phone)
    assert me is not None
    assert on_phone is not None
    assert len(own_sessions(connection, me, limits=LIMITS, now=NOW)) == 2

    revoke(connection, ward.id, me.person.id, one=on_phone.session, now=NOW, actor=me.person.actor)
    assert [seen(connection, each) is None for each in (mine, phone, other)] == [False, True, False]

    revoke(connection, ward.id, me.person.id, now=NOW, actor=SYSTEM)
    assert [seen(connection, each) is None for each in (mine, phone, other)] == [True, True, False]


def test_nobody_ends_the_session_of_somebody_else_by_its_number(connection: Connection, ward: Ward) -> None:
    mine, other = signed_in(connection, ward, "lan"), signed_in(connection, ward, "hoa")
    me, them = seen(connection, mine), seen(connection, other)
    assert me is not None
    assert them is not None

    ended = revoke(connection, ward.id, me.person.id, one=them.session, now=NOW, actor=SYSTEM)

    assert ended == 0
    assert seen(connection, other) is not None


def test_disabling_an_account_ends_its_sessions_for_good(connection: Connection, ward: Ward) -> None:
    token = signed_in(connection, ward, "lan")

    disable_user(connection, ward, "lan", actor=SYSTEM, now=NOW)
    assert seen(connection, token) is None

    connection.exec_driver_sql("UPDATE cchc.account SET active = true")
    assert seen(connection, token) is None


def test_a_visitor_may_what_the_role_may(connection: Connection, ward: Ward) -> None:
    found = seen(connection, signed_in(connection, ward, "thanhtra"))
    assert found is not None

    assert not found.may("accept")
    with pytest.raises(NotPermitted):
        found.check(Action.ACCEPT)
