"""An administrator's way: somebody new gets in, another system gets a token, Prefect's pages are near."""

from __future__ import annotations

import os
import re

from playwright.sync_api import Locator, Page, expect

from config.parts import PartStatus, State, write_parts
from config.processes import started_at
from tests.browser.conftest import ONE_WAY, Way, Window
from tests.browser.visit import ROLES, Site, sign_in

OWN = "sáu con gà trên mái nhà"


def made(page: Page) -> Locator:
    """Return what is shown this once."""
    return page.locator(".made output")


def test_somebody_new_signs_in_with_a_password_for_once_and_has_to_choose_another(
    window: Window, site: Site, way: Way
) -> None:
    page = window("quantri", **way)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Tài khoản", exact=True).click()
    page.locator("summary", has_text="Thêm tài khoản").click()
    new = page.locator("form[action='/accounts']")
    new.get_by_label("Tên đăng nhập").fill("nguyen.an")
    new.get_by_label("Vai trò").select_option("officer")
    new.get_by_label("Đơn vị").select_option("Phòng Văn hóa - Xã hội")
    new.get_by_role("button", name="Thêm").click()
    expect(made(page)).to_contain_text(f"{site.url}/reset/")

    row = page.locator("tr", has_text="nguyen.an")
    expect(row).to_contain_text("chưa có mật khẩu")
    row.locator("summary").click()
    row.get_by_role("button", name="Mật khẩu tạm").click()
    expect(page.get_by_text("Mật khẩu tạm của nguyen.an:")).to_be_visible()
    temporary = made(page).inner_text().rpartition(": ")[2]

    person = window(None, **way)
    sign_in(person, "nguyen.an", temporary)
    expect(person.get_by_text("Mật khẩu đang dùng do người khác đặt.")).to_be_visible()
    person.goto("/tasks")
    expect(person.get_by_role("heading", name="Đổi mật khẩu")).to_be_visible()
    person.get_by_label("Mật khẩu hiện tại").fill(temporary)
    person.get_by_label("Mật khẩu mới", exact=True).fill(OWN)
    person.get_by_label("Nhập lại mật khẩu mới").fill(OWN)
    person.get_by_role("button", name="Đổi mật khẩu").click()
    expect(person.get_by_text("Đã đổi mật khẩu.")).to_be_visible()
    person.goto("/")
    expect(person.get_by_role("heading", name="Việc của Phòng Văn hóa - Xã hội")).to_be_visible()


@ONE_WAY
def test_another_system_gets_a_token_that_works_until_it_is_taken_back(
    window: Window, site: Site, way: Way
) -> None:
    page = window("quantri", **way)
    page.goto("/machines")
    page.locator("summary", has_text="Tạo mã truy cập").click()
    page.get_by_label("Tên tài khoản máy").fill("truc-lien-thong")
    page.get_by_label("Dùng cho việc gì").fill("Trục liên thông văn bản")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Tạo mã").click()
    token = {"authorization": f"Bearer {made(page).inner_text()}"}
    assert page.request.get("/api/v1/tasks", headers=token).status == 200

    page.goto("/machines")
    expect(page.get_by_role("row", name=re.compile("truc-lien-thong"))).to_be_visible()
    expect(made(page)).to_have_count(0)
    page.get_by_role("button", name="Thu hồi").click()

    expect(page.get_by_text("Chưa có mã truy cập nào.")).to_be_visible()
    assert page.request.get("/api/v1/tasks", headers=token).status == 401


def test_only_administrators_are_led_to_prefects_own_pages(window: Window, site: Site) -> None:
    pid = os.getpid()
    began = started_at(pid)
    prefect = PartStatus("prefect", State.RUNNING, pid, "http://127.0.0.1:4200/api", None, began=began)
    write_parts(site.settings.data, [prefect])

    led = {}
    for name in ROLES:
        text = window(name).request.get("/running").text()
        led[name] = 'href="http://127.0.0.1:4200"' in text

    assert led == {name: name == "quantri" for name in ROLES}
