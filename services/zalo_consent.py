"""Giving Zalo's consent: the fixed PKCE challenge, the code that the callback brings, the console's pair.

Zalo's consent link and its challenge are saved in Zalo's own console, so the verifier is one for good. A
code from the network is taken only while an administrator has said that a consent is coming, and only for
the official account that the settings name.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from config.settings import Settings
from domain.errors import WardError
from domain.refusals import BadValue
from models import grants
from models.grants import GrantBusy, GrantState
from notifications.zalo.oauth import challenge_of, new_verifier
from services.zalo_grants import Asked, Grant, Step, Turn
from services.zalo_vault import Vault
from services.zalo_words import NO_ANSWER, NOT_SENT

OPEN_FOR = timedelta(hours=1)
CALLBACK = "/open/zalo/consent"
_LONGEST = 8192


class ConsentNotAwaited(WardError):
    """A code came, and no administrator has said that one would."""

    def __init__(self) -> None:
        super().__init__(
            "no consent is awaited",
            "Chương trình không chờ cấp quyền vào lúc này nên chưa dùng mã. Quản trị mở đợt cấp quyền ở"
            " trang “Zalo” trên máy chủ hoặc bằng lệnh “cchc zalo consent”, rồi mở lại liên kết của Zalo.",
        )


class OtherAccount(WardError):
    """The consent is for another official account than the settings name."""

    def __init__(self, given: str, ours: str) -> None:
        super().__init__(
            f"consent for official account {given!r} instead of {ours}",
            f"Quyền vừa cấp là của một OA khác, không phải OA {ours} trong thiết lập (CCHC_ZALO_OA_ID). Hãy"
            " đăng nhập Zalo bằng tài khoản quản trị của đúng OA rồi cấp quyền lại.",
        )


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an administrator copies into Zalo's console, and where they consent."""

    callback: str
    challenge: str
    link: str
    until: datetime | None  # codes are taken until then


@dataclass(frozen=True, slots=True)
class GrantStatus:
    """A grant as people are shown it: nothing of it is secret."""

    app_id: str
    oa_id: str
    state: GrantState
    given: bool  # somebody has consented at least once
    access_expires_at: datetime | None
    refresh_expires_at: datetime | None
    refreshed_at: datetime | None
    attempt_at: datetime | None
    attempts: int
    answer: str | None
    consent_until: datetime | None

    @property
    def code(self) -> str:
        """Return the code of the last answer: `granted`, or what it was refused with."""
        return (self.answer or "").partition(":")[0]

    @property
    def troubled(self) -> bool:
        """Say whether an administrator has to act: consent anew, or mend what Zalo refuses.

        A grant that nobody has given yet is no trouble.
        """
        refused = self.attempt_at is not None and self.code not in {"granted", NO_ANSWER, NOT_SENT}
        return self.given and (self.state is GrantState.NEEDS_CONSENT or refused)


def callback_of(settings: Settings) -> str:
    """Return the address to which Zalo sends the administrator back."""
    return f"{settings.link_base}{CALLBACK}"


def await_consent(vault: Vault, callback: str, *, anew: bool = False) -> Invitation:
    """Take codes for an hour from now; the challenge is the same each time.

    `anew` forgets tokens that no longer open because the installation's key is another one; the challenge
    is then new too.

    Raises:
        WrongKey: the tokens no longer open, and `anew` was not asked for.
    """
    if anew:
        vault.begin_anew(new_verifier())
    vault.make(new_verifier())
    with vault.alone() as (connection, grant):
        assert grant is not None  # noqa: S101 - it was just made
        vault.change(connection, grant, consent_until=vault.clock() + OPEN_FOR)
    found = invitation(vault, callback)
    assert found is not None  # noqa: S101 - it was just made
    return found


def invitation(vault: Vault, callback: str) -> Invitation | None:
    """Return what a consent needs; None until somebody has asked for one."""
    grant = vault.look()
    if grant is None:
        return None
    verifier = vault.verifier(grant)
    link = vault.oauth.consent_link(callback, verifier)
    return Invitation(callback, challenge_of(verifier), link, grant.row.consent_until)


