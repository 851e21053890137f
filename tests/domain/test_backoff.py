"""When to try again, and when to stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.backoff import gives_up, next_try

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def test_the_pauses_grow_from_half_a_minute_to_an_hour() -> None:
    pauses = [(next_try(attempts, NOW) - NOW).total_seconds() for attempts in range(1, 10)]

    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


@given(st.integers(1, 32767), st.none() | st.floats(0, 100_000))
def test_a_try_never_comes_sooner_than_the_provider_asks(attempts: int, asked: float | None) -> None:
    pause = next_try(attempts, NOW, asked=asked) - NOW

    assert pause >= timedelta(seconds=asked or 0)
    assert timedelta(seconds=30) <= pause <= timedelta(seconds=max(3600, asked or 0))


def test_a_message_is_given_up_after_three_days_and_not_before() -> None:
    assert not gives_up(NOW, NOW + timedelta(days=3))
    assert gives_up(NOW, NOW + timedelta(days=3, seconds=1))
