"""What an amending decision would do to the plan that it names: nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from config.event_types import load_event_types
from domain.plans import DecisionHead, Finding, Milestone, Severity, Source, Stage, TaskKind, TaskReading
from domain.reading.amended import ChangeKind, TaskChange, amended
from domain.reading.amending import Amending, Cited, read_amending
from domain.reading.amending_doubts import about_amendment
from domain.reading.layout import Sheet
from domain.reading.normal import key
from domain.reading.rereading import Setting
from domain.rescheduling import Moves, OccurrenceNow, StageNow, reschedule, withdraw
from domain.stages import OccurrenceState, StageState
from models import amendments, directory, intake
from services.amendment_refusals import AmendmentExists, NoTarget, NotThisPlan
from services.people import Ward
from services.units import ward_units


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """What happens to one task and its occurrences; `task_id` is None where the task is added."""

    change: TaskChange
    task_id: int | None
    moves: Moves
    occurrences: Mapping[int, OccurrenceNow]

    @property
    def codes(self) -> set[str | None]:
        """The task's code before and after."""
        return {task.code for task in (self.change.before, self.change.after) if task}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an amending decision does to a plan; `already` says that it was applied before."""

    plan: Any
    decision: DecisionHead
    changes: tuple[ProposedChange, ...]
    findings: tuple[Finding, ...]
    already: bool = False

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that stand in the way."""
        return tuple(each for each in self.findings if each.severity is Severity.BLOCKING)

    @property
    def certain(self) -> tuple[ProposedChange, ...]:
        """The changes of tasks about which nothing stands in the way."""
        doubtful = {finding.task for finding in self.blocking} - {None}
        return tuple(each for each in self.changes if not doubtful & each.codes)

    @property
    def renumbers(self) -> bool:
        """Say whether a task gets another number."""
        return any(len(each.codes) > 1 for each in self.changes)

    @property
    def document(self) -> str:
        """The amending decision as people cite it."""
        return cited(self.decision.number, self.decision.issued_on)

    @property
    def digest(self) -> str:
        """What tells this proposal from another, so that what was shown is what is applied."""
        return sha256(repr((self.plan.id, self.decision, self.changes, self.findings)).encode()).hexdigest()


def cited(number: str, day: date | None) -> str:
    """Cite a decision as people do: `45/QĐ-UBND ngày 20/04/2026`."""
    return f"{number} ngày {day:%d/%m/%Y}" if day else number


@lru_cache(maxsize=32)
def _read(sheet: Sheet) -> Amending:
    """Read a decision once, for showing and applying it."""
    return read_amending(sheet)


def propose(connection: Connection, ward: Ward, sheet: Sheet, *, source: str) -> Proposal:
    """Return what a decision changes in the plan that it names; `source` is its file's SHA-256.

    Raises:
        NoTarget, NotThisPlan: it names no plan, or none of this ward that is being carried out.
        AmendmentExists: its number and date are taken by another file.
        NotADecision: neither a date nor a year is in it.
    """
    amending = _read(sheet)
    head = amending.decision
    before = _applied_before(connection, ward, head, source)
    if before is not None:
        plan = next(row for row in intake.plans(connection, ward.id) if row.id == before.plan_id)
        return Proposal(plan, head, (), (), already=True)
    if amending.target is None:
        raise NoTarget
    plan = _plan(connection, ward, amending.target, head, sheet)
    rows = amendments.tasks(connection, ward.id, plan.id)
    setting = Setting(
        plan.year,
        plan.issued_on,
        tuple(plan.reporting_calendar),
        ward_units(connection, ward),
        tuple(load_event_types()),
    )
    found = amended([reading_of(row) for row in rows], amending, setting)
    ids = {row.code: row.id for row in rows}
    changes = _with_moves(connection, ward, found.changes, ids, head.issued_on)
    findings = [*found.findings, *_order_doubts(connection, ward, plan, head), *_kept_doubts(changes)]
    if amending.target.issued_on is None:
        findings.append(about_amendment("target_undated", source=amending.target.number))
    return Proposal(plan, head, tuple(changes), tuple(findings))


def reading_of(row: Any) -> TaskReading:
    """Return a stored task as it was read; its occurrences stand elsewhere."""
    return TaskReading(
        code=row.code,
        section=row.section,
        title=row.title,
        lead_units=tuple(row.lead_units),
        coordinating_units=tuple(row.coordinating_units),
        products=tuple(row.products),
        time_text=row.time_text,
        kind=TaskKind(row.kind),
        milestones=tuple(_milestone(each) for each in row.milestones),
        event_types=tuple(row.event_types),
        occurrences=(),
        source=Source(row.source_table, row.source_row, row.source_page),
    )


