"""One-time links: by mail, by hand or from the terminal, to set a password or make a first administrator.

A link's token is the HMAC of a random seed under the installation's key. The database keeps the seed and the
token's SHA-256, so that the dispatcher, which has the key, can write the link into a letter at the moment it
leaves, while a copy of the database, the outbox and the history hold no link at all.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from config.secrets import Keys
from domain.errors import WardError
from domain.people import Role
from domain.sign_in import check_new
from models import credentials, directory
from models import links as models
from models import sessions as open_sessions
from models.history import SYSTEM
from notifications.items import Content
from services.history import record
from services.passwords import Passwords
from services.people import Person, Ward, add_user, check_email, human

PURPOSE = "one-time-link"
PASSWORD, FIRST = "password", "first"
PATHS = {PASSWORD: "/reset/", FIRST: "/first/"}
LASTS = {PASSWORD: timedelta(hours=24), FIRST: timedelta(hours=24)}
LEFT_OUT = "[đường dẫn chỉ có trong thư, không lưu lại]"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class SpentLink(WardError):
    """The link was used, is too old, or never was one; it does not say which."""

    def __init__(self) -> None:
        super().__init__(
            "no such one-time link",
            "Đường dẫn này đã dùng rồi, đã hết hạn hoặc không đúng. Đề nghị lấy đường dẫn mới ở trang "
            "“Quên mật khẩu”, hoặc nhờ quản trị.",
        )


@dataclass(frozen=True, slots=True)
class Link:
    """A link that can still be used; `name` and `email` are its account's, None for a first administrator."""

    ward: Ward
    id: int
    account: int | None
    name: str | None
    email: str | None


def make_link(
    connection: Connection, keys: Keys, ward: int, kind: str, account: int | None, *, now: datetime
) -> tuple[int, str]:
    """Make a link that works once and for a day; return its number and path. Earlier ones end."""
    seed = secrets.token_bytes(32)
    token = _token(keys, seed)
    number = models.put(
        connection,
        ward=ward,
        kind=kind,
        account=account,
        seed=seed,
        token=_hash(token),
        now=now,
        until=now + LASTS[kind],
    )
    return number, PATHS[kind] + token


def password_link(
    connection: Connection, keys: Keys, ward: Ward, name: str, *, actor: str, now: datetime
) -> str:
    """Return the path at which an account sets its password; the history says for whom it was made.

    Raises:
        UnknownUser, MachineAccount: nobody signs in by that name.
    """
    found = human(connection, ward, name)
    _, path = make_link(connection, keys, ward.id, PASSWORD, found.id, now=now)
    record(connection, ward.id, "account.link-made", {"account": found.id}, actor=actor, now=now)
    return path


def mail_link(
    connection: Connection, keys: Keys, ward: int | None, name: str, *, actor: str = SYSTEM, now: datetime
) -> bool:
    """Queue a letter with a link to whoever has this name or address; False where nobody has."""
    rows = credentials.named(connection, ward, name.strip().lower())
    if len(rows) != 1 or rows[0].email is None:
        return False
    [row] = rows
    number, _ = make_link(connection, keys, row.ward_id, PASSWORD, row.id, now=now)
    models.mail(connection, row.ward_id, number, row.email, now)
    record(connection, row.ward_id, "account.link-made", {"account": row.id}, actor=actor, now=now)
    return True


def find_link(connection: Connection, kind: str, token: str, *, now: datetime) -> Link:
    """Return what a link is for.

    Raises:
        SpentLink: it is for nothing any more.
    """
    row = models.find(connection, kind, _hash(token), now) if _TOKEN.fullmatch(token) else None
    if row is None:
        raise SpentLink
    return Link(Ward(row.ward_id, row.ward_code, row.ward_name), row.id, row.account_id, row.name, row.email)


def set_password(
    connection: Connection, token: str, password: str, passwords: Passwords, *, now: datetime
) -> Link:
    """Set the password of a link's account; its sessions end, wherever they are.

    Raises:
        SpentLink, WeakPassword: it can't be done so.
    """
    link = find_link(connection, PASSWORD, token, now=now)
    assert link.account is not None  # noqa: S101 - a constraint says so of this kind
    check_new(password, (link.name, link.email))
    _use(connection, link, now)
    _put_password(connection, link.ward.id, link.account, passwords.hash(password), "link", now)
    return link


