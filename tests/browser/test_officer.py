"""An officer's way: late work handed in with its paper, taken back, more time asked for."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.conftest import EVERY_WAY, PHONES, Way, Window
from tests.browser.visit import PHOTO, Site, told

NOTE = "Đã ban hành kế hoạch, còn thiếu phụ lục 2"


@EVERY_WAY
def test_an_officer_hands_late_work_in_takes_it_back_and_asks_for_more_time(
    window: Window, site: Site, way: Way
) -> None:
    page = window("lan", **way)
    page.goto("/")
    late = page.locator("li.step").first
    expect(late).to_contain_text("II.5")
    expect(late.locator(".late")).to_contain_text("quá hạn")
    late.get_by_role("link", name="Nộp kết quả").click()
    page.get_by_label("Chụp ảnh văn bản" if "has_touch" in way else "Tệp kết quả").set_input_files(PHOTO)
    page.get_by_label("Số văn bản").fill("15/KH-VP")
    page.get_by_label("Ngày văn bản", exact=True).fill("2026-07-03")
    page.get_by_label("Ghi chú").fill(NOTE)
    page.get_by_role("button", name="Nộp kết quả").click()

    told(page, "Đã nộp kết quả; đang chờ nghiệm thu.")
    handed = page.locator(".submission").first
    for said in ("lan nộp", "quá hạn", "Văn bản số 15/KH-VP ngày 03/07/2026", NOTE, "chờ nghiệm thu"):
        expect(handed).to_contain_text(said)
    file = handed.get_by_role("link", name="anh.png").get_attribute("href")
    assert page.request.get(file or "").body() == PHOTO["buffer"]

    page.goto("/")
    page.locator("li.step", has_text="II.5").get_by_role("link", name="Xem kết quả đã nộp").click()
    page.get_by_role("button", name="Rút lại kết quả").click()
    told(page, "Đã rút lại kết quả. Có thể nộp lại bất cứ lúc nào.")

    page.goto("/")
    late = page.locator("li.step", has_text="Đã rút lại, chờ nộp lại.")
    expect(late).to_contain_text("II.5")
    late.get_by_role("link", name="Xin gia hạn").click()
    expect(page.get_by_text("kết quả vẫn tính quá hạn")).to_be_hidden()
    page.locator("summary", has_text="Xin gia hạn").click()
    expect(page.get_by_text("kết quả vẫn tính quá hạn")).to_be_visible()
    page.get_by_label("Đề nghị gia hạn đến ngày").fill("2026-07-31")
    page.get_by_label("Lý do").fill("Chờ ý kiến của Sở Nội vụ")
    page.get_by_role("button", name="Gửi đề nghị").click()

    told(page, "Đã gửi đề nghị gia hạn; lãnh đạo được thông báo.")
    expect(page.get_by_text("chờ lãnh đạo quyết định")).to_be_visible()


def test_on_a_phone_work_is_handed_in_with_a_photo_by_three_taps(window: Window, site: Site) -> None:
    page = window("lan", **PHONES)
    taps: list[str] = []

    def tap(what: Locator) -> None:
        taps.append(what.inner_text() or str(what.get_attribute("id")))
        what.tap()

    page.goto("/")
    tap(page.get_by_role("link", name="Nộp kết quả").first)
    with page.expect_file_chooser() as camera:
        tap(page.get_by_label("Chụp ảnh văn bản"))
    camera.value.set_files(PHOTO)
    tap(page.get_by_role("button", name="Nộp kết quả"))

    told(page, "Đã nộp kết quả")
    expect(page.locator(".submission").get_by_role("link", name="anh.png")).to_be_visible()
    assert taps == ["Nộp kết quả", "photo", "Nộp kết quả"]
