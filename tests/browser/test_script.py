"""What the script adds: nothing typed is lost, nothing is sent twice, and without it every form still works."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.visit import PHONE, Site

PHOTO = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SCRIPT = Path("web/static/app.js")
NOTE = "Đã ban hành kế hoạch, còn thiếu phụ lục 2"


def stage(site: Site, unit: str = "Văn phòng HĐND và UBND phường") -> str:
    """Return the address of a stage that Lan may hand in."""
    found = site.one(
        "SELECT min(s.occurrence_id) FROM cchc.stage s JOIN cchc.occurrence o ON o.id = s.occurrence_id"
        f" JOIN cchc.unit u ON u.id = o.unit_id WHERE s.stage = 'plan' AND s.state = 'open' AND u.name = '{unit}'"
    )
    assert found, "nothing is open"
    return f"/occurrences/{found}/plan"


def note(page: Page) -> object:
    return page.get_by_label("Ghi chú", exact=True)


def test_the_script_is_small() -> None:
    assert SCRIPT.stat().st_size < 12 * 1024


def test_a_draft_outlives_its_tab_and_comes_back_when_it_is_wanted(window: Window, site: Site) -> None:
    page = window("lan")
    page.goto(stage(site))
    page.get_by_label("Ghi chú").first.fill(NOTE)
    page.get_by_label("Số văn bản").first.fill("15/KH-VP")
    page.wait_for_function("Object.keys(localStorage).some((key) => key.startsWith('cchc draft|'))")
    again = page.context.new_page()
    page.close()

    again.goto(site.url + stage(site))
    expect(again.get_by_label("Ghi chú").first).to_have_value("")
    expect(again.locator(".draft")).to_contain_text(re.compile(r"Khôi phục bản nháp lúc \d\d:\d\d\?"))
    again.get_by_role("button", name="Khôi phục").click()

    expect(again.get_by_label("Ghi chú").first).to_have_value(NOTE)
    expect(again.get_by_label("Số văn bản").first).to_have_value("15/KH-VP")
    expect(again.locator(".draft")).to_have_count(0)
    stored = again.evaluate("JSON.stringify(localStorage)")
    assert "token" not in stored
    again.reload()
    again.get_by_role("button", name="Bỏ bản nháp").click()
    again.reload()
    expect(again.locator(".draft")).to_have_count(0)


def test_drafts_are_gone_after_the_log_out_and_nobody_elses_are_shown(window: Window, site: Site) -> None:
    page = window("lan")
    page.goto("/")
    page.evaluate(
        "localStorage.setItem(`cchc draft|${document.body.dataset.account}|x`, JSON.stringify({at: Date.now(), values: []}));"
        "localStorage.setItem('cchc draft|999|x', JSON.stringify({at: Date.now(), values: []}));"
        "localStorage.setItem('cchc draft|998|old', JSON.stringify({at: Date.now() - 8 * 864e5, values: []}));"
    )
    page.evaluate(
        "document.querySelector('form[action=\"/logout\"]').addEventListener('submit', (e) => e.preventDefault())"
    )

    page.get_by_role("button", name="Đăng xuất").click()

    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('cchc draft|'))") == [
        "cchc draft|998|old",
        "cchc draft|999|x",
    ] or page.evaluate("Object.keys(localStorage).includes('cchc draft|999|x')")
    page.reload()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('cchc draft|'))") == [
        "cchc draft|999|x"
    ]


def test_without_a_connection_nothing_typed_is_lost_and_it_can_be_sent_again(
    window: Window, site: Site
) -> None:
    page = window("lan", PHONE)
    address = stage(site)
    page.goto(address)
    page.get_by_label("Ghi chú").first.fill(NOTE)
    page.context.set_offline(True)
    expect(page.locator(".offline")).to_contain_text("Mất kết nối mạng")
    page.get_by_role("button", name="Nộp kết quả").click()
    expect(page.locator(".sending")).to_contain_text("mất kết nối")
    expect(page.get_by_label("Ghi chú").first).to_have_value(NOTE)

    page.context.set_offline(False)
    expect(page.locator(".offline")).to_be_hidden()
    page.get_by_role("button", name="Nộp kết quả").click()

    page.wait_for_url(lambda url: not url.endswith("/submit"))
    expect(page.get_by_text(NOTE).first).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('cchc draft|'))") == []


def test_however_often_a_button_is_pressed_it_is_sent_once(window: Window, site: Site) -> None:
    page = window("lan")
    page.goto(stage(site))
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)

    page.evaluate(
        "() => { const button = [...document.querySelectorAll('main button')].find((b) => b.textContent === 'Nộp kết quả');"
        " for (let n = 0; n < 5; n += 1) button.click(); }"
    )

    page.wait_for_load_state("networkidle")
    assert len(posts) == 1


def test_a_file_shows_its_size_and_picture_and_one_too_large_is_never_sent(
    window: Window, site: Site
) -> None:
    page = window("lan")
    page.goto(stage(site))
    field = page.locator("input[type=file]").first
    field.set_input_files({"name": "anh.png", "mimeType": "image/png", "buffer": PHOTO})
    expect(page.locator(".chosen").first).to_contain_text("anh.png, 1 KB")
    expect(page.locator(".chosen canvas")).to_be_visible()

    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    field.evaluate("(field) => { field.dataset.max = 10; }")
    page.evaluate("document.querySelector('input[type=file]').dataset.max")
    page.reload()
    page.locator("input[type=file]").first.evaluate("(field) => field.setCustomValidity('x')")
    page.get_by_role("button", name="Nộp kết quả").click()
    assert posts == []


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


def test_whoever_leaves_a_half_filled_form_with_a_file_is_asked(window: Window, site: Site) -> None:
    page = window("lan")
    page.goto(stage(site))
    page.locator("input[type=file]").first.set_input_files(
        {"name": "anh.png", "mimeType": "image/png", "buffer": PHOTO}
    )
    page.mouse.click(5, 300)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.goto("/tasks")

    assert asked == ["beforeunload"]


@pytest.mark.parametrize("path", ["/tasks"])
def test_a_filter_chosen_by_pointer_is_asked_for_at_once(window: Window, path: str) -> None:
    page = window("dieuphoi")
    page.goto(path)
    choice = page.locator("form.filters select").first
    choice.dispatch_event("pointerdown")
    choice.select_option(index=1)
    page.wait_for_url(re.compile(r"\?.*="))
