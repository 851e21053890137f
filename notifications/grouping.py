"""What a message puts together under one heading, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from notifications.items import Item, Reason


class Group(StrEnum):
    """What a digest puts together, in this order; the value is its heading."""

    LATE = "Quá hạn"
    TODAY = "Đến hạn hôm nay"
    SOON = "Sắp đến hạn"
    RETURNED = "Bị trả lại, cần hoàn thiện"
    MOVED = "Thay đổi thời hạn"
    NEW = "Mới giao"
    CANCELLED = "Dừng thực hiện"
    EXTENSION_DECIDED = "Kết quả đề nghị gia hạn"
    EXTENSION_ASKED = "Đề nghị gia hạn, chờ quyết định"
    WAITING = "Chờ nghiệm thu"
    ACCEPTED = "Đã nghiệm thu"
    UNDELIVERED = "Thư không gửi được"
    ALARM = "Cảnh báo kênh gửi"
    STILL_LATE = "Còn tồn: quá hạn"
    STILL_RETURNED = "Còn tồn: bị trả lại"
    STILL_SOON = "Còn tồn: sắp đến hạn"


STILL = frozenset({Group.STILL_LATE, Group.STILL_RETURNED, Group.STILL_SOON})
_GROUP_OF: Mapping[Reason, Group] = MappingProxyType(
    {
        Reason.OPENED: Group.NEW,
        Reason.EVENT: Group.NEW,
        Reason.SUBMITTED: Group.WAITING,
        Reason.WAITING: Group.WAITING,
        Reason.ACCEPTED: Group.ACCEPTED,
        Reason.RETURNED: Group.RETURNED,
        Reason.MOVED: Group.MOVED,
        Reason.CANCELLED: Group.CANCELLED,
        Reason.EXTENSION_ASKED: Group.EXTENSION_ASKED,
        Reason.EXTENSION_DECIDED: Group.EXTENSION_DECIDED,
        Reason.UNDELIVERED: Group.UNDELIVERED,
        Reason.ALARM: Group.ALARM,
    }
)
INTRODUCTIONS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.OPENED: "Kỳ thực hiện của nhiệm vụ sau đã được mở:",
        Reason.EVENT: "Nhiệm vụ sau phát sinh theo văn bản, sự kiện mới được ghi nhận:",
        Reason.SUBMITTED: "Cơ quan, đơn vị chủ trì đã nộp kết quả sau, đang chờ nghiệm thu:",
        Reason.WAITING: "Kết quả sau đã được nộp, đang chờ nghiệm thu:",
        Reason.ACCEPTED: "Kết quả sau đã được nghiệm thu:",
        Reason.RETURNED: "Kết quả sau chưa được nghiệm thu và được trả lại để hoàn thiện:",
        Reason.MOVED: "Thời hạn của nhiệm vụ sau đã thay đổi:",
        Reason.CANCELLED: "Kỳ thực hiện sau dừng thực hiện:",
        Reason.EXTENSION_ASKED: "Cơ quan, đơn vị chủ trì đề nghị gia hạn, kính trình lãnh đạo quyết định:",
        Reason.EXTENSION_DECIDED: "Đề nghị gia hạn của cơ quan, đơn vị đã được lãnh đạo quyết định:",
        Reason.REMINDER: "Xin nhắc thời hạn của nhiệm vụ sau:",
        Reason.ESCALATION: "Kính báo cáo nhiệm vụ sau để chỉ đạo, đôn đốc:",
        Reason.UNDELIVERED: "Thông báo về việc sau không đến được cơ quan, đơn vị:",
        Reason.ALARM: "Kênh gửi thông báo sau cần người quản trị xử lý:",
    }
)
_IN_TIME = "Đề nghị triển khai thực hiện và cập nhật kết quả đúng thời hạn."
_COMPLETE = "Đề nghị hoàn thiện theo lý do trả lại và nộp lại kết quả."
_HURRY = (
    "Đề nghị khẩn trương hoàn thành và cập nhật kết quả các việc quá hạn; nếu có khó khăn, "
    "vướng mắc, đề nghị báo cáo và xin gia hạn theo quy định."
)
_REQUESTS: Mapping[Group, str] = MappingProxyType(
    {
        Group.LATE: _HURRY,
        Group.TODAY: "Đề nghị hoàn thành và cập nhật kết quả trong ngày hôm nay đối với việc đến hạn.",
        Group.SOON: _IN_TIME,
        Group.RETURNED: _COMPLETE,
        Group.MOVED: "Đề nghị thực hiện và cập nhật kết quả theo thời hạn mới.",
        Group.NEW: _IN_TIME,
        Group.CANCELLED: "Đề nghị dừng thực hiện và lưu hồ sơ theo quy định; không cần cập nhật kết quả.",
        Group.EXTENSION_DECIDED: "Đề nghị thực hiện và cập nhật kết quả theo quyết định nêu trên.",
        Group.EXTENSION_ASKED: "Kính đề nghị lãnh đạo xem xét, chấp thuận hoặc từ chối.",
        Group.WAITING: "Đề nghị xem xét, nghiệm thu hoặc trả lại và nêu rõ lý do.",
        Group.UNDELIVERED: "Đề nghị báo cho đơn vị bằng cách khác và kiểm tra địa chỉ liên hệ của đơn vị.",
        Group.ALARM: "Đề nghị kiểm tra, mở lại kênh; đến lúc đó thông báo đi qua kênh khác nếu có.",
        Group.STILL_LATE: _HURRY,
        Group.STILL_RETURNED: _COMPLETE,
        Group.STILL_SOON: _IN_TIME,
    }
)
_ESCALATED = "Kính đề nghị quan tâm chỉ đạo, đôn đốc các việc nêu trên."


def grouped(items: Sequence[Item]) -> dict[Group, list[Item]]:
    """Sort by group, then by due date; what falls together keeps the order it came in."""
    found: dict[Group, list[Item]] = {group: [] for group in Group}
    for item in sorted(items, key=_due):
        found[group_of(item)].append(item)
    return {group: members for group, members in found.items() if members}


def group_of(item: Item) -> Group:
    """Return the heading under which an item stands."""
    if item.still and item.reason is Reason.RETURNED:
        return Group.STILL_RETURNED
    if item.reason in _GROUP_OF:
        return _GROUP_OF[item.reason]
    if item.days_left == 0:
        return Group.TODAY
    if item.days_left is None or item.days_left > 0:
        return Group.STILL_SOON if item.still else Group.SOON
    return Group.STILL_LATE if item.still else Group.LATE


def requests(items: Sequence[Item]) -> list[str]:
    """Ask each thing once; those above the unit are asked to see to it, not to do it."""
    mine = {group_of(item) for item in items if item.reason is not Reason.ESCALATION}
    asked = [_REQUESTS[group] for group in Group if group in mine and group in _REQUESTS]
    if any(item.reason is Reason.ESCALATION for item in items):
        asked.append(_ESCALATED)
    return list(dict.fromkeys(asked))


def _due(item: Item) -> date:
    return item.due_on or date.max
