"""Ids of letters and threads."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.mime import NotAnAddress
from notifications.threads import message_id, thread_root

VALID = re.compile(r"<[A-Za-z0-9.-]+@[A-Za-z0-9.-]+>")


def test_a_letter_and_its_thread_have_names_of_their_own() -> None:
    assert message_id("thanh-dong", 7, "thanhdong.gov.vn") == "<thanh-dong.7.outbox@thanhdong.gov.vn>"
    assert thread_root("thanh-dong", 7, "thanhdong.gov.vn") == "<thanh-dong.7.occurrence@thanhdong.gov.vn>"


@given(st.tuples(st.text(), st.integers(1, 2**63)), st.tuples(st.text(), st.integers(1, 2**63)))
def test_two_wards_or_rows_never_share_a_name_whatever_a_ward_is_called(
    one: tuple[str, int], other: tuple[str, int]
) -> None:
    names = [message_id(*each, "b.vn") for each in (one, other)]

    assert all(VALID.fullmatch(name) and len(name) < 100 for name in names)
    assert (names[0] == names[1]) == (one == other)


def test_a_vietnamese_domain_is_written_as_it_travels() -> None:
    assert message_id("a", 1, "phường.vn").endswith("@xn--phng-rib8295b.vn>")


@pytest.mark.parametrize("domain", ["", "b.vn>\r\nBcc: x@y.vn", "b vn"])
def test_what_is_no_domain_makes_no_name(domain: str) -> None:
    with pytest.raises(NotAnAddress):
        message_id("a", 1, domain)
