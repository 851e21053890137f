"""The occurrences that the calendar fixes, with the days on which their stages fall due."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from domain.plans import Milestone, PlannedOccurrence, Stage, StageDue, TaskKind
from domain.reading.milestones import DATED
from domain.reading.regime import Report
from domain.reading.rhythm import WEEKDAYS, due_in, months_of
from domain.reading.spans import month_end, period_name
from domain.reading.wording import WEEKDAY_NAMES

_REPORTS = re.compile(r"báo cáo|sơ kết|tổng kết", re.IGNORECASE)
_DAY_OF_YEAR = re.compile(r"\d\d-\d\d")


def occurrences_of(
    kind: TaskKind, milestones: tuple[Milestone, ...], reports: tuple[Report, ...], issued_on: date
) -> tuple[PlannedOccurrence, ...]:
    """Return the occurrences of a task: one where it is scheduled, one for each period where it comes back.

    Periods whose report was due before the decision was issued are left out; no occurrence opens
    before the decision. Events and unspecified tasks have none.
    """
    if kind is TaskKind.SCHEDULED:
        several = _several_reports(milestones)
        if several:
            return _of_reports(several, issued_on, _planned(milestones))
        return (_scheduled(milestones, reports, issued_on),)
    if kind is TaskKind.ONGOING:
        start = max((m.start for m in milestones if m.kind == "open" and m.start), default=issued_on)
        ours = [report for report in reports if report.due >= start]
        return _of_reports([(report, StageDue(report.due, assumed=True)) for report in ours], issued_on)
    if kind is TaskKind.RECURRING:
        weekly = [m for m in milestones if (m.recurrence or "").startswith("FREQ=WEEKLY")]
        if weekly:
            return _weekly(weekly[0], reports[-1].year, issued_on)
        return _of_reports(_periods(milestones, reports), issued_on, _planned(milestones))
    return ()


def _scheduled(
    milestones: tuple[Milestone, ...], reports: tuple[Report, ...], issued_on: date
) -> PlannedOccurrence:
    dated = [milestone for milestone in milestones if milestone.kind in DATED]
    stages = {stage: _due(dated, stage) for stage in Stage}
    if stages[Stage.REPORT].due is None:
        stages[Stage.REPORT] = StageDue(reports[-1].due, assumed=True)
    year = reports[-1].year
    starts = [milestone.start or date(year, 1, 1) for milestone in dated]
    label = None
    if len(dated) == 1 and dated[0].start and dated[0].due:
        label = period_name(dated[0].start, dated[0].due)
    return PlannedOccurrence(label or f"Năm {year}", max(issued_on, min(starts)), stages)


def _several_reports(milestones: tuple[Milestone, ...]) -> list[tuple[Report, StageDue]]:
    """Return each of several reports with its day: `báo cáo 6 tháng trước 15/6, báo cáo năm trước 15/12`."""
    days = [m.due for m in milestones if m.kind == "deadline" and m.due and _REPORTS.search(m.source_text)]
    dated = [m for m in milestones if m.kind in DATED and m.stage is not Stage.PLAN]
    if len(days) < 2 or len(days) < len(dated) or len({(day.year, day.month) for day in days}) < len(days):
        return []
    return [(Report(day.year, day.month, day), StageDue(day)) for day in sorted(days)]


def _due(dated: list[Milestone], stage: Stage) -> StageDue:
    """Return the stage's day; where several are written, the last (and a finding says that they differ)."""
    ours = [milestone for milestone in dated if milestone.stage is stage and milestone.due]
    if not ours:
        return StageDue()
    last = max(ours, key=lambda milestone: milestone.due or date.min)
    return StageDue(last.due, last.assumed)


def _planned(milestones: tuple[Milestone, ...]) -> StageDue:
    return _due([milestone for milestone in milestones if milestone.kind in DATED], Stage.PLAN)


