"""Short names for addresses."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import slug, ward_code


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
