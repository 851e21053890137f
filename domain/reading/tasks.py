"""Read one row: what is to be done, by whom, when, and what is doubtful about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from domain.plans import Finding, Milestone, Stage, TaskKind, TaskReading
from domain.reading.doubts import about_plan, about_time
from domain.reading.drafts import Draft
from domain.reading.event_types import EventType, types_named
from domain.reading.milestones import DATED, bound, kind_of, with_assumed_report
from domain.reading.narrowing import completed_day, period_of
from domain.reading.normal import composed, level, squeezed
from domain.reading.occurrences import occurrences_of
from domain.reading.parties import parties_in
from domain.reading.products import condition_in, products_of
from domain.reading.regime import Report
from domain.reading.stages import stage_in
from domain.reading.state import vietnamese
from domain.reading.times import read_time
from domain.reading.tokens import tokenize
from domain.reading.unit_readings import Names
from domain.reading.units import UnitHit, split_units

_MAY_DATE = re.compile(r"\d\s*[/.-]\s*\d|ngày\s+\d|tháng\s+\d", re.IGNORECASE)
# What the plan's calendar answers; see `_calendar_doubts`.
_ANSWERED = {"no-day", "assumed-day", "other-year"}  # and `_date_doubts` for the year


@dataclass(slots=True)
class TaskContext:
    """What all rows of a plan share, and the findings that they give."""

    year: int
    issued_on: date
    reports: tuple[Report, ...]
    event_types: tuple[EventType, ...]
    names: Names
    findings: list[Finding] = field(default_factory=list)

    def doubt(self, code: str, task: str, source: str = "", **facts: Any) -> None:
        """Add a finding about a task."""
        self.findings.append(about_plan(code, task=task, source=source, **facts))


def read_task(draft: Draft, context: TaskContext) -> TaskReading:
    """Return the task in a row; doubts go to the context's findings."""
    cells, code = draft.cells, draft.code
    _share(draft, context)
    title = squeezed(cells.get("content", ""))
    time_text = cells.get("time", "").strip()
    products = products_of(cells.get("product", ""))
    leads = _leads(draft, context)
    coordinating = _units(cells.get("coordinating", ""), code, context)
    milestones, found = _milestones(draft, title, products, context)
    kind = kind_of(milestones)
    types = _event_types(code, kind, milestones, products, context)
    task = TaskReading(
        code,
        draft.section,
        title,
        tuple(dict.fromkeys(hit.name for hit in leads)),
        tuple(dict.fromkeys(hit.name for hit in coordinating)),
        products,
        time_text,
        kind,
        milestones,
        types,
        occurrences_of(kind, milestones, context.reports, context.issued_on),
        draft.place,
    )
    _time_doubts(task, found, context)
    _row_doubts(task, context)
    _cell_doubts(task, cells, context)
    return task


def _cell_doubts(task: TaskReading, cells: dict[str, str], context: TaskContext) -> None:
    """Name times that stand elsewhere than in the column of times."""
    if cells.get("marks"):
        context.doubt("month_marks", task.code, cells["marks"], facts=task.time_text)
    note = cells.get("note", "")
    if not _MAY_DATE.search(note):
        return
    milestones, findings = read_time(note, year=context.year)
    if any(milestone.kind in DATED or milestone.kind == "recurring" for milestone in milestones):
        context.doubt("note_time", task.code, squeezed(note))
    for finding in findings:
        if finding.code == "citation":
            context.doubt("title_citation", task.code, finding.source_text)


def _share(draft: Draft, context: TaskContext) -> None:
    """Part a cell that names lead and coordinating units; without words for it the first one leads."""
    cells = draft.cells
    shared = cells.get("shared", "").strip()
    cell = shared or cells.get("lead", "").strip()
    parties = parties_in(cell)
    if parties is not None:
        cells["lead"] = parties[0]
        cells["coordinating"] = "; ".join(filter(None, (parties[1], cells.get("coordinating", ""))))
    elif shared:
        hits = split_units(shared, context.names.book)
        cells["lead"] = hits[0].spelling if hits else ""
        cells["coordinating"] = "; ".join(hit.spelling for hit in hits[1:])
        if len(hits) > 1:
            context.doubt("lead_guessed", draft.code, squeezed(shared), unit=hits[0].name)


def _leads(draft: Draft, context: TaskContext) -> list[UnitHit]:
    leads = _units(draft.cells.get("lead", ""), draft.code, context)
    if not leads:
        context.doubt("no_lead", draft.code)
    return leads


def _units(cell: str, code: str, context: TaskContext) -> list[UnitHit]:
    hits = context.names.read(cell)
    for hit in hits:
        if context.names.is_odd(hit):
            near = context.names.book.suggestions(hit.name)
            hint = f" (gần giống {', '.join(f'“{each}”' for each in near)})" if near else ""
            context.doubt("unknown_unit", code, hit.spelling, unit=hit.name, hint=hint)
    if any(hit.glued for hit in hits):
        names = "; ".join(hit.name for hit in hits)
        context.doubt("units_glued", code, squeezed(cell), units=names)
    return hits


