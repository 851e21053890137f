"""What a channel makes of every trouble on the way: what surely never arrived, what may have, what waits."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from notifications.channels import Action, Answer, Channel, Message, Outcome
from notifications.zalo.exchange import Call, Manner, exchange
from tests.waiting import LONGEST_S, until
from tests.zalo_server import Cut, Drop, Hang, Reply, ZaloServer, too_many

Open = Callable[..., Channel]
GROUP = "/v3.0/oa/group/message"
TEXT = Message("g-vhxh", "II.3", "II.3 còn 7 ngày", tracking_id="td-1")
TO_CHAT = Message("chat-1", "II.3", "II.3 còn 7 ngày", tracking_id="td-1")


def kind(answer: Answer) -> tuple[Outcome, Action | None, bool]:
    return answer.outcome, answer.action, answer.channel_down


@pytest.mark.parametrize("trouble", [Hang(), Hang(accept=True), Drop(), Drop(accept=False), Cut()])
def test_what_left_and_brought_no_whole_answer_is_unknown_and_asked_once(
    zalo: ZaloServer, channel: Open, trouble: Any
) -> None:
    zalo.script(GROUP, trouble)

    timeout = 0.3 if isinstance(trouble, Hang) else LONGEST_S
    answer = channel("zalo-group", timeout=timeout).send(TEXT)

    assert kind(answer) == (Outcome.UNKNOWN, None, False)
    until(lambda: len(zalo.requests) == 1)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>Bad Gateway</html>", 502),
        Reply({"error": -216, "message": "x"}, 500),
        Reply(b"<html>"),
        Reply(b""),
        Reply(b"[]"),
        Reply({"message": "no verdict"}),
        Reply({"error": None}),
        Reply(b'{"error": 0, "x": "' + b"x" * 70_000 + b'"}'),
        Reply(b"[" * 100_000),
    ],
)
def test_an_answer_that_says_nothing_clear_is_unknown(zalo: ZaloServer, channel: Open, reply: Reply) -> None:
    zalo.script(GROUP, reply)

    assert channel("zalo-group").send(TEXT).outcome is Outcome.UNKNOWN
    assert len(zalo.requests) == 1


def test_a_refused_connection_is_tried_again_later_with_the_whole_channel(
    zalo: ZaloServer, channel: Open
) -> None:
    opened = channel("zalo-group")
    with zalo.refusing():
        answer = opened.send(TEXT)

    assert kind(answer) == (Outcome.RETRY, None, True)
    assert "từ chối kết nối" in answer.text
    assert opened.send(TEXT).outcome is Outcome.SENT


def test_a_name_that_nobody_knows_is_tried_again_later(
    zalo: ZaloServer, channel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    answer = channel("zalo-group", oa_url="https://openapi.example").send(TEXT)

    assert kind(answer) == (Outcome.RETRY, None, True)
    assert "phân giải tên miền" in answer.text


@contextmanager
def listener(answer: bytes) -> Iterator[str]:
    """Answer whoever connects with these bytes, whatever they ask, and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    asked = connection.recv(65536)
                    if answer and b"\r\n\r\n" in asked and not asked.endswith(b"}"):
                        connection.recv(65536)  # the body comes after the headers
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def test_a_failing_handshake_is_tried_again_and_the_third_in_a_row_holds_the_channel(channel: Open) -> None:
    with listener(b"HTTP/1.1 400 Bad Request\r\n\r\n") as place:
        opened = channel("zalo-group", oa_url=f"https://{place}")
        answers = [opened.send(TEXT) for _ in range(3)]

    assert [kind(answer) for answer in answers] == [
        (Outcome.RETRY, None, True),
        (Outcome.RETRY, None, True),
        (Outcome.RETRY, Action.CHANNEL, True),
    ]


def test_a_handshake_that_never_ends_has_told_zalo_nothing(channel: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"https://127.0.0.1:{silent.getsockname()[1]}"

        answer = channel("zalo-group", oa_url=place, timeout=0.3).send(TEXT)

    assert kind(answer) == (Outcome.RETRY, None, True)


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("zalo-group", {"oa_url": "khong phai url"}),
        ("zalo-group", {"oa_url": "ftp://zalo.example"}),
        ("zalo-bot", {"bot_token": "mã\n1"}),
    ],
)
def test_settings_that_make_no_request_hold_the_channel_and_lose_no_message(
    zalo: ZaloServer, channel: Open, name: str, places: dict[str, Any]
) -> None:
    answer = channel(name, **places).send(TEXT if name == "zalo-group" else TO_CHAT)

    assert (answer.outcome, answer.action) == (Outcome.RETRY, Action.CHANNEL)


def test_a_token_that_fits_in_no_header_never_leaves(zalo: ZaloServer, channel: Open) -> None:
    class Odd:
        def token(self) -> str:
            return "ký tự ả"

        renewed = token

    answer = channel("zalo-group", source=Odd()).send(TEXT)

    assert kind(answer) == (Outcome.RETRY, Action.CHANNEL, True)
    assert zalo.requests == []


@pytest.mark.parametrize("named", [None, 120, "soon", "Tue, 24 Nov 2099 00:00:00 GMT"])
def test_too_many_requests_wait_as_long_as_zalo_says_and_else_a_minute(
    zalo: ZaloServer, channel: Open, named: str | int | None
) -> None:
    zalo.script(GROUP, too_many(named))

    answer = channel("zalo-group").send(TEXT)

    assert kind(answer) == (Outcome.RETRY, Action.WAIT, True)
    assert answer.retry_after == {120: 120.0, None: 60.0, "soon": 60.0}.get(named, 24 * 3600.0)


def test_a_redirect_is_not_followed_with_the_token(zalo: ZaloServer, channel: Open) -> None:
    zalo.script(GROUP, Reply(b"", 307, {"Location": f"{zalo.url}/elsewhere"}))

    assert kind(channel("zalo-group").send(TEXT)) == (Outcome.RETRY, Action.CHANNEL, True)
    assert [request.path for request in zalo.requests] == [GROUP]


@pytest.mark.parametrize("reply", [Reply(b"<html>Not Found</html>", 404), Reply({"error": 0}, 403)])
def test_a_refusal_without_a_code_is_a_matter_of_settings(
    zalo: ZaloServer, channel: Open, reply: Reply
) -> None:
    zalo.script(GROUP, reply)

    answer = channel("zalo-group").send(TEXT)

    assert kind(answer) == (Outcome.RETRY, Action.CHANNEL, True)
    assert answer.code == str(reply.status)


@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_may_come_packed_and_in_pieces(chunked: bool) -> None:
    body = gzip.compress(b'{"error": 0, "data": {"msg_id": "m1"}}')
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
    if chunked:
        pieces = [body[:9], body[9:], b""]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
        head += b"Transfer-Encoding: chunked\r\n\r\n"
    else:
        head += b"Content-Length: %d\r\n\r\n" % len(body)
    with listener(head + body) as place:
        found = exchange(Call("POST", f"http://{place}/message/template", body={"x": "y"}), Manner(5, 5))

    assert found.body == {"error": 0, "data": {"msg_id": "m1"}}


def test_a_connection_that_ends_before_any_of_the_message_left_is_surely_not_taken(
    monkeypatch: pytest.MonkeyPatch, zalo: ZaloServer, channel: Open
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ConnectionResetError(104, "Connection reset by peer")

    monkeypatch.setattr(socket.socket, "sendall", broken)

    # The library still waits for an answer.
    assert kind(channel("zalo-group", timeout=0.3).send(TEXT)) == (Outcome.RETRY, None, True)
    assert zalo.requests == []
