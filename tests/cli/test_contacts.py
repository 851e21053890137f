"""`cchc unit contact` and `cchc unit bind`, as they are typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.cli.typed import CULTURE, ECONOMY, OFFICE, cchc, installation, office, rows

BY = ("--by", "dieuphoi")


@pytest.fixture(scope="module", autouse=True)
def url() -> Iterator[str]:
    """Give one office with the real decision."""
    with installation() as database:
        office()
        yield database


def contacts(unit: str) -> list[tuple[Any, ...]]:
    (found,) = [each for each in cchc("unit", "list", "--json").json["units"] if each["name"] == unit]
    return [(each["channel"], each["address"], each["role"], each["rank"]) for each in found["contacts"]]


def test_a_unit_is_reached_in_the_order_that_was_typed(url: str) -> None:
    cchc("unit", "contact", CULTURE, "--phone", "0912.345.678", "--head", "--rank", "2", *BY)
    cchc("unit", "contact", CULTURE, "--zalo-group", "g-vhxh", "--email", "vhxh@p.vn", *BY)
    cchc("unit", "contact", CULTURE, "--email", "vhxh@p.vn", "--rank", "3", *BY)

    assert contacts(CULTURE) == [
        ("email", "hoa@phuong.vn", "officer", 1),
        ("zalo-group", "g-vhxh", "officer", 1),
        ("phone", "84912345678", "head", 2),
        ("email", "vhxh@p.vn", "officer", 3),
    ]
    said = cchc("unit", "list").out
    assert "1. g-vhxh (nhóm" in said
    assert "người đứng đầu" in said


def test_a_channel_that_is_not_set_up_is_said_to_be_so(url: str) -> None:
    said = cchc("unit", "contact", OFFICE, "--zalo-uid", "7001", "--email", "vp@p.vn", *BY).out

    assert said.startswith(f"Đã ghi địa chỉ của {OFFICE}: vp@p.vn; 7001\n")
    assert "Kênh mẫu tin Zalo chưa được thiết lập" in said
    assert "kế tiếp" in said
    assert "thư điện tử" not in said


def test_a_contact_is_removed_and_comes_back(url: str) -> None:
    cchc("unit", "contact", ECONOMY, "--email", "kt@p.vn", *BY)

    assert "Đã bỏ địa chỉ" in cchc("unit", "contact", ECONOMY, "--email", "kt@p.vn", "--remove", *BY).out
    assert contacts(ECONOMY) == [("email", "kinhte@phuong.vn", "officer", 1)]
    assert (
        "không có địa chỉ"
        in cchc("unit", "contact", ECONOMY, "--email", "kt@p.vn", "--remove", *BY, code=1).err
    )

    cchc("unit", "contact", ECONOMY, "--email", "kt@p.vn", *BY)
    assert ("email", "kt@p.vn", "officer", 1) in contacts(ECONOMY)
    kinds = rows(
        url, "SELECT kind FROM cchc.audit_event WHERE kind LIKE 'contact.%%' ORDER BY position DESC LIMIT 3"
    )
    assert kinds == [("contact.added",), ("contact.removed",), ("contact.added",)]


def test_what_opted_out_is_shown_and_written_to_again_only_when_a_person_says_so(url: str) -> None:
    typed = ("unit", "contact", ECONOMY, "--zalo-user", "7009")
    cchc(*typed, *BY)
    with psycopg.connect(url) as superuser:
        superuser.execute(
            "UPDATE cchc.contact SET muted_at = now(), muted_why = 'Người nhận đã bỏ quan tâm.'"
            " WHERE address = '7009'"
        )

    assert "tạm dừng: Người nhận đã bỏ quan tâm." in cchc(*typed, *BY).out
    assert "tạm dừng" in cchc("unit", "list").out
    assert "Gửi lại cho" in cchc(*typed, "--unmute", *BY).out
    assert "tạm dừng" not in cchc("unit", "list").out
    assert rows(url, "SELECT count(*) FROM cchc.audit_event WHERE kind = 'contact.unmuted'") == [(1,)]


@pytest.mark.parametrize(
    "words",
    [
        ("contact", OFFICE),
        ("contact", OFFICE, "--phone", "024 3825 1234"),
        ("contact", OFFICE, "--zalo-group", "hai từ"),
        ("contact", OFFICE, "--email", "vp@p.vn", "--rank", "0"),
        ("contact", OFFICE, "--email", "vp@p.vn", "--by", "lan"),
        ("contact", OFFICE, "--email", "vp@p.vn", "--remove", "--by", "lan"),
        ("contact", OFFICE, "--email", "vp@p.vn", "--unmute", "--by", "lan"),
        ("bind", OFFICE, "--channel", "zalo-user", "--by", "lan"),
        ("bind", "Phòng Vũ trụ", "--channel", "zalo-user", *BY),
    ],
)
def test_what_cannot_be_is_refused(words: tuple[str, ...]) -> None:
    if "--remove" in words or "--unmute" in words:
        cchc("unit", "contact", OFFICE, "--email", "vp@p.vn", *BY)

    cchc("unit", *words, code=1)


@pytest.mark.parametrize(
    "words",
    [
        ("contact", OFFICE, "--email", "vp@p.vn", "--remove", "--unmute"),
        ("contact", OFFICE, "--email", "vp@p.vn", "--rank", "đầu"),
        ("bind", OFFICE, "--channel", "email", *BY),
        ("bind", OFFICE, "--channel", "zalo-user"),
    ],
)
def test_what_is_typed_wrongly_is_said_to_be_so(words: tuple[str, ...]) -> None:
    cchc("unit", *words, code=2)


@pytest.mark.parametrize(("channel", "to"), [("zalo-user", "Nhắn cho OA"), ("zalo-bot", "bot")])
def test_a_code_is_shown_once_with_what_to_do_and_only_its_hash_is_kept(
    url: str, channel: str, to: str
) -> None:
    said = cchc("unit", "bind", CULTURE, "--channel", channel, *BY).out

    [code] = set(re.findall(r"CCHC-[2-9A-Z]{4}-[2-9A-Z]{4}", said))
    assert to in said
    assert "Chưa thiết lập" in said
    kept = rows(url, "SELECT b::text FROM cchc.binding_code b") + rows(
        url, "SELECT body FROM cchc.audit_event"
    )
    assert code.replace("-", "")[4:] not in str(kept)
    lasts = rows(url, "SELECT DISTINCT expires_at - made_at = interval '72 hours' FROM cchc.binding_code")
    assert lasts == [(True,)]


def test_reading_the_bot_without_its_token_says_what_is_missing() -> None:
    assert "CCHC_ZALO_BOT_TOKEN" in cchc("zalo", "updates", code=1).err
