"""The history in words: what happened, who did it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.ladder_words import scope_in_words
from domain.people import ROLE_NAMES, Role
from web.days import short_day
from web.words import MESSAGE_STATES, RECEIPTS, VERDICTS, stage_name

Facts = Mapping[str, Any]
_DELIVERIES = {
    "reconciled": ("đã rõ là đã tới", "good"),
    "confirmed": ("người đối chiếu ghi là đã tới", "good"),
    "resent": ("gửi lại theo quyết định của người", "calm"),
}
_NO_ACCOUNT = {"system": "Hệ thống", "recipient": "Người nhận thông báo"}


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the log in words; `about` names the occurrence that it concerns."""

    position: int
    at: datetime
    who: str
    what: str
    about: str


def told(events: Sequence[Any], names: Mapping[int, str], labels: Mapping[int, str]) -> list[Told]:
    """Put events into words; `names` are those of accounts, `labels` those of occurrences, by id."""
    return [_told(row, json.loads(row.body), names, labels) for row in events]


def _told(row: Any, body: Facts, names: Mapping[int, str], labels: Mapping[int, str]) -> Told:
    facts = body["facts"]
    concerned = [facts["occurrence"]] if "occurrence" in facts else facts.get("occurrences", [])
    about = "; ".join(labels[each] for each in concerned if each in labels)
    return Told(row.position, row.recorded_at, who(body["actor"], names), what(row.kind, facts), about)


def who(actor: Facts, names: Mapping[int, str]) -> str:
    """Name an actor of the log; it holds ids only."""
    way = f", {by_way(actor['via'])}" if "via" in actor else ""
    if actor["role"] in _NO_ACCOUNT:
        return _NO_ACCOUNT[actor["role"]] + way
    name = names.get(actor["id"], f"tài khoản số {actor['id']}")
    return f"{name} ({ROLE_NAMES[Role(actor['role'])]}){way}"


def by_way(via: str) -> str:
    """Say by what way an actor came: by a command, typed by an account of the machine."""
    return f"bằng lệnh, tài khoản máy số {via.removeprefix('command:')}"


def what(kind: str, facts: Facts) -> str:
    """Say what an event is; a kind without words of its own shows its name."""
    if kind.startswith("delivery."):
        state = kind.removeprefix("delivery.")
        said = {**_DELIVERIES, **MESSAGE_STATES, **RECEIPTS}.get(state, (state, ""))[0]
        return f"Gửi thông báo: {said}" if state in _DELIVERIES or state in RECEIPTS else f"Gửi thư: {said}"
    say = _WORDS.get(kind)
    return say(facts) if say else kind


def _submitted(facts: Facts) -> str:
    said = [f"thực hiện ngày {short_day(facts['effective_on'])}"]
    if "doc_number" in facts:
        dated = f" ngày {short_day(facts['doc_date'])}" if "doc_date" in facts else ""
        said.append(f"văn bản số {facts['doc_number']}{dated}")
    if facts.get("documents"):
        said.append(f"{len(facts['documents'])} tệp")
    if "due_on" in facts:
        late = "quá hạn" if facts["late"] else "đúng hạn"
        said.append(f"{late} (hạn {short_day(facts['due_on'])})")
    if "standing_in_for" in facts:
        said.append("làm thay người vắng của đơn vị")
    return f"Nộp bước “{stage_name(facts['stage'])}”, lần {facts['attempt']}: {', '.join(said)}"


def _judged(verb: str) -> Callable[[Facts], str]:
    return lambda facts: f"{verb} bước “{stage_name(facts['stage'])}”, lần {facts['attempt']}"


def _moved(facts: Facts) -> str:
    former = f"từ {short_day(facts['former_due'])} thành" if "former_due" in facts else "là"
    new = short_day(facts["due_on"]) if "due_on" in facts else "không có hạn"
    verb = "Sửa đổi" if "amendment" in facts else "Gia hạn, đổi" if "extension" in facts else "Ấn định"
    return f"{verb} hạn bước “{stage_name(facts['stage'])}” {former} {new}"


def _granted(facts: Facts) -> str:
    said = f"Chấp thuận gia hạn bước “{stage_name(facts['stage'])}” đến {short_day(facts['until'])}"
    reasons = ", vì lý do khách quan" if facts["objective"] else ""
    return f"{said}{reasons}" if facts["moved"] else f"{said}{reasons}; thời hạn không đổi, vẫn tính quá hạn"


_CHANGES = {
    "changed": "Sửa đổi nhiệm vụ",
    "added": "Bổ sung nhiệm vụ",
    "withdrawn": "Đưa nhiệm vụ ra khỏi kế hoạch",
}


def _settled(facts: Facts) -> str:
    verdict = VERDICTS.get(facts.get("verdict", "settled"), "")
    due = f"; hạn mới {short_day(facts['due_on'])}" if "due_on" in facts else ""
    return f"Quyết định về điểm cần xem lại số {facts['finding']}: {verdict}{due}"


def _scope(facts: Facts) -> str:
    return scope_in_words(facts["kind"], facts["stage"])


