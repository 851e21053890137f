"""Connections to the database, always as the role that owns nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from domain.errors import PlainFault, SystemFault
from models.migrate import APP_ROLE, driver_url

IDLE = 1.0  # seconds
# Each statement is planned for any ward. A plan for one ward goes by what was counted last: to a newer one it
# gives no rows, and its lists, joined in loops, were not done after 6 s where they take 6 ms.
ANY_WARD = "-c plan_cache_mode=force_generic_plan"
# Others were at the same rows, or a statement was not done in its time: the server is there.
IN_THE_WAY = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
)
READING = "-c default_transaction_isolation=repeatable\\ read -c default_transaction_read_only=on"


class DatabaseDown(SystemFault):
    """The database can't be reached, or was stopped half-way."""


def open_engine(url: str, *, pool_size: int = 5, name: str = "cchc", via: str = "") -> Engine:
    """Open a pool of connections that work as `cchc_app`, in UTC; what they record bears `via`.

    A connection that lay idle is asked whether it still lives before it is used, so a
    restart of the server goes unnoticed; a busy one isn't asked each time.
    """
    return _opened(url, pool_size, pool_size, name, f"-c cchc.via={via}" if via else "")


def open_reader(url: str, *, pool_size: int, name: str, overflow: int = 0) -> Engine:
    """Open a pool of connections that change nothing; what one transaction sees was all true at one moment.

    The same few statements come again and again, and planning one takes longer than running it: each is
    planned once. Opening a connection costs more than a page, so none is opened beyond those that are kept,
    unless `overflow` says how many.
    """
    engine = _opened(url, pool_size, overflow, name, READING)
    event.listen(engine, "connect", _prepare_soon)
    return engine


def open_glance(url: str, *, pool_size: int, name: str) -> Engine:
    """Open a pool like that for single questions: no transaction is begun or ended for them."""
    engine = _opened(url, pool_size, 0, name, READING, isolation_level="AUTOCOMMIT")
    event.listen(engine, "connect", _prepare_soon)
    return engine


def _opened(url: str, pool_size: int, overflow: int, name: str, options: str, **more: Any) -> Engine:
    engine = create_engine(
        driver_url(url),
        **more,
        pool_size=pool_size,
        max_overflow=overflow,
        pool_use_lifo=True,  # what was used last has its statements planned, and is known to live
        connect_args={
            "options": f"-c role={APP_ROLE} -c timezone=UTC {ANY_WARD} {options}".rstrip(),
            "application_name": name,
            "connect_timeout": 5,
        },
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def _prepare_soon(connection: psycopg.Connection[object], _record: object) -> None:
    connection.prepare_threshold = 1


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = monotonic()


def _refuse_dead(connection: PoolProxiedConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Let the pool replace a connection that died while it lay idle."""
    if monotonic() - record.info.get("used", monotonic()) < IDLE:
        return
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.close()
        connection.commit()  # after a rollback the driver forgets which statements were prepared
    except psycopg.OperationalError as dead:
        raise DisconnectionError from dead


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open one transaction: all of it is kept, or nothing.

    Raises:
        DatabaseDown: the database can't be reached, or was stopped half-way.
        PlainFault: its disk is full, or others were in the way.
    """
    with faults_named(), engine.begin() as connection:
        yield connection


@contextmanager
def faults_named() -> Iterator[None]:
    """Turn what the driver raises when the database is away into a fault with a notice.

    Raises:
        DatabaseDown, PlainFault: see `transaction`.
    """
    try:
        yield
    except OperationalError as problem:
        raise _named(problem.orig) from problem
    except psycopg.OperationalError as problem:  # from a move, which asks the driver itself
        raise _named(problem) from problem
    except DBAPIError as problem:
        if problem.connection_invalidated:
            raise _named(problem.orig) from problem
        raise


def _named(problem: BaseException | None) -> SystemFault:
    english = f"database: {problem}"
    if isinstance(problem, psycopg.errors.DiskFull):
        return PlainFault(
            english,
            "Ổ đĩa của cơ sở dữ liệu đã đầy; chưa có gì được ghi. Hãy giải phóng chỗ trống rồi làm lại.",
        )
    if isinstance(problem, IN_THE_WAY):
        return PlainFault(
            english,
            "Nhiều việc cùng làm trên một chỗ nên việc này chưa xong; chưa có gì được ghi. Hãy làm lại.",
        )
    return DatabaseDown(
        english,
        "Cơ sở dữ liệu không phản hồi; chưa có gì được ghi. Hãy làm lại sau ít phút (xem: cchc status).",
    )
