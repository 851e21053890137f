"""Replaying the log: what it says of stages, dates, submissions, people and messages, against the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, ProgrammingError

from models import projection
from services import expected

if TYPE_CHECKING:
    from services.audit import WardVerdict

UNREADABLE = "Nhật ký có sự kiện không đọc được nên chưa đối chiếu được số liệu hiện nay"


def check_tables(connection: Connection, ward_id: int, verdict: WardVerdict) -> None:
    """Note every row of the live tables that does not follow from the log.

    Only for a log that is in order itself: a broken one would be blamed on the tables.
    """
    for position, said in differences(connection, ward_id):
        if position is None:
            verdict.noted(said)
        else:
            verdict.found(position, said)


def differences(connection: Connection, ward_id: int) -> Iterator[tuple[int | None, str]]:
    """Yield what does not follow from the log, with the position of the event that says otherwise."""
    try:
        with connection.begin_nested():
            rows = list(projection.differences(connection, ward_id))
            tasks = list(expected.differences(connection, ward_id))
    except (DataError, ProgrammingError):  # whoever wrote the log afresh wrote what is no event
        yield None, UNREADABLE
        return
    yield from tasks
    for row in rows:
        said = f"{row.subject or 'dòng không rõ'}: nhật ký ghi {row.told}, bảng hiện có {row.found}"
        yield row.position, said if row.position is not None else f"Không có trong nhật ký: {said}"
