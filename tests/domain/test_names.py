"""When two spellings are one name, and short names for addresses."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import same_committee, slug, ward_code


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Thành Đông", "thanh-dong"),
        ("  Phước Long — Ô Môn  ", "phuoc-long-o-mon"),
        ("Ngũ Hành Sơn (2)", "ngu-hanh-son-2"),
        ("ĐẶC KHU Phú Quốc", "dac-khu-phu-quoc"),
        ("……", ""),
    ],
)
def test_a_name_becomes_plain_letters(text: str, plain: str) -> None:
    assert slug(text) == plain
    assert slug(unicodedata.normalize("NFD", text)) == plain


@given(st.text())
def test_a_short_name_needs_no_escaping_anywhere(text: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug(text))
    assert slug(slug(text)) == slug(text)


@pytest.mark.parametrize(
    ("issuer", "code"),
    [
        ("UBND phường Thành Đông", "thanh-dong"),
        ("ỦY BAN NHÂN DÂN PHƯỜNG THÀNH ĐÔNG", "thanh-dong"),
        ("Uỷ ban nhân dân xã Xã Tắc", "xa-tac"),
        ("UBND đặc khu Phú Quốc", "phu-quoc"),
        ("UBND thị trấn Nà Phặc", "na-phac"),
        ("Phường 7", "7"),
        (unicodedata.normalize("NFD", "Ủy ban nhân dân phường Thành Đông"), "thanh-dong"),
        ("UBND", "don-vi"),
        ("", "don-vi"),
    ],
)
def test_a_ward_is_known_by_its_own_name(issuer: str, code: str) -> None:
    assert ward_code(issuer) == code


def test_a_name_that_only_begins_like_a_kind_of_place_stays_whole() -> None:
    assert ward_code("UBND Xãng Cụt") == "xang-cut"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("UBND phường Hoà Bình", "ỦY BAN NHÂN DÂN PHƯỜNG HÒA BÌNH", True),
        ("UBND phường Hoà Bình", "Uỷ ban nhân dân  phường Hoà Bình", True),
        ("UBND phường Hoà Bình", "Chủ tịch UBND phường Hoà Bình", True),
        ("UBND phường Hoà Bình", "UBND xã Hoà Bình", False),
        ("UBND phường Tân Phú", "UBND phường Tấn Phú", False),
        ("UBND phường 1", "UBND phường 11", False),
    ],
)
def test_a_committee_is_known_however_it_is_written(one: str, other: str, same: bool) -> None:
    assert same_committee(one, other) is same
