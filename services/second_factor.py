"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for a lost one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from config.secrets import Keys
from domain.errors import WardError
from domain.sign_in import FREE_TRIES, locked_for
from models import credentials as models
from models import sessions as open_sessions
from models.history import SYSTEM
from services.history import record
from services.people import Person, Ward
from services.sessions import Limits, Visitor, open_session
from services.sign_in import settle_entry

PURPOSE = "totp-secret"
STEP_S = 30
CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


class WrongCode(WardError):
    """The code is not the one that the app shows now, or it was used already."""

    def __init__(self) -> None:
        super().__init__(
            "wrong second factor",
            "Mã xác thực không đúng hoặc đã dùng. Đề nghị chờ mã mới trên điện thoại rồi nhập lại; sai nhiều "
            "lần thì phải đợi, mỗi lần lâu hơn. Đồng hồ của điện thoại phải đúng giờ.",
        )


class HasSecondFactor(WardError):
    """It is on already; setting it up anew would switch it off on the way."""

    def __init__(self) -> None:
        super().__init__(
            "second factor is on", "Mã xác thực đang bật. Muốn đổi điện thoại: tắt, rồi thiết lập lại."
        )


class NoSecondFactor(WardError):
    """It is not being set up."""

    def __init__(self) -> None:
        super().__init__("no second factor", "Chưa bắt đầu thiết lập mã xác thực. Đề nghị mở lại trang.")


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an authenticator app needs to know, by hand or as an address."""

    secret: str
    address: str


def begin(connection: Connection, keys: Keys, found: Person, ward: Ward) -> SetUp:
    """Make a secret for an account; it counts once a code of it was given to `confirm`.

    Raises:
        HasSecondFactor: one counts already.
    """
    import pyotp

    secret = pyotp.random_base32()
    sealed = keys.seal(PURPOSE, secret.encode(), _context(ward.id, found.id))
    row = models.lock(connection, ward.id, found.id)
    if row is None or row.totp_since is not None:
        raise HasSecondFactor
    models.put_totp(connection, ward.id, found.id, sealed, None)
    address = pyotp.TOTP(secret).provisioning_uri(name=found.name, issuer_name=f"CCHC {ward.name}")
    return SetUp(secret, address)


def confirm(
    connection: Connection, keys: Keys, found: Person, ward: Ward, code: str, *, now: datetime
) -> tuple[str, ...]:
    """Ask for codes from now on; return the recovery codes, this once.

    Raises:
        NoSecondFactor, WrongCode: none was begun, or the app does not show this code.
    """
    row = models.lock(connection, ward.id, found.id)
    if row is None or row.totp_secret is None or row.totp_since is not None:
        raise NoSecondFactor
    if not _fits(connection, keys, row, code, now):
        raise WrongCode
    models.put_totp(connection, ward.id, found.id, row.totp_secret, now)
    codes = tuple(
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in "ab") for _ in range(CODES)
    )
    models.put_recovery(connection, ward.id, found.id, [_hash(each) for each in codes])
    record(
        connection, ward.id, "account.second-factor-set", {"account": found.id}, actor=found.actor, now=now
    )
    return codes


def take_away(connection: Connection, ward: Ward, account: int, *, actor: str, now: datetime) -> None:
    """Ask an account for its password only."""
    models.lock(connection, ward.id, account)
    models.put_totp(connection, ward.id, account, None, None)
    record(connection, ward.id, "account.second-factor-removed", {"account": account}, actor=actor, now=now)


def count_try(connection: Connection, found: Visitor, *, now: datetime) -> bool:
    """Count a code before it is looked at; False while nobody may try. Commit, then `enter`."""
    row = models.lock(connection, found.ward.id, found.person.id)
    if row is None or (row.locked_until is not None and row.locked_until > now):
        return False
    failures = row.failures + 1
    until = now + locked_for(failures) if failures >= FREE_TRIES else None
    models.note_failures(connection, row.ward_id, row.id, failures, until)
    return True


def enter(
    connection: Connection,
    keys: Keys,
    found: Visitor,
    code: str,
    *,
    method: str,
    agent: str,
    limits: Limits,
    now: datetime,
) -> str | None:
    """Return the token of a whole session in place of the half one; None where the code is wrong."""
    row = models.lock(connection, found.ward.id, found.person.id)
    assert row is not None  # noqa: S101 - its session was found a moment ago
    if not (_fits(connection, keys, row, code, now) or _recovers(connection, row, code)):
        facts = {"account": row.id, "failures": row.failures}
        record(connection, row.ward_id, "account.sign-in-refused", facts, actor=SYSTEM, now=now)
        return None
    open_sessions.revoke(connection, row.ward_id, row.id, now=now, one=found.session, but=None)
    settle_entry(connection, row, method=method, now=now)
    return open_session(connection, row.ward_id, row.id, method=method, agent=agent, limits=limits, now=now)


def _fits(connection: Connection, keys: Keys, row: Any, code: str, now: datetime) -> bool:
    """Tell whether the code is that of this half minute, the one before or the one after, and unused."""
    import pyotp

    digits = "".join(code.split())
    if row.totp_secret is None or not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        return False
    secret = keys.open(PURPOSE, row.totp_secret, _context(row.ward_id, row.id)).decode()
    totp, step = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    for each in (step - 1, step, step + 1):
        if secrets.compare_digest(totp.generate_otp(each), digits):
            return models.use_step(connection, row.ward_id, row.id, each)
    return False


def _recovers(connection: Connection, row: Any, code: str) -> bool:
    return models.use_recovery(connection, row.ward_id, row.id, _hash(code.lower()))


def _hash(code: str) -> bytes:
    return sha256("".join(each for each in code if each.isalnum()).encode()).digest()


def _context(ward: int, account: int) -> str:
    return f"{ward}/{account}"
