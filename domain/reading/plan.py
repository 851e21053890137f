"""Read a whole decision: head, reporting calendar, sections, tasks, units, and every doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from domain.errors import NotADecision
from domain.plans import DecisionHead, Finding, PlanReading, Section, Source, TaskReading
from domain.reading.amending import amending_words
from domain.reading.decision import read_head, read_title
from domain.reading.doubts import about_plan
from domain.reading.event_types import EventType
from domain.reading.layout import Sheet
from domain.reading.prose import paragraphs_of
from domain.reading.regime import Report, reports_of
from domain.reading.rows import Draft, Drafts, drafts_of
from domain.reading.scrutiny import check_sections, check_total, check_units
from domain.reading.tables import text_sheet
from domain.reading.tasks import TaskContext, read_task
from domain.reading.unit_readings import Names
from domain.reading.units import UnitBook


def read_plan(text: str, *, units: UnitBook, event_types: Iterable[EventType]) -> PlanReading:
    """Return the plan in a decision's text, whose tables are lines with tabs or `|`.

    What is doubtful is read as well as it can be and stands among the findings; a finding of
    severity `blocking` means that the plan must not be used as it is.

    Raises:
        NotADecision: no table of tasks, or neither a date nor a year.
    """
    return read_sheet(text_sheet(text), units=units, event_types=event_types)


def read_sheet(sheet: Sheet, *, units: UnitBook, event_types: Iterable[EventType]) -> PlanReading:
    """Return the plan in a document whose tables were already found (see `read_plan`)."""
    drafts = drafts_of(sheet.blocks, units)
    if not drafts.tasks:
        raise _no_tasks(sheet)
    head, findings = read_head(sheet.text)
    if words := amending_words(head.title, sheet.body):
        findings.append(about_plan("amends_other", source=words, year=head.year))
    paragraphs = paragraphs_of(sheet.blocks)
    reports = reports_of(paragraphs, head.year)
    names = Names(units.at(head.issuer), head.issuer)
    context = TaskContext(head.year, head.issued_on, reports, tuple(event_types), names)
    tasks = tuple(_tasks(drafts.tasks, context))
    sections = _sections(drafts)
    findings += [*_calendar_doubts(reports), *_head_doubts(head), *check_sections(drafts, sections)]
    notes = [finding.source_text for finding in drafts.findings if finding.code == "note-row"]
    findings += [*check_total([*paragraphs, *notes], drafts), *sheet.findings]
    findings += [*context.findings, *check_units(tasks, context.names)]
    findings += [about_plan("scanned", task=task.code) for task in tasks if sheet.scanned]
    calendar = tuple(report.due for report in reports)
    return PlanReading(head, calendar, sections, context.names.readings(), tasks, _in_order(findings, tasks))


def _no_tasks(sheet: Sheet) -> NotADecision:
    if amending_words(read_title(sheet.text), sheet.body):
        return NotADecision(
            "no table of tasks in an amendment",
            "Văn bản này sửa đổi một kế hoạch khác và không có bảng nhiệm vụ nên không nhập được thành kế "
            "hoạch mới. Để áp dụng: tải tệp lên ở trang “Quyết định sửa đổi kế hoạch” hoặc chạy "
            "cchc plan amend TỆP.",
        )
    return NotADecision(
        "no table of tasks",
        "Không tìm thấy bảng nhiệm vụ (cần các cột như: TT, Nội dung, Cơ quan chủ trì, Thời gian, "
        "Sản phẩm). Đề nghị kiểm tra đúng tệp quyết định có phụ lục; nếu là PDF có bảng không kẻ ô "
        "thì dùng tệp Word hoặc Excel gốc.",
    )


def _in_order(findings: list[Finding], tasks: tuple[TaskReading, ...]) -> tuple[Finding, ...]:
    """Return the findings about the whole plan, then those about each task in turn, each with its place."""
    places: dict[str, tuple[int, Source]] = {}
    for at, task in enumerate(tasks):
        places.setdefault(task.code, (at, task.source))
    placed = [
        replace(finding, place=places[finding.task][1])
        if finding.place is None and finding.task in places
        else finding
        for finding in findings
    ]
    return tuple(sorted(placed, key=lambda finding: places.get(finding.task or "", (-1, None))[0]))


def _tasks(drafts: list[Draft], context: TaskContext) -> Iterable[TaskReading]:
    for draft in drafts:
        yield read_task(draft, context)


def _sections(drafts: Drafts) -> tuple[Section, ...]:
    """Return the sections with their counts: of tasks, or of numbered rows where those were declared."""
    return tuple(
        Section(section.code, section.title, section.declared, _found(drafts, section.code, section.declared))
        for section in drafts.sections
    )


def _found(drafts: Drafts, code: str, declared: int | None) -> int:
    inside = [
        draft for draft in drafts.tasks if draft.section == code or draft.section.startswith(f"{code}.")
    ]
    grouped = sum(
        count for name, count in drafts.grouped.items() if name == code or name.startswith(f"{code}.")
    )
    return grouped if declared == grouped else len(inside)


def _calendar_doubts(reports: tuple[Report, ...]) -> list[Finding]:
    return [] if all(report.written for report in reports) else [about_plan("no_calendar")]


def _head_doubts(head: DecisionHead) -> list[Finding]:
    if head.year in {head.issued_on.year, head.issued_on.year + 1}:
        return []
    issued = f"{head.issued_on:%d/%m/%Y}"
    return [about_plan("report_year", year=head.year, date=issued)]
