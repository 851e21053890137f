"""What Zalo has granted to this installation: one row for each official account, its tokens sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, ForeignKeyConstraint, Identity, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import SystemFault, WardError
from models.base import SCHEMA, Base, one_of
from models.database import faults_named


class GrantState(StrEnum):
    """`NEEDS_CONSENT`: the refresh token is lost; an administrator of the official account must consent."""

    ACTIVE = "active"
    NEEDS_CONSENT = "needs-consent"


class ZaloGrant(Base):
    """One application's right to speak for one official account; `generation` rises with each refresh."""

    __tablename__ = "zalo_grant"
    __table_args__ = (one_of("state", GrantState),)

    app_id: Mapped[str] = mapped_column(primary_key=True)
    oa_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    generation: Mapped[int]
    access_token: Mapped[bytes | None] = mapped_column(doc="Sealed.")
    refresh_token: Mapped[bytes | None] = mapped_column(doc="Sealed; used once.")
    access_expires_at: Mapped[datetime | None]
    refresh_expires_at: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]
    attempt_at: Mapped[datetime | None] = mapped_column(doc="Written before a refresh is sent.")
    answer: Mapped[str | None] = mapped_column(doc="The last answer, without tokens.")
    verifier: Mapped[bytes | None] = mapped_column(
        doc="PKCE code verifier, sealed; fixed, as the console asks."
    )
    attempts: Mapped[int] = mapped_column(
        SmallInteger,
        server_default=text("0"),
        doc="Requests with this refresh token whose outcome is unknown, one under way included.",
    )
    consent_until: Mapped[datetime | None] = mapped_column(
        doc="Until then the consent page takes a code: an administrator is at it."
    )
    code_sha256: Mapped[bytes | None] = mapped_column(doc="Of the code that was last exchanged; it is used.")


class ZaloAnswer(Base):
    """An answer of the token endpoint as it came, sealed, kept before it is used."""

    __tablename__ = "zalo_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["app_id", "oa_id"], [f"{SCHEMA}.zalo_grant.app_id", f"{SCHEMA}.zalo_grant.oa_id"]
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    app_id: Mapped[str]
    oa_id: Mapped[str]
    generation: Mapped[int] = mapped_column(doc="Of the grant when it was asked for.")
    answered_at: Mapped[datetime]
    body: Mapped[bytes]
    applied_at: Mapped[datetime | None]


class GrantBusy(WardError):
    """Somebody else has held the lock of the grant for longer than one wanted to wait."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the Zalo grant {name} is busy",
            "Quyền gửi tin qua Zalo OA đang được làm mới. Hãy thử lại sau một phút.",
        )


@contextmanager
def alone(engine: Engine, app: str, oa: str, *, wait: float) -> Iterator[Connection]:
    """Hold the lock of one grant, on a connection of its own that is closed with it.

    The server gives the lock back when the connection ends, however its holder ends; what is written
    meanwhile goes through the same connection, so whoever has lost the lock can't write either.

    Raises:
        GrantBusy: it wasn't free within `wait` seconds.
        SystemFault: the database can't be reached.
    """
    with faults_named():
        connection = engine.connect()
        try:
            connection.detach()
            _lock(connection, f"{app}/{oa}", wait)
            yield connection
        finally:
            connection.close()


def _lock(connection: Connection, name: str, wait: float) -> None:
    try:
        with faults_named(), connection.begin():
            # A holder whose machine dies is noticed after half a minute, not after two hours.
            for setting, value in (("idle", 15), ("interval", 5), ("count", 3)):
                connection.exec_driver_sql(f"SET tcp_keepalives_{setting} = {value}")
            connection.exec_driver_sql(f"SET lock_timeout = '{max(1, int(wait * 1000))}ms'")
            connection.exec_driver_sql(
                "SELECT pg_advisory_lock(hashtext('cchc-zalo-grant'), hashtext(%(name)s))", {"name": name}
            )
            connection.exec_driver_sql("RESET lock_timeout")
    except SystemFault as fault:
        if isinstance(getattr(fault.__cause__, "orig", None), LockNotAvailable):
            raise GrantBusy(name) from fault
        raise


def put(connection: Connection, app: str, oa: str, verifier: bytes) -> None:
    """Add the row of a grant that nobody has given yet, unless it is there."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.zalo_grant (app_id, oa_id, state, generation, verifier)"
        " VALUES (%(app)s, %(oa)s, 'needs-consent', 0, %(verifier)s) ON CONFLICT DO NOTHING",
        {"app": app, "oa": oa, "verifier": verifier},
    )