def _milestones(
    draft: Draft, title: str, products: tuple[str, ...], context: TaskContext
) -> tuple[tuple[Milestone, ...], tuple[Finding, ...]]:
    milestones, findings = _times(draft, context)
    tokens = tokenize(level(composed(title)))
    milestones = bound(milestones, products, stage_in(tokens.items, 0, tokens.count))
    return with_assumed_report(milestones, context.reports[-1].due), findings


def _times(draft: Draft, context: TaskContext) -> tuple[tuple[Milestone, ...], tuple[Finding, ...]]:
    """Return what the cell of times says, in the month or quarter that stands over it."""
    text, year = draft.cells.get("time", "").strip(), context.year
    period = period_of(draft.cells["period"], year) if draft.cells.get("period") else None
    if period is not None:
        text, year = completed_day(text, period), period.year or year
    milestones, findings = read_time(text, year=year, issued_on=context.issued_on)
    if period is not None and not period.holds(milestones):
        context.doubt("period_differs", draft.code, squeezed(period.text), time=squeezed(text))
    return milestones, findings


def _event_types(
    code: str,
    kind: TaskKind,
    milestones: Iterable[Milestone],
    products: tuple[str, ...],
    context: TaskContext,
) -> tuple[str, ...]:
    """Return the types of event that the row names; a condition among its products counts too."""
    events = [milestone.event or "" for milestone in milestones if milestone.kind == "event"]
    condition = condition_in(products)
    types = types_named(" ; ".join([*events, condition or ""]), context.event_types)
    if kind is TaskKind.EVENT and not types:
        context.doubt("no_event_type", code, " ; ".join(events))
    return types


def _time_doubts(task: TaskReading, found: tuple[Finding, ...], context: TaskContext) -> None:
    """Add what reading the time gave, where the plan's calendar doesn't answer it."""
    settled = {m.source_text for m in task.milestones if m.assumed and m.kind == "deadline"}
    clash = any(len(dues) > 1 for dues in _dues(task).values())
    for finding in found:
        if finding.code == "gapped" and clash:
            continue  # the two days are named below
        if finding.code in _ANSWERED or (finding.code == "unspecified" and finding.source_text in settled):
            continue
        message = f"Nhiệm vụ {task.code}: {finding.message[0].lower()}{finding.message[1:]}"
        context.findings.append(replace(finding, task=task.code, message=message))
    _calendar_doubts(task, context)
    _date_doubts(task, context)


def _calendar_doubts(task: TaskReading, context: TaskContext) -> None:
    """Say which days were taken from the reporting calendar."""
    dues = [occurrence.stages[Stage.REPORT] for occurrence in task.occurrences]
    assumed = [due.due for due in dues if due.assumed and due.due]
    if not assumed:
        return
    if task.kind is TaskKind.SCHEDULED:
        sources = [m.source_text for m in task.milestones if m.assumed and m.stage is Stage.REPORT]
        context.doubt("report_assumed", task.code, " ".join(sources), date=vietnamese(assumed[0]))
    else:
        dates = ", ".join(map(vietnamese, assumed[:4])) + ("…" if len(assumed) > 4 else "")
        context.doubt("calendar_used", task.code, task.time_text, dates=dates)


def _dues(task: TaskReading) -> dict[Stage, list[date]]:
    """Return the days that are written for each stage, in order."""
    dated = [milestone for milestone in task.milestones if milestone.kind in DATED]
    return {
        stage: sorted({milestone.due for milestone in dated if milestone.stage is stage and milestone.due})
        for stage in Stage
    }


def _date_doubts(task: TaskReading, context: TaskContext) -> None:
    dated = [milestone for milestone in task.milestones if milestone.kind in DATED and milestone.due]
    for dues in _dues(task).values():
        if len(dues) > 1:
            context.doubt("dates_clash", task.code, task.time_text, facts=", ".join(map(vietnamese, dues)))
    for milestone in dated:
        if milestone.due and milestone.due.year != context.year:
            finding = about_time("other_year", milestone.source_text, vietnamese(milestone.due), context.year)
            context.findings.append(replace(finding, task=task.code))
    for occurrence in task.occurrences:
        plan, report = occurrence.stages[Stage.PLAN].due, occurrence.stages[Stage.REPORT].due
        if plan and report and report < plan:
            context.doubt(
                "order_clash", task.code, task.time_text, plan=vietnamese(plan), report=vietnamese(report)
            )


def _row_doubts(task: TaskReading, context: TaskContext) -> None:
    if not task.title:
        context.doubt("no_title", task.code)
    condition = condition_in(task.products)
    if condition and task.kind is not TaskKind.EVENT:
        context.doubt("product_condition", task.code, condition, time=task.time_text)
    if not _MAY_DATE.search(task.title):
        return
    milestones, findings = read_time(task.title, year=context.year)
    for finding in findings:
        if finding.code == "citation":
            context.doubt("title_citation", task.code, finding.source_text)
    written = {milestone.due for milestone in task.milestones}
    for milestone in milestones:
        if milestone.kind == "deadline" and milestone.due not in written:
            facts = vietnamese(milestone.due) if milestone.due else ""
            context.doubt("title_date", task.code, milestone.source_text, facts=facts)
