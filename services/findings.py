"""The doubts about a plan: what a person decides about each, and how a decision is taken back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.findings import LONGEST_NOTE, Verdict, note_needed
from domain.people import Action
from domain.plans import Severity, Stage
from domain.reading.confirming import kind_of
from domain.refusals import BadValue, ReasonNeeded
from models import findings as models
from models import tasks
from services.due_dates import confirm_assumed, set_dates
from services.finding_refusals import AlreadySettled, PlanClosed, UnknownFinding
from services.history import hashed, record
from services.people import Person, Ward, permitted


@dataclass(frozen=True, slots=True)
class DateChange:
    """A due date that is set with a decision, for one period or, without `label`, for the only one."""

    stage: Stage
    due_on: date
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides, in their words; only a correction sets a date."""

    verdict: Verdict
    note: str = ""
    change: DateChange | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The findings that were settled now, and how many due dates with them."""

    findings: tuple[int, ...]
    dates: int = 0


@dataclass(frozen=True, slots=True)
class Original:
    """The row that a finding is about: as it was written, as it was read, and its dates by period."""

    task: Any
    details: Any
    periods: Sequence[Any]


def findings(connection: Connection, ward: Ward, plan_id: int) -> Sequence[Any]:
    """Return a plan's findings with every decision about them, open and grave ones first."""
    return models.of_plan(connection, ward.id, plan_id)


def original(connection: Connection, ward: Ward, finding: Any) -> Original | None:
    """Return the row that a finding is about; None where it is about no task of the plan."""
    task = models.task(connection, ward.id, finding.plan_id, finding.task_code)
    if task is None:
        return None
    return Original(
        task, tasks.details(connection, ward.id, task.id), models.periods(connection, ward.id, task.id)
    )


def settle_finding(
    connection: Connection,
    ward: Ward,
    finding_id: int,
    decision: Decision,
    *,
    by: str,
    today: date,
    now: datetime,
) -> Settled:
    """Record a person's decision; a blocking finding then no longer stands in the way.

    Confirming a date that was assumed makes it a settled one. Deciding the same twice
    is recorded once.

    Raises:
        UnknownFinding, PlanClosed, AlreadySettled: there is nothing to settle.
        ReasonNeeded, BadValue: the decision must be explained, or can't be so.
        UnknownUser, NotPermitted: the person may not.
        WardError: its date can't be set (`services.due_dates.set_dates`).
    """
    person = permitted(connection, ward, by, Action.SETTLE_FINDING)
    (row,) = _locked(connection, ward, [finding_id])
    if row.settled_at is not None:
        return _again(connection, ward, row, decision, person)
    return _settle(connection, ward, [row], decision, person, today, now)


def settle_alike(
    connection: Connection,
    ward: Ward,
    plan_id: int,
    code: str,
    decision: Decision,
    *,
    by: str,
    today: date,
    now: datetime,
) -> Settled:
    """Record one decision about all open findings of a kind; where none is open nothing happens.

    Raises:
        BadValue: a date can be set for one finding at a time only.
        PlanClosed, ReasonNeeded, UnknownUser, NotPermitted: as `settle_finding`.
    """
    person = permitted(connection, ward, by, Action.SETTLE_FINDING)
    if decision.change is not None:
        raise BadValue("Thời hạn", f"{decision.change.due_on:%d/%m/%Y}", "chỉ ấn định được cho từng điểm một")
    ids = models.open_alike(connection, ward.id, plan_id, code)
    rows = [row for row in _locked(connection, ward, ids) if row.settled_at is None]
    return _settle(connection, ward, rows, decision, person, today, now)


def reopen_finding(
    connection: Connection, ward: Ward, finding_id: int, reason: str, *, by: str, now: datetime
) -> bool:
    """Take a decision back, with its reason; False where the finding is open already.

    The decision stays on record. A date that was set with it stays set.

    Raises:
        ReasonNeeded, BadValue, UnknownFinding, PlanClosed, UnknownUser, NotPermitted: it can't be.
    """
    person = permitted(connection, ward, by, Action.SETTLE_FINDING)
    reason = _checked(reason)
    if not reason:
        raise ReasonNeeded("mở lại một điểm cần xem lại")
    (row,) = _locked(connection, ward, [finding_id])
    if row.settled_at is None:
        return False
    models.reopen(connection, ward.id, finding_id, reason=reason, by=person.id, now=now)
    facts = {
        "finding": finding_id,
        "former_sha256": hashed(row.settlement),
        "former_verdict": row.verdict,
        "plan": row.plan_id,
        "reason_sha256": hashed(reason),
    }
    record(connection, ward.id, "finding.reopened", facts, actor=person.actor, now=now)
    return True


