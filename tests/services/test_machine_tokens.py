from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from domain.machine_tokens import (
    LONGEST,
    NEEDED,
    MachineAccount,
    RoleTooSmall,
    Scope,
    check_role,
    fitting_role,
    refused,
)
from domain.people import PERMITTED, Role
from domain.refusals import BadValue, NotPermitted, UnknownUnit, UnknownUser, UserExists
from models import credentials
from models.history import SYSTEM
from services.accounts import accounts, change
from services.audit import verify
from services.links import give_temporary, mail_link, password_link
from services.machine_tokens import (
    Made,
    Order,
    UnknownToken,
    find,
    make_token,
    note_use,
    revoke_token,
    tokens,
)
from services.oidc import OidcRefused, enter
from services.people import Ward, add_user, disable_user
from tests.builders import CULTURE, NOW, OFFICE, PEOPLE, occurrence, office, plan_of, task
from tests.signing_in import CHEAP, KEYS, LIMITS, try_in


@pytest.fixture
def ward(connection: Connection) -> Ward:
    return office(connection, plan_of(task("I.1", occurrences=[occurrence()]))).ward


def made(connection: Connection, ward: Ward, *scopes: str, by: str = "quantri", **more: Any) -> Made:
    order = Order(**{"name": "tin-hoc", "label": "Trục liên thông", "scopes": scopes or ("read",), **more})
    return make_token(connection, ward, order, by=by, now=NOW)


def log(connection: Connection, ward: Ward) -> str:
    return str(
        connection.exec_driver_sql(
            f"SELECT string_agg(body, E'\\n') FROM cchc.audit_event WHERE ward_id = {ward.id}"
        ).scalar_one()
    )


@pytest.mark.parametrize("name", [name for name, role, _ in PEOPLE if role is not Role.ADMIN])
def test_only_an_administrator_makes_and_takes_back_tokens(
    connection: Connection, ward: Ward, name: str
) -> None:
    number = made(connection, ward).id

    with pytest.raises(NotPermitted):
        made(connection, ward, by=name)
    with pytest.raises(NotPermitted):
        revoke_token(connection, ward, number, by=name, now=NOW)


def test_a_token_is_shown_once_and_kept_only_as_its_hash(connection: Connection, ward: Ward) -> None:
    token = made(connection, ward).token

    kept = connection.exec_driver_sql("SELECT t::text FROM cchc.machine_token t").scalar_one()
    assert token.startswith("cchc_")
    assert len(token) == 48
    assert token not in kept
    assert token not in log(connection, ward)
    assert not any(token in str(row) for row in tokens(connection, ward))


def test_the_history_says_that_a_token_was_made_and_taken_back_without_naming_what_for(
    connection: Connection, ward: Ward
) -> None:
    number = made(connection, ward, label="Máy của chị Hoa").id
    revoke_token(connection, ward, number, by="quantri", now=NOW)

    said = log(connection, ward)
    assert "machine.token-made" in said
    assert "machine.token-revoked" in said
    assert "Hoa" not in said
    assert verify(connection).ok


def test_a_token_says_whose_it_is_and_what_it_may(connection: Connection, ward: Ward) -> None:
    found = find(connection, made(connection, ward, "submit", "read", unit=CULTURE).token, now=NOW)

    assert found is not None
    assert found.ward == ward
    assert (found.person.name, found.person.role, found.unit) == ("tin-hoc", Role.OFFICER, CULTURE)
    assert found.scopes == {Scope.READ, Scope.SUBMIT}


@pytest.mark.parametrize("wrong", ["", "x", "cchc_" + "A" * 43, "cchc_" + "ă" * 43, "cchc_\0", "cchc_" * 99])
def test_no_other_token_is_anybodys(connection: Connection, ward: Ward, wrong: str) -> None:
    made(connection, ward)

    assert find(connection, wrong, now=NOW) is None


def test_a_token_ends_when_its_time_is_over_when_it_is_taken_back_and_with_its_account(
    connection: Connection, ward: Ward
) -> None:
    short, other, third = made(connection, ward, days=1), made(connection, ward), made(connection, ward)
    revoke_token(connection, ward, other.id, by="quantri", now=NOW)

    assert find(connection, short.token, now=NOW + timedelta(hours=23)) is not None
    assert find(connection, short.token, now=short.expires_at) is None
    assert find(connection, other.token, now=NOW) is None
    disable_user(connection, ward, "tin-hoc", actor=SYSTEM, now=NOW)
    assert find(connection, third.token, now=NOW) is None
    fresh = made(connection, ward)
    assert find(connection, fresh.token, now=NOW) is not None
    assert find(connection, third.token, now=NOW) is None  # it does not come back with its account


