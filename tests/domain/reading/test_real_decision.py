from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from domain.plans import PlannedOccurrence, PlanReading, Severity, Stage, StageDue, TaskReading

CALENDAR = tuple(date(2026, month, 9) for month in (3, 6, 9, 12))


def task(plan: PlanReading, code: str) -> TaskReading:
    (found,) = [task for task in plan.tasks if task.code == code]
    return found


def occurrence(plan: PlanReading, code: str) -> PlannedOccurrence:
    (found,) = task(plan, code).occurrences
    return found


def found(plan: PlanReading, code: str) -> set[str | None]:
    return {finding.task for finding in plan.findings if finding.code == code}


def test_the_head_says_who_decided_what_and_when(decision: PlanReading) -> None:
    head = decision.decision

    assert (head.number, head.issued_on, head.year) == ("16/QĐ-UBND", date(2026, 1, 14), 2026)
    assert head.issuer == "Chủ tịch Ủy ban nhân dân phường Thành Đông"
    assert head.title.startswith("Ban hành Kế hoạch Cải cách hành chính nhà nước phường Thành Đông")


def test_all_thirty_three_rows_are_read_and_start_as_the_rules_say(decision: PlanReading) -> None:
    kinds = Counter(str(task.kind) for task in decision.tasks)

    assert len(decision.tasks) == 33
    assert kinds == {"scheduled": 14, "recurring": 2, "ongoing": 7, "event": 9, "unspecified": 1}
    assert [t.code for t in decision.tasks if t.kind == "recurring"] == ["I.2", "III.7"]
    assert task(decision, "VI.3").kind == "unspecified"


def test_each_section_declares_what_is_found(decision: PlanReading) -> None:
    assert [(s.code, s.declared, s.found) for s in decision.sections] == [
        ("I", 7, 7),
        ("II", 5, 5),
        ("III", 7, 7),
        ("IV", 2, 2),
        ("V", 3, 3),
        ("VI", 5, 5),
        ("VII", 4, 4),
    ]


def test_the_reporting_calendar_comes_from_the_body(decision: PlanReading) -> None:
    assert decision.reporting_calendar == CALENDAR


@pytest.mark.parametrize(
    ("code", "plan", "report", "assumed"),
    [
        ("I.1", "2026-01-14", "2026-12-09", True),
        ("I.3", "2026-03-31", "2026-12-09", True),
        ("I.5", "None", "2026-12-31", False),
        ("II.1", "None", "2026-12-31", False),
        ("II.2", "2026-03-31", "2026-12-09", True),
        ("II.3", "2026-03-31", "2026-12-09", True),
        ("II.4", "2026-03-31", "2026-12-09", True),
        ("II.5", "2026-03-31", "2026-12-09", True),
        ("III.1", "2026-01-31", "2026-12-09", True),
        ("III.4", "2026-02-28", "2026-12-09", True),
        ("III.5", "None", "2026-09-29", False),
        ("VI.1", "2026-03-31", "2026-12-09", True),
        ("VII.1", "2026-03-31", "2026-12-31", False),
        ("VII.2", "None", "2026-12-31", False),
    ],
)
def test_every_explicit_date_falls_on_its_stage(
    decision: PlanReading, code: str, plan: str, report: str, assumed: bool
) -> None:
    stages = occurrence(decision, code).stages

    assert (str(stages[Stage.PLAN].due), str(stages[Stage.REPORT].due)) == (plan, report)
    assert (stages[Stage.PLAN].assumed, stages[Stage.REPORT].assumed) == (False, assumed)
    assert stages[Stage.IMPLEMENT] == StageDue()


@pytest.mark.parametrize(
    ("code", "label", "opens_on"),
    [
        ("I.3", "Quý I/2026", date(2026, 1, 14)),
        ("I.5", "Năm 2026", date(2026, 7, 1)),
        ("III.4", "Tháng 2/2026", date(2026, 2, 1)),
        ("VII.1", "Năm 2026", date(2026, 1, 14)),
    ],
)
def test_an_occurrence_opens_with_its_window_but_never_before_the_decision(
    decision: PlanReading, code: str, label: str, opens_on: date
) -> None:
    found = occurrence(decision, code)

    assert (found.label, found.opens_on) == (label, opens_on)


