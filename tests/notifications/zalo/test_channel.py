"""What each of Zalo's channels promises the outbox, against a Zalo that follows its documentation."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifications.channels import Action, Channel, ChannelMisconfigured, Message, Outcome, UnknownChannel
from notifications.zalo.channel import NAMES, open_zalo
from notifications.zalo.tokens import NO_TOKEN
from tests.zalo_server import Hang, Reply, ZaloServer
from tests.zalo_tokens import NoTokens, Tokens

Open = Callable[..., Channel]
RECIPIENTS = {
    "zalo-group": "g-vhxh",
    "zalo-user": "2460001",
    "zalo-uid": "2460001",
    "phone": "0912.345.678",
    "zalo-bot": "chat-1",
}
FACTS = {
    "ma_viec": "II.3",
    "ten_viec": "Rà soát thủ tục hành chính",
    "noi_dung": "Rà soát, đánh giá thủ tục hành chính",
    "don_vi": "Phòng Văn hóa - Xã hội",
    "han": "09/12/2026",
    "con_lai": "còn 5 ngày làm việc",
    "lien_ket": "https://cchc.thanhdong.vn/tasks/II.3",
}


def message(name: str, **changes: Any) -> Message:
    made = Message(
        RECIPIENTS[name],
        "II.3 còn 7 ngày",
        "Kính gửi: Phòng Văn hóa - Xã hội\nbản đầy đủ",
        brief="II.3. Rà soát thủ tục hành chính\nHạn 09/12/2026: còn 7 ngày",
        facts=FACTS,
        message_id="<123.1@thanhdong.vn>",
        tracking_id="td-17",
    )
    return replace(made, **changes)


@pytest.mark.parametrize("name", NAMES)
def test_each_channel_hands_its_message_in_and_keeps_what_zalo_called_it(
    zalo: ZaloServer, channel: Open, name: str
) -> None:
    answer = channel(name).send(message(name))

    (taken,) = zalo.accepted
    assert (answer.outcome, answer.provider_id, answer.action) == (Outcome.SENT, taken.message_id, None)
    assert (taken.channel, taken.recipient) == (name, RECIPIENTS[name].replace("0912.345.678", "84912345678"))
    assert taken.message_id in answer.text


@pytest.mark.parametrize("name", ["zalo-group", "zalo-user"])
def test_a_text_is_the_brief_and_nothing_else(zalo: ZaloServer, channel: Open, name: str) -> None:
    channel(name).send(message(name))

    assert zalo.accepted[0].message["message"] == {"text": message(name).brief}


def test_without_a_brief_the_text_goes(zalo: ZaloServer, channel: Open) -> None:
    channel("zalo-bot").send(message("zalo-bot", brief=None))

    assert zalo.accepted[0].message == {"chat_id": "chat-1", "text": message("zalo-bot").text}


@pytest.mark.parametrize(
    ("name", "recipient"),
    [
        ("phone", "0212345678"),
        ("phone", "không có"),
        ("zalo-group", ""),
        ("zalo-user", "24 60"),
        ("zalo-uid", "mã"),
        ("zalo-bot", "x" * 200),
    ],
)
def test_what_is_no_address_on_the_channel_is_given_up_before_any_call(
    zalo: ZaloServer, channel: Open, name: str, recipient: str
) -> None:
    answer = channel(name).send(message(name, recipient=recipient))

    assert (answer.outcome, answer.action) == (Outcome.FAILED, Action.RECIPIENT)
    assert "không đúng" in answer.text
    assert zalo.requests == []


@pytest.mark.parametrize("name", ["zalo-group", "zalo-user", "zalo-bot"])
def test_a_text_is_never_longer_than_zalo_takes_even_in_emoji(
    zalo: ZaloServer, channel: Open, name: str
) -> None:
    for text in ("Nhiệm vụ " * 400, "😀" * 1500, "👩‍👩‍👧‍👦 " * 400, "x" * 2001, "e\u0302\u0301" * 1999):
        assert channel(name).send(message(name, brief=text)).outcome is Outcome.SENT, text[:10]


def test_words_of_ours_mention_nobody_in_a_group(zalo: ZaloServer, channel: Open) -> None:
    text = "Kính gửi [@2460001], [\u200b@all] và [\u0007@g-vhxh] [@" + "x" * 3000

    channel("zalo-group").send(message("zalo-group", brief=text))

    said = zalo.accepted[0].message["message"]["text"]
    assert said.startswith("Kính gửi [ @2460001], [ @all] và [ @g-vhxh] [ @xx")
    assert len(said) <= 2000


def test_a_message_without_any_words_is_put_aside(zalo: ZaloServer, channel: Open) -> None:
    answer = channel("zalo-user").send(message("zalo-user", brief=" ", text="", subject=""))

    assert (answer.outcome, answer.action) == (Outcome.FAILED, Action.DEFECT)
    assert zalo.requests == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "zalo-bot"])
def test_the_proof_goes_along_where_the_application_asks_for_it(
    zalo: ZaloServer, channel: Open, name: str
) -> None:
    zalo.proof_required = True

    without = channel(name).send(message(name))
    proved = channel(name, proof_secret=zalo.app_secret).send(message(name))

    assert (without.outcome, without.action, without.channel_down) == (Outcome.RETRY, Action.CHANNEL, True)
    assert proved.outcome is Outcome.SENT


def test_a_closed_window_sends_the_message_another_way_this_once(zalo: ZaloServer, channel: Open) -> None:
    zalo.now += timedelta(days=8)
    zalo.access_token, _ = zalo.new_pair()

    answer = channel("zalo-user", source=Tokens(zalo)).send(message("zalo-user"))

    assert (answer.outcome, answer.action, answer.code) == (Outcome.FAILED, Action.WINDOW, "-230")
    assert not answer.channel_down


@pytest.mark.parametrize("name", [name for name in NAMES if name != "zalo-bot"])
def test_a_refused_token_is_renewed_once_and_the_message_goes(
    zalo: ZaloServer, channel: Open, tokens: Tokens, name: str
) -> None:
    zalo.now += timedelta(hours=26)
    stale = tokens.held

    answer = channel(name).send(message(name))

    assert answer.outcome is Outcome.SENT
    assert tokens.refused == [stale]
    assert (len(zalo.requests), len(zalo.accepted)) == (2, 1)


@pytest.mark.parametrize(
    "refusal", [Reply({"error": -216, "message": "x"}), Reply(b"no", 401), Reply({"error": -124}, 401)]
)
def test_a_token_that_is_refused_again_holds_the_channel_and_is_not_asked_for_a_third_time(
    zalo: ZaloServer, channel: Open, tokens: Tokens, refusal: Reply
) -> None:
    zalo.script("/v3.0/oa/group/message", *[refusal] * 5)

    answer = channel("zalo-group").send(message("zalo-group"))

    assert (answer.outcome, answer.action, answer.channel_down) == (Outcome.RETRY, Action.CHANNEL, True)
    assert (len(zalo.requests), len(tokens.refused)) == (2, 1)


def test_without_a_token_nothing_leaves_and_the_channel_waits_for_a_person_or_for_the_next_one(
    zalo: ZaloServer, channel: Open
) -> None:
    lost = channel("zalo-group", source=NoTokens()).send(message("zalo-group"))
    late = channel("zalo-group", source=NoTokens(later=120.0)).send(message("zalo-group"))

    assert (lost.outcome, lost.action, lost.channel_down) == (Outcome.RETRY, Action.CHANNEL, True)
    assert (lost.code, late.code) == (NO_TOKEN, None)
    assert (late.outcome, late.action, late.retry_after) == (Outcome.RETRY, Action.WAIT, 120.0)
    assert zalo.requests == []


def test_threads_that_share_a_channel_send_one_after_the_other_and_get_their_own_answers(
    zalo: ZaloServer, channel: Open
) -> None:
    zalo.script("/v3.0/oa/group/message", Hang())
    shared = channel("zalo-group", timeout=2)

    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(shared.send, message("zalo-group"))
        while not zalo.requests:
            threading.Event().wait(0.001)
        answer = shared.send(message("zalo-group", recipient="g-kt"))
        waited_for = hanging.done()

    assert waited_for
    assert (hanging.result().outcome, answer.outcome) == (Outcome.UNKNOWN, Outcome.SENT)
    assert [taken.recipient for taken in zalo.accepted] == ["g-kt"]


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_in_what_is_answered_shown_or_logged(
    zalo: ZaloServer, channel: Open, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(1)
    secrets = [zalo.access_token, zalo.bot_token, zalo.app_secret]
    echo = {"error": -9, "message": "bad " + " ".join(secrets), "ok": False, "error_code": 9}
    echo["description"] = echo["message"]
    opened = channel(name, proof_secret=zalo.app_secret)
    paths = ("/v3.0/oa/group/message", "/v3.0/oa/message/cs", "/v3.0/oa/message/template")
    for path in (*paths, "/message/template", "/bot/sendMessage"):
        taken = {"error": 0, "ok": True, "message": echo["message"]}
        page = str(echo["message"]).encode()
        zalo.script(path, Reply(echo), Reply(echo, 500), Reply(taken), Reply(page, 502), Reply(page))
    answers = [opened.send(message(name)) for _ in range(5)]
    with zalo.refusing():
        answers.append(opened.send(message(name)))

    told = f"{answers} {opened!r} {zalo.places(proof_secret=zalo.app_secret)!r} {caplog.text}"
    assert "***" in told
    own = secrets[1:2] if name == "zalo-bot" else [secrets[0], secrets[2]]
    assert [secret for secret in own if secret in told] == []
    assert logging.getLogger("urllib3.connectionpool").isEnabledFor(logging.DEBUG)


def test_a_channel_says_which_setting_it_lacks(zalo: ZaloServer, tokens: Tokens) -> None:
    for name, changes, setting in (
        ("phone", {"template": None}, "CCHC_ZALO_TEMPLATE"),
        ("zalo-uid", {"template": None}, "CCHC_ZALO_TEMPLATE"),
        ("zalo-bot", {"bot_token": None}, "CCHC_ZALO_BOT_TOKEN"),
        ("phone", {"templates": Path("/no/such/file")}, "CCHC_ZALO_TEMPLATES"),
        ("zalo-group", {"errors": Path("/no/such/file")}, "CCHC_ZALO_ERRORS"),
    ):
        with pytest.raises(ChannelMisconfigured) as refused:
            open_zalo(name, zalo.places(**changes), tokens)
        assert setting in refused.value.notice
    with pytest.raises(ChannelMisconfigured):
        open_zalo("zalo-user", zalo.places(), None)
    with pytest.raises(UnknownChannel):
        open_zalo("zalo", zalo.places(), tokens)
    open_zalo("zalo-bot", zalo.places(), None).close()
