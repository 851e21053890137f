"""Ladders as people write and read them."""

from __future__ import annotations

import re
from datetime import time

from domain.ladder import ABOVE, Ladder, UnfitLadder, checked
from domain.plans import STAGE_NAMES, Stage, TaskKind
from domain.quiet import QuietHours
from domain.refusals import BadValue
from domain.words import TASK_KINDS

ROLES = {"head": "người đứng đầu đơn vị", "coordinator": "điều phối", "leader": "lãnh đạo"}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEPARATORS = re.compile(r"[,;\s]+")
_CLOCK = re.compile(r"(\d{1,2})(?:[:hg.](\d{2})?)?")


def parse_ladder(before: str, late_every: str, escalate: str) -> Ladder:
    """Read `30,14,7`, `3` and `head:3,leader:9` as a ladder that can be kept.

    Raises:
        BadValue, UnfitLadder: it can't be.
    """
    steps = tuple(_number("Số ngày trước hạn", each, "30,14,7,3,1,0") for each in _parts(before))
    every = _number("Số ngày làm việc giữa hai lần nhắc", late_every.strip())
    return checked(Ladder(steps, every, tuple(_rung(each) for each in _parts(escalate))))


def before_in_words(ladder: Ladder) -> str:
    """Say when the steps up to the due date come."""
    days = [str(ahead) for ahead in ladder.before if ahead]
    said = [f"trước hạn {', '.join(days)} ngày"] if days else []
    if 0 in ladder.before:
        said.append("đúng ngày đến hạn")
    return " và ".join(said)


def late_in_words(ladder: Ladder) -> str:
    """Say how often late work is told of."""
    if ladder.late_every == 1:
        return "mỗi ngày làm việc quá hạn"
    return f"cứ {ladder.late_every} ngày làm việc quá hạn một lần"


def escalation_in_words(ladder: Ladder) -> str:
    """Say who else is told of late work, and from when on."""
    if not ladder.escalation:
        return "không báo cáo lên trên"
    return ", ".join(f"{ROLES[role]} từ {late} ngày làm việc" for late, role in ladder.escalation)


def scope_in_words(kind: str, stage: str) -> str:
    """Say for what a rule counts: `nhiệm vụ định kỳ, bước “Báo cáo kết quả”`."""
    tasks = f"nhiệm vụ {TASK_KINDS[kind]}" if kind else "mọi nhiệm vụ"
    return f"{tasks}, bước “{STAGE_NAMES[Stage(stage)]}”" if stage else f"{tasks}, mọi bước"


def why_in_words(step: str) -> str:
    """Say a step of the ladder in words."""
    if step == "0":
        return "đến hạn"
    days = step[1:]
    return f"còn {days} ngày" if step.startswith("-") else f"quá hạn {days} ngày làm việc"


def escalation_typed(ladder: Ladder) -> str:
    """Write the rungs above the officers as they are typed: `head:3,leader:9`."""
    return ",".join(f"{role}:{late}" for late, role in ladder.escalation)


def parse_scope(kind: str, stage: str) -> tuple[str, str]:
    """Return a kind of task and a stage, either of them empty for any.

    Raises:
        BadValue: there is no such kind or stage.
    """
    if kind not in {"", *TaskKind}:
        raise BadValue("Loại nhiệm vụ", kind, "chọn một trong: " + ", ".join(TaskKind))
    if stage not in {"", *Stage}:
        raise BadValue("Bước", stage, "chọn một trong: " + ", ".join(Stage))
    return str(kind), str(stage)


def parse_clock(what: str, text: str) -> time:
    """Read a time of day: `07:00`, `7h30`, `7`.

    Raises:
        BadValue: it is none.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise BadValue(what, text[:20], "viết giờ:phút, ví dụ 07:00")
    return time(int(found[1]), int(found[2] or 0))


def parse_quiet(text: str) -> QuietHours:
    """Read quiet hours: `21:00-06:30`; the same time twice means none.

    Raises:
        BadValue: they are none.
    """
    begins, dash, ends = text.replace("–", "-").partition("-")
    if not dash:
        raise BadValue("Giờ yên lặng", text[:20], "viết từ-đến, ví dụ 21:00-06:30")
    return QuietHours(parse_clock("Giờ yên lặng", begins), parse_clock("Giờ yên lặng", ends))


def parse_weekday(text: str) -> int:
    """Read a weekday, `monday` or 1 to 7, as ISO counts.

    Raises:
        BadValue: it is none.
    """
    said = text.strip().lower()
    if said in WEEKDAYS:
        return WEEKDAYS.index(said) + 1
    if re.fullmatch("[1-7]", said):
        return int(said)
    raise BadValue("Ngày trong tuần", text[:20], "viết monday … sunday, hoặc 1 (thứ Hai) đến 7 (Chủ nhật)")


def _parts(text: str) -> list[str]:
    return [part for part in _SEPARATORS.split(text.strip()) if part]


def _number(what: str, text: str, example: str = "3") -> int:
    if not re.fullmatch("[0-9]{1,4}", text):
        raise BadValue(what, text[:20], f"viết số, ví dụ {example}")
    return int(text)


def _rung(text: str) -> tuple[int, str]:
    role, colon, late = text.partition(":")
    if not colon or role not in ABOVE:
        raise UnfitLadder(
            f"rung {text!r}",
            f"“{text[:40]}” không đúng: viết cấp:số ngày, ví dụ head:3,coordinator:6,leader:9 "
            "(head: người đứng đầu đơn vị, coordinator: điều phối, leader: lãnh đạo).",
        )
    return _number("Số ngày làm việc quá hạn", late), role
