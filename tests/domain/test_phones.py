"""Telephone numbers as people write them, and the one form that providers take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.phones import canonical_phone, phone_in_words
from domain.refusals import BadValue


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "+84 912 345 678",
        "+84912345678",
        "84912345678",
        "0084 912345678",
        "(091) 234 5678",
        " 0912\u00a0345\u2013678 ",
    ],
)
def test_one_number_has_one_form_however_it_is_written(written: str) -> None:
    assert canonical_phone(written) == "84912345678"


@pytest.mark.parametrize("first", "35789")
def test_every_mobile_prefix_is_taken(first: str) -> None:
    assert canonical_phone(f"0{first}12345678") == f"84{first}12345678"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "0",
        "091234567",
        "09123456789",
        "0212345678",
        "024 3825 1234",
        "0612345678",
        "+1 912345678",
        "912345678",
        "+084912345678",
        "0912345678x",
        "٠912345678",
        "0912345678\0",
        "lan",
    ],
)
def test_what_is_no_mobile_number_is_refused(wrong: str) -> None:
    with pytest.raises(BadValue) as refusal:
        canonical_phone(wrong)

    assert "0912 345 678" in refusal.value.notice


@given(st.from_regex(r"\A84[35789][0-9]{8}\Z"))
def test_the_form_stays_as_it_is(number: str) -> None:
    assert canonical_phone(number) == number


def test_a_number_is_shown_as_people_write_it_and_can_be_read_back() -> None:
    assert phone_in_words("84912345678") == "0912 345 678"
    assert canonical_phone(phone_in_words("84912345678")) == "84912345678"
    assert phone_in_words("g-123") == "g-123"
