"""The head of every page: which pages each role is led to, those of every day first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Template
from markupsafe import Markup

from domain.people import PERMITTED, Action, Role

DESKS = {
    Role.COORDINATOR: "Việc hôm nay",
    Role.OFFICER: "Việc hôm nay",
    Role.LEADER: "Tổng quan",
    Role.AUDITOR: "Kiểm tra",
    Role.ADMIN: "Quản trị",
}
# What stands in the bar, after the desk; on a phone only the first two of it, the others go into the menu.
_FIRST = {
    Role.COORDINATOR: ("/tasks", "/submissions", "/events", "/calendar", "/overview"),
    Role.OFFICER: ("/tasks", "/calendar", "/extensions", "/help"),
    Role.LEADER: ("/tasks", "/extensions", "/submissions", "/calendar", "/reports"),
    Role.AUDITOR: ("/tasks", "/evidence", "/overview", "/reports", "/plan"),
    Role.ADMIN: ("/accounts", "/running", "/outbox", "/contacts", "/tasks"),
}
ON_A_PHONE = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in the menu; without an action everybody signed in may see it."""

    link: str
    name: str
    action: Action | None = None


ENTRIES = (
    Entry("/tasks", "Nhiệm vụ"),
    Entry("/submissions", "Nghiệm thu", Action.ACCEPT),
    Entry("/events", "Văn bản, sự kiện"),
    Entry("/questions", "Câu hỏi hằng tháng", Action.ANSWER_QUESTION),
    Entry("/extensions", "Gia hạn"),
    Entry("/overview", "Tổng quan"),
    Entry("/charts", "Biểu đồ"),
    Entry("/calendar", "Lịch"),
    Entry("/plan", "Quyết định"),
    Entry("/reports", "Báo cáo", Action.REPORT),
    Entry("/hand-over", "Người phụ trách", Action.ASSIGN),
    Entry("/stand-ins", "Làm thay", Action.STAND_IN),
    Entry("/audit", "Nhật ký, kiểm tra", Action.VERIFY),
    Entry("/evidence", "Hồ sơ kiểm chứng", Action.VERIFY),
    Entry("/reminders", "Nhắc việc"),
    Entry("/outbox", "Thông báo", Action.SEE_MESSAGES),
    Entry("/contacts", "Địa chỉ liên hệ", Action.SEE_MESSAGES),
    Entry("/inbox", "Hộp thư nội bộ", Action.MANAGE_MESSAGES),
    Entry("/accounts", "Tài khoản", Action.MANAGE_ACCOUNTS),
    Entry("/machines", "Máy và mã truy cập", Action.MANAGE_MACHINES),
    Entry("/zalo", "Zalo OA", Action.MANAGE_ZALO),
    Entry("/feeds", "Lịch cho điện thoại"),
    Entry("/running", "Hệ thống"),
    Entry("/help", "Hướng dẫn"),
)


@dataclass(frozen=True, slots=True)
class Menu:
    """What the bar holds and what the menu behind it; `folded` stand in the bar, on a phone in the menu."""

    desk: str
    first: Sequence[Entry]
    folded: Sequence[Entry]
    more: Sequence[Entry]


@lru_cache(maxsize=64)
def menu(role: Role, served: frozenset[str], *, local_mail: bool) -> Menu:
    """Return the menu of a role: only pages that it may see and that are served."""
    hidden = set() if local_mail else {"/inbox"}
    seen = {
        each.link: each
        for each in ENTRIES
        if each.link in served
        and each.link not in hidden
        and (each.action is None or role in PERMITTED[each.action])
    }
    bar = [seen.pop(link) for link in _FIRST[role] if link in seen]
    seen.pop(HOMES.get(role, ""), None)
    return Menu(DESKS[role], tuple(bar[:ON_A_PHONE]), tuple(bar[ON_A_PHONE:]), tuple(seen.values()))


@lru_cache(maxsize=512)
def drawn(template: Template, found: Menu, path: str, prefect: str | None) -> Markup:
    """Draw the bar and the menu as they stand on one page, the same for all of a role."""
    return Markup(template.render(menu=found, path=path, prefect=prefect))  # noqa: S704 - it has escaped it


HOMES = {Role.LEADER: "/overview", Role.AUDITOR: "/audit"}  # what the first page of a role is, too
