"""Say a milestone in a few words, so that a reading can be compared whole and read at a glance."""

from __future__ import annotations

from domain.plans import Milestone
from domain.reading.rhythm import HALF_YEARLY, QUARTERLY

_RHYTHMS = {QUARTERLY: "Q", HALF_YEARLY: "HALF", "FREQ=MONTHLY;BYMONTH=1,4,7,10": "1,4,7,10", None: "-"}


def compact(milestone: Milestone) -> str:
    """Return stage, kind, days, rhythm and offset in one line."""
    stage = f"{milestone.stage}: " if milestone.stage else ""
    clock = f"T{milestone.due_time}" if milestone.due_time else ""
    return stage + _said(milestone, clock)


def _said(milestone: Milestone, clock: str) -> str:
    if milestone.kind == "deadline":
        return f"due {milestone.due}{clock}"
    if milestone.kind == "period":
        counted = milestone.offset_days is not None or milestone.start is None
        return f"{'period' if counted else 'win'} {milestone.start or '-'}..{milestone.due}"
    if milestone.kind == "open":
        return f"open {milestone.start}{' until' if milestone.event else ''}"
    if milestone.kind == "recurring":
        rule = milestone.recurrence
        rhythm = _RHYTHMS.get(rule, (rule or "").removeprefix("FREQ="))
        due = f" @{milestone.due_rule}" if milestone.due_rule else ""
        return f"rec {rhythm}{due}{' ' if clock else ''}{clock}"
    if milestone.kind == "event" and milestone.offset_days is not None:
        return f"event {milestone.offset_days:+d}{'w' if milestone.working_days else ''}"
    return {"unspecified": "unspec"}.get(milestone.kind, milestone.kind)
