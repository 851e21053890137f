"""Hold milestones against a careful person's reading in its compact notation.

A reading is a list of facts: `due=`, `window=a..b`, `recur=`, `event=`, `ongoing`, `unspecified`, `unread`,
some under `stage[…]`. Each fact must be found in a milestone, and each milestone must rest on a fact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.plans import Finding, Milestone, Stage

_ISO = r"\d{4}-\d{2}-\d{2}"
# What each word for a rhythm may be in RFC 5545.
_RHYTHMS = {
    "DAILY": ("FREQ=DAILY",),
    "WEEKLY": ("FREQ=WEEKLY",),
    "MONTHLY": ("FREQ=MONTHLY",),
    "MONTHLY;INTERVAL=3": ("FREQ=MONTHLY;INTERVAL=3",),
    "MONTHLY;INTERVAL=6": ("FREQ=MONTHLY;INTERVAL=6", "FREQ=MONTHLY;BYMONTH=6,12"),
    "QUARTERLY": (
        "FREQ=MONTHLY;BYMONTH=3,6,9,12",
        "FREQ=MONTHLY;BYMONTH=1,4,7,10",
        "FREQ=MONTHLY;INTERVAL=3",
    ),
    "QUARTERLY;BYMONTH=3,6,9,12": ("FREQ=MONTHLY;BYMONTH=3,6,9,12",),
    "QUARTERLY;BYMONTH=1,4,7,10": ("FREQ=MONTHLY;BYMONTH=1,4,7,10",),
    "half-year": ("FREQ=MONTHLY;BYMONTH=6,12", "FREQ=MONTHLY;INTERVAL=6"),
    "per reporting period": ("FREQ=MONTHLY;BYMONTH=3,6,9,12",),
}
_STAGES = {"plan": Stage.PLAN, "report": Stage.REPORT}
_ASKS = re.compile(r"\bflag\b|person|must look|doubtful|CONTRADICTORY|never|fuzzy|OCR|clerk", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """What is missing or invented, whether a finding told so, and whether a person had to be asked."""

    wrong: tuple[str, ...]
    flagged: bool
    asks: bool = False


def verdict(reading: str, milestones: tuple[Milestone, ...], findings: tuple[Finding, ...]) -> Verdict:
    """Compare; an assumed day is no invention, since it says so itself."""
    flagged = any(finding.severity != "info" for finding in findings)
    notes = " ".join(re.findall(r"note=.*?(?=; stage|$)", reading))
    told = re.sub(r"note=.*?(?=; stage|$)", "", reading)
    cutoff = "cut-off" in told
    told = re.sub(r"\([^)]*\)", "", told)
    wrong = [
        *_windows(told, milestones),
        *_dues(told, milestones),
        *_rhythms(told, milestones, cutoff=cutoff),
        *_events(told, milestones),
        *_kinds(told, milestones),
        *_stages(told, milestones),
        *_invented(told, milestones),
    ]
    return Verdict(tuple(wrong), flagged, bool(_ASKS.search(notes)))


def _windows(told: str, milestones: tuple[Milestone, ...]) -> list[str]:
    wrong = []
    for start, end in re.findall(rf"window=({_ISO})?(?:T[\d:]+)?\.\.({_ISO})?", told):
        same = any(
            (not start or str(m.start) == start) and (str(m.due) == end if end else _endless(m))
            for m in milestones
        )
        wrong += [] if same else [f"window {start}..{end}"]
    return wrong


def _endless(milestone: Milestone) -> bool:
    return milestone.due is None or milestone.kind == "recurring"


def _dues(told: str, milestones: tuple[Milestone, ...]) -> list[str]:
    dues = {str(m.due) for m in milestones}
    wrong = [f"due {due}" for due in re.findall(rf"due=({_ISO})", told) if due not in dues]
    rules = " ".join(f"{m.due_rule} {m.due}" for m in milestones)
    yearly = re.findall(r"(?:due=|due=.* and )(?:in-year )?(\d{2}-\d{2})(?!-)", told)
    wrong += [f"due {due}" for due in yearly if due not in rules]
    wrong += [
        f"day {day}" for day in re.findall(r"due=day (\d+)", told) if not re.search(rf"\bday {day}\b", rules)
    ]
    if "due=last day" in told and not re.search("last day|last working day", rules):
        wrong.append("last day")
    hours = {m.due_time for m in milestones}
    wrong += [f"hour {hour}" for hour in re.findall(r"due=(\d{2}:\d{2})", told) if hour not in hours]
    return wrong


def _rhythms(told: str, milestones: tuple[Milestone, ...], *, cutoff: bool) -> list[str]:
    names = _named_rhythms(told)
    found = {m.recurrence for m in milestones if m.recurrence}
    wrong = [f"recur {name}" for name in names if not _matches(name, found)]
    if not names and "event" not in told and any(m.kind == "recurring" and m.recurrence for m in milestones):
        wrong.append("an invented rhythm")
    if cutoff and any(m.due is not None for m in milestones):
        wrong.append("a cut-off read as a deadline")
    return wrong


def _named_rhythms(told: str) -> list[str]:
    asked = re.findall(r"recur=([^;,]*(?:;(?:INTERVAL|BYDAY|BYMONTH)=[\w,-]+)*)", told)
    parts = [part.strip().removeprefix("recur=") for name in asked for part in name.split("+")]
    return [re.split(r" (?!reporting|period)", part)[0].strip(",") for part in parts]


def _matches(name: str, found: set[str]) -> bool:
    if name in _RHYTHMS:
        return bool(found & set(_RHYTHMS[name]))
    if name in {"per period", "per"}:
        return True
    months = re.search(r"BYMONTH=([\d,]+)", name)
    if months:
        ours = {month for rule in found for month in re.findall(r"BYMONTH=([\d,]+)", rule)}
        return set(",".join(ours).split(",")) == set(months[1].strip(",").split(","))
    if name == "YEARLY":
        return any(rule.startswith("FREQ=YEARLY") and "INTERVAL" not in rule for rule in found)
    return f"FREQ={name}" in found


def _events(told: str, milestones: tuple[Milestone, ...]) -> list[str]:
    asked = len(re.findall(r"event=|\.\.event", told))
    found = [m for m in milestones if m.event or m.kind == "event" or m.offset_days is not None]
    wrong = []
    if asked and "unspecified;" not in told and len(found) < min(asked, 1):
        wrong.append("event")
    if not asked and any(m.kind == "event" for m in milestones):
        wrong.append("an invented event")
    for sign, number, working in re.findall(r"event ([+-]) (\d+) (working )?days", told):
        days = int(number) if sign == "+" else -int(number)
        if not any(m.offset_days == days and m.working_days == bool(working) for m in milestones):
            wrong.append(f"offset {days}")
    return wrong


def _kinds(told: str, milestones: tuple[Milestone, ...]) -> list[str]:
    kinds = {m.kind for m in milestones}
    wrong = []
    if re.search(r"(^|=|; )ongoing", told) and not kinds & {"ongoing", "open"}:
        wrong.append("ongoing")
    if "ongoing" in kinds and "ongoing" not in told:
        wrong.append("invented ongoing")
    nothing = kinds <= {"unspecified", "unread"} and not any(m.recurrence for m in milestones)
    if re.search(r"(^|; |\]=)unspecified", told) and not kinds & {"unspecified", "unread"}:
        wrong.append("unspecified")
    if told.strip().rstrip(";") in {"unspecified", "unread"} and not nothing:
        wrong.append("something where nothing is said")
    if told.startswith(("due=", "window=", "recur=", "event=", "ongoing")) and nothing:
        wrong.append("nothing read")
    return wrong


def _stages(told: str, milestones: tuple[Milestone, ...]) -> list[str]:
    """Name a date that is bound to another stage than the person's."""
    wrong = []
    for name, facts in re.findall(r"stage\[([\w-]+)\]=(.*?)(?=; stage|$)", told):
        stage = _STAGES.get(name.split("-")[0])
        due = re.search(rf"due=({_ISO})", facts)
        if stage is None or due is None:
            continue
        bound = {m.stage for m in milestones if str(m.due) == due[1]}
        if bound and not bound & {stage, None}:
            wrong.append(f"stage {name}")
    return wrong


def _invented(told: str, milestones: tuple[Milestone, ...]) -> list[str]:
    """Name each due day that the person didn't read and the reader doesn't call assumed."""
    return [
        f"invented {m.due}"
        for m in milestones
        if m.due is not None and not m.assumed and str(m.due) not in told and f"{m.due:%m-%d}" not in told
    ]
