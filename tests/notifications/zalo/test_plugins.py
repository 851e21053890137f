"""Our services as Apprise knows them: by their URLs alone, beside any other."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from apprise import Apprise
from apprise.manager_plugins import NotificationManager
from apprise.plugins import details

from notifications.zalo.plugin import ZaloPlugin
from notifications.zalo.plugins import (
    BotPlugin,
    ConsultationPlugin,
    GroupPlugin,
    TemplateByIdPlugin,
    TemplatePlugin,
)
from tests.zalo_server import Hang, ZaloServer

SERVICES: tuple[type[ZaloPlugin], ...] = (
    GroupPlugin,
    ConsultationPlugin,
    TemplatePlugin,
    TemplateByIdPlugin,
    BotPlugin,
)
VALUES = ":ten_don_vi=Ph%C3%B2ng%20Kinh%20t%E1%BA%BF&:ma_viec=II.3&:thoi_han=09/12/2026&:tinh_trang=c%C3%B2n"


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """Make the services known to Apprise for a test."""
    known = NotificationManager()
    for service in SERVICES:
        known.add(service, schemas=service.secure_protocol)
    yield
    for service in SERVICES:
        known.remove(service.secure_protocol)


def urls(zalo: ZaloServer) -> dict[str, str]:
    """Give a URL of each service, as somebody would write it."""
    access, base = quote(zalo.access_token, safe=""), f"base={quote(zalo.url, safe='')}"
    bot = quote(zalo.bot_token, safe="")
    return {
        "zalo-group": f"zalogroup://{access}/g-vhxh/g-kt?{base}",
        "zalo-user": f"zalocs://{access}/2460001/?{base}&secret={zalo.app_secret}",
        "phone": f"zalozbs://{access}/300001/0912345678?{base}&fill=ten_viec&{VALUES}",
        "zalo-uid": f"zalouid://{access}/300001/?to=2460001&{base}&fill=ten_viec&{VALUES}",
        "zalo-bot": f"zalobotx://{bot}/chat-1?{base}",
    }


@pytest.mark.parametrize("name", ["zalo-group", "zalo-user", "phone", "zalo-uid", "zalo-bot"])
def test_a_url_alone_sends_through_apprise(zalo: ZaloServer, name: str) -> None:
    apprise = Apprise()
    assert apprise.add(urls(zalo)[name])

    assert apprise.notify(title="Nhắc việc", body="II.3 còn 7 ngày")

    assert {taken.channel for taken in zalo.accepted} == {name}
    sent = zalo.accepted[0].message
    told = (sent.get("message") or sent).get("text") or sent["template_data"]["ten_viec"]
    assert told.split() == ["Nhắc", "việc", "II.3", "còn", "7", "ngày"]


@pytest.mark.parametrize("name", ["zalo-group", "zalo-user", "phone", "zalo-uid", "zalo-bot"])
def test_a_url_makes_the_same_service_again_and_shows_no_secret(zalo: ZaloServer, name: str) -> None:
    first = Apprise.instantiate(urls(zalo)[name] + "&rto=3&cto=2&verify=no&format=text")
    assert isinstance(first, ZaloPlugin)

    again = Apprise.instantiate(first.url())

    assert isinstance(again, type(first))
    assert again.url() == first.url()
    assert (again.token, again.targets, again.base) == (first.token, first.targets, first.base)
    assert again.url_id() == first.url_id()
    shown = first.url(privacy=True)
    for secret in (zalo.access_token, zalo.bot_token, zalo.app_secret, "0912345678"):
        assert secret not in shown
        assert quote(secret, safe="") not in shown


def test_a_group_url_reaches_each_of_its_groups_and_one_refusal_is_a_no(zalo: ZaloServer) -> None:
    zalo.refusals["g-kt"] = -237
    service = Apprise.instantiate(urls(zalo)["zalo-group"])
    assert isinstance(service, ZaloPlugin)

    assert not service.notify(body="x")

    assert [taken.recipient for taken in zalo.accepted] == ["g-vhxh"]
    assert (len(service), service.answer.code) == (2, "-237")


def test_a_silent_zalo_is_a_no_within_the_urls_own_time(zalo: ZaloServer) -> None:
    zalo.script("/bot/sendMessage", Hang())
    service = Apprise.instantiate(urls(zalo)["zalo-bot"] + "&rto=0.3")

    assert not service.notify(body="x")


def test_a_fixed_token_that_is_refused_is_not_repeated(zalo: ZaloServer) -> None:
    service = Apprise.instantiate(urls(zalo)["zalo-group"].replace(zalo.access_token, "another"))

    assert not service.notify(body="x")
    assert [request.path for request in zalo.requests] == ["/v3.0/oa/group/message"] * 2  # one for each group


@pytest.mark.parametrize(
    "url",
    ["zalogroup://", "zalocs:///?to=1", "zalozbs://token", "zalozbs://token/", "zalobotx://"],
)
def test_a_url_that_lacks_something_makes_no_service(url: str) -> None:
    assert not Apprise.instantiate(url)


def test_a_url_without_anyone_to_write_to_sends_nothing(zalo: ZaloServer) -> None:
    service = Apprise.instantiate(f"zalogroup://{zalo.access_token}?base={quote(zalo.url, safe='')}")

    assert not service.notify(body="x")
    assert zalo.requests == []


def test_a_bots_token_may_be_written_as_the_platform_shows_it() -> None:
    service = Apprise.instantiate("zalobotx://1234567890:bot-secret-AbCdEf/chat-1")

    assert isinstance(service, BotPlugin)
    assert (service.token, service.targets) == ("1234567890:bot-secret-AbCdEf", ["chat-1"])


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_describes_itself_as_apprise_asks(service: type[ZaloPlugin]) -> None:
    described = details(service)

    assert described["templates"]
    assert "token" in described["tokens"]
    assert service.request_rate_per_sec == 0
