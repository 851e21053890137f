"""A message as its templates see it: every fact in words already, so that a template only places them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from domain.plans import STAGE_NAMES
from notifications.grouping import INTRODUCTIONS, STILL, Group, grouped, requests
from notifications.items import Item, Reason
from notifications.wording import (
    LONGEST_NOTE,
    clean,
    distance,
    impersonal,
    lowered,
    short_date,
    shortened,
    vietnamese_date,
)

_FINISHED = frozenset({Reason.SUBMITTED, Reason.WAITING, Reason.ACCEPTED, Reason.CANCELLED})
_UNDATED = frozenset({Reason.UNDELIVERED, Reason.ALARM})
_NOTE_NAMES: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.RETURNED: "Lý do trả lại",
        Reason.ACCEPTED: "Ý kiến",
        Reason.MOVED: "Nội dung thay đổi",
        Reason.CANCELLED: "Lý do",
        Reason.EXTENSION_ASKED: "Nội dung đề nghị",
        Reason.EXTENSION_DECIDED: "Quyết định",
        Reason.UNDELIVERED: "Nguyên nhân",
        Reason.ALARM: "Nguyên nhân",
    }
)
_COUNTED: Mapping[Group, str] = MappingProxyType(
    {
        Group.EXTENSION_ASKED: "đề nghị gia hạn",
        Group.EXTENSION_DECIDED: "kết quả đề nghị gia hạn",
        Group.UNDELIVERED: "thư không gửi được",
        Group.ALARM: "cảnh báo kênh gửi",
    }
)
# How grave a heading is; the colours are in the HTML templates.
_TONES: Mapping[Group, str] = MappingProxyType(
    {
        Group.LATE: "bad",
        Group.STILL_LATE: "bad",
        Group.TODAY: "warn",
        Group.RETURNED: "warn",
        Group.STILL_RETURNED: "warn",
        Group.MOVED: "warn",
        Group.CANCELLED: "warn",
        Group.EXTENSION_ASKED: "warn",
        Group.UNDELIVERED: "bad",
        Group.ALARM: "bad",
        Group.ACCEPTED: "good",
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One item in words; what does not apply is empty."""

    code: str
    title: str
    label: str
    unit: str
    stage: str
    due: str  # thứ Tư, ngày 09/12/2026
    due_short: str  # 09/12/2026
    left: str  # còn 5 ngày làm việc
    left_both: str  # còn 5 ngày làm việc, 7 ngày theo lịch
    late: bool
    note_name: str
    note: str
    since: str
    link: str
    web_link: str  # the link where it may stand in an `href`, else empty
    received: str


@dataclass(frozen=True, slots=True)
class Part:
    """The entries under one heading; `tone` is `bad`, `warn`, `busy` or `good`."""

    heading: str
    tone: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Letter:
    """What `letter.*` and `brief.*` are rendered with; `reason` is empty in a digest."""

    subject: str
    ward: str
    recipient: str
    today: str
    reason: str
    introduction: str
    parts: Sequence[Part]
    requests: Sequence[str]
    count: int
    link: str  # where all of it can be seen
    received: str  # one link that acknowledges all of it
    checkpoint: str = ""  # the signed state of the log, which whoever keeps the letter keeps with it

    @property
    def single(self) -> bool:
        """Tell whether the letter is about one thing."""
        return self.count == 1

    @property
    def entries(self) -> list[Entry]:
        """Return the entries of all parts, in order."""
        return [entry for part in self.parts for entry in part.entries]


def letter(
    ward_name: str,
    recipient_name: str,
    items: Sequence[Item],
    *,
    today: date,
    link: str,
    checkpoint: str = "",
) -> Letter:
    """Put what is to tell into words."""
    groups = grouped(items)
    receipts = {item.received_link for item in items} - {None}
    at_once = len(receipts) == 1
    parts = [
        Part(group.value, _TONES.get(group, "busy"), [_entry(item, at_once=at_once) for item in members])
        for group, members in groups.items()
    ]
    one = items[0] if len(items) == 1 else None
    day = vietnamese_date(today)
    return Letter(
        subject="[CCHC] " + (_subject_of(one) if one else _digest_subject(groups, today)),
        ward=clean(ward_name),
        recipient=clean(recipient_name),
        today=day,
        reason=one.reason.value if one else "",
        introduction=INTRODUCTIONS[one.reason]
        if one
        else f"Tính đến {day}, có {len(items)} việc cải cách hành chính cần quan tâm:",
        parts=parts,
        requests=requests(items),
        count=len(items),
        link=_web(link),
        received=_web(receipts.pop() or "") if at_once else "",
        checkpoint=checkpoint.strip(),
    )


