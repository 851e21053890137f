from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.limits import Allowance, Limiter, network

TWO = Allowance(at_once=2, a_minute=60)


def test_who_waits_as_long_as_told_is_served_again() -> None:
    limiter = Limiter()

    waits = [limiter.wait("link", "a", TWO, now) for now in (0, 0, 0, 1, 1)]

    assert waits == [0, 0, 1, 0, 1]


def test_one_who_asks_too_often_holds_nobody_else_back() -> None:
    limiter = Limiter()
    for _ in range(9):
        limiter.wait("link", "a", TWO, 0)

    assert limiter.wait("link", "b", TWO, 0) == 0
    assert limiter.wait("address", "a", TWO, 0) == 0


def test_any_number_of_strangers_takes_a_bounded_place() -> None:
    limiter = Limiter(most=10)

    for number in range(100):
        limiter.wait("address", str(number), TWO, 0)

    assert len(limiter) == 10


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_within_any_time_no_more_pass_than_at_once_and_what_dripped_meanwhile(pauses: list[float]) -> None:
    limiter, now, passed = Limiter(), 0.0, 0

    for pause in pauses:
        now += pause
        passed += limiter.wait("link", "a", TWO, now) == 0

    assert passed <= TWO.at_once + now * TWO.a_minute / 60 + 1e-6


@given(st.lists(st.floats(0, 5), min_size=1, max_size=30))
def test_whoever_waits_as_long_as_told_is_let_in_the_next_time(pauses: list[float]) -> None:
    limiter, now = Limiter(), 0.0

    for pause in pauses:
        now += pause
        wait = limiter.wait("link", "a", TWO, now)
        if wait:
            now += wait
            assert limiter.wait("link", "a", TWO, now) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("testclient", "testclient", True),
    ],
)
def test_a_subscriber_is_one_address_however_many_it_has(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same
