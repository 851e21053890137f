"""What happens before any letter: greeting, encryption, login, and how their failures are told."""

# ruff: noqa: N802 - aiosmtpd calls its commands so

from __future__ import annotations

import logging
import socket
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from notifications.channels import Action, Channel, Message, Outcome
from notifications.smtp import Courier
from notifications.smtp_connection import Server

Open = Callable[..., Channel]
PASSWORD = "mat-khau-rat-kin"
LETTER = Message("vhxh@thanhdong.vn", "[CCHC] II.3: Báo cáo kết quả còn 7 ngày", "Kính gửi: Phòng VH-XH\n")


@pytest.mark.parametrize("said", ["550 5.7.1 Sender rejected", "530 5.7.0 Authentication required"])
def test_a_refused_sender_loses_no_letter_and_points_at_the_settings(
    serve: Any, postman: Any, channel_to: Open, said: str
) -> None:
    postman.mail = [said]

    answer = channel_to(serve(postman).port).send(LETTER)

    assert (answer.outcome, answer.channel_down) == (Outcome.RETRY, True)
    assert "CCHC_MAIL_URL" in answer.text
    assert said in answer.text
    assert answer.retry_after is not None


def test_a_refused_connection_asks_for_another_try_and_says_that_the_channel_is_down(
    channel_to: Open,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    answer = channel_to(port).send(LETTER)

    assert (answer.outcome, answer.channel_down) == (Outcome.RETRY, True)
    assert f"127.0.0.1:{port}" in answer.text


def test_a_host_that_cannot_be_a_name_is_told_so() -> None:
    courier = Courier(Server("thu..thanhdong.vn", 25, "insecure"))

    answer = courier.deliver("a@b.vn", "c@d.vn", b"x\r\n")

    assert (answer.outcome, answer.channel_down) == (Outcome.RETRY, True)
    assert "Không tìm thấy máy chủ thư" in answer.text


def test_a_server_that_never_greets_is_given_up_after_the_timeout(channel_to: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()
        answer = channel_to(listener.getsockname()[1], timeout=0.2).send(LETTER)

    assert (answer.outcome, answer.channel_down) == (Outcome.RETRY, True)
    assert time.monotonic() - began < 20


def refuse_login(server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    """Refuse, repeating the secret in each form: a careless server does."""
    forms = (
        PASSWORD,
        b64encode(PASSWORD.encode()).decode(),
        b64encode(f"\0lan\0{PASSWORD}".encode()).decode(),
    )
    return AuthResult(success=False, handled=False, message=f"535 5.7.8 {' '.join(forms)} is wrong")


def test_a_wrong_password_loses_no_letter_and_points_at_the_settings(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    server = serve(postman, auth_require_tls=False, authenticator=refuse_login)

    answer = channel_to(server.port, login=f"lan:{PASSWORD}@").send(LETTER)

    assert (answer.outcome, answer.channel_down) == (Outcome.RETRY, True)
    assert "CCHC_MAIL_URL" in answer.text
    assert "535" in answer.text
    assert (answer.action, answer.code) == (Action.CHANNEL, "535")
    assert postman.letters == []


def test_a_refused_password_is_told_even_if_the_server_then_hangs_up(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    tried: list[str] = []

    def refuse_once(server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        tried.append(mechanism)
        if len(tried) > 1:
            server.transport.abort()
        return AuthResult(success=False, handled=False)

    server = serve(postman, auth_require_tls=False, authenticator=refuse_once)

    answer = channel_to(server.port, login=f"lan:{PASSWORD}@").send(LETTER)

    assert len(tried) == 2
    assert "535" in answer.text


def test_a_right_password_opens_the_door(serve: Any, postman: Any, channel_to: Open) -> None:
    def check(server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"lan", PASSWORD.encode()), handled=False)

    server = serve(postman, auth_require_tls=False, auth_required=True, authenticator=check)

    assert channel_to(server.port, login=f"lan:{PASSWORD}@").send(LETTER).outcome is Outcome.SENT
    assert channel_to(server.port, login="lan:sai@").send(LETTER).outcome is Outcome.RETRY


def test_no_secret_is_repeated_in_answers_logs_or_representations(
    serve: Any, postman: Any, channel_to: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    logging.getLogger("apprise").setLevel(1)
    server = serve(postman, auth_require_tls=False, authenticator=refuse_login)
    channel = channel_to(server.port, login=f"lan:{PASSWORD}@")

    answers = [channel.send(LETTER), channel_to(1, login=f"lan:{PASSWORD}@").send(LETTER)]

    own_logs = "\n".join(
        r.getMessage() for r in caplog.records if not r.name.startswith(("mail.", "asyncio"))
    )
    courier = Courier(Server("h", 25, "insecure", user="lan", password=PASSWORD))
    for text in [own_logs, repr(channel), repr(courier.server), *map(repr, answers)]:
        assert PASSWORD not in text
        assert b64encode(PASSWORD.encode()).decode() not in text
    assert "***" in answers[0].text


def test_starttls_with_a_private_authority_needs_its_certificate(
    serve: Any, postman: Any, channel_to: Open, certificate: Any
) -> None:
    port = serve(postman, tls_context=certificate.context, require_starttls=True).port

    stranger = channel_to(port, schema="mailtos").send(LETTER)
    friend = channel_to(port, schema="mailtos", query=f"&mode=starttls&ca={certificate.authority}").send(
        LETTER
    )
    careless = channel_to(port, schema="mailtos", query="&verify=no").send(LETTER)

    assert (stranger.outcome, stranger.channel_down) == (Outcome.RETRY, True)
    assert "chứng thư" in stranger.text
    assert [friend.outcome, careless.outcome] == [Outcome.SENT, Outcome.SENT]
    assert all(session.ssl is not None for session in postman.sessions)


def test_tls_from_the_first_byte_works_too(
    serve: Any, postman: Any, channel_to: Open, certificate: Any
) -> None:
    port = serve(postman, ssl_context=certificate.context).port

    secure = channel_to(port, schema="mailtos", query=f"&mode=ssl&ca={certificate.authority}").send(LETTER)
    stranger = channel_to(port, schema="mailtos", query="&mode=ssl").send(LETTER)

    assert secure.outcome is Outcome.SENT
    assert stranger.outcome is Outcome.RETRY
    assert "chứng thư" in stranger.text


def test_a_password_never_travels_to_a_server_without_the_encryption_asked_for(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    seen: list[str] = []

    def listen(server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        seen.append(mechanism)
        return AuthResult(success=True)

    port = serve(postman, auth_require_tls=False, authenticator=listen).port

    answer = channel_to(port, schema="mailtos", login=f"lan:{PASSWORD}@").send(LETTER)

    assert (answer.outcome, seen, postman.letters) == (Outcome.RETRY, [], [])
    assert "mode=" in answer.text


class Stripping(SMTP):
    """A server, or somebody on the way to it, that talks its way out of the encryption it offered."""

    answer = "454 4.7.0 TLS not available"

    async def smtp_EHLO(self, hostname: str) -> None:
        self.session.host_name = hostname
        await self.push("250-localhost\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 HELP")

    async def smtp_STARTTLS(self, arg: str) -> None:
        await self.push(self.answer)


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("454 4.7.0 TLS not available", None),
        ("501 5.5.1 Not now", Action.CHANNEL),
        ("250 Never mind, go on in the clear", None),
    ],
)
def test_encryption_talked_away_after_it_was_offered_ends_the_talk_before_the_password(
    serve: Any, postman: Any, channel_to: Open, said: str, action: Action | None
) -> None:
    talked: list[str] = []

    class Server(Stripping):
        answer = said

        async def smtp_AUTH(self, arg: str) -> None:
            talked.append(arg)

        async def smtp_MAIL(self, arg: str | None) -> None:
            talked.append(str(arg))

    answer = channel_to(
        serve(postman, smtp=Server).port, schema="mailtos", login=f"lan:{PASSWORD}@", query="&verify=no"
    ).send(LETTER)

    assert (answer.outcome, answer.channel_down, answer.action) == (Outcome.RETRY, True, action)
    assert talked == []


def test_what_was_slipped_in_before_the_encryption_is_not_listened_to(
    serve: Any, postman: Any, channel_to: Open, certificate: Any
) -> None:
    class Injected(SMTP):
        async def smtp_STARTTLS(self, arg: str) -> None:
            said, self.push = self.push, self._with_more  # type: ignore[method-assign] # one answer differs
            await super().smtp_STARTTLS(arg)
            self.push = said  # type: ignore[method-assign] # as it was

        async def _with_more(self, status: Any) -> None:
            await SMTP.push(self, f"{status}\r\n250 Ok: queued as FORGED")

    port = serve(postman, smtp=Injected, tls_context=certificate.context).port

    answer = channel_to(port, schema="mailtos", query=f"&ca={certificate.authority}").send(LETTER)

    assert "FORGED" not in answer.text
    assert (answer.outcome is Outcome.SENT) == (len(postman.letters) == 1)


def test_a_server_that_hangs_up_during_the_handshake_is_merely_away(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    class Shy(SMTP):
        async def smtp_STARTTLS(self, arg: str) -> None:
            await self.push("220 Ready to start TLS")
            assert self.transport is not None
            self.transport.close()

    class Offering(Shy, Stripping):
        pass

    answer = channel_to(serve(postman, smtp=Offering).port, schema="mailtos").send(LETTER)

    assert (answer.outcome, answer.channel_down, answer.action) == (Outcome.RETRY, True, None)


def test_a_missing_encryption_stops_the_channel_until_somebody_has_looked(
    serve: Any, postman: Any, channel_to: Open
) -> None:
    answer = channel_to(serve(postman).port, schema="mailtos").send(LETTER)

    assert (answer.outcome, answer.channel_down, answer.action) == (Outcome.RETRY, True, Action.CHANNEL)
    assert postman.letters == []