def take_code(vault: Vault, code: str, oa_id: str, *, by_hand: bool = False) -> Turn:
    """Exchange the code of a consent for tokens; the same code again changes nothing.

    `by_hand`: typed on this machine, so it needs no announcement.

    Raises:
        OtherAccount, ConsentNotAwaited, BadValue: the code is not to be used.
        SystemFault: the database is away.
    """
    if oa_id != vault.oa_id:
        raise OtherAccount(oa_id[:40], vault.oa_id)
    if not 0 < len(code) <= _LONGEST:
        raise BadValue(
            "Mã cấp quyền (code)", code[:20], "chép đủ giá trị sau “code=” trong địa chỉ trang web"
        )
    if by_hand:
        vault.make(new_verifier())
    digest = sha256(code.encode()).digest()
    if _is_used(vault, vault.look(), digest, by_hand=by_hand):  # what is refused never waits for the lock
        return Turn(Step.KEPT)
    with suppress(GrantBusy), vault.alone() as (connection, grant):
        if grant is None or _is_used(vault, grant, digest, by_hand=by_hand):
            return Turn(Step.KEPT)
        grant = vault.change(connection, grant, code_sha256=digest)
        answer = vault.oauth.exchange(code, vault.verifier(grant))
        return vault.settle(connection, grant, Asked.CODE, answer)
    return Turn(Step.LATER, "busy")


def _is_used(vault: Vault, grant: Grant | None, digest: bytes, *, by_hand: bool) -> bool:
    """Say whether a code was used before.

    Raises:
        ConsentNotAwaited: it wasn't, and nobody waits for one.
    """
    if grant is None:
        raise ConsentNotAwaited
    if grant.row.code_sha256 is not None and bytes(grant.row.code_sha256) == digest:
        return True
    until = grant.row.consent_until
    if not by_hand and (until is None or until < vault.clock()):
        raise ConsentNotAwaited
    return False


def seed(vault: Vault, access_token: str, refresh_token: str) -> Turn:
    """Take the pair of tokens that Zalo's console gave: the refresh token is used at once for one of ours.

    Where it is of no use, what was there before stays.

    Raises:
        OtherAccount, BadValue: the pair is not to be used.
        SystemFault: the database is away.
    """
    for name, token in (("access token", access_token), ("refresh token", refresh_token)):
        if not (token.isascii() and token.isprintable() and " " not in token and 8 <= len(token) <= _LONGEST):
            raise BadValue(f"Mã {name}", "", "dán đúng mã trên trang API Explorer của Zalo, mỗi mã một dòng")
    vault.make(new_verifier())
    with suppress(GrantBusy), vault.alone() as (connection, grant):
        assert grant is not None  # noqa: S101 - it was just made
        owner = vault.oauth.owner(access_token)
        if owner not in {None, vault.oa_id}:
            raise OtherAccount(str(owner), vault.oa_id)
        return vault.settle(connection, grant, Asked.SEED, vault.oauth.refresh(refresh_token))
    return Turn(Step.LATER, "busy")


def grant_status(connection: Connection) -> Sequence[GrantStatus]:
    """Return every grant of the installation; there is one, unless the settings have changed."""
    return [_status(row) for row in grants.every(connection)]


def grant_alarm(connection: Connection) -> GrantStatus | None:
    """Return the grant that needs an administrator now, for a banner; None where all is well."""
    return next((each for each in grant_status(connection) if each.troubled), None)


def _status(row: Any) -> GrantStatus:
    return GrantStatus(
        app_id=row.app_id,
        oa_id=row.oa_id,
        state=GrantState(row.state),
        given=row.generation > 0,
        access_expires_at=row.access_expires_at,
        refresh_expires_at=row.refresh_expires_at,
        refreshed_at=row.refreshed_at,
        attempt_at=row.attempt_at,
        attempts=row.attempts,
        answer=row.answer,
        consent_until=row.consent_until,
    )
