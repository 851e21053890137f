from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.typed import OFFICE, cchc, history_size, installation, office


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with installation() as database:
        office()
        yield database


def test_an_address_is_made_listed_and_taken_back(url: str) -> None:
    made = cchc("feed", "add", "--unit", OFFICE, "--by", "dieuphoi", "--json").json
    listed = cchc("feed", "list", "--json").json["feeds"]
    shown = cchc("feed", "list").out

    assert made["address"].startswith("http://127.0.0.1:8000/open/calendar/")
    assert made["whose"] == OFFICE
    [feed] = [each for each in listed if each["id"] == made["id"]]
    assert (feed["unit"], feed["made_by"], feed["revoked_at"], feed["read_at"]) == (
        OFFICE,
        "dieuphoi",
        None,
        None,
    )
    assert made["address"].rpartition("/")[2] not in str(listed) + shown
    assert "chưa lần nào" in shown

    said = cchc("feed", "revoke", str(made["id"]), "--by", "dieuphoi").out
    size = history_size(url)
    cchc("feed", "revoke", str(made["id"]), "--by", "dieuphoi")

    assert f"Đã thu hồi địa chỉ lịch số {made['id']} của {OFFICE}" in said
    assert history_size(url) == size
    assert "đã thu hồi" in cchc("feed", "list").out


def test_an_address_is_printed_with_how_to_take_it_back(url: str) -> None:
    said = cchc("feed", "add", "--user", "lan", "--by", "lan").out

    assert "của lan, chỉ hiện lần này:\nhttp://127.0.0.1:8000/open/calendar/" in said
    assert "cchc feed revoke" in said


def test_what_cannot_be_made_or_found_is_refused_by_name(url: str) -> None:
    size = history_size(url)

    assert "chỉ làm cho chính mình" in cchc("feed", "add", "--user", "hoa", "--by", "lan", code=1).err
    assert "Không có đơn vị" in cchc("feed", "add", "--unit", "Ban X", "--by", "dieuphoi", code=1).err
    assert "Không có địa chỉ lịch số 999" in cchc("feed", "revoke", "999", code=1).err
    assert "Không có địa chỉ lịch số -1" in cchc("feed", "revoke", "--", "-1", code=1).err
    cchc("feed", "add", code=2)
    cchc("feed", "add", "--unit", OFFICE, "--user", "lan", code=2)

    assert history_size(url) == size
