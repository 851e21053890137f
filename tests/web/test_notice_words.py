"""People with a browser are sent to pages, never to a command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.refusals import UnknownTask, UnknownUnit, UnknownUser
from services.finding_refusals import UnknownFinding
from services.people import Ward
from services.plans import NoDraft
from services.proofs import BrokenTree
from tests.builders import plan_of, task
from tests.web.conftest import Browse
from web.notice_words import for_browser


@pytest.mark.parametrize(
    ("notice", "page"),
    [
        (UnknownTask("I.9").notice, "Xem danh sách: trang “Nhiệm vụ”"),
        (UnknownUnit("X").notice, "Xem danh sách: trang “Địa chỉ liên hệ”"),
        (UnknownUser("x").notice, "Xem danh sách: trang “Tài khoản”"),
        (UnknownFinding(3).notice, "Xem các điểm: trang “Quyết định”"),
        (NoDraft().notice, "Nhập: trang “Nhập quyết định”"),
        (BrokenTree(1, 2).notice, "hãy mở trang “Nhật ký, kiểm tra”."),
        ("còn điểm phải xử lý (cchc plan show, cchc plan settle):", "xử lý (trang “Quyết định”):"),
        ("ở trang “Quyết định” hoặc chạy: cchc plan amend TỆP. Nếu", "ở trang “Quyết định”. Nếu"),
        ("thì nhập bằng lệnh cchc plan import.", "thì nhập ở trang “Nhập quyết định”."),
    ],
)
def test_a_command_is_said_as_the_page_that_does_it(notice: str, page: str) -> None:
    said = for_browser(notice)

    assert page in said
    assert "cchc" not in said


def test_what_names_no_command_stays_as_it_is() -> None:
    assert for_browser("Phải ghi lý do khi trả lại.") == "Phải ghi lý do khi trả lại."


def test_a_task_that_there_is_not_leads_to_the_list_of_tasks(
    started: Callable[..., Ward], browse: Browse
) -> None:
    started(plan_of(task("I.1")))

    text = browse().get("/tasks/IX.9").text

    assert "trang “Nhiệm vụ”" in text
    assert "cchc task" not in text
