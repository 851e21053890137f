"""Zalo tells us something: what counts as its word, and that it is kept once and worked on once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import transaction
from services.people import Ward
from services.webhooks import Worked, handle_waiting
from tests.builders import occurrence, plan_of, task
from tests.hooks import APP, HOST, OA, SECRET, Hooks, opened, sent, signature, stamp
from tests.web.conftest import Browse

LAN = "7001"


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(plan_of(task("II.2", occurrences=[occurrence()])))


@pytest.fixture
def hooks(ward: Ward, browse: Browse, engine: Engine) -> Hooks:
    return opened(browse, engine, ward)


def test_what_zalo_signs_is_kept_and_worked_on(hooks: Hooks) -> None:
    answer = hooks.tell("follow", oa_id=OA, follower={"id": LAN})

    assert (answer.status_code, answer.text) == (200, "")
    assert hooks.events() == [("follow", None)]
    assert hooks.every("SELECT user_id, followed_at FROM cchc.zalo_follower") == [(LAN, hooks.browser.now)]


def test_a_signature_is_taken_in_any_capitals_and_with_blanks_after_its_name(hooks: Hooks) -> None:
    for number, written in enumerate(("mac = {}", " MAC={} ", "{}", "mac={}")):
        raw = hooks.event("follow", oa_id=OA, follower={"id": str(number)})
        hexed = signature(raw, stamp(hooks.browser.now)).removeprefix("mac=")

        assert hooks.post(raw, signed=written.format(hexed.upper())).status_code == 200

    assert len(hooks.events()) == 4


@pytest.mark.parametrize(
    "tamper",
    [
        lambda raw, right: (raw.replace(b"7001", b"7002"), right),
        lambda raw, right: (raw + b" ", right),
        lambda raw, right: (raw[:-1], right),
        lambda raw, right: (b"", right),
        lambda raw, right: (b"[1]", right),
        lambda raw, right: (b"[" * 100_000, right),
        lambda raw, right: (raw, right[:-1]),
        lambda raw, right: (raw, right + "0"),
        lambda raw, right: (raw, ""),
        lambda raw, right: (raw, "mac=" + "0" * 64),
        lambda raw, right: (raw, signature(raw, json.loads(raw)["timestamp"], secret="khác")),
        lambda raw, right: (raw, signature(raw, json.loads(raw)["timestamp"], app="1")),
        lambda raw, right: (raw, signature(raw, "1")),
    ],
)
def test_what_bears_no_right_signature_is_refused_and_leaves_nothing(
    hooks: Hooks, tamper: Callable[[bytes, str], tuple[bytes, str]]
) -> None:
    raw = hooks.event("follow", oa_id=OA, follower={"id": LAN})
    body, signed = tamper(raw, signature(raw, stamp(hooks.browser.now)))

    assert hooks.post(body, signed=signed).status_code == 403
    assert hooks.events() == []
    assert hooks.every("SELECT * FROM cchc.zalo_follower") == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_what_is_not_utf8_is_not_read_even_if_it_is_signed(hooks: Hooks, encoding: str) -> None:
    raw = hooks.event("follow", follower={"id": LAN, "name": "é"}).decode().encode(encoding)

    assert hooks.post(raw, signed=signature(raw, stamp(hooks.browser.now))).status_code == 403
    assert hooks.events() == []


@pytest.mark.parametrize(
    ("age", "status"), [(timedelta(hours=2, minutes=59), 200), (timedelta(hours=3, seconds=1), 403)]
)
def test_an_old_event_is_not_told_again_once_zalo_itself_would_repeat_it_no_more(
    hooks: Hooks, age: timedelta, status: int
) -> None:
    assert hooks.tell("follow", at=hooks.browser.now - age, follower={"id": LAN}).status_code == status
    assert len(hooks.events()) == (status == 200)


@pytest.mark.parametrize("said", ["", "x", 1.5, None, True, -1, "0" * 400])
def test_an_event_without_a_time_is_refused_whatever_its_signature(hooks: Hooks, said: object) -> None:
    raw = json.dumps({"event_name": "follow", "timestamp": said}).encode()

    assert hooks.post(raw, signed=signature(raw, str(said))).status_code == 403


def test_a_time_may_be_a_number(hooks: Hooks) -> None:
    raw = json.dumps({"event_name": "follow", "timestamp": int(stamp(hooks.browser.now))}).encode()

    assert hooks.post(raw).status_code == 200


def test_an_event_that_is_repeated_counts_once(hooks: Hooks, engine: Engine, ward: Ward) -> None:
    sent(engine, ward)
    message = {"delivery_time": stamp(hooks.browser.now), "msg_id": "m1", "tracking_id": "x"}
    first = hooks.event("user_received_message", message=message)
    again = hooks.event("user_received_message", message=message, num_retry=1)

    assert [hooks.post(raw).status_code for raw in (first, first, again)] == [200] * 3

    assert hooks.events() == [("user_received_message", None)]
    assert hooks.kinds("delivery.delivered") == ["delivery.delivered"]


def test_an_event_left_behind_by_a_crash_is_worked_on_when_zalo_repeats_it_or_by_the_hourly_run(
    hooks: Hooks, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hooks.event("follow", oa_id=OA, follower={"id": "1"})
    with monkeypatch.context() as dead:
        dead.setattr("web.open.webhooks._work", lambda *_: None)
        for number in ("1", "2"):
            hooks.tell("follow", oa_id=OA, follower={"id": number})
    assert hooks.every("SELECT count(*) FROM cchc.webhook_event WHERE handled_at IS NULL") == [(2,)]

    hooks.post(first)
    assert hooks.every("SELECT user_id FROM cchc.zalo_follower") == [("1",)]

    settings = hooks.browser.settings
    worked = handle_waiting(lambda: transaction(engine), settings, lambda: hooks.browser.now)
    assert worked == Worked(1, 0)
    assert hooks.every("SELECT count(*) FROM cchc.webhook_event WHERE handled_at IS NULL") == [(0,)]


def test_an_event_that_breaks_our_code_keeps_no_other_from_its_turn(
    hooks: Hooks, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as broken:
        broken.setattr("services.webhook_work.use_code", breaks)
        assert hooks.says(LAN, "CCHC-ABCD-2345").status_code == 200
        hooks.tell("follow", oa_id=OA, follower={"id": "2"})
        assert hooks.every("SELECT user_id FROM cchc.zalo_follower") == [("2",)]

        hooks.browser.now += timedelta(days=2)
        handle_waiting(lambda: transaction(engine), hooks.browser.settings, lambda: hooks.browser.now)

    assert sorted(hooks.events()) == [("follow", None), ("user_send_text", "fault")]


def test_more_than_a_quarter_megabyte_is_refused(hooks: Hooks) -> None:
    raw = hooks.event("follow", follower={"id": LAN}, padding="x" * 256 * 1024)

    assert hooks.post(raw).status_code == 413
    assert hooks.events() == []


@pytest.mark.parametrize("missing", ["zalo_oa_secret", "zalo_app_id"])
def test_without_its_settings_there_is_no_webhook(
    ward: Ward, browse: Browse, engine: Engine, missing: str
) -> None:
    hooks = opened(browse, engine, ward, **{missing: None})

    assert hooks.tell("follow", follower={"id": LAN}).status_code == 404


def test_the_address_answers_nobody_who_only_looks(hooks: Hooks) -> None:
    assert hooks.browser.client.get("/open/zalo/webhook", headers=HOST).status_code == 405


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"event_name": 7},
        {"event_name": "Drop Table"},
        {"event_name": "follow", "follower": []},
        {"event_name": "follow", "follower": {"id": "a\0b"}},
        {"event_name": "follow", "follower": {"id": "\ud800"}},
        {"event_name": "user_seen_message", "message": {"msg_ids": [None, {}, "x" * 999]}},
        {"event_name": "user_received_message", "message": "x"},
        {"event_name": "user_send_text", "message": {"text": ["CCHC-ABCD-2345"]}},
        {"event_name": "change_template_status", "status": 3, "reason": "\0\ud800"},
        {"event_name": "unfollow"},
        {"event_name": "something_new"},
    ],
)
def test_whatever_is_signed_is_answered_calmly_and_changes_nothing(hooks: Hooks, odd: dict[str, Any]) -> None:
    raw = json.dumps({**odd, "timestamp": stamp(hooks.browser.now)}).encode()

    assert hooks.post(raw).status_code == 200
    assert hooks.every("SELECT * FROM cchc.zalo_follower") == []
    assert hooks.kinds("contact.") == []


def test_nothing_that_people_write_is_kept_and_no_telephone_number(
    hooks: Hooks, engine: Engine, ward: Ward
) -> None:
    code = hooks.code()
    hooks.says(LAN, f"Hồ sơ của tôi là 00123, CCCD 012345678901 {code}")
    hooks.tell(
        "user_received_message",
        sender={"id": OA},
        recipient={"id": "84912345678"},
        message={"msg_id": "m1", "tracking_id": "o1.w1", "delivery_time": stamp(hooks.browser.now)},
    )

    kept = json.dumps(hooks.every("SELECT source, key, name, body FROM cchc.webhook_event"))
    history = json.dumps(hooks.every("SELECT body FROM cchc.audit_event"))
    for secret in ("012345678901", "Hồ sơ", "84912345678", code, code.replace("-", "")[4:]):
        assert secret not in kept + history
    assert LAN not in history
    assert SECRET not in kept


def test_the_bot_is_known_by_its_secret(hooks: Hooks) -> None:
    code = hooks.code("zalo-bot")

    assert hooks.to_bot("chat-1", code, secret="khong-phai").status_code == 403
    assert hooks.to_bot("chat-1", code, secret="").status_code == 403
    assert (hooks.contacts(), hooks.events()) == ([], [])
    assert hooks.to_bot("chat-1", code).status_code == 200
    assert hooks.contacts() == [("zalo-bot", "chat-1", "officer", False)]


def test_without_a_secret_there_is_no_webhook_of_the_bot(ward: Ward, browse: Browse, engine: Engine) -> None:
    hooks = opened(browse, engine, ward, zalo_bot_secret=None)

    assert hooks.to_bot("chat-1", "x").status_code == 404


def test_a_bots_update_that_says_nothing_is_answered_calmly(hooks: Hooks) -> None:
    for content in (b"", b"x", b"[]", b"{}", b'{"result": {"event_name": "x"}}'):
        answer = hooks.browser.client.post(
            "/open/zalo/bot", content=content, headers={**HOST, "X-Bot-Api-Secret-Token": "bot-secret-0123"}
        )
        assert answer.status_code == 200
    assert hooks.events() == []


def test_events_of_another_account_are_kept_and_change_nothing(hooks: Hooks) -> None:
    hooks.tell("follow", oa_id="999", follower={"id": LAN})
    hooks.says(LAN, hooks.code(), oa="999")

    assert [problem for _, problem in hooks.events()] == ["other-account"] * 2
    assert hooks.contacts() == []


def test_the_app_id_is_the_first_term_of_what_is_signed(hooks: Hooks) -> None:
    raw = hooks.event("follow", oa_id=OA, follower={"id": LAN})

    assert hooks.post(raw, signed=signature(raw, stamp(hooks.browser.now), app=OA)).status_code == 403
    assert hooks.post(raw, signed=signature(raw, stamp(hooks.browser.now), app=APP)).status_code == 200
