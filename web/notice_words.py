"""Notices for people who have a browser: where one names a command, they read the page that does the same."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Which page does what a command does; the commands of whoever looks after the machine stay as they are.
PAGES = {
    "task list": "Nhiệm vụ",
    "plan show": "Quyết định",
    "plan activate": "Quyết định",
    "plan settle": "Quyết định",
    "plan import": "Nhập quyết định",
    "plan amend": "Quyết định sửa đổi kế hoạch",
    "unit list": "Địa chỉ liên hệ",
    "unit alias": "Địa chỉ liên hệ",
    "user list": "Tài khoản",
    "feed list": "Lịch cho điện thoại",
    "calendar notices": "Ngày nghỉ, làm bù",
    "audit verify": "Nhật ký, kiểm tra",
    "status": "Hệ thống",
}
NOTICES = ("refusal", "text")  # under which templates get what a rule says
_COMMAND = re.compile(
    r"(?P<other> hoặc )?(?P<how>chạy(?: lệnh)?:? |bằng lệnh:? )?“?cchc (?P<name>"
    + "|".join(map(re.escape, PAGES))
    + r")(?: (?:TỆP(?:-NÀY)?|… --of … --remove))?”?"
)


def for_browser(notice: str) -> str:
    """Return a notice with pages in the place of commands, each page named once in a row."""
    said = _COMMAND.sub(_page, notice)
    return re.sub(r"(trang “[^”]+”)(?:, \1)+", r"\1", said)


def in_pages(values: Mapping[str, object]) -> dict[str, object]:
    """Return a template's values with the notices among them as `for_browser` gives them."""
    said = {name: values.get(name) for name in NOTICES}
    return {**values, **{name: for_browser(text) for name, text in said.items() if type(text) is str}}


def _page(found: re.Match[str]) -> str:
    if found["other"]:  # the page was named before it
        return ""
    how = found["how"] or ""
    lead = "mở " if how.startswith("chạy") else "ở " if how else ""
    return f"{lead}trang “{PAGES[found['name']]}”"
