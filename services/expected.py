"""What was expected, as the log knows it: the hash of each task's words since activation or amendment.

So nobody can make a task easier afterwards: its title, time, product and units follow from the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from domain.canonical import canonical
from models import expected
from services.history import hash_of

WORDS = (
    "code", "section", "title", "time_text", "kind", "lead_units", "coordinating_units", "products",
)  # fmt: skip


def words(row: Any) -> dict[str, object]:
    """Return what a task says, without its id."""
    return {name: getattr(row, name) for name in WORDS}


def hashed_words(row: Any) -> str:
    """Return the hash by which the log knows what a task says."""
    return sha256(canonical(words(row)).encode()).hexdigest()


def hashes(
    connection: Connection, ward_id: int, *, plan: int | None = None, tasks: Sequence[int] | None = None
) -> list[dict[str, object]]:
    """Return the hash of each task of a plan, or of `tasks`, as events state them."""
    rows = expected.tasks(connection, ward_id, plan=plan, tasks=tasks)
    return [{"sha256": hashed_words(row), "task": row.id} for row in rows]


def hashed_units(connection: Connection, ward_id: int) -> list[dict[str, object]]:
    """Return the hash of each unit's name, as events state them: nothing here renames a unit."""
    rows = expected.units(connection, ward_id)
    return [{"sha256": hash_of(row.name), "unit": row.id} for row in rows]


def differences(connection: Connection, ward_id: int) -> Iterator[tuple[int | None, str]]:
    """Yield the tasks that no longer say what they said; logs that were begun before hashes say nothing."""
    rows = {row.id: row for row in expected.tasks(connection, ward_id)}
    for told in expected.told(connection, ward_id):
        row = rows.get(told.task)
        if row is None:
            yield told.position, f"nhiệm vụ số {told.task}: nhật ký có, bảng hiện không có"
        elif hashed_words(row) != told.sha256:
            yield told.position, f"nhiệm vụ {row.code}: nội dung (tên, thời gian, đơn vị, sản phẩm) đã bị sửa"
        elif (row.withdrawn_by is not None) != told.withdrawn:
            now = "đã đưa ra" if row.withdrawn_by is not None else "đang thuộc kế hoạch"
            yield told.position, f"nhiệm vụ {row.code}: bảng hiện ghi {now}, nhật ký ghi khác"