def _milestone(row: Mapping[str, Any]) -> Milestone:
    return Milestone(
        kind=row["kind"],
        source_text=row["source_text"],
        stage=Stage(row["stage"]) if row["stage"] else None,
        start=_day(row["start_on"]),
        due=_day(row["due_on"]),
        due_time=row["due_time"],
        recurrence=row["recurrence"],
        due_rule=row["due_rule"],
        event=row["event"],
        offset_days=row["offset_days"],
        working_days=row["working_days"],
        assumed=row["assumed"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _applied_before(connection: Connection, ward: Ward, head: DecisionHead, source: str) -> Any | None:
    for row in amendments.applied(connection, ward.id):
        if key(row.number) == key(head.number) and row.issued_on == head.issued_on:
            if row.source_sha256 != source:
                raise AmendmentExists(row.number)
            return row
    return None


def _plan(connection: Connection, ward: Ward, target: Cited, head: DecisionHead, sheet: Sheet) -> Any:
    name = cited(target.number, target.issued_on)
    plans = intake.plans(connection, ward.id)
    found = [row for row in plans if key(row.number) == key(target.number)]
    active = [row for row in found if row.state == "active"]
    if not active:
        known = "; ".join(cited(row.number, row.issued_on) for row in plans if row.state == "active")
        drafted = any(row.state == "draft" for row in found)
        why = "Kế hoạch đó còn là bản nháp: hãy đưa vào thực hiện trước (cchc plan activate)."
        raise NotThisPlan(name, why if drafted else f"Kế hoạch đang thực hiện là: {known or 'chưa có'}.")
    plan = next((row for row in active if target.issued_on in {None, row.issued_on}), None)
    if plan is None:
        known = "; ".join(cited(row.number, row.issued_on) for row in active)
        raise NotThisPlan(name, f"Kế hoạch đang thực hiện có cùng số nhưng khác ngày: {known}.")
    if head.issued_on < plan.issued_on:
        raise NotThisPlan(
            name, f"Nhưng văn bản ngày {head.issued_on:%d/%m/%Y} ban hành trước chính kế hoạch đó."
        )
    place = key(ward.name).removeprefix("ubnd ")
    if f" {place} " not in f" {key(sheet.text)} ":
        raise NotThisPlan(name, f"Trong văn bản không có tên {ward.name}: có thể là của đơn vị khác.")
    return plan


def _with_moves(
    connection: Connection, ward: Ward, changes: Sequence[TaskChange], ids: Mapping[str, int], issued_on: date
) -> list[ProposedChange]:
    concerned = [ids[change.before.code] for change in changes if change.before]
    current: dict[int, list[OccurrenceNow]] = {}
    for row in amendments.occurrences(connection, ward.id, concerned):
        current.setdefault(row.task_id, []).append(_occurrence(row))
    names = _Names(connection, ward)
    found = []
    for change in (names.known(each) for each in changes):
        task_id = ids[change.before.code] if change.before else None
        now = current.get(task_id or 0, [])
        moves = _moves(change, now, names, issued_on)
        found.append(ProposedChange(change, task_id, moves, {each.id: each for each in now}))
    return found


def _moves(change: TaskChange, now: Sequence[OccurrenceNow], names: _Names, issued_on: date) -> Moves:
    if change.after is None:
        return withdraw(now)
    if change.before is None:
        return Moves(planned=list(change.after.occurrences))
    return reschedule(
        now,
        change.after.occurrences,
        redated=change.redated,
        units=(names.members(change.before.lead_units), names.members(change.after.lead_units)),
        issued_on=issued_on,
    )


def _occurrence(row: Any) -> OccurrenceNow:
    stages = {
        Stage(name): StageNow(
            StageState(stage["state"]),
            _day(stage["nominal"]),
            _day(stage["due"]),
            stage["assumed"],
            stage["attempt"],
        )
        for name, stage in row.stages.items()
    }
    ordered = {stage: stages[stage] for stage in Stage}
    state = OccurrenceState(row.state)
    return OccurrenceNow(row.id, row.label, row.unit, state, row.opens_on, row.of_event, ordered)


class _Names:
    """The ward's units by any spelling, and the members of its groups."""

    def __init__(self, connection: Connection, ward: Ward) -> None:
        rows = directory.units(connection, ward.id)
        self._names = {key(each): row.name for row in rows for each in (row.name, *row.aliases)}
        self._members = {row.name: tuple(row.members) for row in rows if row.members}

    def known(self, change: TaskChange) -> TaskChange:
        """Return a change with its units called as the ward calls them."""
        if change.after is None:
            return change
        leads, coordinating = (
            tuple(dict.fromkeys(self._names.get(key(name), name) for name in names))
            for names in (change.after.lead_units, change.after.coordinating_units)
        )
        after = replace(change.after, lead_units=leads, coordinating_units=coordinating)
        return replace(change, after=after)

    def members(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the units that lead: a group's members in its place."""
        return tuple(dict.fromkeys(each for name in names for each in self._members.get(name, (name,))))


def _order_doubts(connection: Connection, ward: Ward, plan: Any, head: DecisionHead) -> list[Finding]:
    later = [
        row for row in amendments.applied(connection, ward.id, plan.id) if row.issued_on > head.issued_on
    ]
    day = f"{head.issued_on:%d/%m/%Y}"
    return [
        about_amendment("out_of_order", source=cited(row.number, row.issued_on), date=day) for row in later
    ]


def _kept_doubts(changes: Sequence[ProposedChange]) -> list[Finding]:
    return [
        about_amendment("kept_open", task=each.change.code, source=each.occurrences[kept].label)
        for each in changes
        for kept in each.moves.kept
        if each.change.kind is ChangeKind.CHANGED and each.occurrences[kept].handed_in
    ]
