"""Bring a plan's tasks to what an amending decision makes of them; what isn't certain isn't applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.matching import Fate, Match, match_tasks
from domain.plans import Finding, TaskReading
from domain.reading.amending import Amending
from domain.reading.amending_doubts import about_amendment
from domain.reading.rereading import Reread, Setting, cells_of, read_rows, reread
from domain.reading.row_editor import RowEditor
from domain.reading.task_changes import ChangeKind, TaskChange, grave_doubts, kept

__all__ = ["Amended", "ChangeKind", "TaskChange", "amended"]


@dataclass(frozen=True, slots=True)
class Amended:
    """What an amending decision changes in a plan; tasks that stay as they are aren't named."""

    changes: tuple[TaskChange, ...]
    findings: tuple[Finding, ...]


def amended(old: Sequence[TaskReading], amending: Amending, setting: Setting) -> Amended:
    """Return what changes in the plan's tasks; `setting` is the plan's own."""
    if amending.whole:
        return _replaced(old, amending, setting)
    editor = RowEditor({task.code: task for task in old}, amending, setting)
    for table in amending.tables:
        editor.take_table(table)
    for order in amending.orders:
        editor.take(order)
    return Amended(tuple(editor.changes()), (*amending.findings, *editor.findings))


def _replaced(old: Sequence[TaskReading], amending: Amending, setting: Setting) -> Amended:
    """Return what a whole new table changes."""
    rows = [row for table in amending.tables for row in table.rows]
    found = read_rows(rows, setting)
    read = {each.task.code: each for each in found}
    matching = match_tasks(old, [each.task for each in read.values()])
    findings = [*amending.findings]
    findings += [about_amendment("clause_unread", source=order.text) for order in amending.orders]
    findings += [
        about_amendment("code_twice", task=each.task.code, source=each.task.title)
        for each in found
        if read[each.task.code] is not each
    ]
    for doubt in matching.ambiguities:
        others = "; ".join(doubt.old_instead) or "; ".join(doubt.new_instead)
        findings.append(
            about_amendment("match_unclear", task=doubt.new, source=doubt.old, other=doubt.old, facts=others)
        )
    gone = sum(match.fate is Fate.GONE for match in matching.matches)
    if gone * 3 > len(old) and gone > 1:
        findings.append(about_amendment("many_gone", count=gone, total=len(old)))
    changes = []
    for match in matching.matches:
        change = _of_match(match, amending, setting, read)
        if change is not None:
            changes.append(change)
            findings += grave_doubts(read[change.after.code], change) if change.after else []
    return Amended(tuple(changes), tuple(findings))


def _of_match(
    match: Match, amending: Amending, setting: Setting, read: dict[str, Reread]
) -> TaskChange | None:
    source = f"Phụ lục kèm theo {amending.decision.number}"
    if match.new is None:
        return TaskChange(ChangeKind.WITHDRAWN, match.old, None, source)
    if match.old is None:
        cells = cells_of(match.new)
        late = replace(setting, issued_on=amending.decision.issued_on)
        task = reread(match.new.code, match.new.section, cells, match.new.source, late).task
        return TaskChange(ChangeKind.ADDED, None, task, source)
    if match.fate is Fate.SAME:
        return None
    return TaskChange(ChangeKind.CHANGED, match.old, kept(match.old, match.new), source)
