from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from domain.sign_in import FREE_TRIES
from models import credentials
from models.history import SYSTEM
from services.passwords import Passwords
from services.people import Ward, add_user, disable_user
from services.sign_in import knock
from tests.builders import NOW, occurrence, office, plan_of, task
from tests.signing_in import SECRET, give_password, try_in

SECOND = timedelta(seconds=1)


@pytest.fixture
def ward(connection: Connection) -> Ward:
    made = office(connection, plan_of(task("I.1", occurrences=[occurrence()]))).ward
    give_password(connection, made, "lan")
    return made


def told(connection: Connection, kind: str) -> list[dict[str, object]]:
    rows = connection.exec_driver_sql(
        "SELECT body FROM cchc.audit_event WHERE kind = %(kind)s ORDER BY position", {"kind": kind}
    )
    return [json.loads(body)["facts"] for body in rows.scalars()]


@pytest.mark.parametrize("name", ["lan", " LAN ", "lan@example.vn", "Lan@Example.VN"])
def test_whoever_has_the_password_enters_by_name_or_address(
    connection: Connection, ward: Ward, name: str
) -> None:
    entered = try_in(connection, ward, name)

    assert entered is not None
    assert entered.whole
    assert told(connection, "account.signed-in")[-1]["method"] == "password"


@pytest.mark.parametrize(("name", "password"), [("lan", "sai"), ("ai-do", SECRET), ("hoa", SECRET), ("", "")])
def test_nobody_enters_otherwise(connection: Connection, ward: Ward, name: str, password: str) -> None:
    assert try_in(connection, ward, name, password) is None


def test_a_disabled_account_stays_out(connection: Connection, ward: Ward) -> None:
    disable_user(connection, ward, "lan", actor=SYSTEM, now=NOW)

    assert try_in(connection, ward, "lan") is None


def test_failures_lock_an_account_for_longer_and_longer_and_an_entry_forgets_them(
    connection: Connection, ward: Ward
) -> None:
    now = NOW
    for _ in range(FREE_TRIES):
        assert try_in(connection, ward, "lan", "sai", now=now) is None
    assert try_in(connection, ward, "lan", now=now + 29 * SECOND) is None
    now += 31 * SECOND
    assert try_in(connection, ward, "lan", "sai", now=now) is None
    assert try_in(connection, ward, "lan", now=now + 59 * SECOND) is None

    assert try_in(connection, ward, "lan", now=now + 61 * SECOND) is not None
    assert try_in(connection, ward, "lan", "sai", now=now + 62 * SECOND) is None
    assert try_in(connection, ward, "lan", now=now + 63 * SECOND) is not None
    counts = [facts["failures"] for facts in told(connection, "account.sign-in-refused")]
    assert counts == [1, 2, 3, 4, 5, 6, 1]


def test_one_account_locked_leaves_the_others_alone(connection: Connection, ward: Ward) -> None:
    give_password(connection, ward, "hoa")
    for _ in range(9):
        try_in(connection, ward, "lan", "sai")

    assert try_in(connection, ward, "hoa") is not None


def test_the_history_holds_ids_and_no_names(connection: Connection, ward: Ward) -> None:
    try_in(connection, ward, "lan", "sai")
    try_in(connection, ward, "lan@example.vn")

    bodies = connection.exec_driver_sql(
        "SELECT string_agg(body, '') FROM cchc.audit_event WHERE kind LIKE 'account.sign%%'"
    ).scalar_one()
    assert "lan" not in bodies.replace("plan", "")
    assert '"account":' in bodies


def test_the_same_name_in_two_wards_asks_which_one(connection: Connection, ward: Ward) -> None:
    other = office(connection, plan_of(task("I.1"), issuer="UBND xã Khác")).ward
    give_password(connection, other, "lan", "một mật khẩu khác hẳn")

    assert try_in(connection, None, "lan") is None
    assert try_in(connection, ward, "lan", "một mật khẩu khác hẳn") is None
    assert try_in(connection, ward, "lan") is not None
    assert try_in(connection, other, "lan", "một mật khẩu khác hẳn") is not None


def test_an_address_that_two_accounts_share_names_none_of_them(connection: Connection, ward: Ward) -> None:
    from domain.people import Role

    add_user(
        connection, ward, "chung", role=Role.AUDITOR, unit=None, email="lan@example.vn", actor=SYSTEM, now=NOW
    )

    assert try_in(connection, ward, "lan@example.vn") is None
    assert try_in(connection, ward, "lan") is not None


def test_a_hash_of_old_costs_is_made_anew_at_the_next_entry(connection: Connection, ward: Ward) -> None:
    better = Passwords(time_cost=2, memory_kib=16, lanes=1)

    assert try_in(connection, ward, "lan", passwords=better) is not None

    row = credentials.named(connection, ward.id, "lan")[0]
    assert "t=2" in row.password_hash
    assert try_in(connection, ward, "lan", passwords=better) is not None


def test_many_tries_at_once_are_counted_as_many(engine: Engine) -> None:
    with engine.begin() as connection:
        ward = office(connection, plan_of(task("I.1"))).ward
        give_password(connection, ward, "lan")

    def one(_: int) -> bool:
        with engine.begin() as connection:
            return knock(connection, ward.id, "lan", now=NOW).account is not None

    with ThreadPoolExecutor(8) as pool:
        let = sum(pool.map(one, range(24)))

    assert let == FREE_TRIES