_WORDS: dict[str, Callable[[Facts], str]] = {
    "plan.imported": lambda facts: f"Nhập Quyết định {facts['number']}: {facts['tasks']} nhiệm vụ",
    "audit.verified": lambda facts: (
        "Kiểm tra toàn bộ nhật ký: "
        + (
            f"phát hiện được {facts['problems']} chỗ bị sửa đổi"
            if facts["problems"]
            else "không phát hiện sửa đổi"
        )
        + f", {facts['size']} sự kiện"
    ),
    "plan.activated": lambda _: "Đưa kế hoạch vào thực hiện",
    "account.added": lambda _: "Thêm hoặc mở lại tài khoản",
    "account.disabled": lambda _: "Khoá tài khoản",
    "account.changed": lambda _: "Đổi vai trò, đơn vị hoặc địa chỉ của tài khoản",
    "account.signed-in": lambda _: "Đăng nhập",
    "account.sign-in-refused": lambda facts: (
        f"Đăng nhập không thành công, lần thứ {facts['failures']} liên tiếp"
    ),
    "account.password-changed": lambda _: "Đặt mật khẩu",
    "account.link-made": lambda _: "Tạo đường dẫn đặt mật khẩu",
    "account.sessions-revoked": lambda facts: f"Kết thúc {facts['sessions']} phiên đăng nhập",
    "account.second-factor-set": lambda _: "Bật mã xác thực",
    "account.second-factor-removed": lambda _: "Tắt mã xác thực",
    "contact.added": lambda _: "Thêm địa chỉ liên hệ của đơn vị",
    "contact.removed": lambda _: "Bỏ địa chỉ liên hệ của đơn vị",
    "contact.ranked": lambda facts: f"Đặt thứ tự {facts['rank']} cho một địa chỉ liên hệ của đơn vị",
    "contact.muted": lambda _: "Tạm dừng gửi tới một địa chỉ: người nhận từ chối hoặc không nhận được",
    "contact.unmuted": lambda _: "Gửi lại tới một địa chỉ đã tạm dừng",
    "contact.code-made": lambda _: "Tạo mã liên kết Zalo cho một đơn vị",
    "contact.bound": lambda _: "Liên kết Zalo với đơn vị bằng mã, người nhận đồng ý nhận thông báo",
    "unit.alias-added": lambda _: "Ghi một cách viết khác của tên đơn vị",
    "unit.alias-removed": lambda _: "Bỏ một cách viết của tên đơn vị",
    "unit.members-set": lambda _: "Ghi các đơn vị của một nhóm",
    "reminder.acknowledged": lambda _: "Xác nhận đã nhận thông báo, bằng đường dẫn trong thư",
    "reminder.rule-set": lambda facts: f"Đặt quy tắc nhắc việc cho {_scope(facts)}",
    "reminder.rule-removed": lambda facts: f"Bỏ quy tắc nhắc việc riêng của {_scope(facts)}",
    "reminder.hours-set": lambda facts: f"Đặt giờ gửi nhắc việc từ {facts['from_time']}",
    "calendar.notice-added": lambda facts: (
        f"Ghi thông báo ngày nghỉ năm {facts['year']}: {facts['document']}"
    ),
    "calendar.notice-withdrawn": lambda facts: (
        f"Bỏ thông báo ngày nghỉ năm {facts['year']}: {facts['document']}"
    ),
    "stand-in.named": lambda facts: (
        f"Cử người làm thay từ {short_day(facts['first'])} đến hết {short_day(facts['last'])}"
    ),
    "stand-in.ended": lambda facts: f"Cho thôi lần làm thay số {facts['number']}",
    "task.assigned": lambda facts: (
        f"{'Giao' if 'account' in facts else 'Thôi giao'} người phụ trách nhiệm vụ {facts['task']}"
    ),
    "event.asked-answered": lambda facts: (
        f"Trả lời câu hỏi tháng {facts['month'][5:7]}/{facts['month'][:4]} cho nhiệm vụ {facts['task']}: "
        + ("đã có văn bản" if facts["answer"] == "arrived" else "chưa có văn bản nào")
    ),
    "feed.made": lambda _: "Tạo địa chỉ lịch thời hạn",
    "feed.revoked": lambda _: "Thu hồi địa chỉ lịch thời hạn",
    "event.recorded": lambda facts: f"Ghi nhận văn bản số {facts['doc_number']} của {facts['issuer']}",
    "occurrence.opened": lambda facts: (
        f"Mở kỳ thực hiện “{facts['label']}”" + (" theo văn bản đã ghi nhận" if "event" in facts else "")
    ),
    "occurrence.done": lambda _: "Hoàn thành kỳ thực hiện",
    "stage.submitted": _submitted,
    "stage.accepted": _judged("Nghiệm thu"),
    "stage.returned": _judged("Trả lại"),
    "stage.withdrawn": _judged("Rút lại kết quả"),
    "extension.asked": lambda facts: (
        f"Đề nghị gia hạn bước “{stage_name(facts['stage'])}” từ {short_day(facts['former_due'])} đến "
        f"{short_day(facts['until'])}"
    ),
    "extension.granted": _granted,
    "extension.refused": lambda facts: f"Từ chối gia hạn bước “{stage_name(facts['stage'])}”",
    "extension.withdrawn": lambda facts: f"Rút đề nghị gia hạn bước “{stage_name(facts['stage'])}”",
    "due.changed": _moved,
    "plan.amended": lambda facts: f"Áp dụng Quyết định {facts['number']} sửa đổi kế hoạch",
    "task.amended": lambda facts: f"{_CHANGES[facts['change']]} {facts['code']} theo quyết định sửa đổi",
    "occurrence.cancelled": lambda facts: (
        "Huỷ kỳ thực hiện" + (" theo quyết định sửa đổi" if "amendment" in facts else " mở nhầm")
    ),
    "occurrence.planned": lambda _: "Đưa kỳ thực hiện trở lại kế hoạch theo quyết định sửa đổi",
    "occurrence.handed-over": lambda _: "Chuyển kỳ thực hiện cho cơ quan chủ trì mới",
    "succession.confirmed": lambda facts: f"Xác nhận {facts['tasks']} nhiệm vụ tiếp nối năm trước",
    "succession.chosen": lambda _: "Xác nhận một nhiệm vụ tiếp nối năm trước",
    "finding.settled": _settled,
    "finding.reopened": lambda facts: f"Mở lại điểm cần xem lại số {facts['finding']}",
}
