"""Connections to the database, always as the role that owns nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from domain.errors import SystemFault
from models.migrate import APP_ROLE, driver_url

IDLE = 1.0  # seconds


def open_engine(url: str, *, pool_size: int = 5, name: str = "cchc") -> Engine:
    """Open a pool of connections that work as `cchc_app`, in UTC.

    A connection that lay idle is asked whether it still lives before it is used, so a
    restart of the server goes unnoticed; a busy one isn't asked each time.
    """
    engine = create_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={
            "options": f"-c role={APP_ROLE} -c timezone=UTC",
            "application_name": name,
            "connect_timeout": 5,
        },
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _refuse_dead)
    return engine


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
        connection.rollback()
    except psycopg.OperationalError as dead:
        raise DisconnectionError from dead


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open one transaction: all of it is kept, or nothing.

    Raises:
        SystemFault: the database can't be reached, was stopped half-way, or its disk is full.
    """
    with faults_named(), engine.begin() as connection:
        yield connection


@contextmanager
def faults_named() -> Iterator[None]:
    """Turn what the driver raises when the database is away into a fault with a notice.

    Raises:
        SystemFault: the database can't be reached, was stopped half-way, or its disk is full.
    """
    try:
        yield
    except OperationalError as problem:
        raise SystemFault(f"database: {problem.orig}", _notice(problem.orig)) from problem
    except psycopg.OperationalError as problem:  # from a move, which asks the driver itself
        raise SystemFault(f"database: {problem}", _notice(problem)) from problem
    except DBAPIError as problem:
        if problem.connection_invalidated:
            raise SystemFault(f"database: {problem.orig}", _notice(problem.orig)) from problem
        raise


def _notice(problem: BaseException | None) -> str:
    if isinstance(problem, psycopg.errors.DiskFull):
        return "Ổ đĩa của cơ sở dữ liệu đã đầy; chưa có gì được ghi. Hãy giải phóng chỗ trống rồi làm lại."
    return "Cơ sở dữ liệu không phản hồi; chưa có gì được ghi. Hãy làm lại sau ít phút (xem: cchc status)."
