"""What the script adds: nothing typed is lost, nothing is sent twice."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Dialog, Locator, Page, expect

from tests.browser.conftest import Window
from tests.browser.visit import PHONE, PHOTO, Site, sign_in, step

NOTE = "Đã ban hành kế hoạch, còn thiếu phụ lục 2"
OFFICE = "Văn phòng HĐND và UBND phường"
DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('cchc draft|'))"


def mine(site: Site) -> str:
    """Return the address of a stage that Lan may hand in."""
    return step(site, OFFICE, "plan", "open")


def note(page: Page) -> Locator:
    return page.get_by_label("Ghi chú", exact=True)


def kept(page: Page) -> None:
    """Wait until what was typed is kept."""
    expect(page.locator("form[data-kept=true]")).to_have_count(1)


def posts(page: Page) -> list[str]:
    """Return the list in which what a page sends is noted from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


def test_a_draft_outlives_its_tab_and_comes_back_when_it_is_wanted(window: Window, site: Site) -> None:
    page = window("lan")
    page.goto(mine(site))
    note(page).fill(NOTE)
    page.get_by_label("Số văn bản").fill("15/KH-VP")
    kept(page)
    again = page.context.new_page()
    page.close()

    again.goto(mine(site))
    expect(note(again)).to_have_value("")
    expect(again.locator(".draft")).to_contain_text(re.compile(r"Khôi phục bản nháp lúc \d\d:\d\d\?"))
    again.get_by_role("button", name="Khôi phục").click()

    expect(note(again)).to_have_value(NOTE)
    expect(again.get_by_label("Số văn bản")).to_have_value("15/KH-VP")
    expect(again.locator(".draft")).to_have_count(0)
    assert "token" not in again.evaluate("JSON.stringify(localStorage)")
    again.reload()
    again.get_by_role("button", name="Bỏ bản nháp").click()
    again.reload()
    expect(again.locator(".draft")).to_have_count(0)


def test_drafts_go_at_the_log_out_and_those_of_others_after_a_week(window: Window) -> None:
    page = window("lan")
    page.goto("/")
    page.evaluate(
        """for (const [key, days] of [[document.body.dataset.account, 0], ["999", 1], ["998", 8]]) {
             const draft = {at: Date.now() - days * 864e5, values: []};
             localStorage.setItem(`cchc draft|${key}|x`, JSON.stringify(draft));
           }"""
    )

    page.get_by_role("button", name="Đăng xuất").click()

    expect(page.get_by_text("Đã đăng xuất.")).to_be_visible()
    assert page.evaluate(DRAFTS) == ["cchc draft|999|x"]


def test_what_was_typed_is_still_there_after_the_session_ended(window: Window, site: Site) -> None:
    page = window("lan")
    address = mine(site)
    page.goto(address)
    note(page).fill(NOTE)
    kept(page)
    page.context.clear_cookies()

    page.get_by_role("button", name="Nộp kết quả").click()

    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    sign_in(page, "lan", there=True)
    expect(page.get_by_text("Đăng xuất")).to_be_visible()
    page.goto(address)
    page.get_by_role("button", name="Khôi phục").click()
    expect(note(page)).to_have_value(NOTE)


def test_without_a_connection_nothing_typed_is_lost_and_it_can_be_sent_again(
    window: Window, site: Site
) -> None:
    page = window("lan", viewport=PHONE)
    page.goto(mine(site))
    note(page).fill(NOTE)
    page.context.set_offline(True)
    expect(page.locator(".offline")).to_contain_text("Mất kết nối mạng")
    page.get_by_role("button", name="Nộp kết quả").click()
    expect(page.locator(".sending")).to_contain_text("mất kết nối")
    expect(note(page)).to_have_value(NOTE)

    page.context.set_offline(False)
    expect(page.locator(".offline")).to_be_hidden()
    page.get_by_role("button", name="Nộp kết quả").click()

    expect(page.get_by_role("status").filter(has_text="Đã nộp kết quả")).to_be_visible()
    expect(page.get_by_text(NOTE).first).to_be_visible()
    assert page.evaluate(DRAFTS) == []


