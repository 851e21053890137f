"""Asking Zalo instead of being told by it: what became of a message, and what people wrote to the bot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from notifications.zalo.bot import NoUpdates, get_updates
from notifications.zalo.status import ask_status
from tests.zalo_server import Drop, Hang, Reply, ZaloServer, bot_refusal, refusal, too_many
from tests.zalo_tokens import NoTokens, Tokens

STATUS = "/message/status"


def told(status: object, at: object) -> Reply:
    return Reply({"error": 0, "message": "Success", "data": {"delivery_time": at, "status": status}})


def test_a_delivered_message_says_when(zalo: ZaloServer, tokens: Tokens) -> None:
    zalo.statuses["m1"] = 1

    found = ask_status(zalo.places(), tokens, "m1")

    assert (found.kind, found.at) == ("delivered", zalo.now.astimezone(UTC))
    assert zalo.requests[0].query == {"message_id": "m1"}


@pytest.mark.parametrize(("status", "kind"), [(0, "not-delivered"), (-1, "unknown")])
def test_a_message_that_is_not_delivered_is_told_from_one_not_known_yet(
    zalo: ZaloServer, tokens: Tokens, status: int, kind: str
) -> None:
    zalo.statuses["m1"] = status

    found = ask_status(zalo.places(), tokens, "m1")

    assert (found.kind, found.at) == (kind, None)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("1795485600000", datetime(2026, 11, 24, 2, 0, tzinfo=UTC)),
        (1795485600000, datetime(2026, 11, 24, 2, 0, tzinfo=UTC)),
        ("09:00:00 24/11/2026", datetime(2026, 11, 24, 2, 0, tzinfo=UTC)),
        ("2026-11-24 09:00:00", datetime(2026, 11, 24, 2, 0, tzinfo=UTC)),
        ("lúc chín giờ", None),
        (None, None),
    ],
)
def test_a_moment_is_read_as_milliseconds_or_as_viet_nams_clock_and_else_left_out(
    zalo: ZaloServer, tokens: Tokens, at: object, expected: datetime | None
) -> None:
    zalo.script(STATUS, told(1, at))

    found = ask_status(zalo.places(), tokens, "m1")

    assert (found.kind, found.at) == ("delivered", expected)


def test_a_refused_token_is_renewed_once(zalo: ZaloServer, tokens: Tokens) -> None:
    zalo.statuses["m1"] = 0
    zalo.now += timedelta(hours=26)

    assert ask_status(zalo.places(), tokens, "m1").kind == "not-delivered"
    assert len(tokens.refused) == 1
    zalo.script(STATUS, refusal(-124), refusal(-124))
    assert ask_status(zalo.places(), tokens, "m1").kind == "trouble"
    assert len(tokens.refused) == 2


@pytest.mark.parametrize(
    "reply",
    [
        refusal(-107),
        too_many(),
        Hang(),
        Drop(),
        Reply(b"<html>"),
        Reply({"error": 0}),
        told(7, ""),
        told(True, ""),
    ],
)
def test_every_trouble_is_told_and_none_is_raised(
    zalo: ZaloServer, tokens: Tokens, reply: Reply | Hang | Drop
) -> None:
    zalo.script(STATUS, reply)

    found = ask_status(zalo.places(), tokens, "m1", timeout=0.3)

    assert (found.kind, found.at) == ("trouble", None)
    assert found.text


def test_without_a_token_or_a_zalo_there_is_trouble(zalo: ZaloServer, tokens: Tokens) -> None:
    assert ask_status(zalo.places(), NoTokens(), "m1").kind == "trouble"
    with zalo.refusing():
        assert ask_status(zalo.places(), tokens, "m1").kind == "trouble"


def test_the_bot_gives_what_people_wrote_one_at_a_time_and_then_nothing(zalo: ZaloServer) -> None:
    zalo.updates = [{"event_name": "message.text.received", "message": {"text": text}} for text in "ab"]

    found = [get_updates(zalo.places(), 1) for _ in range(3)]

    assert [[update["message"]["text"] for update in updates] for updates in found] == [["a"], ["b"], []]
    assert zalo.requests[0].json == {"timeout": "1"}


def test_several_updates_in_one_answer_are_all_kept_and_a_408_is_none(zalo: ZaloServer) -> None:
    zalo.bot_errors_on_200 = False
    zalo.script("/bot/getUpdates", Reply({"ok": True, "result": [{"n": 1}, {"n": 2}]}))

    assert get_updates(zalo.places(), 1) == [{"n": 1}, {"n": 2}]
    assert get_updates(zalo.places(), 1) == []


def test_a_bot_that_cannot_be_asked_says_whether_that_will_last(zalo: ZaloServer) -> None:
    zalo.script("/bot/getUpdates", bot_refusal(409, "webhook is set"), Reply(b"no", 502), too_many(30))
    found = []
    for _ in range(3):
        with pytest.raises(NoUpdates) as refused:
            get_updates(zalo.places(), 1)
        found.append((refused.value.code, refused.value.lasting, refused.value.retry_after))
    with zalo.refusing(), pytest.raises(NoUpdates) as away:
        get_updates(zalo.places(), 1)
    with pytest.raises(NoUpdates) as wrong:
        get_updates(zalo.places(bot_token="wrong"), 1)
    with pytest.raises(NoUpdates) as unset:
        get_updates(zalo.places(bot_token=None), 1)

    assert found == [("409", True, None), ("502", False, None), ("429", False, 30.0)]
    assert [each.value.lasting for each in (away, wrong, unset)] == [False, True, True]
    assert zalo.bot_token not in f"{wrong.value} {wrong.value.notice} {away.value.notice}"
