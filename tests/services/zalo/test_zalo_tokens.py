"""The life of Zalo's tokens: used once, by one process at a time, through every death and every silence."""

from __future__ import annotations

import logging
import signal
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Engine

from config.secrets import Keys, WrongKey
from domain.errors import SystemFault
from notifications.zalo.oauth import NotSent, OAuth
from notifications.zalo.tokens import NoToken
from services.audit import verify
from services.zalo_consent import grant_alarm
from services.zalo_grants import Step
from services.zalo_tokens import PostgresTokens, refresh
from tests.builders import office, plan_of, task
from tests.granting import (
    HOUR,
    KEYS,
    DiesAfterSealing,
    DiesBeforeAsking,
    DiesWithTheAnswer,
    Granting,
)
from tests.waiting import LONGEST_S
from tests.zalo_server import Cut, Drop, Hang, Reply, too_many

TOKENS = "/v4/oa/access_token"
MINUTES = timedelta(minutes=3)
# The server has other databases, whose locks are nobody's business here.
HELD = (
    "FROM pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def alarms(granting: Granting) -> list[tuple[str, str]]:
    return [
        (str(recipient), str(note))
        for recipient, note in granting.ask(
            "SELECT recipient, note FROM cchc.outbox WHERE reason = 'alarm' ORDER BY id"
        )
    ]


def history(granting: Granting) -> list[str]:
    found = granting.ask("SELECT kind FROM cchc.audit_event WHERE kind LIKE 'zalo-%' ORDER BY position")
    return [str(kind) for (kind,) in found]


def test_a_token_is_refreshed_when_half_of_its_day_is_over_and_not_before(granting: Granting) -> None:
    first = granting.tokens().token()

    assert granting.later(12 * HOUR).step is Step.KEPT
    assert granting.tokens().token() == first
    assert granting.later(HOUR + MINUTES).step is Step.GRANTED
    assert granting.tokens().token() == granting.zalo.access_token != first
    assert granting.later(MINUTES).step is Step.KEPT
    assert (granting.zalo.refreshes, granting.zalo.reuses) == (1, 0)


def test_a_token_that_lasts_for_long_is_refreshed_weekly_all_the_same(granting: Granting) -> None:
    pair = {"access_token": "a" * 20, "refresh_token": granting.zalo.new_pair()[1], "expires_in": 90 * 86400}
    granting.zalo.script(TOKENS, Reply(pair))
    assert granting.later(13 * HOUR).step is Step.GRANTED

    assert granting.later(timedelta(days=6)).step is Step.KEPT
    assert granting.later(timedelta(days=1)).step is Step.GRANTED


def test_twenty_processes_at_once_make_one_refresh_and_burn_no_token(granting: Granting) -> None:
    granting.now += 14 * HOUR

    steps = granting.at_once(20, lambda vault: refresh(vault).step)

    assert sorted(map(str, steps)) == [Step.GRANTED, *[Step.KEPT] * 19]
    assert (granting.zalo.refreshes, granting.zalo.reuses) == (1, 0)
    assert len(granting.zalo.requests) == 1


def test_twenty_senders_whose_token_was_refused_share_one_refresh(granting: Granting) -> None:
    refused = granting.tokens().token()

    tokens = granting.at_once(20, lambda vault: PostgresTokens(vault).renewed(refused))

    assert set(tokens) == {granting.zalo.access_token}
    assert refused not in tokens
    assert (granting.zalo.refreshes, granting.zalo.reuses) == (1, 0)


def test_a_token_that_has_ended_is_refreshed_on_the_way_to_a_message(granting: Granting) -> None:
    granting.now += 26 * HOUR

    assert granting.tokens().token() == granting.zalo.access_token
    assert granting.zalo.refreshes == 1


def test_killed_before_asking_the_token_is_asked_for_again(granting: Granting) -> None:
    granting.now += 14 * HOUR

    assert granting.apart(refresh, kind=DiesBeforeAsking) == -signal.SIGKILL
    assert granting.later(timedelta(0)).step is Step.LATER  # its sender might still be waiting for Zalo
    assert granting.later(MINUTES).step is Step.GRANTED
    assert (granting.zalo.refreshes, granting.zalo.reuses) == (1, 0)


def test_killed_between_keeping_the_answer_and_using_it_the_next_one_uses_it(granting: Granting) -> None:
    granting.now += 14 * HOUR

    assert granting.apart(refresh, keys=DiesAfterSealing()) == -signal.SIGKILL
    assert granting.row().generation == 1
    assert granting.later(timedelta(0)).step is Step.KEPT  # no request of its own

    assert granting.row().generation == 2
    assert granting.tokens().token() == granting.zalo.access_token
    assert (granting.zalo.refreshes, granting.zalo.reuses) == (1, 0)
    assert granting.later(14 * HOUR).step is Step.GRANTED


def test_killed_with_the_answer_in_hand_a_person_is_called_and_nobody_asks_for_ever(
    granting: Granting,
) -> None:
    old = granting.tokens().token()
    granting.now += 14 * HOUR

    assert granting.apart(refresh, kind=DiesWithTheAnswer) == -signal.SIGKILL
    assert granting.later(MINUTES).step is Step.NEEDS_CONSENT
    assert [granting.later(HOUR).step for _ in range(3)] == [Step.NEEDS_CONSENT] * 3

    assert len(granting.zalo.requests) == 2  # the one that was lost, and its one repetition
    assert granting.tokens().token() == old  # while it lasts
    assert [recipient for recipient, _ in alarms(granting)] == ["quantri@example.vn"]
    assert "còn gửi được đến 10:00 ngày 03/03/2026" in alarms(granting)[0][1]
    assert "cchc zalo consent" in alarms(granting)[0][1]
    assert history(granting).count("zalo-consent-needed") == 1
    with granting.engine.connect() as connection:
        alarm = grant_alarm(connection)
    assert alarm is not None
    assert alarm.code == "-14020"


def test_once_the_old_token_has_ended_too_a_sender_is_told_that_consent_is_needed(
    granting: Granting,
) -> None:
    granting.now += 14 * HOUR
    granting.zalo.refresh_tokens.clear()
    assert granting.later(timedelta(0)).step is Step.NEEDS_CONSENT
    granting.now += 12 * HOUR

    for ask in (granting.tokens().token, lambda: granting.tokens().renewed("access-1")):
        with pytest.raises(NoToken) as refused:
            ask()
        assert refused.value.later is None
        assert "cấp quyền lại" in refused.value.notice
    assert len(granting.zalo.requests) == 1


@pytest.mark.parametrize("trouble", [Hang(), Drop(accept=False), Cut(), Reply(b"<html>", 502)])
def test_a_refresh_without_an_answer_is_repeated_exactly_once(
    granting: Granting, trouble: Hang | Drop | Cut | Reply
) -> None:
    granting.zalo.script(TOKENS, trouble)
    granting.now += 14 * HOUR
    granting.patience = 0.3 if isinstance(trouble, Hang) else LONGEST_S

    assert granting.later(timedelta(0)).step is Step.NO_ANSWER
    granting.patience = LONGEST_S
    assert granting.later(timedelta(seconds=30)).step is Step.LATER
    lost = isinstance(trouble, Cut)  # Zalo had taken that one
    assert granting.later(MINUTES).step is (Step.NEEDS_CONSENT if lost else Step.GRANTED)
    assert len(granting.zalo.requests) == 2


def test_two_silences_call_a_person_who_may_ask_once_more_by_hand(granting: Granting) -> None:
    granting.zalo.script(TOKENS, Reply(b"", 503), Reply(b"", 503))
    granting.now += 14 * HOUR

    steps = [granting.later(HOUR).step for _ in range(4)]
    assert steps == [Step.NO_ANSWER, *[Step.NEEDS_CONSENT] * 3]
    assert len(granting.zalo.requests) == 2
    assert "không trả lời" in alarms(granting)[0][1]

    assert refresh(granting.vault(), by_hand=True).step is Step.GRANTED
    assert granting.row().state == "active"
    assert granting.row().attempts == 0


def test_killed_in_the_repetition_too_it_is_not_repeated_again(granting: Granting) -> None:
    granting.now += 14 * HOUR
    for _ in range(2):
        assert granting.apart(refresh, kind=DiesBeforeAsking) == -signal.SIGKILL
        granting.now += MINUTES

    assert granting.later(MINUTES).step is Step.NEEDS_CONSENT
    assert len(granting.zalo.requests) == 0
    assert len(alarms(granting)) == 1


def test_a_refresh_that_never_left_is_tried_as_often_as_one_likes(granting: Granting) -> None:
    granting.now += 14 * HOUR

    with granting.zalo.refusing():
        assert [granting.later(timedelta(0)).step for _ in range(5)] == [Step.NOT_SENT] * 5
        assert granting.tokens().token()  # the old one still lasts
        granting.now += 12 * HOUR
        with pytest.raises(NoToken) as refused:
            granting.tokens().token()
        assert refused.value.later is not None
    assert granting.tokens().token() == granting.zalo.access_token
    assert (granting.zalo.refreshes, granting.zalo.reuses) == (1, 0)
    assert alarms(granting) == []


@pytest.mark.parametrize(
    ("scripted", "code"),
    [(Reply({"error": -14004, "error_name": "Invalid secret key"}), "-14004"), (too_many(60), "429")],
)
def test_a_definite_refusal_uses_nothing_up_and_is_tried_again_each_hour(
    granting: Granting, scripted: Reply, code: str
) -> None:
    granting.zalo.script(TOKENS, scripted, scripted)
    granting.now += 14 * HOUR

    turns = [granting.later(HOUR) for _ in range(2)]
    assert [(turn.step, turn.code) for turn in turns] == [(Step.REFUSED, code)] * 2
    assert granting.later(MINUTES).step is Step.LATER
    assert len(alarms(granting)) == 1
    assert history(granting).count("zalo-refused") == 1

    assert granting.later(HOUR).step is Step.GRANTED
    assert granting.zalo.reuses == 0


def test_a_refusal_is_repeated_by_the_next_message_only_after_a_pause(granting: Granting) -> None:
    granting.zalo.script(TOKENS, Reply({"error": -14004, "error_name": "Invalid secret key"}))
    granting.now += 26 * HOUR
    with pytest.raises(NoToken):
        granting.tokens().token()

    for _ in range(10):
        with pytest.raises(NoToken):
            granting.tokens().token()
    assert len(granting.zalo.requests) == 1


def test_the_lock_dies_with_its_holder_and_the_answer_outlives_the_database_connection(
    granting: Granting, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, ask = granting.vault(), type(granting.oauth()).refresh

    def cut_off(oauth: object, token: str) -> object:
        answer = ask(oauth, token)  # type: ignore[arg-type] # the client itself
        with psycopg.connect(granting.url) as superuser:
            superuser.execute(f"SELECT pg_terminate_backend(pid) {HELD} AND granted")
        return answer

    monkeypatch.setattr(type(granting.oauth()), "refresh", cut_off)
    granting.now += 14 * HOUR

    assert refresh(vault).step is Step.GRANTED
    assert granting.tokens().token() == granting.zalo.access_token
    assert (granting.zalo.refreshes, granting.zalo.reuses) == (1, 0)
    assert granting.ask(f"SELECT 1 {HELD}") == []


def test_a_database_that_goes_away_in_the_midst_is_a_fault_with_a_name(granting: Granting) -> None:
    class CutOff(OAuth):
        def refresh(self, refresh_token: str) -> NotSent:
            with psycopg.connect(granting.url) as superuser:
                superuser.execute(f"SELECT pg_terminate_backend(pid) {HELD} AND granted")
            return NotSent("refused")

    granting.now += 14 * HOUR

    with pytest.raises(SystemFault) as fault:
        refresh(granting.vault(oauth=granting.oauth(CutOff)))
    assert "Cơ sở dữ liệu" in fault.value.notice
    assert granting.later(MINUTES).step is Step.GRANTED


def test_what_one_refresh_wrote_stays_where_the_business_transaction_rolls_back(
    granting: Granting,
) -> None:
    granting.now += 14 * HOUR
    with granting.engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO cchc.ward (code, name) VALUES ('khac', 'Khác')")
        token = granting.tokens().renewed(granting.tokens().token())
        connection.rollback()

    assert granting.tokens().token() == token == granting.zalo.access_token


def test_nothing_of_a_token_is_told_anywhere(granting: Granting, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    spent = list(granting.zalo.spent_refresh_tokens)
    for _ in range(3):
        granting.later(14 * HOUR)
        spent += [granting.zalo.access_token, granting.zalo.refresh_token]
    granting.zalo.refresh_tokens.clear()
    granting.later(14 * HOUR)
    secrets = {*spent, granting.zalo.app_secret, KEYS.derived("zalo-grant").hex(), bytes(range(32)).hex()}

    tables = granting.ask(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND c.oid > 16384"
    )
    dump = "".join(str(row) for (table,) in tables for row in granting.ask(f"SELECT t::text FROM {table} t"))
    told = f"{dump} {caplog.text} {granting.vault()} {granting.vault().look()}"

    assert "zalo-refreshed" in dump
    assert len(secrets) > 8
    for secret in secrets:
        assert secret not in told
        assert secret.encode().hex() not in told


def test_each_refresh_stands_in_the_history_which_still_proves_itself(granting: Granting) -> None:
    granting.later(14 * HOUR)

    assert history(granting) == ["zalo-seeded", "zalo-refreshed"]
    with granting.engine.connect() as connection:
        assert verify(connection).ok


def test_of_several_wards_those_are_told_that_write_on_zalo(granting: Granting, engine: Engine) -> None:
    with engine.begin() as connection:
        other = office(connection, plan_of(task("I.1"), issuer="UBND phường Bên Cạnh")).ward
        connection.exec_driver_sql(
            "INSERT INTO cchc.contact (ward_id, unit_id, channel, address, role, rank) SELECT ward_id,"
            " min(id), 'zalo-group', 'g-1', 'officer', 1 FROM cchc.unit WHERE ward_id = %(ward)s GROUP BY 1",
            {"ward": other.id},
        )
    granting.zalo.refresh_tokens.clear()

    granting.later(14 * HOUR)

    told = granting.ask("SELECT ward_id FROM cchc.audit_event WHERE kind = 'zalo-consent-needed'")
    assert told == [(other.id,)]
    assert granting.ask("SELECT DISTINCT ward_id FROM cchc.outbox WHERE reason = 'alarm'") == [(other.id,)]


def test_with_another_key_nothing_opens_and_the_fault_says_which_key_is_missing(granting: Granting) -> None:
    other = Keys(bytes(32), "tệp /khoa/khac")

    with pytest.raises(WrongKey, match="/khoa/khac") as refused:
        PostgresTokens(granting.vault(keys=other)).token()

    assert "sao lưu" in refused.value.notice
    assert granting.zalo.requests == []


def test_what_is_sealed_in_one_place_opens_in_no_other(granting: Granting) -> None:
    with psycopg.connect(granting.url) as superuser:
        superuser.execute("UPDATE cchc.zalo_grant SET access_token = refresh_token")

    with pytest.raises(WrongKey):
        granting.tokens().token()
