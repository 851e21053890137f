"""Connections to the database, always as the role that owns nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError

from domain.errors import SystemFault
from models.migrate import APP_ROLE, driver_url


def open_engine(url: str, *, pool_size: int = 5, name: str = "cchc") -> Engine:
    """Open a pool of connections that work as `cchc_app`, in UTC.

    A connection that the server dropped is replaced before it is used.
    """
    return create_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={
            "options": f"-c role={APP_ROLE} -c timezone=UTC",
            "application_name": name,
            "connect_timeout": 5,
        },
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open one transaction: all of it is kept, or nothing.

    Raises:
        SystemFault: the database can't be reached, was stopped half-way, or its disk is full.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError as problem:
        raise SystemFault(f"database: {problem.orig}", _notice(problem)) from problem
    except DBAPIError as problem:
        if problem.connection_invalidated:
            raise SystemFault(f"database: {problem.orig}", _notice(problem)) from problem
        raise


def _notice(problem: DBAPIError) -> str:
    if isinstance(problem.orig, psycopg.errors.DiskFull):
        return "Ổ đĩa của cơ sở dữ liệu đã đầy; chưa có gì được ghi. Hãy giải phóng chỗ trống rồi làm lại."
    return "Cơ sở dữ liệu không phản hồi; chưa có gì được ghi. Hãy làm lại sau ít phút (xem: cchc status)."
