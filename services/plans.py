"""Importing a decision, activating its plan, and the year's dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, count
from typing import Any

from sqlalchemy import Connection

from domain.errors import WardError
from domain.names import same_committee, slug, ward_code, ward_name
from domain.people import Action
from domain.plans import PlanReading, Severity
from domain.refusals import BlockingFindings, PlanExists
from domain.unique_codes import with_unique_codes
from models import directory, findings, intake, openings
from models.history import SYSTEM
from services.documents import StoredFile, register
from services.expected import hashed_units, hashes
from services.history import record
from services.occurrences import open_due
from services.people import Ward, permitted


class NoDraft(WardError):
    """There is no imported plan to activate."""

    def __init__(self) -> None:
        super().__init__(
            "no draft plan", "Không có bản nháp kế hoạch nào để đưa vào thực hiện. Nhập: cchc plan import TỆP"
        )


class OtherIssuer(WardError):
    """The decision is another committee's."""

    def __init__(self, issuer: str, ward: str) -> None:
        super().__init__(
            f"issued by {issuer}, not {ward}",
            f"Văn bản này do “{issuer}” ban hành, không phải “{ward}”. Đề nghị kiểm tra lại tệp; "
            "kế hoạch của phường khác thì nhập bằng lệnh cchc plan import.",
        )


class NewWard(WardError):
    """The decision is of a ward that is not there yet, so nobody can be somebody in it."""

    def __init__(self, ward: str, by: str) -> None:
        super().__init__(
            f"{ward} is new, {by} is nobody in it",
            f"Văn bản này của {ward}, chưa có trong cài đặt này, nên “{by}” không nhập được. Đề nghị kiểm "
            "tra lại tệp. Nếu đúng là thêm một đơn vị mới thì chạy lại, không ghi --by.",
        )


class UnknownPlan(WardError):
    """The ward has no such plan."""

    def __init__(self, plan_id: int) -> None:
        super().__init__(f"no plan {plan_id}", "Không có kế hoạch này. Xem các kế hoạch: cchc plan show")


@dataclass(frozen=True, slots=True)
class Imported:
    """A draft plan in the database."""

    ward: Ward
    plan_id: int
    tasks: int
    findings: int
    blocking: int
    new_ward: bool


def import_plan(
    connection: Connection,
    reading: PlanReading,
    source: StoredFile,
    *,
    by: str | None,
    now: datetime,
    code: str | None = None,
) -> Imported:
    """Store a decision as a draft plan of the ward that issued it, the ward too if it is new.

    `code` names the ward where its name alone doesn't tell it from another's. Without
    `by` the installation itself imports, as at the first start. A draft of the same
    decision from another file, with a row missing perhaps, gives way and is closed; so
    does one from the same file that reads otherwise now, since a spelling was settled.
    What people decided in it about the same words stays decided, where it set no date.
    Of two rows with one number the second gets a code of its own.

    Raises:
        PlanExists: the decision was activated before, or the same file imported.
        NewWard, UnknownUser, NotPermitted: the person may not.
    """
    reading = with_unique_codes(reading)
    known = {row.id for row in directory.wards(connection)}
    ward = _ward(connection, reading, code)
    if by is not None and ward.id not in known:
        raise NewWard(ward.name, by)
    person = permitted(connection, ward, by, Action.IMPORT_PLAN) if by is not None else None
    register(connection, ward.id, [source])
    replaced = intake.close_draft(connection, ward.id, reading, source=source.sha256)
    plan = intake.put_plan(
        connection, ward.id, reading, source=source.sha256, by=person.id if person else None, now=now
    )
    if plan is None:
        raise PlanExists(reading.decision.number)
    facts = {
        "carried": findings.carry(connection, ward.id, replaced, plan) if replaced else 0,
        "document": source.sha256,
        "number": reading.decision.number,
        "plan": plan,
        "replaced": replaced,
        "tasks": _put_tasks(connection, ward, plan, reading),
    }
    actor = person.actor if person else SYSTEM
    record(connection, ward.id, "plan.imported", facts, actor=actor, now=now)
    blocking = sum(
        row.severity == Severity.BLOCKING and row.settled_at is None
        for row in findings.of_plan(connection, ward.id, plan)
    )
    return Imported(ward, plan, len(reading.tasks), len(reading.findings), blocking, ward.id not in known)


def _put_tasks(connection: Connection, ward: Ward, plan: int, reading: PlanReading) -> int:
    """Store the tasks with the occurrences that the calendar fixes; return how many tasks."""
    units = _units(connection, ward, reading)
    ids = intake.put_tasks(connection, ward.id, plan, reading.tasks, units)
    columns = intake.occurrence_columns(reading, ids)
    if columns["task"]:
        openings.plan_occurrences(connection, ward.id, columns)
    return len(ids)


