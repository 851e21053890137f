"""Look at the plan as a whole: counts, numbering, and units across rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from domain.plans import Finding, Section, TaskReading, UnitReading
from domain.reading.doubts import about_plan
from domain.reading.normal import key, squeezed
from domain.reading.outline import Drafts
from domain.reading.unit_readings import Names

_COLUMNS = {"lead": "cơ quan chủ trì", "time": "thời gian", "product": "sản phẩm"}


def check_sections(drafts: Drafts, sections: Iterable[Section]) -> list[Finding]:
    """Compare what sections declare with what was found, and look for gaps in the numbering."""
    findings = list(drafts.findings)
    for name, label in _COLUMNS.items():
        if drafts.names and name not in drafts.names:
            findings.append(about_plan("column_missing", column=label))
    for section in sections:
        if section.declared is not None and section.declared != section.found:
            code = "rows_missing" if section.found < section.declared else "rows_extra"
            source = squeezed(section.title)
            found, declared = section.found, section.declared
            findings.append(
                about_plan(code, source=source, section=section.code, declared=declared, found=found)
            )
    return findings + _gaps(drafts) + _doubles(drafts)


def _gaps(drafts: Drafts) -> list[Finding]:
    findings: list[Finding] = []
    last: dict[str, int] = {}
    for draft in drafts.tasks:
        number = draft.code.rpartition(".")[2]
        if draft.parent is not None or not number.isdigit():
            continue
        before, after = last.get(draft.section, 0), int(number)
        if after > before + 1:
            section = draft.section or "(không đánh số)"
            findings.append(about_plan("number_gap", section=section, before=before, after=after))
        last[draft.section] = after
    return findings


def _doubles(drafts: Drafts) -> list[Finding]:
    counts = Counter(draft.code for draft in drafts.tasks)
    return [about_plan("duplicate_code", task=code) for code, count in counts.items() if count > 1]


def check_units(tasks: Iterable[TaskReading], names: Names) -> list[Finding]:
    """Name leads that are also coordinators, leads that are groups, and spellings that were joined."""
    findings: list[Finding] = []
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
