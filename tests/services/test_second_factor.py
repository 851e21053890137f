from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import Connection

from models.history import SYSTEM
from services.people import Ward, person
from services.second_factor import (
    HasSecondFactor,
    NoSecondFactor,
    SetUp,
    WrongCode,
    begin,
    confirm,
    count_try,
    enter,
    take_away,
)
from services.sessions import Visitor, visitor
from tests.builders import NOW, office, plan_of, task
from tests.signing_in import KEYS, LIMITS, give_password, try_in

STEP = timedelta(seconds=30)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def ward(connection: Connection) -> Ward:
    made = office(connection, plan_of(task("I.1"))).ward
    give_password(connection, made, "lan")
    return made


def code(made: SetUp, now: datetime) -> str:
    return pyotp.TOTP(made.secret).at(now)


def switched_on(connection: Connection, ward: Ward) -> tuple[SetUp, tuple[str, ...]]:
    lan = person(connection, ward, "lan")
    made = begin(connection, KEYS, lan, ward)
    return made, confirm(connection, KEYS, lan, ward, code(made, NOW), now=NOW)


def half_way(connection: Connection, ward: Ward, now: datetime = LATER) -> Visitor:
    entered = try_in(connection, ward, "lan", now=now)
    assert entered is not None
    assert not entered.whole
    found = visitor(connection, entered.token, limits=LIMITS, now=now)
    assert found is not None
    return found


def second(connection: Connection, found: Visitor, given: str, now: datetime = LATER) -> str | None:
    if not count_try(connection, found, now=now):
        return None
    return enter(connection, KEYS, found, given, method="password", agent="", limits=LIMITS, now=now)


def test_it_is_asked_for_once_the_app_has_shown_a_code(connection: Connection, ward: Ward) -> None:
    lan = person(connection, ward, "lan")
    made = begin(connection, KEYS, lan, ward)
    assert made.address.startswith("otpauth://totp/")
    with pytest.raises(WrongCode):
        confirm(connection, KEYS, lan, ward, "000000", now=NOW)
    entered = try_in(connection, ward, "lan")
    assert entered is not None
    assert entered.whole

    confirm(connection, KEYS, lan, ward, code(made, NOW), now=NOW)

    half = half_way(connection, ward)
    token = second(connection, half, code(made, LATER))
    assert token is not None
    found = visitor(connection, token, limits=LIMITS, now=LATER)
    assert found is not None
    assert found.whole


def test_the_half_session_lasts_minutes_and_ends_with_the_whole_one(
    connection: Connection, ward: Ward
) -> None:
    made, _ = switched_on(connection, ward)
    entered = try_in(connection, ward, "lan", now=LATER)
    assert entered is not None

    assert visitor(connection, entered.token, limits=LIMITS, now=LATER + timedelta(minutes=6)) is None
    half = visitor(connection, entered.token, limits=LIMITS, now=LATER)
    assert half is not None
    assert second(connection, half, code(made, LATER)) is not None
    assert visitor(connection, entered.token, limits=LIMITS, now=LATER) is None


@pytest.mark.parametrize("given", ["", "12345", "abcdef", "１２３４５６", "000000 ", "0" * 400])
def test_another_code_opens_nothing(connection: Connection, ward: Ward, given: str) -> None:
    switched_on(connection, ward)

    assert second(connection, half_way(connection, ward), given) is None


def test_a_code_works_once_and_a_clock_may_be_half_a_minute_off(connection: Connection, ward: Ward) -> None:
    made, _ = switched_on(connection, ward)
    ahead = code(made, LATER + STEP)

    assert second(connection, half_way(connection, ward), code(made, LATER - 2 * STEP)) is None
    assert second(connection, half_way(connection, ward), ahead) is not None
    assert second(connection, half_way(connection, ward), ahead) is None
    assert second(connection, half_way(connection, ward), code(made, LATER)) is None


def test_guessing_codes_locks_the_account_even_for_whoever_has_the_password(
    connection: Connection, ward: Ward
) -> None:
    made, _ = switched_on(connection, ward)
    for _ in range(5):
        assert second(connection, half_way(connection, ward), "000000") is None

    assert try_in(connection, ward, "lan", now=LATER) is None
    after = LATER + timedelta(minutes=2)
    assert second(connection, half_way(connection, ward, after), code(made, after), after) is not None


def test_each_recovery_code_stands_in_for_the_app_once(connection: Connection, ward: Ward) -> None:
    _, codes = switched_on(connection, ward)
    assert len(set(codes)) == 10

    assert second(connection, half_way(connection, ward), codes[3].upper().replace("-", " ")) is not None
    assert second(connection, half_way(connection, ward), codes[3]) is None
    kept = connection.exec_driver_sql("SELECT string_agg(c::text, '') FROM cchc.credential c").scalar_one()
    assert not any(each in kept for each in codes)


def test_the_secret_lies_sealed_and_opens_for_its_own_account_only(
    connection: Connection, ward: Ward
) -> None:
    made, _ = switched_on(connection, ward)
    kept = connection.exec_driver_sql("SELECT totp_secret FROM cchc.credential").scalars().all()

    assert all(made.secret.encode() not in bytes(each or b"") for each in kept)


def test_it_can_be_taken_away_and_set_up_anew(connection: Connection, ward: Ward) -> None:
    switched_on(connection, ward)
    lan = person(connection, ward, "lan")
    with pytest.raises(HasSecondFactor):
        begin(connection, KEYS, lan, ward)

    take_away(connection, ward, lan.id, actor=SYSTEM, now=NOW)

    entered = try_in(connection, ward, "lan")
    assert entered is not None
    assert entered.whole
    with pytest.raises(NoSecondFactor):
        confirm(connection, KEYS, lan, ward, "123456", now=NOW)
