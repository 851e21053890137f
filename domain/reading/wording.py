"""Say a milestone in Vietnamese, for people who check what was read."""

from __future__ import annotations

import re
from collections.abc import Callable

from domain.plans import STAGE_NAMES, Milestone
from domain.reading.rhythm import DAILY, HALF_YEARLY, MONTHLY, QUARTERLY, WEEKLY, YEARLY
from domain.reading.state import vietnamese

_RHYTHMS = {
    DAILY: "hằng ngày",
    WEEKLY: "hằng tuần",
    MONTHLY: "hằng tháng",
    QUARTERLY: "hằng quý",
    HALF_YEARLY: "6 tháng một lần",
    YEARLY: "hằng năm",
}
_UNITS = {"DAILY": "ngày", "WEEKLY": "tuần", "MONTHLY": "tháng", "YEARLY": "năm"}
_PLACES = {"1": " đầu tiên", "2": " thứ hai", "3": " thứ ba", "4": " thứ tư", "-1": " cuối cùng"}
WEEKDAY_NAMES = {
    "MO": "thứ Hai",
    "TU": "thứ Ba",
    "WE": "thứ Tư",
    "TH": "thứ Năm",
    "FR": "thứ Sáu",
    "SA": "thứ Bảy",
    "SU": "Chủ nhật",
}
_RULES = (
    (r"(\d\d)-(\d\d)\b", r"ngày \2/\1"),
    (r"day before the last working day", "trước ngày làm việc cuối cùng một ngày"),
    (r"day before the first working day", "trước ngày làm việc đầu tiên một ngày"),
    (r"day before the working day (\d+)", r"trước ngày làm việc thứ \1 một ngày"),
    (r"last working day", "ngày làm việc cuối cùng"),
    (r"first working day", "ngày làm việc đầu tiên"),
    (r"working day (\d+)", r"ngày làm việc thứ \1"),
    (r"day before the last day", "ngày áp chót của tháng"),
    (r"day before( the \w+ [A-Z]{2})?$", "trước đó một ngày"),
    (r"^(first|second|third|fourth|last) [A-Z]{2}$", ""),  # the rhythm says it
    (r"last day of the month before", "ngày cuối tháng trước"),
    (r"last day", "ngày cuối tháng"),
    (r"day (\d+)", r"ngày \1"),
    (r" of the following year", " năm sau"),
    (r" of the following month", " tháng sau"),
    (r" of the first month of the next period", " (tháng đầu kỳ sau)"),
    (r" of the last month of the next period", " (tháng cuối kỳ sau)"),
    (r" and ", " và "),
)


def said(milestone: Milestone) -> str:
    """Return one line that says what was read."""
    words = _KINDS[milestone.kind](milestone)
    if milestone.due_time:
        words += f", trước {milestone.due_time}"
    if milestone.stage is not None:
        words += f" [{STAGE_NAMES[milestone.stage]}]"
    return words + (" (tạm tính)" if milestone.assumed else "")


def _period(milestone: Milestone) -> str:
    start = f"từ {vietnamese(milestone.start)} " if milestone.start else ""
    due = f"hạn cuối {vietnamese(milestone.due)}" if milestone.due else f"hạn {_rule(milestone)}, chưa rõ năm"
    return f"{start}{due}"


def _open(milestone: Milestone) -> str:
    start = f"từ {vietnamese(milestone.start)}" if milestone.start else "từ nay"
    return f"{start} đến khi {milestone.event}" if milestone.event else f"{start} trở đi, không có hạn cuối"


def _recurring(milestone: Milestone) -> str:
    rule = _rule(milestone)
    return f"lặp lại {_rhythm(milestone.recurrence)}" + (f", hạn {rule}" if rule else "")


def _event(milestone: Milestone) -> str:
    event = f"sự kiện: “{milestone.event}”" if milestone.event else "sự kiện chưa rõ"
    days = milestone.offset_days
    if days is not None:
        kind = "ngày làm việc" if milestone.working_days else "ngày"
        event += f", {'trước' if days < 0 else 'sau'} {abs(days)} {kind}"
    elif milestone.due_rule:
        event += f", {_counted(milestone.due_rule)}"
    if milestone.start is not None and milestone.due is not None:
        event += f" ({vietnamese(milestone.start)}–{vietnamese(milestone.due)})"
    return event


def _counted(rule: str) -> str:
    """Say `+3 months`, `-24 hours`."""
    number, _, unit = rule.partition(" ")
    when = "trước" if number.startswith("-") else "sau"
    return f"{when} {number.lstrip('+-')} {'tháng' if unit == 'months' else 'giờ'}"


def _rhythm(rule: str | None) -> str:
    if rule is None:
        return "định kỳ"
    if rule in _RHYTHMS:
        return _RHYTHMS[rule]
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    if "BYDAY" in parts:
        first, *more = parts["BYDAY"].split(",")
        place, name = first[:-2], " và ".join(WEEKDAY_NAMES[day[-2:]] for day in (first, *more))
        weeks = f"{parts['INTERVAL']} tuần một lần" if "INTERVAL" in parts else "hằng tuần"
        return f"{name}{_PLACES[place]} hằng tháng" if place else f"{name} {weeks}"
    if "INTERVAL" in parts:
        return f"{parts['INTERVAL']} {_UNITS[parts['FREQ']]} một lần"
    return f"tháng {parts['BYMONTH'].replace(',', ', ')} hằng năm" if "BYMONTH" in parts else "định kỳ"


def _rule(milestone: Milestone) -> str:
    rule = milestone.due_rule or ""
    for pattern, words in _RULES:
        rule = re.sub(pattern, words, rule)
    return rule


def _plain(words: str) -> Callable[[Milestone], str]:
    return lambda _: words


_KINDS: dict[str, Callable[[Milestone], str]] = {
    "deadline": _period,
    "period": _period,
    "open": _open,
    "recurring": _recurring,
    "ongoing": _plain("thường xuyên"),
    "event": _event,
    "unspecified": _plain("chưa ấn định ngày"),
    "unread": _plain("không đọc được"),
}