def test_taking_back_twice_or_in_another_ward_is_refused(connection: Connection, ward: Ward) -> None:
    number = made(connection, ward).id
    other = office(connection, plan_of(task("I.1"), issuer="UBND xã Khác", number="2/QĐ")).ward

    with pytest.raises(UnknownToken):
        revoke_token(connection, other, number, by="quantri", now=NOW)
    revoke_token(connection, ward, number, by="quantri", now=NOW)
    with pytest.raises(UnknownToken):
        revoke_token(connection, ward, number, by="quantri", now=NOW)
    assert not tokens(connection, other)


def test_use_is_kept_to_the_minute(connection: Connection, ward: Ward) -> None:
    token = made(connection, ward).token
    for seconds, stale in ((0, True), (30, False), (61, True)):
        now = NOW + timedelta(seconds=seconds)
        found = find(connection, token, now=now)
        assert found is not None
        assert found.stale is stale
        note_use(connection, found, now)

    assert tokens(connection, ward)[0].used_at == NOW + timedelta(seconds=61)


@pytest.mark.parametrize(
    ("refusal", "order"),
    [
        (BadValue, {"name": "Tin Học"}),
        (BadValue, {"label": " "}),
        (BadValue, {"label": "x" * 121}),
        (BadValue, {"scopes": ()}),
        (BadValue, {"scopes": ("read", "everything")}),
        (BadValue, {"scopes": ("submit",)}),  # for no unit
        (BadValue, {"days": 0}),
        (BadValue, {"days": LONGEST.days + 1}),
        (UnknownUnit, {"unit": "Phòng Không Có"}),
        (UserExists, {"name": "lan"}),
    ],
)
def test_what_cannot_be_a_token_is_refused_by_name(
    connection: Connection, ward: Ward, refusal: type[Exception], order: dict[str, Any]
) -> None:
    with pytest.raises(refusal):
        made(connection, ward, **order)
    assert not tokens(connection, ward)


def test_one_account_may_have_several_tokens_but_never_more_than_its_role_allows(
    connection: Connection, ward: Ward
) -> None:
    made(connection, ward, "read")
    made(connection, ward, "metrics")

    with pytest.raises(RoleTooSmall):
        made(connection, ward, "raise-events")
    with pytest.raises(UserExists):
        made(connection, ward, "read", unit=OFFICE)
    assert len(tokens(connection, ward)) == 2


def test_nobody_signs_in_as_a_machine(connection: Connection, ward: Ward) -> None:
    made(connection, ward)
    account = connection.exec_driver_sql(
        "SELECT id FROM cchc.account WHERE ward_id = %(w)s AND name = 'tin-hoc'", {"w": ward.id}
    ).scalar_one()
    connection.exec_driver_sql(f"UPDATE cchc.account SET email = 'may@x.vn' WHERE id = {account}")
    kept = CHEAP.hash("bốn con trâu qua cầu")
    credentials.put_password(connection, ward.id, account, kept, must_change=False, now=NOW)

    assert try_in(connection, ward, "tin-hoc", "bốn con trâu qua cầu") is None
    assert not mail_link(connection, KEYS, ward.id, "tin-hoc", now=NOW)
    with pytest.raises(OidcRefused):
        enter(connection, None, "may@x.vn", agent="", limits=LIMITS, now=NOW)


def test_a_machine_gets_no_password_no_link_no_address_and_no_other_role(
    connection: Connection, ward: Ward
) -> None:
    made(connection, ward)

    with pytest.raises(MachineAccount):
        password_link(connection, KEYS, ward, "tin-hoc", actor=SYSTEM, now=NOW)
    with pytest.raises(MachineAccount):
        give_temporary(connection, ward, "tin-hoc", CHEAP, actor=SYSTEM, now=NOW)
    with pytest.raises(MachineAccount):
        change(connection, ward, "tin-hoc", role=Role.ADMIN, unit=None, email="a@b.vn", by="quantri", now=NOW)
    with pytest.raises(UserExists):
        add_user(
            connection,
            ward,
            "tin-hoc",
            role=Role.AUDITOR,
            unit=None,
            email="a@b.vn",
            actor=SYSTEM,
            now=NOW,
        )
    assert "tin-hoc" not in [each.name for each in accounts(connection, ward, now=NOW)]


def test_a_token_is_for_machines_alone(connection: Connection, ward: Ward) -> None:
    token = made(connection, ward).token
    connection.exec_driver_sql("UPDATE cchc.account SET machine = false WHERE name = 'tin-hoc'")

    assert find(connection, token, now=NOW) is None
    with pytest.raises(UnknownUser):
        made(connection, ward, by="khong-co")


@given(st.sets(st.sampled_from(Scope), min_size=1))
def test_the_role_of_a_machine_may_do_all_that_it_is_for_and_no_smaller_one_may(scopes: set[Scope]) -> None:
    role = fitting_role(scopes)

    check_role(role, scopes)
    assert role not in {Role.LEADER, Role.ADMIN}
    for scope in scopes & NEEDED.keys():
        assert role in PERMITTED[NEEDED[scope]]
    if role is not Role.AUDITOR:
        assert refused(Role.AUDITOR, scopes)
    if role is Role.COORDINATOR:
        assert refused(Role.OFFICER, scopes)