@pytest.mark.parametrize("code", ["I.2", "I.7", "III.7", "V.1"])
def test_recurring_and_ongoing_tasks_open_for_each_of_the_four_reports(
    decision: PlanReading, code: str
) -> None:
    found = task(decision, code).occurrences

    assert [one.label for one in found] == ["Quý I/2026", "6 tháng/2026", "Quý III/2026", "Năm 2026"]
    assert [one.opens_on for one in found] == [date(2026, 1, 14), *(date(2026, m, 1) for m in (4, 7, 10))]
    assert tuple(one.stages[Stage.REPORT].due for one in found) == CALENDAR
    assert {one.stages[Stage.REPORT].assumed for one in found} == {code != "I.2"}


def test_events_and_unspecified_tasks_have_no_occurrence_yet(decision: PlanReading) -> None:
    waiting = [t for t in decision.tasks if t.kind in {"event", "unspecified"}]

    assert len(waiting) == 10
    assert all(t.occurrences == () for t in waiting)


def test_event_tasks_name_the_type_that_opens_them(decision: PlanReading) -> None:
    types = {t.code: t.event_types for t in decision.tasks if t.event_types}

    assert types == {
        **dict.fromkeys(("I.4", "I.6", "IV.1", "V.2", "V.3", "VI.4"), ("guidance",)),
        "III.6": ("feedback",),
        "V.1": ("training",),
        "VI.2": ("request",),
        "VI.5": ("audit-conclusion",),
    }


def test_rows_that_a_page_break_split_are_whole(decision: PlanReading) -> None:
    assert task(decision, "I.4").products == ("Thực hiện trên phần mềm chấm điểm chỉ số CCHC của thành phố",)
    assert task(decision, "II.1").products[-1] == "Danh mục tham gia xây dựng VBQPPL của thành phố"
    assert task(decision, "VII.1").products == (
        "Kế hoạch của UBND phường",
        "Báo cáo kết quả thực hiện theo quy định",
    )
    assert task(decision, "VII.4").products == (
        "Báo cáo kết quả thực hiện lồng ghép trong báo cáo cải định kỳ theo quy định",
    )


def test_spellings_of_a_unit_are_one_unit(decision: PlanReading) -> None:
    units = {unit.name: unit.aliases for unit in decision.units}

    assert units["Trung tâm Phục vụ hành chính công"] == ("Trung tâm PV HCC",)
    assert "Phòng Văn hoá – xã hội" in units["Phòng Văn hóa - Xã hội"]
    assert "Trung tâm PV HCC" not in units


def test_a_group_stands_for_the_units_that_its_words_name(decision: PlanReading) -> None:
    members = {unit.name: set(unit.members) for unit in decision.units if unit.members}

    departments = {
        "Văn phòng HĐND và UBND phường",
        "Phòng Văn hóa - Xã hội",
        "Phòng Kinh tế, Hạ tầng và Đô thị",
    }
    services = {"Trung tâm Phục vụ hành chính công", "Trung tâm Dịch vụ sự nghiệp công"}
    assert members["Các phòng chuyên môn, đơn vị"] == departments | services
    assert members["Các phòng chuyên môn"] == departments
    assert task(decision, "V.2").lead_units == ("Các phòng chuyên môn, đơn vị",)


def test_the_findings_are_those_that_a_careful_clerk_makes(decision: PlanReading) -> None:
    assert found(decision, "lead-is-coordinator") == {"I.3"}
    assert found(decision, "group-lead") == {"V.2", "V.3"}
    assert found(decision, "product-condition") == {"V.1"}
    assert found(decision, "units-glued") == {"III.2"}
    assert found(decision, "title-citation") == {"VII.1"}
    assert found(decision, "unspecified") == {"VI.3"}
    assert found(decision, "on-issue") == {"I.1"}
    assert found(decision, "spelling-joined") == {None}
    assert found(decision, "unknown-unit") == set()


def test_nothing_forbids_activating_the_real_decision(decision: PlanReading) -> None:
    assert [finding for finding in decision.findings if finding.severity is Severity.BLOCKING] == []


def test_every_finding_says_something_in_vietnamese_about_a_task_that_exists(decision: PlanReading) -> None:
    codes = {task.code for task in decision.tasks} | {None}

    for finding in decision.findings:
        assert finding.task in codes
        assert finding.message.endswith(".")
        assert "{" not in finding.message
        assert "None" not in finding.message
