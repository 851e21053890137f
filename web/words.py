"""The Vietnamese words for what stands in the database, and the tone that each is shown in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from domain import words
from domain.names import slug
from domain.phones import phone_in_words
from domain.plans import STAGE_NAMES, Stage, TaskKind
from domain.status import Status
from services.attachments import mark_of

# A tone is a CSS class; the word beside it always says the same.
STATUS_TONES: Mapping[Status, str] = {
    Status.DONE_ON_TIME: "good",
    Status.DONE_LATE: "warn",
    Status.DONE_NO_DUE: "good",
    Status.ON_TIME: "busy",
    Status.OVERDUE: "bad",
    Status.NOT_YET: "calm",
    Status.AWAITS_EVENT: "calm",
    Status.AWAITS_DATE: "warn",
    Status.CANCELLED: "calm",
}
OFFICIAL = (Status.OVERDUE, Status.ON_TIME, Status.DONE_ON_TIME, Status.DONE_LATE, Status.DONE_NO_DUE)
STATUS_SLUGS = {slug(status): status for status in Status}

KINDS: Mapping[TaskKind, str] = {kind: words.TASK_KINDS[kind] for kind in TaskKind}
_STAGE_TONES = {
    "waiting": "calm",
    "open": "busy",
    "submitted": "warn",
    "returned": "bad",
    "accepted": "good",
}
STAGE_STATES = {state: (words.STAGE_STATES[state], tone) for state, tone in _STAGE_TONES.items()}
_MESSAGE_TONES = {
    "pending": "calm",
    "sending": "busy",
    "sent": "good",
    "retry": "warn",
    "failed": "bad",
    "unknown": "bad",
    "dropped": "calm",
}
MESSAGE_STATES = {state: (words.MESSAGE_STATES[state], tone) for state, tone in _MESSAGE_TONES.items()}
CHANNELS = words.CHANNELS
REASONS = words.REASONS
RECEIPTS = {
    "delivered": ("đã tới máy người nhận", "good"),
    "not-delivered": ("không tới", "bad"),
    "seen": ("đã xem", "good"),
    "opened": ("đường dẫn đã được mở", "calm"),
    "acknowledged": ("đã xác nhận đã nhận", "good"),
}
RECEIPT_SOURCES = {
    "webhook": "nhà cung cấp báo",
    "poll": "hỏi nhà cung cấp",
    "link": "đường dẫn trong thư",
    "person": "người đối chiếu",
}
_SEVERITY_TONES = {"blocking": "bad", "check": "warn", "info": "calm"}
SEVERITIES = {severity: (words.SEVERITIES[severity], tone) for severity, tone in _SEVERITY_TONES.items()}
MILESTONES = {
    "deadline": "thời hạn",
    "period": "khoảng thời gian",
    "open": "từ thời điểm này trở đi",
    "recurring": "định kỳ",
    "ongoing": "thường xuyên",
    "event": "khi có sự kiện",
    "unspecified": "chưa ghi ngày cụ thể",
    "unread": "chưa đọc được",
}
PARTS = words.PARTS
VERDICTS = words.VERDICTS
in_brief = words.in_brief
phone = phone_in_words
place = words.place
file_mark = mark_of
_PART_TONES = {"running": "good", "starting": "busy", "down": "bad"}
PART_STATES = {state: (words.PART_STATES[state], tone) for state, tone in _PART_TONES.items()}
PLAN_STATES = words.PLAN_STATES

_RHYTHMS = {
    "FREQ=DAILY": "hằng ngày",
    "FREQ=WEEKLY": "hằng tuần",
    "FREQ=MONTHLY": "hằng tháng",
    "FREQ=MONTHLY;BYMONTH=3,6,9,12": "hằng quý (tháng 3, 6, 9, 12)",
    "FREQ=MONTHLY;BYMONTH=1,4,7,10": "hằng quý (tháng 1, 4, 7, 10)",
    "FREQ=MONTHLY;BYMONTH=6,12": "sáu tháng một lần (tháng 6, 12)",
    "FREQ=YEARLY": "hằng năm",
}
_UNITS = {"DAILY": "ngày", "WEEKLY": "tuần", "MONTHLY": "tháng", "YEARLY": "năm"}
_RULES = (
    (r"^(\d\d)-(\d\d)", r"ngày \2/\1"),
    (r"day before the last day", "ngày trước ngày cuối cùng"),
    (r"last day of the month before", "ngày cuối tháng trước"),
    (r"last day", "ngày cuối cùng"),
    (r"day (\d+)", r"ngày \1"),
    (r" and ", " và "),
    (r" of the following month", " của tháng sau"),
    (r" of the following year", " của năm sau"),
    (r" of the first month of the next period", " của tháng đầu kỳ sau"),
    (r" of the last month of the next period", " của tháng cuối kỳ sau"),
)


def stage_state(stage: Mapping[str, Any]) -> tuple[str, str]:
    """Say where a stage of `models.tasks` stands; what its unit took back was not returned."""
    last = stage["submissions"][-1] if stage["submissions"] else None
    if stage["state"] == "returned" and last and last["verdict"] == "withdrawn":
        return "đã rút lại, cần nộp lại", "warn"
    return STAGE_STATES[stage["state"]]


def stage_name(stage: str | None) -> str:
    """Return a stage's name; empty for none."""
    return STAGE_NAMES[Stage(stage)] if stage else ""


