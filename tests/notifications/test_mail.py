"""What the e-mail channel promises the outbox, against real servers that behave and misbehave."""

# ruff: noqa: N802 - aiosmtpd calls its commands so

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from notifications.channels import (
    Action,
    Answer,
    Attachment,
    Channel,
    Message,
    Outcome,
)
from notifications.mail import MailChannel
from notifications.smtp import Courier
from notifications.smtp_connection import Server

Open = Callable[..., Channel]
LETTER = Message(
    recipient="vhxh@thanhdong.vn",
    subject="[CCHC] II.3: Báo cáo kết quả còn 7 ngày (hạn 09/12/2026)",
    text="Kính gửi: Phòng Văn hóa - Xã hội\n\nĐề nghị báo cáo.\n",
    message_id="<123.1@thanhdong.vn>",
)


def test_a_letter_arrives_as_it_was_written_and_its_queue_id_is_kept(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    channel = channel_to(
        serve(postman).port, query="&name=UBND%20ph%C6%B0%E1%BB%9Dng%20Th%C3%A0nh%20%C4%90%C3%B4ng"
    )

    answer = channel.send(LETTER)

    assert answer == Answer(Outcome.SENT, "250 2.0.0 Ok: queued as 4F1D2A9C", provider_id="4F1D2A9C")
    letter = postman.read()
    assert letter["Subject"] == LETTER.subject
    assert letter["From"] == "UBND phường Thành Đông <cchc@thanhdong.vn>"
    assert letter["To"] == LETTER.recipient
    assert letter["Message-ID"] == LETTER.message_id
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "vi"
    assert letter["Date"].datetime.tzinfo is not None
    assert letter.get_content().splitlines() == LETTER.text.splitlines()
    assert postman.letters[0].rcpt_tos == [LETTER.recipient]
    assert postman.letters[0].mail_from == "cchc@thanhdong.vn"


def test_a_letter_carries_html_threading_and_headers_of_its_own(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    letter = Message(
        "a@b.vn",
        "Kỳ báo cáo",
        "chữ",
        html="<p>chữ đậm</p>",
        in_reply_to="<1@b.vn>",
        references=("<0@b.vn>", "<1@b.vn>"),
        headers={"X-Unit": "Phòng Kinh tế"},
    )

    answer = channel_to(serve(postman).port, query="&reply=vhxh@b.vn").send(letter)

    assert answer.outcome is Outcome.SENT
    read = postman.read()
    assert read.get_body(("html",)).get_content().strip() == "<p>chữ đậm</p>"
    assert read.get_body(("plain",)).get_content().strip() == "chữ"
    assert (read["In-Reply-To"], read["References"].split()) == ("<1@b.vn>", ["<0@b.vn>", "<1@b.vn>"])
    assert (read["X-Unit"], read["Reply-To"]) == ("Phòng Kinh tế", "vhxh@b.vn")
    assert read["Message-ID"].endswith("@thanhdong.vn>")


def test_an_invitation_arrives_with_the_letter(serve: Any, postman: Any, channel_to: Open) -> None:
    invitation = Attachment(
        "thoi-han.ics", "text/calendar; charset=utf-8; method=REQUEST", b"BEGIN:VCALENDAR"
    )
    letter = Message("a@b.vn", "Kỳ báo cáo", "chữ", html="<p>chữ</p>", attachments=(invitation,))

    answer = channel_to(serve(postman).port).send(letter)

    assert answer.outcome is Outcome.SENT
    kinds = [part.get_content_type() for part in postman.read().walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]


def test_the_channel_knows_the_domain_that_it_sends_from(channel_to: Open) -> None:
    channel = channel_to(25)

    assert isinstance(channel, MailChannel)
    assert channel.sender_domain == "thanhdong.vn"


@pytest.mark.parametrize("step", ["mail", "rcpt"])
@pytest.mark.parametrize("misdeed", ["HANG", "DROP"])
def test_a_connection_lost_before_the_letter_was_whole_asks_for_another_try(
    serve: Any, postman: Any, channel_to: Open, step: str, misdeed: str
) -> None:
    setattr(postman, step, [misdeed])

    answer = channel_to(serve(postman).port, timeout=0.3).send(LETTER)

    assert answer.outcome is Outcome.RETRY
    assert postman.letters == []


def test_a_connection_lost_in_the_middle_of_the_letter_asks_for_another_try(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    class Impatient(SMTP):
        async def smtp_DATA(self, arg: str) -> None:
            await self.push("354 go on")
            await asyncio.sleep(0.05)
            self.transport.abort()

    channel = channel_to(serve(postman, smtp=Impatient).port)

    answer = channel.send(Message("a@b.vn", "Dài", "x" * 20_000_000))

    assert answer.outcome is Outcome.RETRY
    assert postman.letters == []


def test_many_letters_share_one_connection_without_a_pause(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    channel = channel_to(serve(postman).port)
    began = time.monotonic()

    outcomes = {channel.send(LETTER).outcome for _ in range(20)}

    assert outcomes == {Outcome.SENT}
    assert (len(postman.letters), postman.connections) == (20, 1)
    assert time.monotonic() - began < 50  # Apprise's own pause would make it 105 s


def test_threads_that_share_the_channel_get_their_own_answers(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    channel = channel_to(serve(postman).port)
    postman.rcpt = ["550 5.1.1 No such user", ""]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: channel.send(Message(f"a{n}@b.vn", f"Thư {n}", "chữ")), range(24)))

    assert sorted(answer.outcome for answer in answers) == [Outcome.FAILED] + [Outcome.SENT] * 23
    refused = next(n for n, answer in enumerate(answers) if answer.outcome is Outcome.FAILED)
    arrived = {letter.rcpt_tos[0] for letter in postman.letters}
    assert arrived == {f"a{n}@b.vn" for n in range(24)} - {f"a{refused}@b.vn"}
    for number, letter in enumerate(postman.letters):
        assert postman.read(number)["To"] == letter.rcpt_tos[0]


def test_a_server_restarted_between_letters_is_found_again_at_once(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    first = serve(postman)
    channel = channel_to(first.port)
    assert channel.send(LETTER).outcome is Outcome.SENT
    first.stop()
    serve(postman, port=first.port)

    answer = channel.send(LETTER)

    assert answer.outcome is Outcome.SENT
    assert len(postman.letters) == 2


def test_a_server_that_closes_a_kept_connection_by_421_is_asked_again_on_a_new_one(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    channel = channel_to(serve(postman).port)
    channel.send(LETTER)
    postman.mail = ["421 4.4.2 Idle for too long", ""]

    answer = channel.send(LETTER)

    assert answer.outcome is Outcome.SENT
    assert (len(postman.letters), postman.connections) == (2, 2)


def test_a_connection_idle_for_too_long_is_opened_anew(serve: Any, postman: Any) -> None:
    port = serve(postman).port
    courier = Courier(Server("127.0.0.1", port, "insecure", idle_limit=0.0))

    for _ in range(2):
        assert courier.deliver("a@b.vn", "c@d.vn", b"Subject: x\r\n\r\n.dots\r\n").outcome is Outcome.SENT
    courier.close()

    assert postman.connections == 2
    assert postman.read().get_content() == ".dots\n"


def test_a_closed_channel_opens_again_for_the_next_letter(serve: Any, postman: Any, channel_to: Open) -> None:
    channel = channel_to(serve(postman).port)
    channel.send(LETTER)
    channel.close()
    channel.close()

    assert channel.send(LETTER).outcome is Outcome.SENT


@pytest.mark.parametrize(
    "letter",
    [
        Message("a@b.vn", "Chào\r\nBcc: kẻ-khác@b.vn", "chữ"),
        Message("a@b.vn\r\nRCPT TO:<x@b.vn>", "Chào", "chữ"),
        Message("không phải địa chỉ", "Chào", "chữ"),
        Message("a@b.vn", "Chào", "chữ", headers={"X-A": "1\r\nBcc: x@b.vn"}),
        Message("a@b.vn", "Chào", "chữ", headers={"Bcc": "x@b.vn"}),
        Message("a@b.vn", "Chào", "chữ", message_id="<a@b>\r\nBcc: x@b.vn"),
        Message("a@b.vn", "", ""),
    ],
    ids=["subject", "recipient", "no address", "header", "blind copy", "message id", "empty"],
)
def test_a_letter_that_could_forge_another_is_refused_before_any_connection(
    serve: Any, postman: Any, channel_to: Open, letter: Message
) -> None:
    answer = channel_to(serve(postman).port).send(letter)

    assert answer.outcome is Outcome.FAILED
    assert answer.text
    assert answer.action is (Action.DEFECT if letter.recipient == "a@b.vn" else Action.RECIPIENT)
    assert postman.letters == []
