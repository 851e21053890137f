"""Keeping Zalo's access token alive: refreshed early, by one process at a time, each token used once.

Zalo's refresh tokens are good for one use, and losing one means that a person must consent anew. So a
refresh is noted before it is sent, its answer is kept before it is used, one without an answer is repeated
exactly once, and a refusal for good is never asked about again. See docs/decisions/0017-zalo-tokens.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from config.secrets import Keys, load_keys
from config.settings import Settings
from domain.errors import WardError
from models.grants import GrantBusy
from notifications.zalo.oauth import OAuth
from notifications.zalo.tokens import NoToken
from services.zalo_grants import Asked, Grant, Step, Turn
from services.zalo_vault import ATTEMPTS, Vault
from services.zalo_words import NO_ANSWER, meaning

EARLY = timedelta(hours=12)  # so that people have hours, not minutes, if it fails
AT_LEAST = timedelta(days=7)  # a refresh token that nobody uses ends after three months
REPEAT_AFTER = timedelta(minutes=2)  # longer than any call lasts: its sender may yet write the answer down
REFUSED_PAUSE = timedelta(minutes=5)
_LATER_S = 120.0

Clock = Callable[[], datetime]
Wanted = Callable[[Grant, datetime], bool]


class ZaloNotSet(WardError):
    """The settings don't say which application speaks for which official account."""

    def __init__(self, missing: list[str]) -> None:
        names = ", ".join(missing)
        super().__init__(
            f"Zalo is not set up: {names}",
            f"Chưa thiết lập Zalo OA: còn thiếu {names}. Lấy các giá trị này ở trang quản lý ứng dụng của"
            " Zalo (developers.zalo.me) rồi ghi vào tệp .env hoặc biến môi trường.",
        )


def _now() -> datetime:
    return datetime.now(UTC)


def open_vault(
    settings: Settings,
    engine: Engine,
    *,
    keys: Keys | None = None,
    clock: Clock = _now,
    pause: Callable[[float], object] = time.sleep,
) -> Vault:
    """Return the grant that the settings name; the installation's key is loaded if none is given.

    Raises:
        ZaloNotSet: the settings name none.
        SystemFault: the key can't be used.
    """
    app_id, secret, oa_id = settings.zalo_app_id, settings.zalo_app_secret, settings.zalo_oa_id
    if not (app_id and secret and oa_id):
        stated = {"ZALO_APP_ID": app_id, "ZALO_APP_SECRET": secret, "ZALO_OA_ID": oa_id}
        raise ZaloNotSet([f"CCHC_{name}" for name, value in stated.items() if not value])
    oauth = OAuth(
        app_id,
        secret.get_secret_value(),
        settings.zalo_oauth_url.rstrip("/"),
        settings.zalo_oa_url.rstrip("/"),
        settings.zalo_secret_proof,
    )
    return Vault(engine, keys or load_keys(settings), oauth, oa_id, settings.timezone, clock, pause)


@dataclass(frozen=True, slots=True)
class PostgresTokens:
    """The access token of one grant, for channels: a `TokenSource`.

    Safe to share between threads; any number of processes may each have one. What it writes it commits
    on a connection of its own, never in a caller's transaction.
    """

    vault: Vault

    def token(self) -> str:
        """Return the access token in force, refreshed first if it has ended.

        Raises:
            NoToken: there is none.
            SystemFault: the database is away.
        """
        return self._one_that(lambda grant, now: grant.usable(now))

    def renewed(self, refused: str) -> str:
        """Return the token to use instead of `refused`; another process may have brought it already.

        Raises:
            NoToken: there is none.
            SystemFault: the database is away.
        """
        return self._one_that(lambda grant, now: grant.usable(now) and grant.access_token != refused)

    def came_after(self, moment: datetime) -> bool:
        """Tell whether the token in force was brought after `moment`.

        Raises:
            SystemFault: the database is away.
        """
        grant = self.vault.look()
        return grant is not None and grant.row.refreshed_at is not None and grant.row.refreshed_at > moment

    def _one_that(self, serves: Wanted) -> str:
        now, grant, turn = self.vault.clock(), self.vault.look(), None
        if grant is None or not serves(grant, now):
            turn = _turn(self.vault, lambda grant, now: not serves(grant, now))
            grant = self.vault.look()
        if grant is not None and grant.access_token and serves(grant, now):
            return grant.access_token
        if turn is None or turn.step in {Step.UNSET, Step.NEEDS_CONSENT, Step.REFUSED}:
            raise NoToken(turn.code or turn.step if turn else "ended")
        raise NoToken(turn.code or turn.step, later=_LATER_S)


def refresh(vault: Vault, *, by_hand: bool = False) -> Turn:
    """Refresh the grant if that is due; `by_hand` at any time, and once more after two without an answer.

    Raises:
        SystemFault: the database is away.
    """
    return _turn(vault, lambda grant, now: by_hand or is_due(grant, now), by_hand=by_hand)


def is_due(grant: Grant, now: datetime) -> bool:
    """Say whether a grant is to be refreshed: half of the token's day is over, or nothing was for a week."""
    row = grant.row
    return not grant.usable(now + EARLY) or row.refreshed_at is None or now - row.refreshed_at >= AT_LEAST


def _turn(vault: Vault, wanted: Wanted, *, by_hand: bool = False) -> Turn:
    """Refresh under the lock if it is still wanted there."""
    try:
        with vault.alone() as (connection, grant):
            if grant is None or (token := grant.refresh_token) is None:
                return Turn(Step.UNSET)
            now = vault.clock()
            if not wanted(grant, now):
                return Turn(Step.KEPT)
            hindrance = _hindrance(vault, connection, grant, now, by_hand=by_hand)
            if hindrance is not None:
                return hindrance
            # Written before the request leaves: it proves that the database takes what comes back.
            grant = vault.change(connection, grant, attempts=grant.row.attempts + 1, attempt_at=now)
            return vault.settle(connection, grant, Asked.REFRESH, vault.oauth.refresh(token))
    except GrantBusy:
        return Turn(Step.LATER, "busy")


def _hindrance(
    vault: Vault, connection: Connection, grant: Grant, now: datetime, *, by_hand: bool
) -> Turn | None:
    """Return why the refresh token is not to be sent now; None if it may be."""
    row = grant.row
    unclear = row.attempts >= ATTEMPTS
    if unclear and not grant.lost:  # its last holder died with it
        with connection.begin():
            return vault.lose(connection, grant, NO_ANSWER, meaning(NO_ANSWER))
    if grant.lost:
        return None if by_hand and unclear else Turn(Step.NEEDS_CONSENT, str(row.answer or "").split(":")[0])
    least = REPEAT_AFTER if row.attempts else REFUSED_PAUSE
    if row.attempt_at is not None and abs(now - row.attempt_at) < least and not by_hand:
        return Turn(Step.LATER, "soon")
    return None