def _locked(connection: Connection, ward: Ward, ids: Sequence[int]) -> Sequence[Any]:
    rows = models.lock(connection, ward.id, ids)
    missing = set(ids) - {row.id for row in rows}
    if missing:
        raise UnknownFinding(min(missing))
    if any(row.plan_state == "closed" for row in rows):
        raise PlanClosed
    return rows


def _again(connection: Connection, ward: Ward, row: Any, decision: Decision, person: Person) -> Settled:
    """Answer a second decision: nothing if it is the first one once more, a refusal otherwise."""
    known = {each.id: each for each in models.of_plan(connection, ward.id, row.plan_id)}
    facts = known[row.id].decisions[-1]["facts"] if known[row.id].decisions else {}
    stated = _change_facts(decision.change, ())
    same = all(facts.get(name) == stated.get(name) for name in ("due_on", "label", "stage"))
    if same and (row.settled_by, row.verdict, row.settlement) == (
        person.id,
        decision.verdict,
        _note(decision),
    ):
        return Settled(())
    raise AlreadySettled(row.id, known[row.id].settled_by_name or "—", row.verdict, row.settlement)


def _settle(
    connection: Connection,
    ward: Ward,
    rows: Sequence[Any],
    decision: Decision,
    person: Person,
    today: date,
    now: datetime,
) -> Settled:
    note = _note(decision)
    _check(rows, decision, note)
    dates = 0
    for row in rows:
        moved = _dates(connection, ward, row, decision, note, person, today, now)
        dates += len(moved)
        facts = _change_facts(decision.change, moved)
        models.settle(
            connection,
            ward.id,
            [row.id],
            verdict=decision.verdict.value,
            note=note,
            facts=json.dumps(facts),
            by=person.id,
            now=now,
        )
        stated = {
            "decision_sha256": hashed(note or None),
            "finding": row.id,
            "plan": row.plan_id,
            "verdict": decision.verdict.value,
            **facts,
        }
        record(connection, ward.id, "finding.settled", stated, actor=person.actor, now=now)
    return Settled(tuple(row.id for row in rows), dates)


def _check(rows: Sequence[Any], decision: Decision, note: str) -> None:
    if decision.change is not None and decision.verdict is not Verdict.CORRECTED:
        raise BadValue(
            "Thời hạn", f"{decision.change.due_on:%d/%m/%Y}", "chỉ ấn định khi chọn “đã sửa, ấn định ngày”"
        )
    sets_date = decision.change is not None
    for row in rows:
        if not note and note_needed(decision.verdict, Severity(row.severity), sets_date=sets_date):
            raise ReasonNeeded(f"xử lý điểm số {row.id} theo cách này", option="--note")


def _dates(
    connection: Connection,
    ward: Ward,
    row: Any,
    decision: Decision,
    note: str,
    person: Person,
    today: date,
    now: datetime,
) -> list[int]:
    """Set what the decision sets; return the occurrences whose date it is."""
    reason = note or f"Xử lý điểm cần xem lại số {row.id}: {row.message}"
    change, settles = decision.change, kind_of(row.code).settles
    if change is not None:
        task = models.task(connection, ward.id, row.plan_id, row.task_code)
        if task is None:
            raise BadValue("Thời hạn", f"{change.due_on:%d/%m/%Y}", "điểm này không gắn với nhiệm vụ nào")
        return set_dates(
            connection,
            ward,
            task,
            change.stage,
            change.due_on,
            label=change.label,
            reason=reason,
            by=person.name,
            today=today,
            now=now,
        )
    if decision.verdict is Verdict.CONFIRMED and settles is not None:
        task = models.task(connection, ward.id, row.plan_id, row.task_code)
        if task is not None:
            return confirm_assumed(connection, ward, task.id, settles, reason=reason, by=person.name, now=now)
    return []


def _change_facts(change: DateChange | None, moved: Sequence[int]) -> dict[str, Any]:
    facts: dict[str, Any] = {"occurrences": list(moved)} if moved else {}
    if change is not None:
        facts |= {"due_on": change.due_on.isoformat(), "stage": change.stage.value}
        facts |= {"label": change.label} if change.label else {}
    return facts


def _note(decision: Decision) -> str:
    return _checked(decision.note)


def _checked(words: str) -> str:
    words = words.strip()
    if len(words) > LONGEST_NOTE:
        raise BadValue("Ghi chú", f"{words[:40]}…", f"không dài quá {LONGEST_NOTE} ký tự")
    if "\0" in words:
        raise BadValue("Ghi chú", words[:40].replace("\0", "�"), "có ký tự không ghi được")
    return words
