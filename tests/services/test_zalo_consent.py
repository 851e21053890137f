"""Consent: a fixed challenge, a code used once and only when awaited, for our official account alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from config.secrets import Keys, WrongKey
from domain.refusals import BadValue
from models.grants import GrantBusy
from notifications.zalo.tokens import NoToken
from services.zalo_consent import (
    ConsentNotAwaited,
    OtherAccount,
    await_consent,
    grant_alarm,
    grant_status,
    seed,
    take_code,
)
from services.zalo_grants import Step
from services.zalo_tokens import PostgresTokens
from tests.builders import office, plan_of, task
from tests.granting import HOUR, Granting
from tests.zalo_server import Drop, Reply

CALLBACK = "https://cchc.phuong.vn/open/zalo/consent"
TOKENS = "/v4/oa/access_token"


@pytest.fixture
def granting(database_url: str, engine: Engine) -> Iterator[Granting]:
    """Give a grant that nobody has given yet."""
    granting = Granting(database_url, engine)
    with engine.begin() as connection:
        office(connection, plan_of(task("I.1")))
    with granting.zalo:
        yield granting


def awaited(granting: Granting) -> str:
    """Open the page for a consent, save its challenge in the console, and consent; return the code."""
    granting.zalo.challenge = await_consent(granting.vault(), CALLBACK).challenge
    return granting.zalo.consent()


def test_a_consent_brings_the_first_tokens(granting: Granting) -> None:
    code = awaited(granting)

    assert take_code(granting.vault(), code, granting.zalo.oa_id).step is Step.GRANTED

    assert granting.tokens().token() == granting.zalo.access_token
    assert granting.row().state == "active"
    assert [
        kind for (kind,) in granting.ask("SELECT kind FROM cchc.audit_event WHERE kind LIKE 'zalo%'")
    ] == ["zalo-consented"]


def test_the_challenge_is_the_same_each_time_for_the_console_knows_only_one(granting: Granting) -> None:
    first = await_consent(granting.vault(), CALLBACK)
    granting.now += 24 * HOUR
    second = await_consent(granting.vault(), CALLBACK)

    assert first.challenge == second.challenge
    assert first.link == second.link
    assert "redirect_uri=https%3A%2F%2Fcchc.phuong.vn%2Fopen%2Fzalo%2Fconsent" in first.link
    assert second.until == granting.now + HOUR


def test_the_same_code_again_asks_nobody_and_changes_nothing(granting: Granting) -> None:
    code = awaited(granting)
    take_code(granting.vault(), code, granting.zalo.oa_id)
    before, asked = granting.row(), len(granting.zalo.requests)

    assert take_code(granting.vault(), code, granting.zalo.oa_id).step is Step.KEPT

    assert granting.row() == before
    assert len(granting.zalo.requests) == asked


def test_many_reloads_at_once_exchange_a_code_once(granting: Granting) -> None:
    code = awaited(granting)

    steps = granting.at_once(8, lambda vault: take_code(vault, code, vault.oa_id).step)

    assert sorted(map(str, steps)) == [Step.GRANTED, *[Step.KEPT] * 7]
    assert sum(request.path == TOKENS for request in granting.zalo.requests) == 1


def test_a_code_that_nobody_awaits_is_not_used(granting: Granting) -> None:
    code = awaited(granting)
    granting.now += HOUR + timedelta(seconds=1)

    with pytest.raises(ConsentNotAwaited) as refused:
        take_code(granting.vault(), code, granting.zalo.oa_id)
    assert "cchc zalo consent" in refused.value.notice
    with pytest.raises(NoToken):
        granting.tokens().token()
    assert granting.zalo.requests == []


def test_a_code_is_awaited_for_one_consent(granting: Granting) -> None:
    take_code(granting.vault(), awaited(granting), granting.zalo.oa_id)

    with pytest.raises(ConsentNotAwaited):
        take_code(granting.vault(), granting.zalo.consent(), granting.zalo.oa_id)
    assert granting.tokens().token() == granting.zalo.access_token


def test_a_grant_that_is_held_for_long_makes_nobody_wait_for_ever(
    granting: Granting, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = awaited(granting)
    monkeypatch.setattr("services.zalo_vault.LOCK_WAIT_S", 0.05)

    with granting.vault().alone():
        assert take_code(granting.vault(), code, granting.zalo.oa_id).step is Step.LATER
        with pytest.raises(GrantBusy) as busy:
            await_consent(granting.vault(), CALLBACK)
    assert "sau một phút" in busy.value.notice
    assert take_code(granting.vault(), code, granting.zalo.oa_id).step is Step.GRANTED


def test_a_code_typed_on_this_machine_needs_no_announcement(granting: Granting) -> None:
    code = awaited(granting)
    granting.now += timedelta(minutes=9)

    assert take_code(granting.vault(), code, granting.zalo.oa_id, by_hand=True).step is Step.GRANTED


def test_the_consent_of_another_official_account_is_refused_by_name(granting: Granting) -> None:
    code = awaited(granting)

    with pytest.raises(OtherAccount) as refused:
        take_code(granting.vault(), code, "999")

    assert granting.zalo.oa_id in refused.value.notice
    assert granting.zalo.requests == []


def test_tokens_that_speak_for_another_account_are_thrown_away_whatever_the_address_said(
    granting: Granting,
) -> None:
    take_code(granting.vault(), awaited(granting), granting.zalo.oa_id)
    ours = granting.tokens().token()
    code = awaited(granting)
    granting.zalo.consenting_oa = "666"

    turn = take_code(granting.vault(), code, granting.zalo.oa_id)

    assert (turn.step, turn.code) == (Step.REFUSED, "other-oa")
    assert granting.tokens().token() == ours


def test_an_account_that_zalo_does_not_name_is_believed_of_who_announced_it(granting: Granting) -> None:
    granting.zalo.script("/v2.0/oa/getoa", Reply(b"gone", 404))

    assert take_code(granting.vault(), awaited(granting), granting.zalo.oa_id).step is Step.GRANTED


def test_a_code_that_never_left_may_come_again(granting: Granting) -> None:
    code = awaited(granting)

    with granting.zalo.refusing():
        assert take_code(granting.vault(), code, granting.zalo.oa_id).step is Step.NOT_SENT
    assert take_code(granting.vault(), code, granting.zalo.oa_id).step is Step.GRANTED


def test_a_code_whose_answer_was_lost_is_not_sent_again(granting: Granting) -> None:
    code = awaited(granting)
    granting.zalo.script(TOKENS, Drop())

    assert take_code(granting.vault(), code, granting.zalo.oa_id).step is Step.NO_ANSWER
    assert take_code(granting.vault(), code, granting.zalo.oa_id).step is Step.KEPT
    again = granting.zalo.consent()
    assert take_code(granting.vault(), again, granting.zalo.oa_id).step is Step.GRANTED


def test_a_challenge_that_the_console_does_not_know_is_refused_and_says_so(granting: Granting) -> None:
    await_consent(granting.vault(), CALLBACK)

    turn = take_code(granting.vault(), granting.zalo.consent(), granting.zalo.oa_id)

    assert (turn.step, turn.code) == (Step.REFUSED, "-14019")
    with granting.engine.connect() as connection:
        (status,) = grant_status(connection)
        assert (status.code, status.given, grant_alarm(connection)) == ("-14019", False, None)


@pytest.mark.parametrize("code", ["", "x" * 9000])
def test_what_is_no_code_is_refused(granting: Granting, code: str) -> None:
    with pytest.raises(BadValue):
        take_code(granting.vault(), code, granting.zalo.oa_id, by_hand=True)


def test_a_new_consent_ends_the_alarm(granting: Granting) -> None:
    granting.given()
    granting.zalo.refresh_tokens.clear()
    assert granting.later(14 * HOUR).step is Step.NEEDS_CONSENT

    take_code(granting.vault(), awaited(granting), granting.zalo.oa_id)

    with granting.engine.connect() as connection:
        assert grant_alarm(connection) is None
    assert granting.later(14 * HOUR).step is Step.GRANTED


def test_the_pair_of_the_console_is_used_at_once_for_one_of_our_own(granting: Granting) -> None:
    pair = granting.zalo.new_pair()

    assert seed(granting.vault(), *pair).step is Step.GRANTED

    assert granting.tokens().token() not in pair
    assert granting.tokens().token() == granting.zalo.access_token


def test_a_pair_of_no_use_leaves_what_was_there(granting: Granting) -> None:
    granting.given()
    ours = granting.tokens().token()

    turn = seed(granting.vault(), ours, "refresh-of-somebody-else")

    assert (turn.step, turn.code) == (Step.REFUSED, "-14020")
    assert granting.tokens().token() == ours
    assert granting.later(14 * HOUR).step is Step.GRANTED


def test_a_pair_of_another_account_is_refused_before_it_is_used(granting: Granting) -> None:
    pair = granting.zalo.new_pair()
    granting.zalo.consenting_oa = "666"

    with pytest.raises(OtherAccount):
        seed(granting.vault(), *pair)
    assert granting.zalo.refreshes == 0


@pytest.mark.parametrize("pair", [("", "b" * 20), ("a" * 20, "có dấu mà dài"), ("a" * 20, "b b b b b b")])
def test_what_cannot_be_a_token_is_refused_without_being_repeated(
    granting: Granting, pair: tuple[str, str]
) -> None:
    with pytest.raises(BadValue) as refused:
        seed(granting.vault(), *pair)

    assert all(len(token) < 8 or token not in refused.value.notice for token in pair)
    assert granting.zalo.requests == []


def test_with_a_lost_key_consent_begins_anew_when_a_person_says_so(granting: Granting) -> None:
    granting.given()
    vault = granting.vault(keys=Keys(bytes(32), "tệp mới"))
    with pytest.raises(WrongKey, match="tệp mới"):
        await_consent(vault, CALLBACK)

    granting.zalo.challenge = await_consent(vault, CALLBACK, anew=True).challenge

    assert take_code(vault, granting.zalo.consent(), granting.zalo.oa_id).step is Step.GRANTED
    assert PostgresTokens(vault).token() == granting.zalo.access_token
