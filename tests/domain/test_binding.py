"""One-time codes as people send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.binding import ALPHABET, LENGTH, WORD, code_hash, code_in, written

codes = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH).filter(lambda code: not code.startswith(WORD))


@given(
    codes,
    st.sampled_from(["", "Em gửi mã: ", "@Bot CCHC ", "(", "\n"]),
    st.sampled_from(["", " ạ", ".", ")", "\n"]),
)
def test_a_code_is_found_as_it_was_shown(code: str, before: str, after: str) -> None:
    assert code_in(f"{before}{written(code)}{after}") == code


@pytest.mark.parametrize(
    "said",
    [
        "cchc-k7qw-m3rt",
        "CCHC K7QW M3RT",
        "CCHCK7QWM3RT",
        "cchc: k7qwm3rt",
        "ＣＣＨＣ-Ｋ７ＱＷ-Ｍ３ＲＴ",
        "Cchc.K7qw.M3rt",
    ],
)
def test_a_code_is_found_in_any_capitals_and_spacing(said: str) -> None:
    assert code_in(said) == "K7QWM3RT"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "K7QW-M3RT",
        "CCHC",
        "CCHC-K7QW-M3R",
        "CCHC-K7QW-M3RTX",
        "XCCHC-K7QW-M3RT",
        "CCHC-K7QW-M3R0",
        "CCHC-K7QW-M3RI",
        "CCHC kế hoạch năm 2026",
        "\ud800",
    ],
)
def test_what_is_no_code_is_not_tried(said: str) -> None:
    assert code_in(said) is None


def test_one_message_is_one_try() -> None:
    assert code_in("CCHC-AAAA-2222 CCHC-BBBB-3333") == "AAAA2222"


def test_nothing_in_the_alphabet_is_read_as_something_else() -> None:
    assert not set("01OIL") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 31


def test_a_code_is_known_by_its_hash_alone() -> None:
    assert len(code_hash("K7QWM3RT")) == 32
    assert code_hash("K7QWM3RT") != code_hash("K7QWM3RS")
