from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import thread_time

import pytest

from services.passwords import Passwords
from tests.signing_in import CHEAP, SECRET


def test_a_password_fits_its_own_hash_and_no_other_does() -> None:
    kept = CHEAP.hash(SECRET)

    assert kept.startswith("$argon2id$v=19$")
    assert SECRET not in kept
    assert CHEAP.fit(kept, SECRET)
    assert not CHEAP.fit(kept, SECRET + " ")
    assert CHEAP.hash(SECRET) != kept


@pytest.mark.parametrize("kept", [None, "", "!", "$argon2id$broken"])
def test_what_is_no_hash_lets_nobody_in(kept: str | None) -> None:
    assert not CHEAP.fit(kept, "nobody's")
    assert not CHEAP.fit(kept, "")


def test_todays_costs_are_those_of_rfc_9106_and_a_cheaper_hash_is_made_anew() -> None:
    today = Passwords()

    assert today.outdated(CHEAP.hash(SECRET))
    assert "$m=65536,t=3,p=4$" in today.hash(SECRET)


def test_saying_no_takes_as_long_for_a_name_that_nobody_has() -> None:
    passwords = Passwords(time_cost=8, memory_kib=8192, lanes=1)
    kept = passwords.hash(SECRET)
    passwords.fit(None, "x")

    def took(hashed: str | None) -> float:
        began = thread_time()
        passwords.fit(hashed, "falsch")
        return thread_time() - began

    known, unknown = (min(took(each) for _ in range(5)) for each in (kept, None))

    assert 0.5 < known / unknown < 2


def test_many_at_once_wait_for_their_turn_and_all_are_answered() -> None:
    kept = CHEAP.hash(SECRET)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: CHEAP.fit(kept, SECRET), range(40)))