def check_issuer(ward: Ward, reading: PlanReading) -> None:
    """Return if the ward's own committee issued the decision.

    Raises:
        OtherIssuer: it didn't; importing it would make another ward.
    """
    if not same_committee(ward.name, reading.decision.issuer):
        raise OtherIssuer(reading.decision.issuer, ward.name)


def activate_plan(
    connection: Connection,
    ward: Ward,
    *,
    by: str | None,
    today: date,
    now: datetime,
    plan_id: int | None = None,
) -> int:
    """Activate a draft (the newest without `plan_id`) and open what is due; return the plan's id.

    The active plan of its year ends, which the history says. Activating an active plan changes nothing.

    Raises:
        NoDraft: there is nothing to activate.
        BlockingFindings: a finding that forbids it is still open.
        UnknownUser, NotPermitted: the person may not.
    """
    person = permitted(connection, ward, by, Action.ACTIVATE_PLAN) if by is not None else None
    plans = [row for row in intake.plans(connection, ward.id) if plan_id in {None, row.id}]
    drafts = [row for row in plans if row.state == "draft"]
    if not drafts:
        if plans and plans[0].state == "active":
            return int(plans[0].id)
        raise NoDraft
    plan = max(row.id for row in drafts)
    findings.lock_plan(connection, ward.id, plan)
    blocking = [
        row.message
        for row in findings.of_plan(connection, ward.id, plan)
        if row.severity == Severity.BLOCKING and row.settled_at is None
    ]
    if blocking:
        raise BlockingFindings(blocking)
    actor = person.actor if person else SYSTEM
    ended = [row.id for row in intake.ended_by(connection, ward.id, plan)]
    if intake.activate(connection, ward.id, plan, by=person.id if person else None, now=now):
        facts: dict[str, object] = {
            "plan": plan,
            "planned": openings.still_planned(connection, ward.id, plan=plan),
            "tasks": hashes(connection, ward.id, plan=plan),
            "units": hashed_units(connection, ward.id),
        }
        facts |= {"ended": ended} if ended else {}
        record(connection, ward.id, "plan.activated", facts, actor=actor, now=now)
        open_due(connection, today, now, ward_id=ward.id, actor=actor)
    return int(plan)


def ended_by(connection: Connection, ward: Ward, plan_id: int) -> Sequence[Any]:
    """Return the plans under way that end when this one is activated, so that a person knows before."""
    return intake.ended_by(connection, ward.id, plan_id)


def plans(connection: Connection, ward: Ward) -> Sequence[Any]:
    """Return the ward's plans, newest first."""
    return intake.plans(connection, ward.id)


def plan(connection: Connection, ward: Ward, plan_id: int) -> Any:
    """Return one of the ward's plans, in any state.

    Raises:
        UnknownPlan: there is none.
    """
    for row in intake.plans(connection, ward.id):
        if row.id == plan_id:
            return row
    raise UnknownPlan(plan_id)


def calendar(connection: Connection, ward: Ward, year: int | None = None) -> Sequence[Any]:
    """Return the due dates of the active plans in order."""
    return intake.calendar(connection, ward.id, year)


def _ward(connection: Connection, reading: PlanReading, code: str | None) -> Ward:
    issuer = reading.decision.issuer
    code = slug(code) if code else _code(connection, issuer)
    ward_id = directory.put_ward(connection, code, ward_name(issuer))
    known = {row.id: row for row in directory.wards(connection)}[ward_id]
    return Ward(ward_id, known.code, known.name)


def _code(connection: Connection, issuer: str) -> str:
    """Return the short name of the ward that has this name, or one that no other ward has."""
    wards: dict[str, str] = {row.code: row.name for row in directory.wards(connection)}
    for code, name in wards.items():
        if same_committee(name, issuer):
            return code
    short = ward_code(issuer)
    fitting = chain([short, slug(ward_name(issuer))], (f"{short}-{number}" for number in count(2)))
    return next(code for code in fitting if code not in wards)


def _units(connection: Connection, ward: Ward, reading: PlanReading) -> dict[str, int]:
    ids = {
        unit.name: directory.put_unit(connection, ward.id, unit.name, is_group=bool(unit.members))
        for unit in reading.units
    }
    for unit in reading.units:
        if unit.aliases:
            directory.put_aliases(connection, ward.id, ids[unit.name], unit.aliases)
        if unit.members:
            members = [ids[name] for name in unit.members if name in ids]
            directory.put_members(connection, ward.id, ids[unit.name], members)
    for task in reading.tasks:
        for name in (*task.lead_units, *task.coordinating_units):
            if name not in ids:
                ids[name] = directory.put_unit(connection, ward.id, name, is_group=False)
    return ids
