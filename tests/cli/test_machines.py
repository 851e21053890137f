from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.typed import OFFICE, cchc, history_size, installation, office


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with installation() as database:
        office()
        cchc("user", "add", "quantri", "--role", "admin")
        yield database


def test_a_token_is_made_listed_and_taken_back(url: str) -> None:
    words = ("--scope", "read", "--scope", "submit", "--unit", OFFICE, "--label", "Trục", "--by", "quantri")
    made = cchc("user", "token", "truc", *words, "--json").json
    listed = cchc("user", "tokens", "--json").json["tokens"]

    assert made["token"].startswith("cchc_")
    [token] = [each for each in listed if each["id"] == made["id"]]
    assert (token["name"], token["role"], token["unit"]) == ("truc", "officer", OFFICE)
    assert (token["scopes"], token["made_by"], token["used_at"]) == (["read", "submit"], "quantri", None)
    assert made["token"] not in str(listed) + cchc("user", "tokens").out
    assert "máy" in cchc("user", "list").out

    number = str(made["id"])
    assert "Đã thu hồi" in cchc("user", "revoke-token", number, "--by", "quantri").out
    size = history_size(url)
    assert "Không có mã truy cập" in cchc("user", "revoke-token", number, "--by", "quantri", code=1).err
    assert history_size(url) == size
    assert "đã thu hồi" in cchc("user", "tokens").out


def test_a_token_is_printed_with_how_to_take_it_back(url: str) -> None:
    said = cchc("user", "token", "giam-sat", "--scope", "metrics", "--label", "x", "--by", "quantri").out

    assert "chỉ hiện lần này:\ncchc_" in said
    assert "cchc user revoke-token" in said


def test_what_cannot_be_made_is_refused_by_name(url: str) -> None:
    size = history_size(url)
    words = ("--label", "x", "--by", "quantri")

    assert "phải thuộc một đơn vị" in cchc("user", "token", "m", "--scope", "submit", *words, code=1).err
    refused = cchc("user", "token", "m", "--scope", "read", "--label", "x", "--by", "dieuphoi", code=1)
    assert "không được làm việc này" in refused.err
    assert "tài khoản máy" not in cchc("user", "list").err
    cchc("user", "token", "m", "--scope", "everything", *words, code=2)
    cchc("user", "token", "m", *words, code=2)
    cchc("user", "token", "m", "--scope", "read", "--days", "1096", *words, code=2)
    assert history_size(url) == size


def test_a_machine_gets_no_password(url: str) -> None:
    cchc("user", "token", "khong-mat-khau", "--scope", "read", "--label", "x", "--by", "quantri")

    assert "tài khoản máy" in cchc("user", "reset-password", "khong-mat-khau", code=1).err
    assert "đã có người dùng khác" in cchc("user", "add", "khong-mat-khau", "--role", "auditor", code=1).err
