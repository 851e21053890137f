"""What Zalo's events change: receipts, opt-outs, contacts by one-time codes, alarms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.binding import code_hash, code_in
from domain.tracking import tracking_id
from models.database import transaction
from models.history import SYSTEM
from services.binding import use_code
from services.people import Ward, add_contact, disable_user
from services.webhooks import Worked, handle_waiting
from tests.builders import CULTURE, NOW, OFFICE, occurrence, plan_of, task
from tests.hooks import OA, Hooks, moved, opened, sent, stamp
from tests.web.conftest import Browse

LAN = "7001"
HOUR = timedelta(hours=1)
PLAN = plan_of(task("II.2", occurrences=[occurrence()]))


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(PLAN)


@pytest.fixture
def hooks(ward: Ward, browse: Browse, engine: Engine) -> Hooks:
    return opened(browse, engine, ward)


def received(hooks: Hooks, msg_id: str, tracking: str = "", **more: Any) -> None:
    message = {"msg_id": msg_id, "tracking_id": tracking, "delivery_time": stamp(hooks.browser.now)}
    answer = hooks.tell("user_received_message", recipient={"id": "84912345678"}, message={**message, **more})
    assert answer.status_code == 200


def receipts(hooks: Hooks) -> list[Any]:
    return hooks.every("SELECT outbox_id, kind, source FROM cchc.receipt ORDER BY outbox_id, kind")


def test_a_delivered_message_is_known_by_our_name_of_it_for_all_that_left_with_it(
    hooks: Hooks, engine: Engine, ward: Ward
) -> None:
    ids = sent(engine, ward, rows=2)
    sent(engine, ward, provider_id="other")

    received(hooks, "not-known", tracking_id(ward.id, ids[0]))

    assert receipts(hooks) == [(id_, "delivered", "webhook") for id_ in ids]
    assert hooks.kinds("delivery.delivered") == ["delivery.delivered"]


def test_a_message_without_our_name_is_known_by_zalos(hooks: Hooks, engine: Engine, ward: Ward) -> None:
    [outbox] = sent(engine, ward, channel="zalo-user", recipient=LAN)

    hooks.tell("user_received_message", sender={"id": OA}, message={"msg_id": "m1"})
    hooks.tell("user_seen_message", sender={"id": LAN}, message={"msg_ids": ["x", "m1"]})

    assert receipts(hooks) == [(outbox, "delivered", "webhook"), (outbox, "seen", "webhook")]
    assert hooks.kinds("delivery.") == ["delivery.delivered", "delivery.seen"]


def test_seen_before_delivered_is_told_in_either_order(hooks: Hooks, engine: Engine, ward: Ward) -> None:
    [outbox] = sent(engine, ward, channel="zalo-user", recipient=LAN)

    hooks.tell("user_seen_message", message={"msg_ids": ["m1"]})
    hooks.tell("user_received_message", message={"msg_id": "m1"})

    assert [kind for _, kind, _ in receipts(hooks)] == ["delivered", "seen"]
    assert receipts(hooks)[0][0] == outbox


def test_a_receipt_settles_a_message_of_unknown_outcome(hooks: Hooks, engine: Engine, ward: Ward) -> None:
    ids = sent(engine, ward, state="unknown", provider_id=None, rows=2)

    received(hooks, "m77", tracking_id(ward.id, ids[0]))

    assert hooks.every("SELECT DISTINCT state FROM cchc.outbox WHERE channel = 'phone'") == [("sent",)]
    assert hooks.kinds("delivery.") == ["delivery.delivered", "delivery.reconciled"]


@pytest.mark.parametrize("state", ["pending", "failed"])
def test_a_receipt_does_not_revive_what_was_not_sent_or_was_refused(
    hooks: Hooks, engine: Engine, ward: Ward, state: str
) -> None:
    [outbox] = sent(engine, ward, state=state)
    if state == "pending":
        with transaction(engine) as connection:
            connection.exec_driver_sql("UPDATE cchc.outbox SET attempts = 0 WHERE channel = 'phone'")

    received(hooks, "m1", tracking_id(ward.id, outbox))

    assert hooks.every("SELECT state FROM cchc.outbox WHERE channel = 'phone'") == [(state,)]


def test_a_name_of_another_ward_or_another_channel_gives_no_receipt(
    hooks: Hooks, engine: Engine, ward: Ward
) -> None:
    [outbox] = sent(engine, ward)
    [mail] = sent(engine, ward, channel="email", recipient="lan@p.vn", provider_id="m2")

    for name in (tracking_id(ward.id + 1, outbox), tracking_id(ward.id, mail), tracking_id(ward.id, 10**12)):
        received(hooks, f"x-{name}", name)
    received(hooks, "m2")

    assert receipts(hooks) == []


def test_a_receipt_that_is_faster_than_our_commit_is_worked_on_later_and_not_for_ever(
    hooks: Hooks, engine: Engine, ward: Ward
) -> None:
    received(hooks, "m1")
    received(hooks, "of-somebody-else")
    [outbox] = sent(engine, ward, channel="zalo-user", recipient=LAN)

    def hourly() -> Worked:
        return handle_waiting(lambda: transaction(engine), hooks.browser.settings, lambda: hooks.browser.now)

    assert hourly() == Worked(1, 1)
    assert receipts(hooks) == [(outbox, "delivered", "webhook")]
    with moved(hooks, HOUR):
        assert hourly() == Worked(1, 0)
    assert sorted(hooks.events(), key=str) == [
        ("user_received_message", "no-such-message"),
        ("user_received_message", None),
    ]


def test_receipts_of_two_wards_stay_apart(
    hooks: Hooks, engine: Engine, ward: Ward, started: Callable[..., Ward]
) -> None:
    other = started(plan_of(task("II.2", occurrences=[occurrence()]), issuer="UBND phường Khác"))
    [outbox], [theirs] = sent(engine, ward), sent(engine, other, provider_id="m2")

    received(hooks, "m2", tracking_id(other.id, theirs))

    assert hooks.every("SELECT ward_id, outbox_id FROM cchc.receipt") == [(other.id, theirs)]
    assert outbox != theirs


def test_the_window_of_a_follower_is_kept_open_by_what_they_do(hooks: Hooks) -> None:
    hooks.tell("follow", oa_id=OA, follower={"id": LAN})
    with moved(hooks, 2 * HOUR):
        hooks.says(LAN, "xin chào")
        hooks.tell(
            "user_seen_message", at=hooks.browser.now + HOUR, sender={"id": LAN}, message={"msg_ids": ["m"]}
        )
        hooks.tell("user_click_button", at=hooks.browser.now - HOUR, sender={"id": LAN}, recipient={"id": OA})
        hooks.tell(
            "user_send_group_text", sender={"id": "8"}, recipient={"id": "g"}, message={"msg_id": "g1"}
        )

    assert hooks.every("SELECT user_id, followed_at, last_interaction_at FROM cchc.zalo_follower") == [
        (LAN, NOW, NOW + 2 * HOUR)
    ]


def test_whoever_leaves_is_written_to_no_more_in_any_ward_until_a_person_says_so(
    hooks: Hooks, engine: Engine, ward: Ward, started: Callable[..., Ward]
) -> None:
    other = started(plan_of(task("II.2", occurrences=[occurrence()]), issuer="UBND phường Khác"))
    with transaction(engine) as connection:
        for one, channel in (
            (ward, "zalo-user"),
            (ward, "zalo-uid"),
            (other, "zalo-user"),
            (ward, "zalo-bot"),
        ):
            add_contact(connection, one, OFFICE, channel=channel, address=LAN, actor=SYSTEM, now=NOW)

    with moved(hooks, HOUR):
        hooks.tell("unfollow", oa_id=OA, follower={"id": LAN})
        hooks.tell("follow", at=hooks.browser.now + HOUR, oa_id=OA, follower={"id": LAN})

    assert [(channel, muted) for channel, _, _, muted in hooks.contacts()] == [
        ("zalo-user", True),
        ("zalo-uid", True),
        ("zalo-user", True),
        ("zalo-bot", False),
    ]
    assert hooks.kinds("contact.muted") == ["contact.muted"] * 3
    [(why,)] = hooks.every("SELECT DISTINCT muted_why FROM cchc.contact WHERE muted_at IS NOT NULL")
    assert "bỏ quan tâm" in why


def test_a_refusal_mutes_as_leaving_does(hooks: Hooks, engine: Engine, ward: Ward) -> None:
    with transaction(engine) as connection:
        add_contact(connection, ward, OFFICE, channel="zalo-user", address=LAN, actor=SYSTEM, now=NOW)

    hooks.tell("user_withdraw", sender={"id": LAN})

    assert [muted for *_, muted in hooks.contacts()] == [True]


def test_whoever_sends_a_code_becomes_a_contact_and_the_event_is_the_proof(hooks: Hooks) -> None:
    code = hooks.code(role="head")

    hooks.says(LAN, f"em gửi mã {code.lower().replace('-', ' ')} ạ")

    assert hooks.contacts() == [("zalo-user", LAN, "head", False)]
    [(facts,)] = hooks.every(
        "SELECT body::jsonb -> 'facts' FROM cchc.audit_event WHERE kind = 'contact.bound'"
    )
    [(key, contact)] = hooks.every(
        "SELECT e.key, b.contact_id FROM cchc.webhook_event e, cchc.binding_code b"
    )
    assert (facts["event"], facts["contact"], facts["channel"]) == (key, contact, "zalo-user")
    assert hooks.kinds("contact.") == ["contact.code-made", "contact.bound"]


def test_a_code_serves_once_and_whoever_comes_second_gets_nothing(hooks: Hooks) -> None:
    code = hooks.code()

    hooks.says(LAN, code)
    hooks.says("7002", code)

    assert [address for _, address, *_ in hooks.contacts()] == [LAN]
    assert {problem for _, problem in hooks.events()} == {None, "wrong-code"}


def test_two_who_send_one_code_at_once_become_one_contact(hooks: Hooks, engine: Engine) -> None:
    hashed = code_hash(code_in(hooks.code()) or "").hex()
    start, done = Barrier(8, timeout=60), []

    def one(address: str) -> None:
        start.wait()
        with transaction(engine) as connection:
            done.append(
                use_code(connection, hashed, source="zalo", address=address, at=NOW, event="x", now=NOW)
            )

    threads = [Thread(target=one, args=(str(number),), daemon=True) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(done) == [False] * 7 + [True]
    assert len(hooks.contacts()) == 1


@pytest.mark.parametrize("said", ["CCHC-ABCD-2345", "CCHC", "", "xin chào", "0" * 5000])
def test_what_is_no_code_of_ours_does_nothing(hooks: Hooks, said: str) -> None:
    hooks.code()

    hooks.says(LAN, said)

    assert hooks.contacts() == []


def test_a_code_is_for_its_channel_only(hooks: Hooks) -> None:
    hooks.to_bot("chat-1", hooks.code("zalo-user"))
    hooks.says(LAN, hooks.code("zalo-bot"))

    assert hooks.contacts() == []


def test_a_code_ends_after_72_hours_of_its_sending_not_of_its_arrival(hooks: Hooks) -> None:
    late, just = hooks.code(), hooks.code()
    with moved(hooks, 73 * HOUR):
        hooks.says("late", late)
        hooks.says("just", just, at=NOW + 72 * HOUR - timedelta(seconds=1))

    assert [address for _, address, *_ in hooks.contacts()] == ["just"]


def test_a_code_of_a_disabled_account_does_nothing(hooks: Hooks, engine: Engine, ward: Ward) -> None:
    code = hooks.code()
    with transaction(engine) as connection:
        disable_user(connection, ward, "dieuphoi", actor=SYSTEM, now=NOW)

    hooks.says(LAN, code)

    assert hooks.contacts() == []


def test_a_new_code_ends_an_opt_out_and_an_earlier_leaving_told_late_does_not_bring_it_back(
    hooks: Hooks,
) -> None:
    hooks.says(LAN, hooks.code())
    with moved(hooks, HOUR):
        hooks.tell("unfollow", oa_id=OA, follower={"id": LAN})
        assert [muted for *_, muted in hooks.contacts()] == [True]
    with moved(hooks, 2 * HOUR):
        hooks.says(LAN, hooks.code())
        assert [muted for *_, muted in hooks.contacts()] == [False]
        hooks.tell("unfollow", at=NOW + HOUR + timedelta(minutes=30), oa_id=OA, follower={"id": LAN})

    assert [muted for *_, muted in hooks.contacts()] == [False]


def test_a_code_that_arrives_after_its_sender_has_left_binds_nobody(hooks: Hooks) -> None:
    code = hooks.code()
    with moved(hooks, 2 * HOUR):
        hooks.tell("unfollow", at=NOW + HOUR, oa_id=OA, follower={"id": LAN})
        hooks.says(LAN, code, at=NOW + HOUR / 2)

    assert hooks.contacts() == []


def test_a_code_of_one_ward_binds_in_that_ward_alone(
    hooks: Hooks, ward: Ward, started: Callable[..., Ward]
) -> None:
    other = started(plan_of(task("II.2"), issuer="UBND phường Khác"))
    theirs = Hooks(hooks.browser, hooks.engine, other).code(unit=CULTURE)

    hooks.says(LAN, theirs)

    assert hooks.every("SELECT ward_id, address FROM cchc.contact") == [(other.id, LAN)]


@pytest.mark.parametrize(
    ("name", "parts", "told"),
    [
        ("change_oa_daily_quota", {"oaId": OA, "quota": {"prev_value": 500, "new_value": 0}}, "hạn mức"),
        ("change_oa_daily_quota", {"oaId": OA, "quota": {"prev_value": "1000", "new_value": "500"}}, ""),
        (
            "change_template_status",
            {"template_id": "300001", "status": {"new_status": "DISABLE"}, "reason": "Spam"},
            "DISABLE: không gửi được. Lý do Zalo nêu: Spam",
        ),
        ("change_template_status", {"template_id": 300001, "status": {"new_status": "ENABLE"}}, ""),
        ("change_template_status", {"template_id": "2", "status": {"new_status": "DISABLE"}}, ""),
    ],
)
def test_administrators_hear_of_what_stops_messages_and_only_of_that(
    hooks: Hooks, name: str, parts: dict[str, Any], told: str
) -> None:
    for _ in range(2):
        hooks.tell(name, **parts)

    alarms = hooks.every("SELECT recipient, note FROM cchc.outbox WHERE reason = 'alarm'")
    assert [recipient for recipient, _ in alarms] == (["quantri@example.vn"] if told else [])
    assert all(told in note for _, note in alarms)
    assert len(hooks.events()) == 1
