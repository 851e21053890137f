"""Opening occurrences whose day has come, and cancelling those that a slip opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.errors import WardError
from domain.people import Action
from domain.refusals import BadValue, ReasonNeeded, UnknownOccurrence
from models import amendments, announcements, events, history, openings
from notifications.items import Reason
from services.history import hashed, record
from services.people import Ward, permitted

LONGEST = 500


class NotASlip(WardError):
    """The occurrence can't be cancelled as a slip: no document opened it, or work has begun."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a slip: {why}", f"Kỳ thực hiện này {why} nên không thể huỷ ở đây.")


def open_due(
    connection: Connection,
    today: date,
    now: datetime,
    *,
    ward_id: int | None = None,
    occurrence_ids: Sequence[int] | None = None,
    actor: str = history.SYSTEM,
) -> int:
    """Open every planned occurrence of an active plan whose day has come; return how many.

    A second call opens none. With `occurrence_ids`, only these are opened, so that an actor is named only
    with what their own act opens. The lead units are told and the flow runs started through the outbox.
    """
    return openings.open_due(
        connection,
        today=today,
        now=now,
        actor=actor,
        ward=ward_id,
        occurrences=occurrence_ids,
    )


def cancel(
    connection: Connection,
    ward: Ward,
    occurrence_id: int,
    *,
    reason: str,
    document: str,
    by: str,
    now: datetime,
) -> None:
    """Cancel what an event opened by a slip, while nothing was handed in; its unit is told to stop.

    A second time changes nothing.

    Raises:
        UnknownUser, NotPermitted: only who raises events cancels.
        UnknownOccurrence, NotASlip: there is none, no event opened it, or something was handed in.
        ReasonNeeded, BadValue: nobody could say later why, or by which document.
    """
    actor = permitted(connection, ward, by, Action.RAISE_EVENT)
    reason, document = reason.strip(), document.strip()
    if not reason:
        raise ReasonNeeded("huỷ kỳ thực hiện")
    if not document:
        raise BadValue("Văn bản làm căn cứ", "", "không được bỏ trống")
    if max(len(reason), len(document)) > LONGEST:
        raise BadValue("Lý do, văn bản", f"{reason[:40]}…", f"dài quá {LONGEST} chữ")
    row = events.lock_unbegun(connection, ward.id, occurrence_id)
    _check_slip(row, occurrence_id)
    if row is None or row.state == "cancelled":
        return
    told = amendments.cancel(connection, ward.id, [occurrence_id], reason=reason, document=document)
    note = "Dừng thực hiện: kỳ này được mở nhầm (lý do ghi tại trang nhiệm vụ)."
    rows = [(each, None, "slip", note) for each in told]
    announcements.tell(connection, ward.id, rows, reason=Reason.CANCELLED.value, digest=None, now=now)
    events.wake(connection, ward.id, occurrence_id, now=now)
    facts = {
        "document": document,
        "event": row.event_id,
        "occurrence": occurrence_id,
        "reason_sha256": hashed(reason),
    }
    record(connection, ward.id, "occurrence.cancelled", facts, actor=actor.actor, now=now)


def _check_slip(row: Any | None, occurrence_id: int) -> None:
    if row is None:
        raise UnknownOccurrence(str(occurrence_id), None)
    if row.event_id is None:
        raise NotASlip("không do văn bản, sự kiện mở")
    if row.handed_in:
        raise NotASlip("đã có kết quả được nộp")
    if row.state == "done":
        raise NotASlip("đã hoàn thành")
