"""Hold milestones against a careful person's reading in its compact notation, loosely."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.plans import Finding, Milestone

_ISO = r"\d{4}-\d{2}-\d{2}"
_RHYTHMS = {
    "DAILY": ("FREQ=DAILY",),
    "WEEKLY": ("FREQ=WEEKLY",),
    "MONTHLY;INTERVAL=3": ("FREQ=MONTHLY;INTERVAL=3",),
    "MONTHLY;INTERVAL=6": ("FREQ=MONTHLY;INTERVAL=6", "FREQ=MONTHLY;BYMONTH=6,12"),
    "MONTHLY": ("FREQ=MONTHLY",),
    "QUARTERLY": ("FREQ=MONTHLY;BYMONTH=3,6,9,12", "FREQ=MONTHLY;BYMONTH=1,4,7,10"),
    "YEARLY": ("FREQ=YEARLY",),
    "half-year": ("FREQ=MONTHLY;BYMONTH=6,12",),
    "per reporting period": ("FREQ=MONTHLY;BYMONTH=3,6,9,12",),
}


@dataclass(frozen=True)
class Verdict:
    """What is missing or invented, and whether a finding told so."""

    wrong: tuple[str, ...]
    flagged: bool


def verdict(reading: str, milestones: tuple[Milestone, ...], findings: tuple[Finding, ...]) -> Verdict:
    """Compare; an assumed day is no invention, since it says so itself."""
    told = re.sub(r"note=.*?(?=; stage|$)", "", reading)
    cutoff = "cut-off" in told
    told = re.sub(r"\([^)]*\)", "", told)
    wrong = [
        *_windows(told, milestones),
        *_dues(told, milestones),
        *_rhythms(told, milestones, cutoff=cutoff),
        *_kinds(told, milestones),
        *_invented(told, milestones),
    ]
    return Verdict(tuple(wrong), any(finding.severity != "info" for finding in findings))


def _windows(told: str, milestones: tuple[Milestone, ...]) -> list[str]:
    wrong = []
    for start, end in re.findall(rf"window=({_ISO})?(?:T[\d:]+)?\.\.({_ISO})?", told):
        same = any(
            (not start or str(m.start) == start) and (str(m.due) == end if end else m.due is None)
            for m in milestones
        )
        wrong += [] if same else [f"window {start}..{end}"]
    return wrong


def _dues(told: str, milestones: tuple[Milestone, ...]) -> list[str]:
    wrong = [
        f"due {due}"
        for due in re.findall(rf"due=({_ISO})", told)
        if due not in {str(m.due) for m in milestones}
    ]
    rules = " ".join(f"{m.due_rule} {m.due}" for m in milestones)
    wrong += [
        f"due {due}" for due in re.findall(r"due=(?:in-year )?(\d{2}-\d{2})(?!-)", told) if due not in rules
    ]
    wrong += [f"day {day}" for day in re.findall(r"due=day (\d+)", told) if f"day {day}" not in rules]
    hours = {m.due_time for m in milestones}
    wrong += [f"hour {hour}" for hour in re.findall(r"due=(\d{2}:\d{2})", told) if hour not in hours]
    return wrong


def _rhythms(told: str, milestones: tuple[Milestone, ...], *, cutoff: bool) -> list[str]:
    wrong = []
    asked = re.search(r"recur=([^;]*(?:;(?:INTERVAL|BYDAY|BYMONTH)=[^;\s]+)?)", told)
    for name in re.split(r"\s*\+\s*", asked[1]) if asked else []:
        known = next((rules for key, rules in _RHYTHMS.items() if name.startswith(key)), ())
        same = any((m.recurrence or "").startswith(rule) for rule in known for m in milestones)
        wrong += [] if same or not known else [f"recur {name}"]
        day = re.search(r"BYDAY=(\w+)", name)
        if day and not any(day[0] in (m.recurrence or "") for m in milestones):
            wrong.append(day[0])
    if cutoff and any(m.due is not None for m in milestones):
        wrong.append("a cut-off read as a deadline")
    return wrong


def _kinds(told: str, milestones: tuple[Milestone, ...]) -> list[str]:
    kinds = {m.kind for m in milestones}
    wrong = []
    if re.search(r"(?<!; )event=|\.\.event", told) and not any(m.event for m in milestones):
        offsets = any(m.offset_days is not None for m in milestones)
        wrong += [] if offsets or "unspecified;" in told else ["event"]
    if re.search(r"(^|=|; )ongoing", told) and not kinds & {"ongoing", "open"}:
        wrong.append("ongoing")
    if re.search(r"(^|; |=)unspecified", told) and "unspecified" not in kinds:
        wrong.append("unspecified")
    return wrong


def _invented(told: str, milestones: tuple[Milestone, ...]) -> list[str]:
    """Name each due day that the person didn't read and the reader doesn't call assumed."""
    return [
        f"invented {m.due}"
        for m in milestones
        if m.due is not None and not m.assumed and str(m.due) not in told and f"{m.due:%m-%d}" not in told
    ]
