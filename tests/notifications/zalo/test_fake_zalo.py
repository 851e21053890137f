"""The stand-in for Zalo is what the other tests believe: here it is held to its documentation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.waiting import LONGEST_S
from tests.zalo_server import Cut, Drop, Hang, Reply, ZaloServer, too_many

GROUP = "/v3.0/oa/group/message"


@pytest.fixture
def zalo() -> Iterator[ZaloServer]:
    with ZaloServer() as server:
        yield server


def rotate(zalo: ZaloServer, **fields: str) -> Any:
    form = {"app_id": zalo.app_id, "grant_type": "refresh_token", **fields}
    headers = {"secret_key": zalo.app_secret}
    return requests.post(
        f"{zalo.url}/v4/oa/access_token", data=form, headers=headers, timeout=LONGEST_S
    ).json()


def post(zalo: ZaloServer, path: str, body: dict[str, Any], timeout: float = LONGEST_S) -> requests.Response:
    headers = {"access_token": zalo.access_token}
    return requests.post(zalo.url + path, json=body, headers=headers, timeout=timeout)


def to_group(zalo: ZaloServer, timeout: float = LONGEST_S) -> requests.Response:
    return post(
        zalo, GROUP, {"recipient": {"group_id": "g-vhxh"}, "message": {"text": "Còn 7 ngày"}}, timeout
    )


def by_phone(zalo: ZaloServer, **changes: Any) -> Any:
    body: dict[str, Any] = {"phone": "84912345678", "template_id": "300001", "tracking_id": "td-1"}
    body["template_data"] = dict.fromkeys(zalo.templates["300001"], "x")
    return post(zalo, "/message/template", body | changes).json()


def test_a_refresh_token_is_good_once_and_its_second_use_is_counted(zalo: ZaloServer) -> None:
    first = zalo.refresh_token

    answer = rotate(zalo, refresh_token=first)
    again = rotate(zalo, refresh_token=first)

    assert answer["expires_in"] == "90000"
    assert answer["refresh_token"] == zalo.refresh_token != first
    assert again["error"] == -14020
    assert (zalo.refreshes, zalo.reuses) == (1, 1)
    assert rotate(zalo, refresh_token=answer["refresh_token"])["access_token"]


def test_a_code_needs_its_verifier_and_is_good_once_for_ten_minutes(zalo: ZaloServer) -> None:
    def spend(code: str, verifier: str) -> Any:
        return rotate(zalo, grant_type="authorization_code", code=code, code_verifier=verifier)

    code = zalo.consent()
    assert spend(code, "another verifier")["error"] < 0
    assert spend(code, zalo.verifier)["access_token"] == zalo.access_token
    assert spend(code, zalo.verifier)["error"] < 0
    late = zalo.consent()
    zalo.now += timedelta(minutes=11)
    assert spend(late, zalo.verifier)["error"] < 0


def test_the_app_secret_goes_in_its_header(zalo: ZaloServer) -> None:
    form = {"app_id": zalo.app_id, "grant_type": "refresh_token", "refresh_token": zalo.refresh_token}
    form["secret_key"] = zalo.app_secret

    assert (
        requests.post(f"{zalo.url}/v4/oa/access_token", data=form, timeout=LONGEST_S).json()["error"]
        == -14004
    )
    assert zalo.refreshes == 0


def test_a_message_is_taken_on_http_200_with_error_0(zalo: ZaloServer) -> None:
    answer = to_group(zalo)

    assert (answer.status_code, answer.json()["error"]) == (200, 0)
    assert [(taken.channel, taken.recipient) for taken in zalo.accepted] == [("zalo-group", "g-vhxh")]
    assert zalo.requests[-1].headers["access_token"] == zalo.access_token


def test_a_token_that_is_not_in_force_is_refused_as_each_api_says_it(zalo: ZaloServer) -> None:
    zalo.now += timedelta(hours=26)
    assert to_group(zalo).json()["error"] == -220
    assert by_phone(zalo)["error"] == -124
    zalo.access_token = "made up"
    assert to_group(zalo).json()["error"] == -216


def test_the_consultation_window_closes_after_seven_days(zalo: ZaloServer) -> None:
    def write() -> Any:
        body = {"recipient": {"user_id": "2460001"}, "message": {"text": "x"}}
        return post(zalo, "/v3.0/oa/message/cs", body).json()

    assert write()["data"]["quota"]["quota_type"] == "reply"
    zalo.users["2460001"] -= timedelta(days=3)
    assert write()["data"]["quota"]["quota_type"] == "sub_quota"
    zalo.users["2460001"] -= timedelta(days=5)
    assert write()["error"] == -230


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone": "0912345678"}, -108),
        ({"phone": "84112345678"}, -108),
        ({"tracking_id": ""}, -112),
        ({"template_id": "1"}, -109),
        ({"template_data": {}}, -1122),
        ({"mode": "development"}, -127),
    ],
)
def test_a_template_message_is_checked(zalo: ZaloServer, changes: dict[str, Any], code: int) -> None:
    assert by_phone(zalo, **changes)["error"] == code
    assert by_phone(zalo)["error"] == 0


def test_templates_know_the_night_and_the_daily_quota(zalo: ZaloServer) -> None:
    zalo.daily_quota = 1
    assert by_phone(zalo)["data"]["quota"] == {"dailyQuota": "1", "remainingQuota": "0"}
    assert by_phone(zalo)["error"] == -144
    zalo.now = zalo.now.replace(hour=23)
    assert by_phone(zalo)["error"] == -133


def test_each_trouble_of_the_wire_can_be_had(zalo: ZaloServer) -> None:
    zalo.script(GROUP, too_many(7), Reply(b"<html>", 502), Drop(), Cut(), Hang())

    limited = to_group(zalo)
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    assert to_group(zalo).status_code == 502
    for _ in range(2):
        with pytest.raises(requests.RequestException):
            to_group(zalo)
    assert len(zalo.accepted) == 2
    with pytest.raises(requests.Timeout):
        to_group(zalo, timeout=0.1)
    with zalo.refusing(), pytest.raises(requests.ConnectionError):
        to_group(zalo)
    assert to_group(zalo).json()["error"] == 0


def test_what_hangs_ends_when_it_is_released(zalo: ZaloServer) -> None:
    zalo.script(GROUP, Hang(accept=True))
    threading.Timer(0.05, zalo.release).start()

    with pytest.raises(requests.ConnectionError):
        to_group(zalo)

    assert len(zalo.accepted) == 1


def test_the_bot_answers_to_its_token_only(zalo: ZaloServer) -> None:
    def say(token: str) -> Any:
        body = {"chat_id": "chat-1", "text": "Còn 7 ngày"}
        return requests.post(f"{zalo.url}/bot{token}/sendMessage", json=body, timeout=LONGEST_S).json()

    assert say("wrong")["error_code"] == 401
    assert say(zalo.bot_token)["result"]["message_id"] == zalo.accepted[0].message_id
    assert zalo.requests[-1].path == "/bot/sendMessage"
