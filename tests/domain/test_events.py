"""When two documents are the same one."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import identity

DAY = date(2026, 3, 2)
ONE = identity("15/KH-UBND", "Uỷ ban nhân dân tỉnh Hoà Bình", DAY)


@pytest.mark.parametrize(
    ("number", "issuer"),
    [
        ("15/KH-UBND", "Uỷ ban nhân dân tỉnh Hoà Bình"),
        ("15/KH - UBND", "Uỷ ban nhân dân tỉnh Hoà Bình"),
        ("15 /kh–ubnd", "UỶ BAN NHÂN DÂN TỈNH HOÀ BÌNH"),
        (" 15/KH—UBND ", "Uỷ ban\u00a0nhân dân  tỉnh Hoà Bình"),
        ("15/KH\u2011UBND", unicodedata.normalize("NFD", "Uỷ ban nhân dân tỉnh Hoà Bình")),
        ("15/KH-UBND", "Ủy ban nhân dân tỉnh Hòa Bình"),  # the other place of the tone mark
    ],
)
def test_the_way_it_was_typed_makes_no_other_document(number: str, issuer: str) -> None:
    assert identity(number, issuer, DAY) == ONE


@pytest.mark.parametrize(
    ("number", "issuer", "day"),
    [
        ("15/KH-UBND", "Uỷ ban nhân dân tỉnh Hoà Bình", date(2025, 3, 2)),  # numbers start anew each year
        ("16/KH-UBND", "Uỷ ban nhân dân tỉnh Hoà Bình", DAY),
        ("15/KH-UBND", "Uỷ ban nhân dân tỉnh Hoá Bình", DAY),
        ("15/KH-UBND", "Sở Nội vụ", DAY),
        ("1 5/KH-UBND", "Uỷ ban nhân dân tỉnh Hoà Bình", DAY),
    ],
)
def test_another_number_issuer_or_year_is_another_document(number: str, issuer: str, day: date) -> None:
    assert identity(number, issuer, day) != ONE


def test_another_day_of_the_same_year_is_the_same_document_so_that_a_wrong_date_is_noticed() -> None:
    assert identity("15/KH-UBND", "Uỷ ban nhân dân tỉnh Hoà Bình", date(2026, 12, 31)) == ONE


@given(st.text("aăâđếẾ/-– 1", max_size=12), st.text("aăâđếẾ/-– 1", max_size=12))
def test_composing_and_capitals_never_matter(number: str, issuer: str) -> None:
    apart = identity(
        unicodedata.normalize("NFD", number).upper(), unicodedata.normalize("NFD", issuer).upper(), DAY
    )

    assert apart == identity(number, issuer, DAY)
