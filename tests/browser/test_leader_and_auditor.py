"""A leader's and an auditor's way: how the year stands, more time granted, the log verified, a pack taken."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Way, Window
from tests.browser.visit import Site, told
from tests.cli.typed import cchc
from tests.half_year import HANOI
from web.words import OFFICIAL


def decide(page: Page, number: int) -> None:
    """Go from the leader's page to a request for more time."""
    page.goto("/")
    page.get_by_role("link", name="Quyết định", exact=True).filter(visible=True).last.click()
    page.wait_for_url("**/extensions")
    assert page.locator("section.doubt").count() == number


def test_the_leaders_five_numbers_are_those_of_the_commands(
    window: Window, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.clock.now = datetime.now(HANOI)  # commands know no other day
    page = window("chutich")
    page.goto("/")
    tiles = (
        page.get_by_role("navigation", name="Nhiệm vụ theo tình trạng").get_by_role("link").all_inner_texts()
    )

    url = site.settings.database_url
    monkeypatch.setenv("CCHC_DATABASE_URL", url.get_secret_value() if url else "")
    monkeypatch.setenv("CCHC_DATA", str(site.settings.data))
    listed = [row["status"] for row in cchc("task", "list", "--json").json["tasks"]]

    assert [" ".join(tile.split()) for tile in tiles] == [f"{listed.count(each)} {each}" for each in OFFICIAL]


def test_a_leader_sees_who_is_late_grants_more_time_and_refuses_it(
    window: Window, site: Site, way: Way
) -> None:
    page = window("chutich", **way)
    page.goto("/")
    expect(page.get_by_role("heading", name="Đang quá hạn")).to_be_visible()
    expect(page.locator("table.tight")).to_contain_text("09/03/2026 82 ngày làm việc")

    decide(page, 2)
    asked = page.locator("section.doubt").first
    asked.get_by_label("Gia hạn đến ngày").fill("2026-09-21")
    asked.get_by_label("Ý kiến").fill("Đồng ý, không lùi thêm")
    asked.get_by_role("button", name="Chấp thuận").click()
    expect(page.get_by_role("heading", name="Chấp thuận gia hạn đến 21/09/2026?")).to_be_visible()
    page.get_by_role("button", name="Chấp thuận").click()
    told(page, "Đã gia hạn; thời hạn mới có hiệu lực và đơn vị được thông báo.")

    asked = page.locator("section.doubt")
    asked.get_by_role("button", name="Từ chối (phải ghi ý kiến)").click()
    expect(page.get_by_role("alert")).to_be_visible()
    asked.get_by_label("Ý kiến").fill("Thời gian còn đủ")
    asked.get_by_role("button", name="Từ chối (phải ghi ý kiến)").click()

    told(page, "Đã từ chối; đơn vị được thông báo kèm ý kiến.")
    decided = page.get_by_role("table")
    expect(decided).to_contain_text("gia hạn đến 21/09/2026")
    expect(decided).to_contain_text("Ý kiến: Thời gian còn đủ")


def test_an_auditor_finds_a_task_and_reads_its_story(window: Window, site: Site, way: Way) -> None:
    page = window("thanhtra", **way)
    page.goto("/")
    page.get_by_label("Tìm trong toàn phường").fill("ke hoach tuyen truyen")
    page.get_by_role("button", name="Tìm").first.click()
    page.wait_for_url(re.compile("/search"))
    page.get_by_role("main").get_by_role("link", name=re.compile("Kế hoạch tuyên truyền")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kế hoạch tuyên truyền")

    page.goto("/audit/tasks/III.2")
    story = page.locator("ol.story").first
    for said in ("nộp", "nghiệm thu"):
        expect(story).to_contain_text(said)
    page.locator("section[aria-labelledby=log]").locator("a.position").first.click()
    expect(page.get_by_text("SHA-256").first).to_be_visible()


def test_an_auditor_verifies_the_log_and_takes_a_pack_that_holds_by_itself(
    window: Window, site: Site, way: Way, tmp_path: Path
) -> None:
    page = window("thanhtra", **way)
    page.goto("/audit")
    expect(page.get_by_text("Chưa kiểm tra lần nào ở máy này.")).to_be_visible()
    page.get_by_role("button", name="Kiểm tra ngay").click()
    expect(page.get_by_text("Không phát hiện sửa đổi.")).to_be_visible()
    expect(page.locator("main")).to_contain_text(re.compile(r"do thanhtra bấm: [\d.]+ sự kiện được tính lại"))

    page.get_by_role("link", name="Hồ sơ kiểm chứng").filter(visible=True).last.click()
    page.get_by_role("radio", name="Một số nhiệm vụ").check()
    page.get_by_label("Mã nhiệm vụ").fill("II.3, III.2")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Tải hồ sơ (ZIP)").click()
    pack = tmp_path / "pack.zip"
    taken.value.save_as(pack)

    assert taken.value.suggested_filename == "ho-so-kiem-chung-ubnd-phuong-thanh-dong-20260706-0900.zip"
    with zipfile.ZipFile(pack) as opened:
        opened.extractall(tmp_path / "pack")
    said = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"], cwd=tmp_path / "pack", capture_output=True, check=False
    )
    assert said.returncode == 0, said.stdout.decode()
    assert "không phát hiện sửa đổi" in said.stdout.decode()
