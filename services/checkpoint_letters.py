"""Letters that take checkpoints to an address outside, where nobody of the office can change them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models import checkpoints
from notifications.items import Content
from services.checkpoints import Made
from services.people import Ward

_TEXT = """Kính gửi: Người giữ điểm chốt

Đây là điểm chốt đã ký của nhật ký theo dõi kế hoạch cải cách hành chính, {ward}: {size} sự kiện.
Xin giữ thư này. Khi cần kiểm tra, chép các dòng dưới đây ra tệp diem-chot.txt rồi chạy lệnh:
    python verify.py HO-SO.zip --checkpoint diem-chot.txt

{note}
--
Thư do hệ thống theo dõi kế hoạch cải cách hành chính của {ward} gửi tự động. Vui lòng không trả lời thư này.
"""


def queue_letter(connection: Connection, ward: Ward, made: Made, address: str, *, now: datetime) -> None:
    """Queue the letter with a checkpoint; one of the same size goes once."""
    checkpoints.queue_letter(connection, ward.id, made.size, address, now)


def checkpoint_letter(connection: Connection, row: Any) -> Content | None:
    """Return what the letter of an outbox row says; None where there is no such checkpoint."""
    found = next(
        (each for each in checkpoints.stored(connection, row.ward_id) if str(each.size) == row.step), None
    )
    if found is None:
        return None
    text = _TEXT.format(ward=row.ward_name, size=found.size, note=found.note)
    return Content(f"[CCHC] Điểm chốt nhật ký, {found.size} sự kiện", text)
