"""Valid things for tests; a test states only what matters to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from domain.people import Role
from domain.plans import (
    DecisionHead,
    Finding,
    PlannedOccurrence,
    PlanReading,
    Section,
    Source,
    Stage,
    StageDue,
    TaskKind,
    TaskReading,
    UnitReading,
)
from models.history import SYSTEM
from services.documents import StoredFile
from services.people import Ward, add_user
from services.plans import activate_plan, import_plan

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
OFFICE = "Văn phòng HĐND và UBND phường"
CULTURE = "Phòng Văn hóa - Xã hội"
CENTRE = "Trung tâm Phục vụ hành chính công"
GROUP = "Các phòng chuyên môn, đơn vị"


def task(
    code: str,
    kind: TaskKind = TaskKind.SCHEDULED,
    *,
    lead: str = OFFICE,
    occurrences: Sequence[PlannedOccurrence] = (),
    event_types: Sequence[str] = (),
) -> TaskReading:
    """Return a row of an appendix."""
    return TaskReading(
        code=code,
        section=code.split(".", maxsplit=1)[0],
        title=f"Nhiệm vụ số {code}",
        lead_units=(lead,),
        coordinating_units=(CULTURE,) if lead != CULTURE else (),
        products=("Báo cáo",),
        time_text="Quý I/2026",
        kind=kind,
        milestones=(),
        event_types=tuple(event_types),
        occurrences=tuple(occurrences),
        source=Source(0, 1),
    )


def occurrence(
    label: str = "Năm 2026",
    *,
    opens_on: date = date(2026, 1, 14),
    plan: date | None = date(2026, 3, 31),
    implement: date | None = None,
    report: date | None = date(2026, 12, 9),
) -> PlannedOccurrence:
    """Return an occurrence that the calendar fixes."""
    dues = {Stage.PLAN: plan, Stage.IMPLEMENT: implement, Stage.REPORT: report}
    return PlannedOccurrence(label, opens_on, {stage: StageDue(due) for stage, due in dues.items()})


def plan_of(
    *tasks: TaskReading,
    issuer: str = "UBND phường Thử Nghiệm",
    number: str = "1/QĐ-UBND",
    findings: Sequence[Finding] = (),
) -> PlanReading:
    """Return a plan for 2026 with these tasks."""
    sections = tuple(dict.fromkeys(each.section for each in tasks))
    return PlanReading(
        decision=DecisionHead(number, date(2026, 1, 14), issuer, "Kế hoạch CCHC", 2026),
        reporting_calendar=(date(2026, 3, 9), date(2026, 6, 9), date(2026, 9, 9), date(2026, 12, 9)),
        sections=tuple(Section(code, "Mục", None, len(tasks)) for code in sections),
        units=(
            UnitReading(OFFICE, ("VP HĐND&UBND",)),
            UnitReading(CULTURE),
            UnitReading(CENTRE),
            UnitReading(GROUP, members=(OFFICE, CULTURE, CENTRE)),
        ),
        tasks=tasks,
        findings=tuple(findings),
    )


@dataclass(frozen=True)
class Office:
    """A ward with an active plan and people in every role."""

    ward: Ward
    plan_id: int


PEOPLE = (
    ("dieuphoi", Role.COORDINATOR, None),
    ("dieuphoi-vh", Role.COORDINATOR, CULTURE),
    ("lan", Role.OFFICER, OFFICE),
    ("hoa", Role.OFFICER, CULTURE),
    ("minh", Role.OFFICER, CENTRE),
    ("chutich", Role.LEADER, None),
    ("thanhtra", Role.AUDITOR, None),
    ("quantri", Role.ADMIN, None),
)


def office(
    connection: Connection,
    reading: PlanReading,
    *,
    today: date = TODAY,
    now: datetime = NOW,
    source: StoredFile | None = None,
) -> Office:
    """Import and activate a plan, with an account for each role; its file is nowhere unless one is given."""
    source = source or StoredFile("0" * 64, 1, "qd.txt", "text/plain")
    imported = import_plan(connection, reading, source, by=None, now=now)
    for name, role, unit in PEOPLE:
        add_user(
            connection,
            imported.ward,
            name,
            role=role,
            unit=unit,
            email=f"{name}@example.vn",
            actor=SYSTEM,
            now=now,
        )
    activate_plan(connection, imported.ward, by=None, today=today, now=now, plan_id=imported.plan_id)
    return Office(imported.ward, imported.plan_id)