def _of_reports(
    dues: list[tuple[Report, StageDue]], issued_on: date, plan: StageDue | None = None
) -> tuple[PlannedOccurrence, ...]:
    found: list[PlannedOccurrence] = []
    for report, due in dues:
        if due.due is not None and due.due < issued_on:
            continue
        stages = {Stage.PLAN: StageDue(), Stage.IMPLEMENT: StageDue(), Stage.REPORT: due}
        if plan is not None and not found:
            stages[Stage.PLAN] = plan  # a plan is issued once, in the first period
        found.append(PlannedOccurrence(report.label, max(issued_on, report.opens_on), stages))
    return tuple(found)


def _periods(milestones: tuple[Milestone, ...], reports: tuple[Report, ...]) -> list[tuple[Report, StageDue]]:
    """Return every period that the task's rhythms name, each with its own rule's day or the calendar's."""
    year = reports[-1].year
    calendar = {report.month: report for report in reports}
    recurring = [milestone for milestone in milestones if milestone.kind == "recurring"]
    alone = sum(_is_yearly(milestone) for milestone in recurring) == 1
    dues: dict[tuple[int, int, bool], tuple[Report, StageDue]] = {}
    for milestone in sorted(recurring, key=lambda m: -len(_months(m, reports))):
        for month in _months(milestone, reports):
            written = _written(milestone, year, month, alone=alone)
            report = written or calendar.get(month) or Report(year, month, _month_end(year, month))
            report = replace(report, monthly=len(_months(milestone, reports)) == 12)
            place = report.year, report.month, report.monthly
            if written is not None or place not in dues:
                dues[place] = report, StageDue(report.due, assumed=written is None)
    return [dues[place] for place in sorted(dues)]


def _months(milestone: Milestone, reports: tuple[Report, ...]) -> tuple[int, ...]:
    if milestone.recurrence is None:
        return tuple(report.month for report in reports)
    return months_of(milestone.recurrence) or ()


def _is_yearly(milestone: Milestone) -> bool:
    return (milestone.recurrence or "").startswith("FREQ=YEARLY")


def _written(milestone: Milestone, year: int, month: int, *, alone: bool) -> Report | None:
    """Return the period with the day that the row itself writes; None where it writes none.

    A yearly task's only day belongs to the whole year; several days belong to their months.
    """
    due = None if milestone.assumed or not milestone.due_rule else due_in(milestone.due_rule, year, month)
    if due is None:
        return None
    if _DAY_OF_YEAR.match(milestone.due_rule or "") and not _is_yearly(milestone):
        months = months_of(milestone.recurrence or "") or (month,)
        if min(months, key=lambda each: abs(each - due.month)) != month:
            return None  # 15/6 is the first half's day, the second half's isn't written
    if milestone.due_rule and "next period" in milestone.due_rule:
        return Report(year - (month == 1), (month - 2) % 12 + 1, due)
    if _is_yearly(milestone):
        month = 12 if alone or due.year != year else due.month
    return Report(year, month, due)


def _month_end(year: int, month: int) -> date:
    return date(year, month, month_end(year, month))


def _weekly(milestone: Milestone, year: int, issued_on: date) -> tuple[PlannedOccurrence, ...]:
    """Return one occurrence for each week of the plan's year."""
    rule = milestone.recurrence or ""
    step = int(rule.partition("INTERVAL=")[2].partition(";")[0] or 1)
    named = [name for name in rule.partition("BYDAY=")[2].partition(";")[0].split(",") if name in WEEKDAYS]
    first = date(year, 1, 1)
    found: list[tuple[date, PlannedOccurrence]] = []
    for name in named or ["FR"]:
        weekday = WEEKDAYS.index(name) - (milestone.due_rule == "day before")
        due = first + timedelta(days=(weekday - first.weekday()) % 7)
        while due.year == year:
            if due >= issued_on:
                stages = {Stage.PLAN: StageDue(), Stage.IMPLEMENT: StageDue()}
                stages[Stage.REPORT] = StageDue(due, assumed=not named)
                label = f"Tuần {due.isocalendar().week}/{year}"
                label += f", {WEEKDAY_NAMES[name]}" if len(named) > 1 else ""
                opens = max(issued_on, due - timedelta(days=due.weekday()))
                found.append((due, PlannedOccurrence(label, opens, stages)))
            due += timedelta(weeks=step)
    return tuple(occurrence for _, occurrence in sorted(found, key=lambda pair: pair[0]))