def _entry(item: Item, *, at_once: bool) -> Entry:
    due, finished = item.due_on, item.reason in _FINISHED
    told = due is not None and not finished and item.days_left is not None
    days, working = item.days_left, item.working_days_left
    link = clean(item.link)
    return Entry(
        code=clean(item.task_code),
        title=shortened(item.title),
        label=clean(item.label),
        unit=clean(item.unit),
        stage=STAGE_NAMES[item.stage] if item.stage else "",
        due=vietnamese_date(due) if due else "" if item.reason in _UNDATED else "chưa ấn định",
        due_short=short_date(due) if due else "",
        left=distance(days, working) if told else "",
        left_both=distance(days, working, both=True) if told else "",
        late=told and days is not None and days < 0,
        note_name=_NOTE_NAMES.get(item.reason, "Ghi chú"),
        note=_note(item),
        since=_since(item),
        link=link,
        web_link=_web(link),
        received="" if at_once or not item.received_link else _web(item.received_link),
    )


def _note(item: Item) -> str:
    if not item.note:
        return ""
    note = impersonal(item.note) if item.reason in _UNDATED else item.note
    return shortened(note, LONGEST_NOTE)


def _since(item: Item) -> str:
    if item.since is None:
        return ""
    waited = f" (đã chờ {item.waited} ngày làm việc)" if item.waited else ""
    return vietnamese_date(item.since) + waited


def _web(link: str) -> str:
    """Return a link that a browser may follow without running it; anything else is no link."""
    link = clean(link)
    return link if link.startswith(("https://", "http://")) and " " not in link else ""


def _subject_of(item: Item) -> str:
    stage = STAGE_NAMES[item.stage] if item.stage else "Nhiệm vụ"
    due = f" (hạn {short_date(item.due_on)})" if item.due_on else ""
    left = distance(item.days_left, item.working_days_left)
    named = shortened(item.unit, 60) or shortened(item.title, 60)
    said = {
        Reason.OPENED: f"Mở kỳ thực hiện {shortened(item.label, 60)}{due}",
        Reason.EVENT: f"Việc phát sinh theo {shortened(item.label, 60)}{due}",
        Reason.SUBMITTED: f"Đã nộp {lowered(stage)}, chờ nghiệm thu",
        Reason.WAITING: f"{stage} chờ nghiệm thu",
        Reason.ACCEPTED: f"Đã nghiệm thu {lowered(stage)}",
        Reason.RETURNED: f"Trả lại {lowered(stage)} để hoàn thiện{due}",
        Reason.MOVED: f"Thay đổi thời hạn {lowered(stage)}{due}",
        Reason.CANCELLED: f"Dừng thực hiện {shortened(item.label, 60) or lowered(stage)}",
        Reason.EXTENSION_ASKED: f"Đề nghị gia hạn {lowered(stage)}{due}",
        Reason.EXTENSION_DECIDED: f"Kết quả đề nghị gia hạn {lowered(stage)}",
        Reason.REMINDER: f"{stage} {left}{due}",
        Reason.ESCALATION: f"Đôn đốc {lowered(stage)} {left}{due}",
        Reason.UNDELIVERED: f"Thư không gửi được: {named}",
        Reason.ALARM: f"Cảnh báo: {shortened(item.title, 80)}",
    }
    code = shortened(item.task_code, 20)
    return f"{code}: {said[item.reason]}" if code else said[item.reason]


def _digest_subject(groups: Mapping[Group, Sequence[Item]], today: date) -> str:
    counts = [
        f"{len(items)} {_COUNTED.get(group) or 'việc ' + lowered(group.split(',')[0])}"
        for group, items in groups.items()
        if group not in STILL
    ]
    still = sum(len(items) for group, items in groups.items() if group in STILL)
    if still:
        counts.append(f"{still} việc còn tồn")
    return f"Ngày {short_date(today)}: {', '.join(counts)}"