def make_first_administrator(
    connection: Connection,
    token: str,
    *,
    name: str,
    email: str | None,
    password: str,
    passwords: Passwords,
    now: datetime,
) -> Link:
    """Make the ward's first administrator, or give the administrator of that name a password.

    Raises:
        SpentLink, WeakPassword, BadValue, UserExists: it can't be done so.
    """
    link = find_link(connection, FIRST, token, now=now)
    if email is not None:
        check_email(email)
    check_new(password, (name, email))
    account = add_user(
        connection, link.ward, name, role=Role.ADMIN, unit=None, email=email, actor=SYSTEM, now=now
    )
    _use(connection, link, now)
    _put_password(connection, link.ward.id, account, passwords.hash(password), "first", now)
    return link


def first_link(connection: Connection, keys: Keys, ward: str | None, *, now: datetime) -> str | None:
    """Return the path at which the first administrator is made; None once there is one with a password."""
    wards = directory.wards(connection)
    if not wards or credentials.administered(connection):
        return None
    chosen = next((row for row in wards if row.code == ward), wards[0])
    return make_link(connection, keys, chosen.id, FIRST, None, now=now)[1]


def change_password(
    connection: Connection, found: Person, ward: int, kept: str, *, but: int | None, now: datetime
) -> None:
    """Keep the hash of a password that somebody chose for themselves; their other sessions end."""
    credentials.put_password(connection, ward, found.id, kept, must_change=False, now=now)
    open_sessions.revoke(connection, ward, found.id, now=now, one=None, but=but)
    models.end(connection, ward, found.id, now)
    facts = {"account": found.id, "by": "own"}
    record(connection, ward, "account.password-changed", facts, actor=found.actor, now=now)


def give_temporary(
    connection: Connection, ward: Ward, name: str, passwords: Passwords, *, actor: str, now: datetime
) -> str:
    """Give an account a password that it has to change at its next entry; return it, this once.

    Raises:
        UnknownUser, MachineAccount: nobody signs in by that name.
    """
    found = human(connection, ward, name)
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    credentials.put_password(
        connection, ward.id, found.id, passwords.hash(password), must_change=True, now=now
    )
    open_sessions.revoke(connection, ward.id, found.id, now=now, one=None, but=None)
    models.end(connection, ward.id, found.id, now)
    facts = {"account": found.id, "by": "temporary"}
    record(connection, ward.id, "account.password-changed", facts, actor=actor, now=now)
    return password


def writer(
    keys: Keys, link_base: str, timezone: ZoneInfo
) -> Callable[[Connection, Any, datetime], Content | None]:
    """Return the function that writes the letter of an outbox row; None once its link is of no use."""

    def write(connection: Connection, row: Any, now: datetime) -> Content | None:
        found = models.of_message(connection, row.ward_id, int(row.step), now)
        if found is None or found.kind != PASSWORD:
            return None
        address = f"{link_base}{PATHS[PASSWORD]}{_token(keys, found.seed)}"
        until = f"{found.expires_at.astimezone(timezone):%H:%M ngày %d/%m/%Y}"
        return Content(
            f"[{found.ward_name}] Đặt mật khẩu đăng nhập",
            _letter(found.ward_name, found.name, address, until),
            kept=_letter(found.ward_name, found.name, LEFT_OUT, until),
        )

    return write


def _letter(ward: str, name: str, address: str, until: str) -> str:
    return (
        f"Kính gửi anh/chị {name},\n\n"
        f"Có yêu cầu đặt mật khẩu cho tài khoản “{name}” ở chương trình theo dõi cải cách hành chính của "
        f"{ward}. Để đặt mật khẩu mới, đề nghị mở đường dẫn sau; dùng được một lần, đến {until}:\n\n"
        f"{address}\n\n"
        "Nếu anh/chị không yêu cầu, đề nghị bỏ qua thư này: mật khẩu hiện tại không thay đổi. "
        "Không chuyển thư này cho người khác.\n\n"
        f"{ward}\n"
    )


def _use(connection: Connection, link: Link, now: datetime) -> None:
    if not models.use(connection, link.ward.id, link.id, now):
        raise SpentLink


def _put_password(
    connection: Connection, ward: int, account: int, kept: str, how: str, now: datetime
) -> None:
    credentials.put_password(connection, ward, account, kept, must_change=False, now=now)
    open_sessions.revoke(connection, ward, account, now=now, one=None, but=None)
    models.end(connection, ward, account, now)
    facts = {"account": account, "by": how}
    record(connection, ward, "account.password-changed", facts, actor=SYSTEM, now=now)


def _token(keys: Keys, seed: bytes) -> str:
    return urlsafe_b64encode(hmac.digest(keys.derived(PURPOSE), seed, "sha256")).decode().rstrip("=")


def _hash(token: str) -> bytes:
    return sha256(token.encode("ascii")).digest()
