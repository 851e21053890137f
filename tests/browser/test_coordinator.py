"""A coordinator's way: judging what was handed in, recording what arrived, settling doubts, handing over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import EVERY_WAY, ONE_WAY, Way, Window
from tests.browser.visit import Site, told

PAPER = FilePayload(
    name="cong-van.txt",
    mimeType="text/plain",
    buffer="""SỞ NỘI VỤ
Số: 345/SNV-CCHC
V/v tự đánh giá, chấm điểm Chỉ số cải cách hành chính năm 2026
Khánh Hòa, ngày 01 tháng 7 năm 2026
Kính gửi: UBND các phường
""".encode(),
)


def look_at(page: Page, code: str) -> None:
    """Open the first waiting result of a task."""
    page.goto("/submissions")
    page.locator("li.pick", has_text=code).get_by_role("link", name="Xem").click()


def test_a_coordinator_returns_accepts_and_accepts_many(window: Window, site: Site, way: Way) -> None:
    page = window("dieuphoi", **way)
    look_at(page, "III.2")
    page.get_by_label("Lý do trả lại").fill("Thiếu phụ lục phân công")
    page.get_by_role("button", name="Trả lại").click()
    told(page, "Đã trả lại; đơn vị được thông báo kèm lý do.")
    unit = window("minh", **way)
    unit.goto("/")
    returned = unit.locator("li.step", has_text="Bị trả lại: Thiếu phụ lục phân công")
    expect(returned).to_contain_text("III.2")

    look_at(page, "I.2")
    page.get_by_role("button", name="Nghiệm thu").click()
    expect(page.get_by_text("kết quả này không trả lại được nữa")).to_be_visible()
    page.get_by_role("button", name="Nghiệm thu").click()
    told(page, "Đã nghiệm thu.")
    page.go_back()
    page.get_by_role("button", name="Nghiệm thu").click()  # once more changes nothing
    told(page, "Đã nghiệm thu.")

    page.goto("/")
    boxes = page.locator("li.pick input[type=checkbox]")
    expect(boxes).to_have_count(2)
    if "java_script_enabled" in way:
        for box in boxes.all():
            box.check()
    else:
        page.get_by_label("Chọn tất cả (2)").check()
        expect(page.get_by_text("Đã chọn 2 trong 2.")).to_be_visible()
    page.get_by_role("button", name="Nghiệm thu các mục đã chọn").click()
    expect(page.get_by_role("heading", name="Nghiệm thu 2 kết quả?")).to_be_visible()
    page.get_by_role("button", name="Nghiệm thu 2 kết quả").click()

    told(page, "Đã nghiệm thu 2 kết quả.")
    expect(page.get_by_text("Không có kết quả nào chờ nghiệm thu.")).to_be_visible()


def test_a_coordinator_records_what_arrived_with_its_file_and_sees_first_whom_it_reaches(
    window: Window, site: Site, way: Way
) -> None:
    page = window("dieuphoi", **way)
    page.goto("/")
    page.get_by_role("link", name="Ghi nhận văn bản, sự kiện").click()
    page.get_by_label("Tệp văn bản").set_input_files(PAPER)
    page.get_by_role("button", name="Đọc số, ngày, trích yếu từ tệp").click()
    expect(page.get_by_label("Số, ký hiệu")).to_have_value("345/SNV-CCHC")
    expect(page.get_by_label("Ngày văn bản")).to_have_value("2026-07-01")
    expect(page.get_by_label("Trích yếu")).to_have_value(re.compile("Chỉ số cải cách hành chính"))
    page.get_by_label("Loại").select_option("guidance")
    page.get_by_role("button", name="Xem nhiệm vụ được mở").click()

    expect(page.get_by_role("heading", name="Nhiệm vụ được mở")).to_be_visible()
    for box in page.get_by_role("checkbox").all():
        box.set_checked(box.get_attribute("value") == "I.4")
    row = page.get_by_role("row").filter(has=page.locator("input[value='I.4']"))
    expect(row).to_contain_text("Phòng Văn hóa - Xã hội")
    expect(row).to_contain_text("dieuphoi-vh@example.vn (thư điện tử)")
    page.get_by_label("Hạn báo cáo của I.4").fill("2026-07-31")
    page.get_by_role("button", name="Ghi nhận và mở nhiệm vụ đã chọn").click()

    told(page, "Đã ghi nhận, mở 1 kỳ thực hiện; các đơn vị được báo ngay.")
    file = page.get_by_role("link", name="cong-van.txt").get_attribute("href")
    assert page.request.get(file or "").body() == PAPER["buffer"]
    unit = window("hoa", **way)
    unit.goto("/")
    expect(unit.locator("li.step", has_text="345/SNV-CCHC")).to_contain_text("31/07")


@EVERY_WAY
@pytest.mark.parametrize("read", [False, True])
def test_the_browsers_back_leads_to_what_was_typed(
    window: Window, site: Site, way: Way, *, read: bool
) -> None:
    typed = {"Số, ký hiệu": "12/HD-SNV", "Ngày văn bản": "2026-07-01", "Trích yếu": "Hướng dẫn mới"}
    page = window("dieuphoi", **way)
    page.goto("/events/new")
    page.get_by_label("Loại").select_option("guidance")
    page.get_by_label("Cơ quan ban hành").fill("Sở Nội vụ tỉnh")
    for name, value in typed.items():
        page.get_by_label(name).fill(value)
    if read:
        page.get_by_label("Tệp văn bản").set_input_files(PAPER)
        page.get_by_role("button", name="Đọc số, ngày, trích yếu từ tệp").click()
        expect(page.get_by_text("cong-van.txt")).to_be_visible()
    page.get_by_role("button", name="Xem nhiệm vụ được mở").click()
    expect(page.get_by_role("heading", name="Nhiệm vụ được mở")).to_be_visible()

    page.go_back()

    expect(page.get_by_label("Loại")).to_have_value("guidance")
    expect(page.get_by_label("Cơ quan ban hành")).to_have_value("Sở Nội vụ tỉnh")
    for name, value in typed.items():
        expect(page.get_by_label(name)).to_have_value(value)
    page.get_by_role("button", name="Xem nhiệm vụ được mở").click()  # the way on is open again
    expect(page.get_by_role("heading", name="Nhiệm vụ được mở")).to_be_visible()


@ONE_WAY
def test_a_coordinator_settles_a_doubt_and_hands_tasks_over(window: Window, site: Site, way: Way) -> None:
    page = window("dieuphoi", **way)
    page.goto("/plan/findings")
    page.locator("table.findings td.code a").first.click()
    expect(page.get_by_role("heading", name="Trong văn bản")).to_be_visible()
    expect(page.get_by_role("heading", name="Đã đọc là")).to_be_visible()
    page.get_by_label("Không phải vấn đề").check()
    page.get_by_role("textbox", name="Ghi chú").fill("Đã đối chiếu với văn bản gốc")
    page.get_by_role("button", name="Ghi quyết định").click()
    told(page, re.compile(r"Đã ghi quyết định về điểm số \d+: không phải vấn đề"))

    page.goto("/hand-over")
    givers = page.get_by_label("Đang phụ trách")
    office = givers.locator("option", has_text="Văn phòng HĐND và UBND phường").first
    givers.select_option(office.get_attribute("value"))
    page.get_by_role("button", name="Xem nhiệm vụ").click()
    page.get_by_label("Chuyển cho").select_option("lan")
    page.get_by_role("button", name="Xem trước").click()
    button = page.get_by_role("button", name=re.compile(r"Chuyển \d+ nhiệm vụ"))
    count = re.findall(r"\d+", button.inner_text())[0]
    button.click()
    told(page, f"Đã chuyển {count} nhiệm vụ")
    officer = window("lan", **way)
    officer.goto("/?who=mine")
    expect(officer.locator("li.step", has_text="phụ trách: lan").first).to_be_visible()

    page.get_by_role("button", name="Hoàn tác: chuyển lại").click()

    told(page, f"Đã chuyển {count} nhiệm vụ")
    officer.reload()
    expect(officer.get_by_text("Chưa có nhiệm vụ nào ghi bạn là người phụ trách")).to_be_visible()