def test_however_often_a_button_is_pressed_it_is_sent_once(window: Window, site: Site) -> None:
    pressed = "(button) => { for (let n = 0; n < 5; n += 1) button.click(); }"
    officer, coordinator = window("lan"), window("dieuphoi")
    officer.goto(mine(site))
    sent = posts(officer)
    officer.get_by_role("button", name="Nộp kết quả").evaluate(pressed)
    expect(officer.get_by_role("status").filter(has_text="Đã nộp kết quả")).to_be_visible()
    address = officer.url.partition("?")[0]
    assert sent == [address + "/submit"]

    coordinator.goto(address)
    coordinator.get_by_role("button", name="Nghiệm thu").click()
    expect(coordinator.get_by_role("link", name="Không, quay lại")).to_be_visible()
    sent = posts(coordinator)
    coordinator.get_by_role("button", name="Nghiệm thu").evaluate(pressed)
    expect(coordinator.get_by_role("status").filter(has_text="Đã nghiệm thu.")).to_be_visible()
    assert sent == [address + "/accept"]


def test_a_refused_form_comes_again_with_what_was_typed_and_says_why(window: Window, site: Site) -> None:
    page = window("dieuphoi")
    page.goto(step(site, "Phòng Văn hóa - Xã hội", "report", "submitted"))
    page.get_by_label("Lý do trả lại").fill("   ")
    page.get_by_role("button", name="Trả lại").click()
    expect(page.get_by_role("alert")).to_be_focused()

    page.get_by_label("Lý do trả lại").fill("Thiếu chữ ký")
    page.get_by_role("button", name="Trả lại").click()

    expect(page.get_by_text("Đã trả lại; đơn vị được thông báo kèm lý do.")).to_be_visible()


def test_a_file_shows_its_size_and_picture_and_one_too_large_is_never_sent(
    window: Window, site: Site, data: Path
) -> None:
    page = window("lan")
    page.goto(mine(site))
    field = page.get_by_label("Tệp kết quả")
    field.set_input_files(PHOTO)
    expect(page.locator(".chosen").first).to_contain_text("anh.png, 1 KB")
    expect(page.get_by_role("img", name="Ảnh anh.png")).to_be_visible()
    large = data / "quay-phim.pdf"
    with large.open("wb") as file:
        file.truncate(int(field.get_attribute("data-max") or 0) + 1)
    sent = posts(page)

    field.set_input_files(large)
    page.get_by_role("button", name="Nộp kết quả").click()

    said = field.evaluate("(field) => field.validationMessage")
    assert re.fullmatch(r"Tệp quay-phim\.pdf lớn hơn \d+,0 MB nên sẽ không được nhận\.", said)
    field.set_input_files(PHOTO)
    assert field.evaluate("(field) => field.validationMessage") == ""
    assert sent == []


def test_the_keys_are_shown_and_can_be_turned_off(window: Window) -> None:
    page = window("dieuphoi")
    page.goto("/tasks")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.locator("[data-search]").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Không dùng phím tắt").check()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).not_to_be_focused()


def test_whoever_leaves_with_a_file_not_yet_sent_is_asked_and_with_a_kept_draft_is_not(
    window: Window, site: Site
) -> None:
    page = window("lan")
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", agree)
    page.goto(mine(site))
    note(page).click()
    page.keyboard.type("Nháp")
    kept(page)
    page.goto("/tasks")
    assert asked == []

    page.goto(mine(site))
    page.get_by_label("Tệp kết quả").set_input_files(PHOTO)
    note(page).click()
    page.goto("/tasks")

    assert asked == ["beforeunload"]


def test_a_filter_chosen_by_pointer_is_asked_for_at_once_and_by_keyboard_not(window: Window) -> None:
    page = window("dieuphoi")
    page.goto("/tasks")
    choice = page.get_by_label("Đơn vị chủ trì")
    choice.focus()
    page.keyboard.press("ArrowDown")
    expect(choice).not_to_have_value("")
    assert page.url.endswith("/tasks")

    choice.dispatch_event("pointerdown")
    choice.select_option(index=2)

    page.wait_for_url(re.compile(r"\?.*unit=[^&]+"))
