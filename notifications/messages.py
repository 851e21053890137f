"""The words of our mails, in the form of a public office; the same facts always give the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from domain.calendar import WEEKDAYS
from domain.plans import STAGE_NAMES, Stage

LONGEST_TITLE = 120
_LONGEST_NOTE = 600


class Reason(StrEnum):
    """Why somebody is written to."""

    OPENED = "opened"  # kỳ thực hiện mở
    EVENT = "event"  # việc phát sinh do văn bản, sự kiện
    SUBMITTED = "submitted"  # to the acceptor
    ACCEPTED = "accepted"
    RETURNED = "returned"  # `note` says why
    REMINDER = "reminder"
    ESCALATION = "escalation"  # to those above the unit


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell about one occurrence; `days_left` is negative once it is late."""

    task_code: str
    title: str
    label: str
    unit: str
    stage: Stage | None
    reason: Reason
    due_on: date | None
    days_left: int | None
    note: str | None
    link: str


@dataclass(frozen=True, slots=True)
class Content:
    """A subject of one line and a text of short paragraphs."""

    subject: str
    text: str


class _Group(StrEnum):
    """What a digest puts together, in this order; the value is its heading."""

    LATE = "Quá hạn"
    TODAY = "Đến hạn hôm nay"
    SOON = "Sắp đến hạn"
    RETURNED = "Bị trả lại, cần hoàn thiện"
    NEW = "Mới giao"
    SUBMITTED = "Chờ nghiệm thu"
    ACCEPTED = "Đã nghiệm thu"


_GROUP_OF: Mapping[Reason, _Group] = MappingProxyType(
    {
        Reason.OPENED: _Group.NEW,
        Reason.EVENT: _Group.NEW,
        Reason.SUBMITTED: _Group.SUBMITTED,
        Reason.ACCEPTED: _Group.ACCEPTED,
        Reason.RETURNED: _Group.RETURNED,
    }
)
_INTRODUCTIONS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.OPENED: "Kỳ thực hiện của nhiệm vụ sau đã được mở:",
        Reason.EVENT: "Nhiệm vụ sau phát sinh theo văn bản, sự kiện mới được ghi nhận:",
        Reason.SUBMITTED: "Cơ quan, đơn vị chủ trì đã nộp kết quả sau, đang chờ nghiệm thu:",
        Reason.ACCEPTED: "Kết quả sau đã được nghiệm thu:",
        Reason.RETURNED: "Kết quả sau chưa được nghiệm thu và được trả lại để hoàn thiện:",
        Reason.REMINDER: "Xin nhắc thời hạn của nhiệm vụ sau:",
        Reason.ESCALATION: "Kính báo cáo nhiệm vụ sau để chỉ đạo, đôn đốc:",
    }
)
_REQUESTS: Mapping[_Group, str] = MappingProxyType(
    {
        _Group.LATE: "Đề nghị khẩn trương hoàn thành và cập nhật kết quả các việc quá hạn; nếu có khó khăn, "
        "vướng mắc, đề nghị báo cáo và xin gia hạn theo quy định.",
        _Group.TODAY: "Đề nghị hoàn thành và cập nhật kết quả trong ngày hôm nay đối với việc đến hạn.",
        _Group.SOON: "Đề nghị triển khai thực hiện và cập nhật kết quả đúng thời hạn.",
        _Group.RETURNED: "Đề nghị hoàn thiện theo lý do trả lại và nộp lại kết quả.",
        _Group.NEW: "Đề nghị triển khai thực hiện và cập nhật kết quả đúng thời hạn.",
        _Group.SUBMITTED: "Đề nghị xem xét, nghiệm thu hoặc trả lại và nêu rõ lý do.",
    }
)
_ESCALATED = "Kính đề nghị quan tâm chỉ đạo, đôn đốc các việc nêu trên."


def compose(ward_name: str, recipient_name: str, items: Sequence[Item], *, today: date) -> Content:
    """Return the mail that tells `recipient_name` about `items`: one plainly, several as a digest.

    Raises:
        ValueError: there is nothing to tell.
    """
    if not items:
        raise ValueError("a mail without items")
    if len(items) == 1:
        subject, body = _subject_of(items[0]), _single(items[0])
    else:
        groups = _grouped(items)
        subject, body = _digest_subject(groups, today), _digest(groups, today)
    paragraphs = [
        f"Kính gửi: {_clean(recipient_name)}",
        *body,
        *_requests(items),
        f"--\nThư do hệ thống theo dõi kế hoạch cải cách hành chính của {_clean(ward_name)} gửi tự động. "
        "Vui lòng không trả lời thư này.",
    ]
    return Content(f"[CCHC] {subject}", "\n\n".join(paragraphs) + "\n")


def vietnamese_date(day: date) -> str:
    """Return `day` as offices write it, with its weekday: `thứ Tư, ngày 09/12/2026`."""
    return f"{WEEKDAYS[day.weekday()]}, ngày {day:%d/%m/%Y}"


