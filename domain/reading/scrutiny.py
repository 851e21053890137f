"""Look at the plan as a whole: counts, numbering, and units across rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from domain.plans import Finding, Section, TaskReading, UnitReading
from domain.reading.doubts import about_plan
from domain.reading.drafts import Drafts
from domain.reading.normal import key, squeezed
from domain.reading.numbering import follows
from domain.reading.unit_readings import Names

_TOTAL = re.compile(
    r"tổng (?:số|cộng)\s*:?\s*(?:là\s+|có\s+|gồm\s+)?(\d{1,3})\s+(?:nhiệm vụ|đầu việc|công việc)",
    re.IGNORECASE,
)
_SHORT = 160  # letters of a line that states a total
_COLUMNS = {"lead": "cơ quan chủ trì", "time": "thời gian", "product": "sản phẩm"}


def check_sections(drafts: Drafts, sections: Iterable[Section]) -> list[Finding]:
    """Compare what sections declare with what was found, and look for gaps in the numbering."""
    findings = list(drafts.findings)
    for name, label in _COLUMNS.items():
        if drafts.names and name not in drafts.names:
            findings.append(about_plan("column_missing", column=label))
    shown = tuple(sections)
    for section, draft in zip(shown, drafts.sections, strict=True):
        source = squeezed(section.title)
        found, declared = section.found, section.declared
        if declared is not None and declared != found:
            code = "rows_missing" if found < declared else "rows_extra"
            findings.append(
                about_plan(
                    code,
                    source=source,
                    place=draft.place,
                    section=section.code,
                    declared=declared,
                    found=found,
                )
            )
        elif not found and source:
            findings.append(
                about_plan("section_empty", source=source, place=draft.place, section=section.code)
            )
    return findings + _gaps(drafts) + _doubles(drafts)


def check_total(said: Iterable[str], drafts: Drafts) -> list[Finding]:
    """Compare a total that the text states with the tasks that were found."""
    counts = {len(drafts.tasks), sum(drafts.grouped.values())}
    for text in said:
        stated = _TOTAL.search(text) if len(text) < _SHORT else None
        if stated and int(stated[1]) not in counts:
            declared, found = int(stated[1]), len(drafts.tasks)
            return [about_plan("total_differs", source=squeezed(text), declared=declared, found=found)]
    return []


def _gaps(drafts: Drafts) -> list[Finding]:
    """Name numbers that are left out; a section may go on counting where the one before it ended."""
    findings: list[Finding] = []
    last: dict[str, str] = {}
    running = 0
    for draft in drafts.numbers:
        group, _, number = draft.code.rpartition(".")
        before = last.get(group, "")
        if number.isdigit():
            after = int(number)
            known = int(before) if before.isdigit() else 0
            gap = after > known + 1 and not (not before and after == running + 1)
            running = after
        else:
            gap = draft.is_part and not follows(before or "a", number) and before != number
            gap = gap if before else draft.is_part and number not in {"a", number.upper()}
        if gap:
            findings.append(
                about_plan("number_gap", place=draft.place, facts=_gap_said(group, before, number))
            )
        last[group] = number
    return findings


def _gap_said(group: str, before: str, after: str) -> str:
    if before:
        said = f"sau nhiệm vụ số {before} là số {after}"
        return f"Mục {group}: {said}" if group else f"S{said[1:]}"
    return f"Mục {group} bắt đầu từ số {after}" if group else f"Nhiệm vụ đầu tiên mang số {after}"


def _doubles(drafts: Drafts) -> list[Finding]:
    counts = Counter(draft.code for draft in drafts.tasks)
    return [about_plan("duplicate_code", task=code) for code, count in counts.items() if count > 1]


def check_units(tasks: Iterable[TaskReading], names: Names) -> list[Finding]:
    """Name leads that are also coordinators, leads that are groups, and spellings that were joined."""
    findings = names.findings()
    for task in tasks:
        for name in task.lead_units:
            if name in task.coordinating_units:
                findings.append(about_plan("lead_is_coordinator", task=task.code, source=name, unit=name))
            if names.hits[name].is_group:
                findings.append(_group_lead(task, name, names))
    for reading in names.readings():
        if _joined_by_alias(reading) and not names.hits[reading.name].is_group:
            spelt = "; ".join(f"“{spelling}”" for spelling in names.spellings[reading.name])
            findings.append(
                about_plan(
                    "spelling_joined", source=", ".join(reading.aliases), unit=reading.name, spellings=spelt
                )
            )
    return findings


def _joined_by_alias(reading: UnitReading) -> bool:
    """Say whether more than capitals, dashes and tone marks differ."""
    return any(key(alias) != key(reading.name) for alias in reading.aliases)


def _group_lead(task: TaskReading, name: str, names: Names) -> Finding:
    members = names.members(name)
    if not members:
        return about_plan("group_unknown", task=task.code, source=name, unit=name)
    return about_plan("group_lead", task=task.code, source=name, unit=name, members="; ".join(members))
