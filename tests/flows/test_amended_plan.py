"""What Prefect holds after a plan was amended."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256

from flows.prefect_api import PrefectApi
from flows.reconcile import reconcile
from models.database import transaction
from services.amendments import apply
from services.documents import StoredFile
from services.people import the_ward
from services.reading import lay_out
from tests.decisions import in_words
from tests.flows.prefect_office import Desk, Rest

FAR = date(2126, 1, 5)
DAY = date(2026, 4, 21)
NOW = datetime(2026, 4, 21, 2, 0, tzinfo=UTC)
CLAUSES = (
    "Bãi bỏ nhiệm vụ số 2 mục V.",
    "Bổ sung nhiệm vụ số 4 vào mục II: “Tập huấn; cơ quan chủ trì: Văn phòng HĐND và UBND phường; cơ quan "
    "phối hợp: Phòng Văn hóa - Xã hội; thời gian thực hiện: Trước 15/11/2026; sản phẩm: Báo cáo”",
)


def amend(desk: Desk) -> None:
    text = in_words(*CLAUSES).decode().replace("số 16/QĐ-UBND", "số 1/QĐ-UBND")
    data = text.replace("Thành Đông", "Thử Nghiệm").replace("THÀNH ĐÔNG", "THỬ NGHIỆM").encode()
    file = StoredFile(sha256(data).hexdigest(), len(data), "45.txt", "text/plain")
    with transaction(desk.engine) as connection:
        ward = the_ward(connection, None)
        apply(connection, ward, lay_out(data, "45.txt"), file, by="dieuphoi", today=DAY, now=NOW)


def deployments(rest: Rest) -> set[str]:
    return {each["name"].rpartition("-")[2] for each in rest.post("/deployments/filter")}


def test_a_withdrawn_tasks_deployment_and_run_go_and_an_added_ones_come(
    desk: Desk, rest: Rest, api: PrefectApi
) -> None:
    desk.set_up("II.3", "V.2", opens_on=FAR)
    reconcile(desk.engine, api, FAR, datetime.now(UTC))
    assert deployments(rest) == {"II.3", "V.2", "morning", "channels"}

    amend(desk)
    report = reconcile(desk.engine, api, DAY, datetime.now(UTC))

    assert deployments(rest) == {"II.3", "II.4", "morning", "channels"}
    assert any("Xoá cấu hình triển khai" in line and "V.2" in line for line in report.lines)
    assert rest.run("V.2 · Năm 2026")["state_type"] == "CANCELLED"
    assert rest.run("II.4 · Năm 2026")["state_type"] == "SCHEDULED"  # it may be called late meanwhile


def test_after_an_amendment_a_second_reconciliation_mends_nothing(desk: Desk, api: PrefectApi) -> None:
    desk.set_up("II.3", "V.2", opens_on=FAR)
    reconcile(desk.engine, api, FAR, datetime.now(UTC))
    amend(desk)

    reconcile(desk.engine, api, FAR, datetime.now(UTC))

    assert reconcile(desk.engine, api, FAR, datetime.now(UTC)).to_json()["mended"] == {}
