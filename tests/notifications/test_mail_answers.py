"""What the e-mail channel makes of a server's answers: kept word for word, judged, never misheard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notifications.channels import (
    Action,
    Answer,
    Channel,
    Message,
    Outcome,
)
from notifications.smtp import queue_id
from tests.waiting import LONGEST_S

Open = Callable[..., Channel]
LETTER = Message(
    recipient="vhxh@thanhdong.vn",
    subject="[CCHC] II.3: Báo cáo kết quả còn 7 ngày (hạn 09/12/2026)",
    text="Kính gửi: Phòng Văn hóa - Xã hội\n\nĐề nghị báo cáo.\n",
    message_id="<123.1@thanhdong.vn>",
)


@pytest.mark.parametrize(
    ("step", "said", "outcome", "action"),
    [
        ("rcpt", "450 4.2.1 Mailbox busy", Outcome.RETRY, None),
        ("rcpt", "550 5.1.1 No such user", Outcome.FAILED, Action.RECIPIENT),
        ("data", "451 4.7.1 Greylisted", Outcome.RETRY, None),
        ("data", "554 5.7.1 Rejected as spam", Outcome.FAILED, Action.DEFECT),
        ("rcpt", "550 5.1.1 Không có hộp thư này", Outcome.FAILED, Action.RECIPIENT),
    ],
)
def test_a_refusal_is_kept_word_for_word_and_judged_by_its_code(
    serve: Any,
    postman: Any,
    channel_to: Open,
    step: str,
    said: str,
    outcome: Outcome,
    action: Action | None,
) -> None:
    setattr(postman, step, [said])

    answer = channel_to(serve(postman, enable_SMTPUTF8=True).port).send(LETTER)

    assert answer == Answer(outcome, said, action=action, code=said[:3])


def test_a_server_that_does_not_relay_to_an_address_loses_no_letter_and_stops_no_other(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    postman.rcpt = ["554 5.7.1 <vhxh@thanhdong.vn>: Relay access denied"]

    answer = channel_to(serve(postman).port).send(LETTER)

    assert (answer.outcome, answer.action, answer.channel_down) == (Outcome.RETRY, Action.CHANNEL, False)
    assert (answer.code, postman.letters) == ("554", [])


@pytest.mark.parametrize("kept", [False, True], ids=["on a new connection", "on a kept one"])
def test_a_goodbye_instead_of_a_verdict_means_that_the_letter_was_not_taken(
    serve: Any, postman: Any, channel_to: Open, *, kept: bool
) -> None:
    channel = channel_to(serve(postman).port)
    if kept:
        channel.send(LETTER)
    postman.data = ["421 4.3.2 Shutting down", "250 2.0.0 Ok: queued as 7A"]

    answer = channel.send(LETTER)

    taken = Answer(Outcome.SENT, "250 2.0.0 Ok: queued as 7A", provider_id="7A")
    if kept:
        assert answer == taken
    else:
        assert (answer.outcome, answer.code) == (Outcome.RETRY, "421")
        assert channel.send(LETTER) == taken


def test_an_answer_of_several_lines_is_kept_on_one_with_its_queue_id(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    postman.data = ["250-2.0.0 Đã nhận thư\r\n250-2.0.0 cảm ơn\r\n250 2.0.0 Ok: queued as 4XyZ9n1kq3z5"]

    answer = channel_to(serve(postman, enable_SMTPUTF8=True).port).send(LETTER)

    assert (answer.outcome, answer.provider_id) == (Outcome.SENT, "4XyZ9n1kq3z5")
    assert "\n" not in answer.text
    assert "2.0.0 cảm ơn 2.0.0 Ok" in answer.text


def test_after_a_refusal_the_same_connection_takes_the_next_letter(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    channel = channel_to(serve(postman).port)
    channel.send(LETTER)
    postman.rcpt = ["550 5.1.1 No such user", ""]

    outcomes = [channel.send(LETTER).outcome for _ in range(2)]

    assert outcomes == [Outcome.FAILED, Outcome.SENT]
    assert (len(postman.letters), postman.connections) == (2, 1)


def test_a_letter_too_large_for_the_server_fails_alone(serve: Any, postman: Any, channel_to: Open) -> None:
    channel = channel_to(serve(postman, data_size_limit=2000).port)

    answers = [channel.send(Message("a@b.vn", "Dài", "x" * 4000)), channel.send(LETTER)]

    assert [answer.outcome for answer in answers] == [Outcome.FAILED, Outcome.SENT]
    assert answers[0].text.startswith("552")


@pytest.mark.parametrize("misdeed", ["HANG", "DROP", "what?", "350 go on"])
def test_a_letter_whose_verdict_never_comes_is_unknown_and_goes_out_only_once(
    serve: Any, postman: Any, channel_to: Open, misdeed: str
) -> None:
    channel = channel_to(serve(postman).port, timeout=2 if misdeed == "HANG" else LONGEST_S)
    channel.send(LETTER)
    postman.data = [misdeed, "250 OK"]

    answers = [channel.send(LETTER), channel.send(LETTER)]

    assert [answer.outcome for answer in answers] == [Outcome.UNKNOWN, Outcome.SENT]
    assert len(postman.letters) == 3


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("250 2.0.0 Ok: queued as 4XyZ9n1kq3z5", "4XyZ9n1kq3z5"),
        ("250 OK id=1tCxyz-000000AbC-2Q9d", "1tCxyz-000000AbC-2Q9d"),
        ("250 2.6.0 <a@b> [InternalId=12345678901, Hostname=x] Queued mail for delivery", "12345678901"),
        ("250 2.0.0 OK 1700000000 d2e1a72fcca58-6b - gsmtp", "1700000000 d2e1a72fcca58-6b"),
        ("250 2.0.0 4ANN1xyz012345 Message accepted for delivery", "4ANN1xyz012345"),
        ("250 OK", None),
    ],
)
def test_queue_ids_of_the_usual_servers_are_recognised(answer: str, expected: str | None) -> None:
    assert queue_id(answer) == expected
