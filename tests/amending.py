"""The packaged plan under way, and an office that amends it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from domain.people import Action
from domain.plans import Stage
from services.amendments import Applied, apply
from services.documents import StoredFile
from services.proposals import Proposal, propose
from services.reading import lay_out
from services.stages import Submission, submit
from services.tasks import find_occurrence, show_task
from tests.builders import Office

DAY = date(2026, 4, 21)
NOW = datetime(2026, 4, 21, 2, 0, tzinfo=UTC)
LATER_DATE = "Sửa đổi thời gian thực hiện nhiệm vụ số 5 mục III thành: “trước ngày 30/10/2026”."
OTHER_LEAD = (
    "Chuyển cơ quan chủ trì nhiệm vụ III.5 từ Trung tâm Phục vụ hành chính công sang Phòng Văn hóa - Xã hội."
)
WITHDRAWN = "Bãi bỏ nhiệm vụ số 5 mục III."
ADDED = (
    "Bổ sung nhiệm vụ số 6 vào mục VI: “Tập huấn sử dụng trí tuệ nhân tạo; cơ quan chủ trì: Phòng Văn hóa - "
    "Xã hội; cơ quan phối hợp: Văn phòng HĐND và UBND phường; thời gian thực hiện: Trước 15/11/2026; "
    "sản phẩm: Báo cáo”"
)


def amend(connection: Connection, ward: Office, data: bytes, *, by: str = "dieuphoi", **more: Any) -> Applied:
    file = StoredFile(sha256(data).hexdigest(), len(data), "45.txt", "text/plain")
    return apply(connection, ward.ward, lay_out(data, "45.txt"), file, by=by, today=DAY, now=NOW, **more)


def proposed(connection: Connection, ward: Office, data: bytes) -> Proposal:
    return propose(connection, ward.ward, lay_out(data, "45.txt"), source=sha256(data).hexdigest())


def hand_in(connection: Connection, ward: Office, code: str, stage: Stage, by: str = "minh") -> int:
    one = find_occurrence(connection, ward.ward, code, stage, Action.SUBMIT, label=None, by=by)
    submit(connection, ward.ward.id, Submission(one, stage, DAY), by=by, today=DAY, now=NOW)
    return one


def stages_of(connection: Connection, ward: Office, code: str) -> dict[str, Any]:
    [occurrence] = show_task(connection, ward.ward, code, DAY).occurrences
    return {stage["stage"]: stage for stage in occurrence.stages}


def rows(connection: Connection, query: str) -> list[Any]:
    return list(connection.exec_driver_sql(query).all())
