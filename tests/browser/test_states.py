"""Pages with something in them: returned work, refused forms, first passwords, a second factor."""

from __future__ import annotations

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect

from domain.plans import Stage
from models.database import transaction
from services.stages import send_back
from tests.browser.conftest import Window
from tests.browser.look import grave
from tests.browser.visit import Site, sign_in, step
from tests.signing_in import SECRET, give_password

CULTURE = "Phòng Văn hóa - Xã hội"


class Seen:
    """The problems of pages that were looked at, by what they show."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def look(self, page: Page, what: str) -> None:
        self.problems += [f"{what}: {each}" for each in grave(page)]

    def refused(self, page: Page, what: str) -> None:
        expect(page.get_by_role("alert").first).to_be_visible()
        self.look(page, what)


@pytest.fixture
def seen() -> Iterator[Seen]:
    """Note what is wrong on the way, and say all of it in the end."""
    found = Seen()
    yield found
    assert not found.problems, "\n".join(found.problems)


def test_returned_work_and_more_time_asked_keep_nobody_out(window: Window, site: Site, seen: Seen) -> None:
    address = step(site, CULTURE, "report", "submitted")
    with transaction(site.engine) as connection:
        send_back(
            connection,
            site.ward().id,
            int(address.split("/")[2]),
            Stage.REPORT,
            by="dieuphoi",
            reason="Thiếu phụ lục phân công",
            now=site.clock.now,
        )
    asked = site.one("SELECT '/occurrences/' || occurrence_id || '/' || stage FROM cchc.extension LIMIT 1")
    looked_at = {"hoa": ("/", address, asked), "dieuphoi": ("/tasks/I.2", asked), "chutich": ("/extensions",)}
    for name, places in looked_at.items():
        page = window(name)
        for where in places:
            page.goto(where)
            seen.look(page, f"{where} for {name}")


def test_refused_forms_keep_nobody_out(window: Window, site: Site, seen: Seen) -> None:
    officer = window("lan")
    officer.goto(step(site, "Văn phòng HĐND và UBND phường", "plan", "open"))
    officer.locator("form[data-once] input[type=date]").evaluate_all(
        "(all) => all.forEach((each) => { each.max = ''; })"
    )
    officer.get_by_label("Ngày thực hiện xong").fill("2027-01-01")
    officer.get_by_role("button", name="Nộp kết quả").click()
    seen.refused(officer, "work of tomorrow")

    coordinator = window("dieuphoi")
    coordinator.goto("/events/new")
    coordinator.get_by_role("button", name="Đọc số, ngày, trích yếu từ tệp").click()
    seen.refused(coordinator, "no file to read")
    coordinator.goto("/plan/findings")
    coordinator.locator("table.findings td.code a").first.click()
    coordinator.get_by_label("Không phải vấn đề").check()
    coordinator.get_by_role("button", name="Ghi quyết định").click()
    seen.refused(coordinator, "a doubt without a reason")
    coordinator.goto("/plan/import")
    coordinator.locator("main form").first.evaluate(
        "(form) => { form.noValidate = true; form.requestSubmit(); }"
    )
    seen.refused(coordinator, "no decision")
    coordinator.goto("/tasks/XX.99")
    seen.look(coordinator, "no such task")
    coordinator.goto("/accounts")
    seen.look(coordinator, "a page of others")
    coordinator.goto("/search?q=zzzzqqqq")
    seen.look(coordinator, "nothing found")

    leader = window("chutich")
    leader.goto("/extensions")
    leader.get_by_role("button", name="Từ chối").first.click()
    seen.refused(leader, "a refusal without an answer")

    admin = window("quantri")
    admin.goto("/accounts")
    admin.locator("summary", has_text="Thêm tài khoản").click()
    admin.locator("#name").fill("CÓ DẤU")
    admin.locator("#role-new").select_option("auditor")
    admin.get_by_role("button", name="Thêm", exact=True).click()
    seen.refused(admin, "a name that can't be")
    admin.locator("tr", has_text="hoa@").locator("summary").click()
    admin.locator("tr", has_text="hoa@").get_by_role("button", name="Mật khẩu tạm").click()
    expect(admin.locator(".made output")).to_be_visible()
    seen.look(admin, "a password for once")

    auditor = window("thanhtra")
    auditor.goto("/evidence")
    auditor.get_by_role("radio", name="Một mục").check()
    auditor.get_by_role("button", name="Tải hồ sơ (ZIP)").click()
    seen.refused(auditor, "a pack about nothing")


def test_the_step_before_what_cannot_be_taken_back_keeps_nobody_out(
    window: Window, site: Site, seen: Seen
) -> None:
    coordinator, leader, admin = window("dieuphoi"), window("chutich"), window("quantri")
    coordinator.goto("/submissions")
    for box in coordinator.locator("input[name=chosen]").all():
        box.check()
    coordinator.get_by_role("button", name="Nghiệm thu các mục đã chọn").click()
    leader.goto("/extensions")
    leader.get_by_role("button", name="Chấp thuận").first.click()
    admin.goto("/accounts")
    admin.locator("tr", has_text="hoa@").locator("summary").click()
    admin.locator("tr", has_text="hoa@").get_by_role("button", name="Khoá tài khoản").click()
    for page, what in ((coordinator, "accepting"), (leader, "granting"), (admin, "locking out")):
        expect(page.get_by_role("link", name="Không, quay lại")).to_be_visible()
        seen.look(page, what)

    admin.get_by_role("button", name="Khoá tài khoản").click()
    expect(admin.locator("tr", has_text="hoa@")).to_contain_text("đã khoá")


def test_getting_in_keeps_nobody_out(window: Window, site: Site, seen: Seen) -> None:
    page = window(None)
    sign_in(page, "lan", "sai")
    seen.refused(page, "a wrong password")
    with transaction(site.engine) as connection:
        give_password(connection, site.ward(), "hoa", must_change=True)
    sign_in(page, "hoa")
    expect(page.get_by_role("heading", name="Đổi mật khẩu")).to_be_visible()
    seen.look(page, "the first password")

    page = window("lan")
    page.goto("/me")
    page.get_by_label("Mật khẩu hiện tại").fill(SECRET)
    page.get_by_role("button", name="Bắt đầu thiết lập").click()
    app = pyotp.TOTP(page.locator("#secret").inner_text())
    seen.look(page, "the set-up of a second factor")
    page.get_by_label("Nhập mã 6 số").fill(app.at(site.clock.now))
    page.get_by_role("button", name="Bật mã xác thực").click()
    expect(page.locator(".codes")).to_be_visible()
    seen.look(page, "recovery codes")
    other = window(None)
    sign_in(other, "lan")
    other.get_by_label("Mã", exact=True).fill("000000")
    other.get_by_role("button", name="Tiếp tục").click()
    seen.refused(other, "a wrong code")