def shortened(text: str, longest: int = LONGEST_TITLE) -> str:
    """Return `text` on one line, cut between words where it is longer than `longest`."""
    line = _clean(text)
    if len(line) <= longest:
        return line
    cut = line[:longest]  # one character is for the ellipsis
    cut = cut.rpartition(" ")[0] or cut[:-1]
    return cut.rstrip(" ,;:.-–") + "…"


def _single(item: Item) -> list[str]:
    return [_INTRODUCTIONS[item.reason], _block(item)]


def _digest(groups: Mapping[_Group, Sequence[Item]], today: date) -> list[str]:
    count = sum(len(items) for items in groups.values())
    paragraphs = [f"Tính đến {vietnamese_date(today)}, có {count} việc cải cách hành chính cần quan tâm:"]
    for group, items in groups.items():
        paragraphs.append(f"{group.upper()} ({len(items)})")
        paragraphs.extend(_block(item) for item in items)
    return paragraphs


def _digest_subject(groups: Mapping[_Group, Sequence[Item]], today: date) -> str:
    counts = ", ".join(
        f"{len(items)} việc {_lowered(group.split(',')[0])}" for group, items in groups.items()
    )
    return f"Ngày {today:%d/%m/%Y}: {counts}"


def _grouped(items: Sequence[Item]) -> dict[_Group, list[Item]]:
    """Sort by group, then by due date; what falls together keeps the order it came in."""
    ordered = sorted(items, key=lambda item: item.due_on or date.max)
    found = {group: [item for item in ordered if _group_of(item) is group] for group in _Group}
    return {group: members for group, members in found.items() if members}


def _group_of(item: Item) -> _Group:
    if item.reason in _GROUP_OF:
        return _GROUP_OF[item.reason]
    if item.days_left is None or item.days_left > 0:
        return _Group.SOON
    return _Group.TODAY if item.days_left == 0 else _Group.LATE


def _requests(items: Sequence[Item]) -> list[str]:
    """Ask each thing once; those above the unit are asked to see to it, not to do it."""
    mine = [item for item in items if item.reason != Reason.ESCALATION]
    asked = [_REQUESTS[group] for group in _grouped(mine) if group in _REQUESTS]
    if len(mine) < len(items):
        asked.append(_ESCALATED)
    return ["\n".join(dict.fromkeys(asked))] if asked else []


def _subject_of(item: Item) -> str:
    stage = STAGE_NAMES[item.stage] if item.stage else "Nhiệm vụ"
    due = f" (hạn {item.due_on:%d/%m/%Y})" if item.due_on else ""
    said = {
        Reason.OPENED: f"Mở kỳ thực hiện {shortened(item.label, 60)}{due}",
        Reason.EVENT: f"Việc phát sinh theo {shortened(item.label, 60)}{due}",
        Reason.SUBMITTED: f"Đã nộp {_lowered(stage)}, chờ nghiệm thu",
        Reason.ACCEPTED: f"Đã nghiệm thu {_lowered(stage)}",
        Reason.RETURNED: f"Trả lại {_lowered(stage)} để hoàn thiện{due}",
        Reason.REMINDER: f"{stage} {_standing(item)}{due}",
        Reason.ESCALATION: f"Đôn đốc {_lowered(stage)} {_standing(item)}{due}",
    }
    return f"{shortened(item.task_code, 20)}: {said[item.reason]}"


def _block(item: Item) -> str:
    lines = [
        f"{_clean(item.task_code)}. {shortened(item.title)}",
        f"   - Kỳ thực hiện: {_clean(item.label)}" if item.label else "",
        f"   - Cơ quan, đơn vị chủ trì: {_clean(item.unit)}",
        f"   - Giai đoạn: {STAGE_NAMES[item.stage]}" if item.stage else "",
        f"   - Thời hạn: {_due(item)}",
        f"   - {_note_name(item)}: {shortened(item.note, _LONGEST_NOTE)}" if item.note else "",
        f"   - Xem và cập nhật tại: {_clean(item.link)}",
    ]
    return "\n".join(line for line in lines if line)


def _note_name(item: Item) -> str:
    return "Lý do trả lại" if item.reason == Reason.RETURNED else "Ghi chú"


def _due(item: Item) -> str:
    if item.due_on is None:
        return "chưa ấn định"
    finished = item.reason in (Reason.SUBMITTED, Reason.ACCEPTED)
    said = "" if finished or item.days_left is None else f" ({_standing(item)})"
    return vietnamese_date(item.due_on) + said


def _standing(item: Item) -> str:
    if item.days_left is None:
        return "cần thực hiện"
    if item.days_left == 0:
        return "đến hạn hôm nay"
    return f"còn {item.days_left} ngày" if item.days_left > 0 else f"quá hạn {-item.days_left} ngày"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _clean(text: str) -> str:
    """Return `text` on one line without what cannot be printed: nothing in it can start a header."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())
