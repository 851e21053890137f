"""Getting in and out: as anybody, with a second factor, and with the keyboard alone."""

from __future__ import annotations

from datetime import timedelta

import pyotp
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import EVERY_WAY, ONE_WAY, Way, Window
from tests.browser.visit import Site, sign_in, told
from tests.signing_in import SECRET

REFUSED = "Tên đăng nhập hoặc mật khẩu không đúng."


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until something has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by {most} tabs")


@EVERY_WAY
def test_whoever_asks_for_a_page_signs_in_sees_it_and_signs_out(window: Window, way: Way) -> None:
    page = window(None, **way)
    page.goto("/tasks/II.3")
    sign_in(page, "lan", "sai", there=True)
    expect(page.get_by_role("alert")).to_contain_text(REFUSED)
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("lan")

    sign_in(page, "lan", there=True)
    expect(page.get_by_role("heading", level=1)).to_contain_text("II.3.")
    page.get_by_role("button", name="Đăng xuất").click()
    told(page, "Đã đăng xuất.")

    page.goto("/tasks/II.3")
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_after_wrong_passwords_the_right_one_has_to_wait(window: Window, site: Site) -> None:
    page = window(None)
    for _ in range(5):
        sign_in(page, "lan", "sai")
        expect(page.get_by_role("alert")).to_contain_text(REFUSED)
    sign_in(page, "lan")
    expect(page.get_by_role("alert")).to_contain_text(REFUSED)

    site.clock.now += timedelta(minutes=1)
    sign_in(page, "lan")

    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()


@ONE_WAY
def test_a_second_factor_is_set_up_and_asked_for(window: Window, site: Site, way: Way) -> None:
    page = window("lan", **way)
    page.goto("/me")
    page.get_by_label("Mật khẩu hiện tại").fill(SECRET)
    page.get_by_role("button", name="Bắt đầu thiết lập").click()
    app = pyotp.TOTP(page.locator("#secret").inner_text())
    page.get_by_label("Nhập mã 6 số").fill(app.at(site.clock.now))
    page.get_by_role("button", name="Bật mã xác thực").click()
    recovery = page.locator(".codes code").first.inner_text()

    for code in ("000000", recovery):
        other = window(None, **way)
        sign_in(other, "lan")
        expect(other.get_by_role("heading", name="Mã xác thực")).to_be_visible()
        other.get_by_label("Mã", exact=True).fill(code)
        other.get_by_role("button", name="Tiếp tục").click()
    expect(other.get_by_role("button", name="Đăng xuất")).to_be_visible()


def test_a_keyboard_is_enough_to_sign_in_and_hand_work_in(window: Window, site: Site) -> None:
    page = window(None)
    page.goto("/login")
    tab_to(page, page.get_by_label("Tên đăng nhập"))
    page.keyboard.type("lan")
    page.keyboard.press("Tab")
    page.keyboard.type(SECRET)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    hand_in = page.get_by_role("link", name="Nộp kết quả").first
    tab_to(page, hand_in, most=8)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Số văn bản"))
    page.keyboard.type("15/KH-VP")
    tab_to(page, page.get_by_role("button", name="Nộp kết quả"))
    page.keyboard.press("Space")

    told(page, "Đã nộp kết quả")
    expect(page.locator(".submission").first).to_contain_text("15/KH-VP")
