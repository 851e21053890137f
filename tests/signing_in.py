"""Signing in for tests: cheap hashing, a fixed key, a session without the work of a password."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.secrets import Keys
from models import credentials
from services.passwords import Passwords
from services.people import Ward, person
from services.sessions import Limits, open_session
from services.sign_in import Entered, enter, knock, refuse
from tests.builders import NOW

CHEAP = Passwords(time_cost=1, memory_kib=8, lanes=1, refused_after=0)
KEYS = Keys(b"k" * 32, "a test")
LIMITS = Limits(timedelta(hours=8), timedelta(hours=12))
SECRET = "bốn con trâu qua cầu"


def give_password(
    connection: Connection, ward: Ward, name: str, password: str = SECRET, *, must_change: bool = False
) -> None:
    """Let an account sign in with a password."""
    account = person(connection, ward, name).id
    kept = CHEAP.hash(password)
    credentials.put_password(connection, ward.id, account, kept, must_change=must_change, now=NOW)


def signed_in(connection: Connection, ward: Ward, name: str, now: datetime = NOW) -> str:
    """Open a session as if the right password had been given; return its token."""
    account = person(connection, ward, name).id
    return open_session(connection, ward.id, account, method="password", limits=LIMITS, now=now)


def try_in(
    connection: Connection,
    ward: Ward | None,
    name: str,
    password: str = SECRET,
    *,
    now: datetime = NOW,
    passwords: Passwords = CHEAP,
) -> Entered | None:
    """Try a name and a password, as the page does."""
    tried = knock(connection, ward.id if ward else None, name, now=now)
    if not passwords.fit(tried.kept, password):
        refuse(connection, tried, now=now)
        return None
    return enter(connection, tried, passwords, password, agent="Trình duyệt", limits=LIMITS, now=now)