@cache
def rhythm(recurrence: str) -> str:
    """Put an RRULE into words; one that has none stays as it is."""
    plain = _RHYTHMS.get(recurrence)
    every = re.fullmatch(r"FREQ=(\w+);INTERVAL=(\d+)", recurrence)
    if plain is None and every and every[1] in _UNITS:
        return f"{int(every[2])} {_UNITS[every[1]]} một lần"
    return plain or recurrence


@cache
def due_rule(rule: str) -> str:
    """Put a due rule into words: `day 9` is `ngày 9`."""
    for english, vietnamese in _RULES:
        rule = re.sub(english, vietnamese, rule)
    return rule


def reading(milestone: Mapping[str, Any]) -> str:
    """Say in words how a piece of time text was read, without its dates."""
    said = [MILESTONES.get(milestone["kind"], milestone["kind"])]
    if milestone["recurrence"]:
        said.append(rhythm(milestone["recurrence"]))
    if milestone["due_rule"]:
        said.append(f"hạn là {due_rule(milestone['due_rule'])}")
    if milestone["event"] and milestone["event"] != milestone["source_text"]:
        said.append(f"sự kiện: {milestone['event']}")
    if milestone["offset_days"] is not None:
        unit = "ngày làm việc" if milestone["working_days"] else "ngày"
        said.append(f"{milestone['offset_days']} {unit} tính từ sự kiện")
    return "; ".join(dict.fromkeys(said))


_BROWSERS = (
    (r"Edg", "Edge"),
    (r"coc_coc", "Cốc Cốc"),
    (r"Zalo", "Zalo"),
    (r"OPR", "Opera"),
    (r"Firefox|FxiOS", "Firefox"),
    (r"Chrome|CriOS|Chromium", "Chrome"),
    (r"Safari", "Safari"),
)
_MACHINES = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "điện thoại Android"),
    (r"Windows", "máy Windows"),
    (r"Macintosh", "máy Mac"),
    (r"Linux|X11", "máy Linux"),
)


def device(agent: str) -> str:
    """Say in words which browser on which machine it calls itself; what is unknown stays as it is."""
    browser, machine = (
        next((name for pattern, name in known if re.search(pattern, agent)), "")
        for known in (_BROWSERS, _MACHINES)
    )
    return " trên ".join(filter(None, (browser, machine))) or agent or "trình duyệt không nêu tên"


def size(count: int) -> str:
    """Write a number of bytes as people read it: `1,2 MB`."""
    for unit, bytes_each in (("MB", 1024 * 1024), ("KB", 1024)):
        if count >= bytes_each:
            return f"{count / bytes_each:.1f} {unit}".replace(".", ",")
    return f"{count} byte"
