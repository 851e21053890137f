"""The database that isn't there: for a while no page can be made, and each says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import errors
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from domain.errors import SystemFault
from models.database import DatabaseDown, transaction

NOT_PREPARED = (errors.UndefinedTable, errors.UndefinedColumn, errors.InsufficientPrivilege)


class DatabaseAway(SystemFault):
    """The database is not up yet, is down, or has not been prepared; the page comes by itself later."""

    title = "Cơ sở dữ liệu đang khởi động"
    said = (
        "Cơ sở dữ liệu đang khởi động hoặc tạm ngừng. Trang này tự tải lại sau ít giây; "
        "dữ liệu đã ghi không mất."
    )

    def __init__(self, why: object) -> None:
        super().__init__(f"the pages have no database: {why}", self.said)


class AllBusy(DatabaseAway):
    """More is asked for at once than there are connections."""

    title = "Hệ thống đang bận"
    said = "Nhiều trang được mở cùng một lúc nên trang này chưa đến lượt. Trang tự tải lại sau ít giây."


@contextmanager
def opened(engine: Engine) -> Iterator[Connection]:
    """Open one transaction.

    Raises:
        DatabaseAway: it can't be opened now.
    """
    try:
        with transaction(engine) as connection:
            yield connection
    except DatabaseDown as fault:
        raise DatabaseAway(fault) from fault
    except NoConnectionFree as fault:
        raise AllBusy(fault) from fault
    except ProgrammingError as problem:
        if isinstance(problem.orig, NOT_PREPARED):
            raise DatabaseAway(problem.orig) from problem
        raise
