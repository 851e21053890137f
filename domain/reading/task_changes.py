"""What an amendment makes of one task, and which doubts about it stand in the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from domain.differences import Difference, Field, differences
from domain.plans import Finding, Severity, TaskReading
from domain.reading.rereading import Reread

DATING = frozenset({Field.TIME, Field.PRODUCT})  # what a row's dates follow from
# Doubts of the reader that forbid applying what they are about.
_GRAVE = {
    "unread": Field.TIME,
    "leftover": Field.TIME,
    "unknown-unit": Field.LEAD,
    "no-lead": Field.LEAD,
    "no-title": Field.TITLE,
}


class ChangeKind(StrEnum):
    """What an amendment does to a task."""

    CHANGED = "changed"
    ADDED = "added"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class TaskChange:
    """What an amendment makes of one task; `source` is the clause or row that says so."""

    kind: ChangeKind
    before: TaskReading | None
    after: TaskReading | None
    source: str

    @property
    def code(self) -> str:
        """The task's code in the plan as it was, or its new one where it is added."""
        task = self.before or self.after
        assert task is not None  # noqa: S101 - a change has a task on at least one side
        return task.code

    @property
    def fields(self) -> tuple[Difference, ...]:
        """The fields of a changed task that differ."""
        return differences(self.before, self.after) if self.before and self.after else ()

    @property
    def redated(self) -> bool:
        """Say whether the task's dates were read anew."""
        return any(each.field in DATING for each in self.fields)


def kept(before: TaskReading, after: TaskReading) -> TaskReading:
    """Return `after` with everything of `before` that it says the same; dates stay unless they are new."""
    told = {each.field for each in differences(before, after)}
    names = {
        Field.TITLE: "title",
        Field.LEAD: "lead_units",
        Field.COORDINATING: "coordinating_units",
        Field.TIME: "time_text",
        Field.PRODUCT: "products",
    }
    same = [name for field, name in names.items() if field not in told]
    if not told & DATING:
        same += ["kind", "milestones", "event_types"]
    return replace(after, **{name: getattr(before, name) for name in same})


def grave_doubts(read: Reread, change: TaskChange) -> list[Finding]:
    """Return the reader's doubts about what is new in a row; those that leave it open what is meant block."""
    told = {each.field for each in change.fields} or set(Field)
    found = []
    for finding in read.findings:
        concerned = _GRAVE.get(finding.code)
        if concerned in told or (concerned is Field.LEAD and Field.COORDINATING in told):
            found.append(replace(finding, severity=Severity.BLOCKING))
        elif concerned is None and (told & DATING):
            found.append(finding)
    return found
