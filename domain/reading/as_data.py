"""Readings as plain data, in the shape that `cchc plan read --json` promises."""

from __future__ import annotations

from datetime import date

from domain.plans import Finding, Milestone, PlannedOccurrence, PlanReading, Source, TaskReading
from domain.reading.confirming import meaning

Data = dict[str, object]


def milestone_data(milestone: Milestone) -> Data:
    """Return a milestone as data."""
    return {
        "stage": _text(milestone.stage),
        "kind": milestone.kind,
        "start": _day(milestone.start),
        "due": _day(milestone.due),
        "due_time": milestone.due_time,
        "recurrence": milestone.recurrence,
        "due_rule": milestone.due_rule,
        "event": milestone.event,
        "offset_days": milestone.offset_days,
        "working_days": milestone.working_days,
        "assumed": milestone.assumed,
        "source_text": milestone.source_text,
    }


def finding_data(finding: Finding) -> Data:
    """Return a finding as data."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "task": finding.task,
        "source_text": finding.source_text,
        "place": None if finding.place is None else _place(finding.place),
        "meaning": meaning(finding.code),
    }


def time_data(text: str, milestones: tuple[Milestone, ...], findings: tuple[Finding, ...]) -> Data:
    """Return the reading of one expression as data."""
    return {
        "text": text,
        "milestones": [milestone_data(milestone) for milestone in milestones],
        "findings": [finding_data(finding) for finding in findings],
    }


def plan_data(plan: PlanReading) -> Data:
    """Return a whole plan as data."""
    head = plan.decision
    return {
        "decision": {
            "number": head.number,
            "date": _day(head.issued_on),
            "issuer": head.issuer,
            "title": head.title,
            "year": head.year,
        },
        "reporting_calendar": [_day(day) for day in plan.reporting_calendar],
        "sections": [
            {
                "code": section.code,
                "title": section.title,
                "declared": section.declared,
                "found": section.found,
            }
            for section in plan.sections
        ],
        "units": [{"name": unit.name, "aliases": list(unit.aliases)} for unit in plan.units],
        "tasks": [_task(task) for task in plan.tasks],
        "findings": [finding_data(finding) for finding in plan.findings],
    }


def row_data(task: TaskReading) -> Data:
    """Return what a row says, without what follows from it."""
    return {
        "code": task.code,
        "section": task.section,
        "title": task.title,
        "lead_units": list(task.lead_units),
        "coordinating_units": list(task.coordinating_units),
        "products": list(task.products),
        "time_text": task.time_text,
        "kind": task.kind.value,
        "event_types": list(task.event_types),
    }


def _task(task: TaskReading) -> Data:
    return {
        **row_data(task),
        "milestones": [milestone_data(milestone) for milestone in task.milestones],
        "occurrences": [_occurrence(occurrence) for occurrence in task.occurrences],
        "source": _place(task.source),
    }


def _occurrence(occurrence: PlannedOccurrence) -> Data:
    return {
        "label": occurrence.label,
        "opens_on": _day(occurrence.opens_on),
        "stages": {
            stage.value: {"due": _day(due.due), "assumed": due.assumed}
            for stage, due in occurrence.stages.items()
        },
    }


def _place(place: Source) -> Data:
    return {"table": place.table, "row": place.row, "page": place.page}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _text(value: object) -> str | None:
    return None if value is None else str(value)
