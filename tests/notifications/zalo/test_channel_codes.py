"""What a channel makes of Zalo's codes, however they come: now, later, never, another way, not by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifications.channels import Action, Answer, Channel, Message, Outcome
from tests.zalo_grants import HANOI
from tests.zalo_server import Reply, ZaloServer, bot_refusal, refusal

Open = Callable[..., Channel]
GROUP = "/v3.0/oa/group/message"
TEXT = Message("g-vhxh", "II.3", "II.3 còn 7 ngày", tracking_id="td-1")
BY_PHONE = Message("84912345678", "II.3", "x", facts={"don_vi": "Phòng Kinh tế"}, tracking_id="td-1")
TO_CHAT = Message("chat-1", "II.3", "II.3 còn 7 ngày", tracking_id="td-1")


def kind(answer: Answer) -> tuple[Outcome, Action | None, bool]:
    return answer.outcome, answer.action, answer.channel_down


def test_a_code_is_read_on_any_http_status_and_as_text_or_number(zalo: ZaloServer, channel: Open) -> None:
    zalo.script(GROUP, Reply({"error": "-217", "message": "blocked"}, 403), refusal(-217, "blocked"))
    opened = channel("zalo-group")

    first, second = opened.send(TEXT), opened.send(TEXT)

    assert first == second
    assert (first.action, first.code) == (Action.RECIPIENT, "-217")
    assert first.text == "Người nhận đã chặn OA (mã -217): blocked"


def test_a_night_refusal_waits_for_five_past_six_and_not_all_for_the_same_second(
    zalo: ZaloServer, channel: Open
) -> None:
    zalo.now = datetime(2026, 11, 24, 23, 30, tzinfo=HANOI)

    opened = channel("phone")
    answers = [opened.send(replace(BY_PHONE, tracking_id=f"td-{n}")) for n in (1, 2, 1)]

    assert {(each.outcome, each.action, each.code) for each in answers} == {
        (Outcome.RETRY, Action.WAIT, "-133")
    }
    opens = timedelta(hours=6, minutes=35).total_seconds()
    first, second, again = (each.retry_after or 0 for each in answers)
    assert opens < first <= opens + 600
    assert opens < second <= opens + 600
    assert first == again != second


def test_a_used_up_quota_waits_for_the_next_day(zalo: ZaloServer, channel: Open) -> None:
    zalo.daily_quota = 0

    answer = channel("phone").send(BY_PHONE)

    assert (answer.action, answer.code, answer.channel_down) == (Action.WAIT, "-144", True)
    assert answer.retry_after == timedelta(hours=15, minutes=5).total_seconds()


def test_an_unclear_refusal_is_tried_twice_for_each_message_and_may_have_been_accepted(
    zalo: ZaloServer, channel: Open
) -> None:
    zalo.script("/message/template", *[refusal(-100)] * 3)
    opened = channel("phone")

    first, second = opened.send(BY_PHONE), opened.send(BY_PHONE)
    other = opened.send(Message("84912345679", "x", "x", facts=BY_PHONE.facts, tracking_id="td-2"))

    assert [each.outcome for each in (first, second, other)] == [
        Outcome.RETRY,
        Outcome.UNKNOWN,
        Outcome.RETRY,
    ]


def test_a_lack_of_money_is_waited_for_once_and_then_told(zalo: ZaloServer, channel: Open) -> None:
    zalo.script("/message/template", *[refusal(-115)] * 2)
    opened = channel("phone")

    assert [opened.send(BY_PHONE).action for _ in range(2)] == [Action.WAIT, Action.CHANNEL]


def test_a_follower_whose_template_is_refused_in_the_words_of_either_api_is_understood(
    zalo: ZaloServer, channel: Open
) -> None:
    zalo.script(
        "/v3.0/oa/message/template", refusal(-146), refusal(-227), refusal(-201, "user_id is invalid")
    )
    opened = channel("zalo-uid")
    message = Message("2460001", "x", "x", facts=BY_PHONE.facts)

    assert [opened.send(message).action for _ in range(3)] == [
        Action.CHANNEL,
        Action.RECIPIENT,
        Action.RECIPIENT,
    ]


@pytest.mark.parametrize("on_200", [True, False])
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (400, (Outcome.FAILED, Action.DEFECT, False)),
        (401, (Outcome.RETRY, Action.CHANNEL, True)),
        (403, (Outcome.RETRY, Action.CHANNEL, True)),
        (404, (Outcome.FAILED, Action.RECIPIENT, False)),
        (408, (Outcome.UNKNOWN, None, False)),
        (429, (Outcome.RETRY, Action.WAIT, True)),
        (500, (Outcome.UNKNOWN, None, False)),
        (418, (Outcome.RETRY, Action.CHANNEL, True)),
    ],
)
def test_a_bots_errors_mean_the_same_on_http_200_and_as_status(
    zalo: ZaloServer, channel: Open, code: int, expected: Any, on_200: bool
) -> None:
    zalo.script("/bot/sendMessage", bot_refusal(code, "refused", 200 if on_200 else code))

    answer = channel("zalo-bot").send(TO_CHAT)

    assert kind(answer) == expected
    assert answer.code == str(code)


def test_a_bots_error_without_a_code_goes_by_its_status_and_a_page_is_no_error_of_its(
    zalo: ZaloServer, channel: Open
) -> None:
    zalo.script("/bot/sendMessage", Reply({"ok": False}, 404), Reply(b"<html>", 404), Reply(b"no", 401))
    opened = channel("zalo-bot")

    assert [opened.send(TO_CHAT).action for _ in range(3)] == [
        Action.RECIPIENT,
        Action.CHANNEL,
        Action.CHANNEL,
    ]
