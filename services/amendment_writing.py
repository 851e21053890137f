"""Writing an amendment down: the tasks, then their occurrences, then the history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.canonical import canonical
from domain.plans import PlannedOccurrence, Severity, Stage, TaskReading
from domain.reading.amended import ChangeKind
from domain.reading.as_data import row_data
from domain.rescheduling import DueMove
from models import amendments, announcements, directory, findings, history, intake, openings
from services.announcements import dates_amended, work_cancelled
from services.expected import hashed_units, hashes
from services.occurrences import open_due
from services.people import Person, Ward
from services.proposals import Proposal, ProposedChange

REASON = "Sửa đổi kế hoạch"


class Writing:
    """One amendment being written down."""

    def __init__(
        self,
        connection: Connection,
        ward: Ward,
        proposal: Proposal,
        amendment: int,
        source: str,
        person: Person,
        today: date,
        now: datetime,
    ) -> None:
        self.connection, self.ward, self.proposal, self.amendment = connection, ward, proposal, amendment
        self.source, self.person, self.today, self.now = source, person, today, now
        self.document = proposal.document
        self.ids: dict[str, int] = {}  # of the changed and added tasks, by their codes now
        self.units: dict[str, int] = {}
        self.made: list[int] = []  # occurrences that it plans

    def tasks(self) -> None:
        """Write what the tasks say now, and keep what they said."""
        changed = self._of(ChangeKind.CHANGED)
        withdrawn = self._of(ChangeKind.WITHDRAWN)
        kept = [self._kept(each) for each in (*changed, *withdrawn)]
        amendments.put_changes(self.connection, self.ward.id, self.amendment, kept)
        amendments.withdraw_tasks(
            self.connection, self.ward.id, self.amendment, [each.task_id or 0 for each in withdrawn]
        )
        self._put_units()
        self._renumber_findings()
        self._rewrite(changed)
        for each in self._of(ChangeKind.ADDED):
            self._add(each)
        doubts = [each for each in self.proposal.findings if each.severity is not Severity.BLOCKING]
        findings.put(self.connection, self.ward.id, self.proposal.plan.id, doubts)

    def _of(self, kind: ChangeKind) -> list[ProposedChange]:
        return [each for each in self.proposal.changes if each.change.kind is kind]

    def _kept(self, each: ProposedChange) -> dict[str, Any]:
        change = each.change
        return {
            "task": each.task_id or self.ids[change.code],
            "kind": change.kind.value,
            "before": canonical(task_data(change.before)) if change.before else None,
            "after": canonical(task_data(change.after)) if change.after else None,
            "source": change.source,
        }

    def _put_units(self) -> None:
        for each in self.proposal.changes:
            after = each.change.after
            for name in (*after.lead_units, *after.coordinating_units) if after else ():
                if name not in self.units:
                    self.units[name] = directory.put_unit(self.connection, self.ward.id, name, is_group=False)

    def _rewrite(self, changed: Sequence[ProposedChange]) -> None:
        after = [(each.task_id or 0, each.change.after) for each in changed if each.change.after]
        amendments.clear_rows(self.connection, self.ward.id, self.amendment, [task for task, _ in after])
        rows = [
            {
                "task": task,
                "code": now.code,
                "section": now.section,
                "title": now.title,
                "time_text": now.time_text,
                "kind": now.kind.value,
                "event_types": list(now.event_types),
            }
            for task, now in after
        ]
        amendments.rewrite_tasks(self.connection, self.ward.id, rows)
        self.ids |= {now.code: task for task, now in after}
        intake.describe_tasks(self.connection, self.ward.id, [now for _, now in after], self.ids, self.units)

    def _renumber_findings(self) -> None:
        """Let doubts about a task follow it to its new number, so that they aren't read as another's."""
        pairs = [(each.change.before, each.change.after) for each in self.proposal.changes]
        now = {after.code for _, after in pairs if after}
        codes = {
            before.code: after.code if after else None
            for before, after in pairs
            if before and (after.code != before.code if after else before.code in now)
        }
        if codes:
            findings.renumber(self.connection, self.ward.id, self.proposal.plan.id, codes)

    def _add(self, each: ProposedChange) -> None:
        task = each.change.after
        assert task is not None  # noqa: S101 - what is added is there afterwards
        place = amendments.last_position(self.connection, self.ward.id, self.proposal.plan.id, task.section)
        self.ids |= intake.put_tasks(
            self.connection, self.ward.id, self.proposal.plan.id, [task], self.units, first=place
        )
        amendments.put_changes(self.connection, self.ward.id, self.amendment, [self._kept(each)])

    def occurrences(self) -> None:
        """Move, cancel, hand over and plan what the changed tasks ask for, then open what is due."""
        moves = [(self._task(each), each.moves) for each in self.proposal.changes]
        handed = [pair for _, move in moves for pair in move.handed_over]
        cancelled = [occurrence for _, move in moves for occurrence in move.cancelled]
        reopened = [pair for _, move in moves for pair in move.opens]
        if cancelled:
            self._cancel(cancelled)
        if reopened:
            amendments.reopen(self.connection, self.ward.id, reopened)
        if handed:
            self._put_heirs([unit for _, unit in handed])
            amendments.hand_over(
                self.connection, self.ward.id, [(occurrence, self.units[unit]) for occurrence, unit in handed]
            )
        self._move_dues(
            [due for _, move in moves for due in move.dues], besides={occurrence for occurrence, _ in handed}
        )
        made = self._plan([(task, planned) for task, move in moves for planned in move.planned])
        self.made = made
        to_open = [*made, *(occurrence for occurrence, _ in reopened)]
        if to_open:
            open_due(
                self.connection,
                self.today,
                self.now,
                ward_id=self.ward.id,
                occurrence_ids=to_open,
                actor=self.person.actor,
            )
        self._tell([occurrence for occurrence, _ in handed], units=True)
        self._tell([*cancelled, *to_open], units=False)

    def _task(self, each: ProposedChange) -> int:
        return each.task_id or self.ids[each.change.code]

    def _put_heirs(self, names: Sequence[str]) -> None:
        for name in names:  # a member of a group that leads now may not be named in any row itself
            if name not in self.units:
                self.units[name] = directory.put_unit(self.connection, self.ward.id, name, is_group=False)

    def _cancel(self, of: Sequence[int]) -> None:
        reason = f"{REASON}: quyết định {self.document}"
        told = amendments.cancel(self.connection, self.ward.id, of, reason=reason, document=self.document)
        work_cancelled(self.connection, self.ward.id, self.amendment, self.document, told, now=self.now)

    def _move_dues(self, dues: Sequence[DueMove], *, besides: Collection[int]) -> None:
        if not dues:
            return
        columns: dict[str, list[Any]] = {
            "occurrence": [due.occurrence for due in dues],
            "stage": [due.stage.value for due in dues],
            "former": [due.former for due in dues],
            "due": [due.due for due in dues],
            "assumed": [due.assumed for due in dues],
            "moved": [due.former != due.due for due in dues],
        }
        amendments.move_dues(
            self.connection,
            self.ward.id,
            self.amendment,
            columns,
            reason=REASON,
            document=self.document,
            by=self.person.id,
            now=self.now,
        )
        dates_amended(
            self.connection, self.ward.id, self.amendment, self.document, besides=besides, now=self.now
        )

    def _plan(self, planned: Sequence[tuple[int, PlannedOccurrence]]) -> list[int]:
        if not planned:
            return []
        columns: dict[str, list[object]] = {
            "task": [task for task, _ in planned],
            "label": [each.label for _, each in planned],
            "event": [None] * len(planned),
            "opens_on": [each.opens_on for _, each in planned],
        }
        for stage in Stage:
            dues = [each.stages.get(stage) for _, each in planned]
            columns[f"{stage}_due"] = [due.due if due else None for due in dues]
            columns[f"{stage}_assumed"] = [due.assumed if due else False for due in dues]
        return openings.plan_occurrences(self.connection, self.ward.id, columns)

    def _tell(self, of: Sequence[int], *, units: bool) -> None:
        if of:
            announcements.wake(
                self.connection,
                self.ward.id,
                self.amendment,
                of,
                units=units,
                now=self.now,
            )

    def history(self) -> None:
        """Record what was done, as ids, dates and hashes."""
        facts = {
            "amendment": self.amendment,
            "document": self.source,
            "issued_on": self.proposal.decision.issued_on.isoformat(),
            "number": self.proposal.decision.number,
            "plan": self.proposal.plan.id,
            **{f"{kind}": [self._task(each) for each in self._of(kind)] for kind in ChangeKind},
            "units": hashed_units(self.connection, self.ward.id),
            "unread": len(self.proposal.blocking),
        }
        events: list[tuple[str, dict[str, object]]] = [("plan.amended", facts)]
        coming = openings.still_planned(self.connection, self.ward.id, among=self.made)
        events += [("occurrence.planned", {"amendment": self.amendment, **each}) for each in coming]
        ids = [self._task(each) for each in self.proposal.changes]
        said = {each["task"]: each["sha256"] for each in hashes(self.connection, self.ward.id, tasks=ids)}
        for each, task in zip(self.proposal.changes, ids, strict=True):
            events += _events_of(each, task, self.amendment, self.units, said[task])
        history.append(
            self.connection,
            self.ward.id,
            at=self.now,
            actor=self.person.actor,
            kinds=[kind for kind, _ in events],
            facts=[canonical(stated) for _, stated in events],
        )


def _events_of(
    each: ProposedChange, task: int, amendment: int, units: dict[str, int], words: object
) -> list[tuple[str, dict[str, object]]]:
    shared: dict[str, object] = {"amendment": amendment}
    told: dict[str, object] = {
        **shared,
        "change": each.change.kind.value,
        "code": each.change.code,
        "sha256": words,
        "task": task,
    }
    if each.occurrences:
        told["occurrences"] = sorted(each.occurrences)
    if each.moves.opens:
        told["opens"] = [
            {"occurrence": occurrence, "opens_on": day.isoformat()} for occurrence, day in each.moves.opens
        ]
    fields = [difference.field.value for difference in each.change.fields]
    events: list[tuple[str, dict[str, object]]] = [
        ("task.amended", told | ({"fields": fields} if fields else {}))
    ]
    for due in each.moves.dues:
        days = {"due_on": due.due, "former_due": due.former}
        stated: dict[str, object] = {name: day.isoformat() for name, day in days.items() if day}
        stated["assumed"] = int(due.assumed)
        events.append(
            ("due.changed", {**shared, **stated, "occurrence": due.occurrence, "stage": due.stage.value})
        )
    events += [("occurrence.cancelled", {**shared, "occurrence": gone}) for gone in each.moves.cancelled]
    events += [("occurrence.planned", {**shared, "occurrence": back}) for back in each.moves.revived]
    events += [
        ("occurrence.handed-over", {**shared, "occurrence": given, "unit": units[unit]})
        for given, unit in each.moves.handed_over
    ]
    return events


def task_data(task: TaskReading) -> dict[str, object]:
    """Return what a task says, as an amendment keeps it."""
    dues = [milestone.due.isoformat() for milestone in task.milestones if milestone.due]
    return {**row_data(task), "dues": dues}
