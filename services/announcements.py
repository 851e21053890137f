"""Letters about dates that moved and work that is cancelled, in the transaction of the change.

Only units whose work is open hear of it: what is planned was never told. The words name dates and the
document, and nothing that a person wrote: reasons stand on the task's page. Requests for more time are
another matter: who decides needs the reason, and who asked needs the answer.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.plans import Stage
from models import announcements
from notifications.items import Reason

BY_A_PERSON = "theo quyết định của người điều phối (lý do ghi tại trang nhiệm vụ)"


def by_decision(document: str) -> str:
    """Return how a letter names an amending decision, given as `45/QĐ-UBND ngày 20/04/2026`."""
    return f"theo Quyết định số {document}"


def date_moved(connection: Connection, ward: int, change: int, *, now: datetime) -> None:
    """Tell the unit of one date that a person set; confirming the same date tells nobody."""
    _tell_moved(connection, ward, change=change, why=BY_A_PERSON, now=now)


def dates_amended(
    connection: Connection,
    ward: int,
    amendment: int,
    document: str,
    *,
    besides: Collection[int],
    now: datetime,
) -> None:
    """Tell each unit, in one message, which dates an amendment moved.

    `besides` are occurrences whose units hear of them anyway, with their new dates.
    """
    why = by_decision(document)
    _tell_moved(connection, ward, amendment=amendment, why=why, besides=besides, now=now)


def work_cancelled(
    connection: Connection,
    ward: int,
    amendment: int,
    document: str,
    occurrences: Collection[int],
    *,
    now: datetime,
) -> None:
    """Tell each unit, in the amendment's one message, which of its open work no longer is to be done."""
    note = f"Dừng thực hiện {by_decision(document)}."
    step = _amendment(amendment)
    rows = [(occurrence, None, step, note) for occurrence in occurrences]
    announcements.tell(connection, ward, rows, reason=Reason.CANCELLED.value, digest=step, now=now)


def extension_asked(
    connection: Connection,
    ward: int,
    extension: int,
    occurrence: int,
    stage: Stage,
    former: date,
    until: date,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Tell the ward's leaders that a unit asks for more time."""
    note = f"Đề nghị gia hạn từ {former:%d/%m/%Y} đến {until:%d/%m/%Y}. Lý do: {reason}"
    rows = [(occurrence, stage.value, str(extension), note)]
    announcements.tell(
        connection, ward, rows, reason=Reason.EXTENSION_ASKED.value, digest=None, now=now, role="leader"
    )


def extension_decided(
    connection: Connection,
    ward: int,
    asked: Any,
    until: date | None,
    *,
    moved: bool,
    answer: str | None,
    now: datetime,
) -> None:
    """Tell the unit what became of `asked`, a row of `models.extensions`; `until` is None for a refusal."""
    if until is None:
        due = asked.due_on or asked.former_due
        note = f"Không chấp thuận gia hạn; thời hạn vẫn là {due:%d/%m/%Y}."
    elif moved:
        note = f"Chấp thuận gia hạn: thời hạn chuyển từ {asked.due_on:%d/%m/%Y} sang {until:%d/%m/%Y}."
    else:
        note = (
            f"Chấp thuận chậm đến {until:%d/%m/%Y}; thời hạn {asked.former_due:%d/%m/%Y} không đổi, kết "
            "quả vẫn tính là quá hạn."
        )
    said = f"{note} Ý kiến của lãnh đạo: {answer}" if answer else note
    rows = [
        (asked.occurrence_id, asked.stage, f"{asked.id}/{'refused' if until is None else 'granted'}", said)
    ]
    announcements.tell(connection, ward, rows, reason=Reason.EXTENSION_DECIDED.value, digest=None, now=now)


def _tell_moved(
    connection: Connection,
    ward: int,
    *,
    why: str,
    now: datetime,
    change: int | None = None,
    amendment: int | None = None,
    besides: Collection[int] = (),
) -> None:
    rows = [
        (
            row.occurrence_id,
            row.stage,
            f"{row.former_due or '-'}/{row.new_due or '-'}/{row.id}",
            _moved_note(row.former_due, row.new_due, why),
        )
        for row in announcements.moved(connection, ward, change=change, amendment=amendment)
        if row.occurrence_id not in besides
    ]
    digest = _amendment(amendment) if amendment is not None else None
    announcements.tell(connection, ward, rows, reason=Reason.MOVED.value, digest=digest, now=now)


def _amendment(amendment: int) -> str:
    return f"amendment/{amendment}"


def _moved_note(former: date | None, new: date | None, why: str) -> str:
    if new is None:
        return f"Bỏ thời hạn {former:%d/%m/%Y} {why}."
    if former is None:
        return f"Thời hạn được ấn định là {new:%d/%m/%Y} {why}."
    return f"Thời hạn chuyển từ {former:%d/%m/%Y} sang {new:%d/%m/%Y} {why}."
