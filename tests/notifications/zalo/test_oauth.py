"""The client of the token endpoint on a real wire: what is sure, what isn't, what stays unsaid."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from requests.exceptions import SSLError

from notifications.zalo.oauth import (
    DEAD,
    Granted,
    NoAnswer,
    NotSent,
    OAuth,
    Refused,
    Reply,
    _surely_not_sent,
    challenge_of,
    new_verifier,
    read,
)
from tests.waiting import LONGEST_S, until
from tests.zalo_server import Cut, Drop, Hang, ZaloServer, too_many
from tests.zalo_server import Reply as Scripted

TOKENS = "/v4/oa/access_token"


@pytest.fixture
def zalo() -> Iterator[ZaloServer]:
    with ZaloServer() as server:
        yield server


def client(zalo: ZaloServer, **changes: object) -> OAuth:
    given: dict[str, object] = {"app_id": zalo.app_id, "secret": zalo.app_secret, "url": zalo.url}
    return OAuth(**{**given, "oa_url": zalo.url, "patience": LONGEST_S, **changes})  # type: ignore[arg-type] # the fields' types


def granted(answer: object) -> Granted:
    assert isinstance(answer, Reply)
    found = read(answer)
    assert isinstance(found, Granted)
    return found


def test_a_refresh_gives_the_next_pair_and_how_long_each_lasts(zalo: ZaloServer) -> None:
    pair = granted(client(zalo).refresh(zalo.refresh_token))

    assert (pair.access_token, pair.refresh_token) == (zalo.access_token, zalo.refresh_token)
    assert (pair.access_life, pair.refresh_life) == (timedelta(hours=25), timedelta(days=90))


def test_the_code_of_a_consent_is_exchanged_with_the_fixed_verifier(zalo: ZaloServer) -> None:
    verifier = new_verifier()
    zalo.challenge = challenge_of(verifier)

    pair = granted(client(zalo).exchange(zalo.consent(), verifier))

    assert pair.access_token == zalo.access_token
    assert client(zalo).owner(pair.access_token) == zalo.oa_id
    assert client(zalo).owner("another") is None


def test_the_proof_goes_along_where_the_application_asks_for_it(zalo: ZaloServer) -> None:
    zalo.proof_required = True

    assert client(zalo).owner(zalo.access_token) is None
    assert client(zalo, proof=True).owner(zalo.access_token) == zalo.oa_id


def test_a_used_token_and_a_wrong_secret_are_refused_by_their_codes(zalo: ZaloServer) -> None:
    first = zalo.refresh_token
    client(zalo).refresh(first)

    again = client(zalo).refresh(first)
    wrong = client(zalo, secret="wrong").refresh(zalo.refresh_token)

    assert isinstance(again, Reply)
    assert read(again) == Refused(DEAD, "-14020 · Invalid refresh token")
    assert isinstance(wrong, Reply)
    assert read(wrong) == Refused("-14004", "-14004 · Invalid secret key")


@contextmanager
def silent_port(*, accepting: bool) -> Iterator[str]:
    """Give the address of a port that takes no connection, or takes one and knows no TLS."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if accepting:
            listener.listen()

            def answer() -> None:
                with listener.accept()[0] as connection:
                    connection.recv(1)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

            threading.Thread(target=answer, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_what_never_reached_zalo_is_surely_not_sent(zalo: ZaloServer) -> None:
    with silent_port(accepting=False) as refused, silent_port(accepting=True) as no_tls:
        for url in (f"http://{refused}", f"https://{no_tls}", "khong phai url"):
            assert isinstance(client(zalo, url=url).refresh("rt"), NotSent), url
    assert isinstance(client(zalo, secret="khoá ả").refresh("rt"), NotSent)
    assert isinstance(client(zalo, secret="a\nb").refresh("rt"), NotSent)
    assert zalo.requests == []


def test_a_name_that_no_one_knows_is_surely_not_sent(
    zalo: ZaloServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert isinstance(client(zalo, url="http://oauth.example").refresh("rt"), NotSent)


def test_a_refused_certificate_ends_before_anything_is_said_an_end_in_the_midst_may_not() -> None:
    problem = ssl.SSLCertVerificationError(1, "certificate verify failed")
    ended = ssl.SSLEOFError(8, "EOF occurred in violation of protocol")

    assert _surely_not_sent(SSLError(problem))
    assert not _surely_not_sent(SSLError(ended))


@pytest.mark.parametrize("trouble", [Hang(), Hang(accept=True), Drop(), Cut()])
def test_what_left_and_brought_no_whole_answer_may_have_been_taken(
    zalo: ZaloServer, trouble: Hang | Drop | Cut
) -> None:
    zalo.script(TOKENS, trouble)

    patience = 0.3 if isinstance(trouble, Hang) else LONGEST_S
    assert isinstance(client(zalo, patience=patience).refresh(zalo.refresh_token), NoAnswer)
    until(lambda: len(zalo.requests) == 1)


def test_a_redirect_is_not_followed_with_the_secret(zalo: ZaloServer) -> None:
    zalo.script(TOKENS, Scripted(b"", 307, {"Location": f"{zalo.url}/elsewhere"}))

    answer = client(zalo).refresh(zalo.refresh_token)

    assert isinstance(answer, Reply)
    assert read(answer) == Refused("http-307", "HTTP 307")
    assert [request.path for request in zalo.requests] == [TOKENS]


def test_too_many_requests_use_nothing_up(zalo: ZaloServer) -> None:
    zalo.script(TOKENS, too_many(60))

    answer = client(zalo).refresh(zalo.refresh_token)

    assert isinstance(answer, Reply)
    assert isinstance(read(answer), Refused)
    assert granted(client(zalo).refresh(zalo.refresh_token))


@pytest.mark.parametrize(
    ("reply", "meant"),
    [
        (Reply(502, "<html>Bad Gateway</html>"), NoAnswer),
        (Reply(500, '{"error": -14004}'), NoAnswer),
        (Reply(200, "<html>"), NoAnswer),
        (Reply(200, ""), NoAnswer),
        (Reply(200, "[]"), NoAnswer),
        (Reply(200, '{"access_token": "a"}'), NoAnswer),
        (Reply(200, '{"access_token": "a", "refresh_token": 7}'), NoAnswer),
        (Reply(403, "<html>"), Refused),
        (Reply(401, '{"error": "-14004"}'), Refused),
        (Reply(200, '{"error_name": "invalid_app"}'), Refused),
        (Reply(200, '{"error": 0, "access_token": "a", "refresh_token": "b"}'), Granted),
    ],
)
def test_an_answer_is_read_by_its_body_and_a_doubt_is_no_answer(reply: Reply, meant: type) -> None:
    assert isinstance(read(reply), meant)


@pytest.mark.parametrize(
    ("stated", "life"),
    [
        ('"90000"', timedelta(hours=25)),
        ("90000", timedelta(hours=25)),
        ("3600.0", timedelta(hours=1)),
        ('"soon"', timedelta(hours=1)),
        ("-5", timedelta(hours=1)),
        ("1e400", timedelta(hours=1)),
        ("null", timedelta(hours=1)),
    ],
)
def test_a_life_may_be_text_or_number_and_is_short_where_it_makes_no_sense(
    stated: str, life: timedelta
) -> None:
    found = read(Reply(200, f'{{"access_token":"a","refresh_token":"b","expires_in":{stated}}}'))

    assert isinstance(found, Granted)
    assert found.access_life == life


def test_no_token_or_secret_is_said_or_logged(zalo: ZaloServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    oauth, spent = client(zalo), zalo.refresh_token
    echo = Reply(200, f'{{"error": -1, "error_description": "bad token {spent}\\u0007"}}')

    answer = oauth.refresh(spent)
    zalo.script(TOKENS, Drop())
    broken = oauth.refresh(zalo.refresh_token)

    told = f"{oauth} {answer} {granted(answer)} {broken} {read(echo)} {caplog.text}"
    for secret in (spent, zalo.refresh_token, zalo.access_token, zalo.app_secret):
        assert secret not in told
    assert read(echo) == Refused("-1", "-1 · bad token ***")
