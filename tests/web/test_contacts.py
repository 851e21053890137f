"""The pages of contacts: every unit at a glance, one unit with its forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import transaction
from models.history import SYSTEM
from services.people import Ward, add_contact
from tests.builders import CULTURE, NOW, OFFICE, occurrence, plan_of, task
from tests.hooks import SETTINGS, Hooks
from tests.web.conftest import Browse, Browser, words_of


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(plan_of(task("II.2", occurrences=[occurrence()])))


@pytest.fixture
def browser(ward: Ward, browse: Browse) -> Browser:
    return browse(**SETTINGS)


@pytest.fixture
def path(browser: Browser) -> str:
    [found] = re.findall(rf'href="(/contacts/\d+)">{OFFICE}<', browser.page("/contacts"))
    return str(found)


def every(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


CONTACTS = "SELECT channel, address, role, rank FROM cchc.contact WHERE active ORDER BY id"


def test_a_contact_is_added_and_stands_in_both_pages(browser: Browser, path: str, engine: Engine) -> None:
    fields = {"channel": "phone", "address": "0912 345 678", "role": "head", "rank": "2", "by": "dieuphoi"}

    answer = browser.send(path, shown=path, **fields)

    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert every(engine, CONTACTS) == [("phone", "84912345678", "head", 2)]
    assert "2. 0912 345 678 mẫu tin Zalo theo số điện thoại, người đứng đầu" in browser.text("/contacts")
    assert "0912 345 678" in browser.text(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "lan"},
        {"address": ""},
        {"channel": "fax"},
        {"channel": "phone"},
        {"role": "leader"},
        {"rank": "0"},
        {"rank": "²"},
        {"rank": "10"},
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_is_still_there(
    browser: Browser, path: str, engine: Engine, wrong: dict[str, str]
) -> None:
    right = {"channel": "email", "address": "vp@p.vn", "role": "officer", "rank": "1", "by": "dieuphoi"}

    answer = browser.send(path, shown=path, **{**right, **wrong})

    assert answer.status_code in {409, 422}
    assert every(engine, CONTACTS) == []
    assert 'role="alert"' in answer.text
    assert f'value="{ {**right, **wrong}["address"] }"' in answer.text


@pytest.mark.parametrize("by", ["lan", "thanhtra", "chutich"])
def test_others_change_no_address(browser: Browser, path: str, engine: Engine, by: str) -> None:
    right = {"channel": "email", "address": "vp@p.vn", "role": "officer", "rank": "1", "by": by}

    assert browser.send(path, shown=path, **right).status_code == 403
    assert every(engine, CONTACTS) == []


def added(engine: Engine, ward: Ward, address: str, *, channel: str = "email", rank: int = 1) -> int:
    with transaction(engine) as connection:
        add_contact(
            connection, ward, OFFICE, channel=channel, address=address, rank=rank, actor=SYSTEM, now=NOW
        )
    [(found,)] = every(engine, f"SELECT id FROM cchc.contact WHERE address = '{address}'")
    return int(found)


def test_the_order_of_contacts_is_changed(browser: Browser, path: str, engine: Engine, ward: Ward) -> None:
    first, second = added(engine, ward, "a@p.vn"), added(engine, ward, "b@p.vn", rank=2)

    browser.send(f"{path}/{first}", shown=path, do="rank", rank="3", by="quantri")

    listed = browser.text(path)
    assert listed.index("b@p.vn") < listed.index("a@p.vn")
    kinds = "SELECT kind FROM cchc.audit_event WHERE kind LIKE 'contact.%%' ORDER BY position DESC LIMIT 1"
    assert every(engine, kinds) == [("contact.ranked",)]
    assert second != first


def test_a_contact_is_removed_once(browser: Browser, path: str, engine: Engine, ward: Ward) -> None:
    contact = added(engine, ward, "a@p.vn")

    answers = [
        browser.send(f"{path}/{contact}", shown=path, do="remove", rank="1", by="dieuphoi") for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [303, 404]
    assert every(engine, CONTACTS) == []


def test_an_opt_out_is_shown_with_its_reason_and_ended_by_a_person(
    browser: Browser, path: str, engine: Engine, ward: Ward
) -> None:
    contact = added(engine, ward, "7001", channel="zalo-user")
    Hooks(browser, engine, ward).tell("unfollow", follower={"id": "7001"})

    assert "tạm dừng Người nhận đã bỏ quan tâm Zalo OA. Từ 09:00 ngày 02/03/2026" in browser.text(path)
    assert "tạm dừng" in browser.text("/contacts")
    assert browser.send(f"{path}/{contact}", shown=path, do="unmute", rank="1", by="lan").status_code == 403
    assert (
        browser.send(f"{path}/{contact}", shown=path, do="unmute", rank="1", by="dieuphoi").status_code == 303
    )
    assert "tạm dừng" not in browser.text("/contacts")


def test_a_code_is_shown_once_and_its_sender_appears_on_the_page(
    browser: Browser, path: str, engine: Engine, ward: Ward
) -> None:
    answer = browser.send(f"{path}/code", shown=path, channel="zalo-user", role="head", by="dieuphoi")

    [code] = set(re.findall(r"CCHC-[2-9A-Z]{4}-[2-9A-Z]{4}", answer.text))
    assert "trước 09:00 ngày 05/03/2026" in words_of(answer.text)
    assert code not in browser.page(path)
    assert "Mã chưa dùng: số 1 (Zalo cá nhân, dieuphoi tạo" in browser.text(path)

    Hooks(browser, engine, ward).says("7001", code)
    assert "7001 Zalo cá nhân người đứng đầu" in browser.text(path)
    assert "Mã chưa dùng" not in browser.text(path)


@pytest.mark.parametrize("wrong", [{"by": "lan"}, {"by": "chutich"}, {"channel": "email"}])
def test_a_code_that_may_not_be_is_not_made(
    browser: Browser, path: str, engine: Engine, wrong: dict[str, str]
) -> None:
    right = {"channel": "zalo-user", "role": "officer", "by": "dieuphoi"}

    assert browser.send(f"{path}/code", shown=path, **{**right, **wrong}).status_code in {403, 409, 422}
    assert every(engine, "SELECT * FROM cchc.binding_code") == []


def test_so_many_codes_wait_at_most(browser: Browser, path: str, engine: Engine) -> None:
    fields = {"channel": "zalo-user", "role": "officer", "by": "dieuphoi"}

    statuses = [browser.send(f"{path}/code", shown=path, **fields).status_code for _ in range(11)]

    assert statuses == [200] * 10 + [409]


def test_a_channel_that_is_not_set_up_is_named_on_both_pages(
    ward: Ward, browse: Browse, path: str, engine: Engine
) -> None:
    added(engine, ward, "g-1", channel="zalo-group")
    bare = browse()

    for page in ("/contacts", path):
        assert "Kênh nhóm Zalo chưa được thiết lập" in bare.text(page)


def test_a_contact_of_one_unit_is_not_changed_through_another(
    browser: Browser, path: str, engine: Engine, ward: Ward
) -> None:
    contact = added(engine, ward, "a@p.vn")
    [other] = re.findall(rf'href="(/contacts/\d+)">{CULTURE}<', browser.page("/contacts"))

    answer = browser.send(f"{other}/{contact}", shown=path, do="remove", rank="1", by="dieuphoi")

    assert answer.status_code == 404
    assert len(every(engine, CONTACTS)) == 1


def test_a_unit_that_is_not_there_is_said_to_be_so(browser: Browser) -> None:
    assert browser.get("/contacts/999").status_code == 404
    assert browser.get("/contacts/0").status_code == 422


def test_every_kind_of_change_has_words_in_the_history() -> None:
    from web.history import what

    said = {
        kind: what(kind, {"rank": 2})
        for kind in (
            "contact.bound",
            "contact.code-made",
            "contact.muted",
            "contact.ranked",
            "contact.removed",
            "contact.unmuted",
            "delivery.delivered",
            "delivery.not-delivered",
            "delivery.reconciled",
            "delivery.seen",
        )
    }

    assert all(kind not in words and kind.split(".")[1] not in words for kind, words in said.items())
