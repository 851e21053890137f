"""Any troubles in any order: no token is burnt and none is given up without need."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar, Literal, get_args

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.zalo.oauth import NoAnswer, NotSent, OAuth
from notifications.zalo.oauth import Reply as Answered
from services.zalo_tokens import refresh
from tests.granting import (
    HOUR,
    Granting,
)

Trouble = Literal["none", "refused", "not-sent", "silent", "dropped", "dies-before", "dies-after"]


class Killed(BaseException):
    """What stands for `kill -9` where a hundred processes would take too long."""


class Troubled(OAuth):
    """A client of which the test says how it ends."""

    trouble: ClassVar[Trouble]

    def refresh(self, refresh_token: str) -> Any:
        if self.trouble == "not-sent":
            return NotSent("refused")
        if self.trouble == "refused":
            return Answered(200, '{"error": -14002, "error_name": "inactive"}')
        if self.trouble == "silent":
            return Answered(504, "")
        if self.trouble == "dies-before":
            raise Killed
        answer = OAuth.refresh(self, refresh_token)
        if self.trouble == "dies-after":
            raise Killed
        return NoAnswer("reset") if self.trouble == "dropped" else answer


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(get_args(Trouble)), max_size=6))
def test_through_any_troubles_no_token_is_sent_thrice_or_given_up_without_need(
    granting: Granting, troubles: list[Trouble]
) -> None:
    with psycopg.connect(granting.url) as superuser:
        superuser.execute("TRUNCATE cchc.zalo_grant CASCADE")
    granting.given()
    vault, unclear, lost = granting.vault(oauth=granting.oauth(Troubled)), 0, False

    for Troubled.trouble in (*troubles, "none", "none"):
        granting.now += 13 * HOUR
        generation, known = granting.row().generation, granting.zalo.refreshes
        with suppress(Killed):
            refresh(vault)
        lost |= granting.zalo.refreshes > known and granting.row().generation == generation
        unclear = 0 if granting.row().generation > generation else granting.row().attempts
        assert unclear <= 2
        assert granting.zalo.reuses <= 1

    row = granting.row()
    assert (row.state == "needs-consent") == (lost or unclear == 2)
    if row.state == "active":
        assert granting.tokens().token() == granting.zalo.access_token