def find(connection: Connection, app: str, oa: str) -> Any | None:
    """Return the row of a grant; None where there is none."""
    return connection.exec_driver_sql(
        "SELECT * FROM cchc.zalo_grant WHERE app_id = %(app)s AND oa_id = %(oa)s", {"app": app, "oa": oa}
    ).one_or_none()


def every(connection: Connection) -> Sequence[Any]:
    """Return every grant, the one that was refreshed last first; nothing sealed is among its columns."""
    return connection.exec_driver_sql(
        "SELECT app_id, oa_id, state, generation, access_expires_at, refresh_expires_at, refreshed_at,"
        " attempt_at, attempts, answer, consent_until FROM cchc.zalo_grant"
        " ORDER BY refreshed_at DESC NULLS LAST, app_id, oa_id"
    ).all()


def change(connection: Connection, grant: Any, **columns: object) -> bool:
    """Set columns of a grant if nobody changed its generation since it was read; say whether it was so."""
    assert columns.keys() <= _CHANGING, columns  # noqa: S101 - names go into the statement
    sets = ", ".join(f"{name} = %({name})s" for name in columns)
    changed = connection.exec_driver_sql(
        f"UPDATE cchc.zalo_grant SET {sets} WHERE app_id = %(app)s AND oa_id = %(oa)s"  # noqa: S608 - see above
        " AND generation = %(read)s",
        {**columns, "app": grant.app_id, "oa": grant.oa_id, "read": grant.generation},
    )
    return changed.rowcount == 1


_CHANGING = frozenset(ZaloGrant.__table__.columns.keys()) - {"app_id", "oa_id"}


def journal(connection: Connection, grant: Any, body: bytes, now: datetime) -> None:
    """Keep an answer, sealed, before it is used."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.zalo_answer (app_id, oa_id, generation, answered_at, body)"
        " VALUES (%(app)s, %(oa)s, %(generation)s, %(now)s, %(body)s)",
        {
            "app": grant.app_id,
            "oa": grant.oa_id,
            "generation": grant.generation,
            "now": now,
            "body": body,
        },
    )


def unapplied(connection: Connection, app: str, oa: str) -> Sequence[Any]:
    """Return the answers that nobody has used yet, oldest first: id, generation, answered_at, body."""
    return connection.exec_driver_sql(
        "SELECT id, generation, answered_at, body FROM cchc.zalo_answer"
        " WHERE app_id = %(app)s AND oa_id = %(oa)s AND applied_at IS NULL ORDER BY id",
        {"app": app, "oa": oa},
    ).all()


def applied(connection: Connection, answer: int, now: datetime) -> None:
    """Note that an answer was used."""
    connection.exec_driver_sql(
        "UPDATE cchc.zalo_answer SET applied_at = %(now)s WHERE id = %(id)s", {"id": answer, "now": now}
    )


def wards_on_zalo(connection: Connection) -> Sequence[int]:
    """Return the wards with contacts that need the grant; where none has any, the only ward."""
    return list(
        connection.exec_driver_sql(
            """
            WITH told AS (
                SELECT DISTINCT ward_id FROM cchc.contact
                WHERE active AND channel IN ('zalo-group', 'zalo-user', 'zalo-uid', 'phone')
            )
            SELECT ward_id FROM told
            UNION ALL
            SELECT min(id) FROM cchc.ward WHERE NOT EXISTS (SELECT FROM told) HAVING count(*) = 1
            ORDER BY 1
            """
        ).scalars()
    )


def queue_alarm(connection: Connection, wards: Sequence[int], *, step: str, note: str, now: datetime) -> int:
    """Queue a message to the administrators of wards, to coordinators where none has an address; once."""
    return connection.exec_driver_sql(
        """
        WITH reached AS (
            SELECT a.ward_id, a.email, a.role,
                bool_or(a.role = 'admin') OVER (PARTITION BY a.ward_id) AS has_admin
            FROM cchc.account a
            WHERE a.ward_id = ANY (%(wards)s) AND a.active AND a.email IS NOT NULL
                AND a.role IN ('admin', 'coordinator')
        )
        INSERT INTO cchc.outbox (ward_id, reason, step, recipient, channel, note, not_before, created_at)
        SELECT DISTINCT ward_id, 'alarm', %(step)s, email, 'email', %(note)s, %(now)s::timestamptz,
            %(now)s::timestamptz
        FROM reached
        WHERE role = 'admin' OR NOT has_admin
        ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
        """,
        {"wards": list(wards), "step": step, "note": note, "now": now},
    ).rowcount
