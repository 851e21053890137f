"""Reports on the plan: figures that agree with the task list, also of a period that is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from domain.plans import PlannedOccurrence, PlanReading, Stage, TaskKind
from domain.refusals import NotPermitted
from domain.reports import Kind, Period, between, half, quarter, whole
from domain.status import Status
from services.due_dates import set_date
from services.events import EventRequest, raise_event
from services.report_lines import percent
from services.reports import NoPlanOfYear, due_reports, offered, report
from services.tasks import list_tasks, show_task, status_of
from tests.builders import TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk
from tests.reporting import extend, facts_of, words_of, written


def test_every_figure_counts_the_lines_that_the_task_list_shows(connection: Connection, busy: Office) -> None:
    facts = facts_of(connection, busy.ward, quarter(2026, 1))

    assert facts.statuses == Counter(line.status for line in list_tasks(connection, busy.ward, TODAY))
    assert (facts.dues.on_time, facts.dues.late, facts.dues.missing, facts.dues.ahead) == (0, 1, 1, 1)
    assert facts.dues.share == "0 %"
    assert [each.code for each in facts.with_status(Status.AWAITS_EVENT)] == ["V.2"]
    assert [(each.code, stage.stage) for each, stage in facts.waiting] == [("II.2", Stage.PLAN)]
    assert [(each.code, stage.cause) for each, stage in facts.lines("missing")] == [
        ("II.3", "chưa ghi nhận nguyên nhân")
    ]


def test_what_lies_outside_the_period_is_left_out(connection: Connection, busy: Office) -> None:
    later = facts_of(connection, busy.ward, between(TODAY + timedelta(1), TODAY + timedelta(3)))
    ended = facts_of(connection, busy.ward, between(date(2026, 1, 1), date(2026, 1, 5)))

    assert later.dues.total == 0
    assert later.dues.share is None
    assert {each.code for each in later.occurrences} == {"II.2", "II.3"}, "both are still under way"
    assert ended.occurrences == ()


def test_a_delay_for_objective_reasons_is_said_beside_it_and_never_makes_it_timely(
    connection: Connection, busy: Office
) -> None:
    extend(connection, "II.3", reason="Chờ hướng dẫn của Sở", objective=True)

    facts = facts_of(connection, busy.ward)

    ((each, stage),) = facts.lines("missing")
    assert stage.objective
    assert stage.cause == "nguyên nhân khách quan đã được chấp thuận: Chờ hướng dẫn của Sở"
    assert each.status is Status.OVERDUE
    assert "Chờ hướng dẫn của Sở" in words_of(written(facts))


DAYS = st.dates(date(2026, 1, 15), date(2026, 12, 20))


@st.composite
def plans(draw: st.DrawFn) -> tuple[PlanReading, Period, date]:
    tasks = []
    for number in range(draw(st.integers(1, 4))):
        dates: Sequence[PlannedOccurrence] = [
            occurrence(
                f"Kỳ {n}", opens_on=draw(DAYS), plan=draw(st.none() | DAYS), report=draw(st.none() | DAYS)
            )
            for n in range(draw(st.integers(0, 2)))
        ]
        kind = TaskKind.SCHEDULED if dates else draw(st.sampled_from([TaskKind.EVENT, TaskKind.UNSPECIFIED]))
        tasks.append(task(f"{draw(st.sampled_from(['I', 'II']))}.{number}", kind, occurrences=dates))
    period = draw(
        st.sampled_from([whole(2026), half(2026, 1), half(2026, 2), *(quarter(2026, n) for n in range(1, 5))])
    )
    return plan_of(*tasks), period, draw(DAYS)


@given(case=plans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sections_add_up_whatever_the_plan(
    connection: Connection, case: tuple[PlanReading, Period, date]
) -> None:
    reading, period, today = case
    point = connection.begin_nested()
    ward = office(connection, reading, today=today).ward

    facts = facts_of(connection, ward, period, today)

    lines = list_tasks(connection, ward, today)
    assert sum(facts.statuses.values()) == len(lines) == sum(each.tasks for each in facts.sections)
    if facts.as_of == today:  # of a period that is over, the next tests tell
        assert facts.statuses == Counter(line.status for line in lines)
    shown = {each.id: each.status for each in facts.occurrences}
    rows = {
        row.id: row for line in lines for row in show_task(connection, ward, line.code, today).occurrences
    }
    if facts.as_of == today:
        assert all(status_of(rows[key], today) is status for key, status in shown.items())
    in_period = [
        stage["due"]
        for row in rows.values()
        for stage in row.stages
        if stage["due"] and period.first <= date.fromisoformat(stage["due"]) <= period.last
    ]
    assert facts.dues.total == len(in_period)
    standings = [facts.lines(name) for name in ("on_time", "late", "missing", "ahead")]
    assert [len(each) for each in standings] == [
        getattr(facts.dues, n) for n in ("on_time", "late", "missing", "ahead")
    ]
    point.rollback()


def test_a_period_that_is_over_is_told_as_it_stood_on_its_last_day(
    connection: Connection, busy: Office
) -> None:
    """II.2 ends in May, II.3 gets its date moved in April, and the guidance for V.2 arrives in May."""
    quarter_one, june = quarter(2026, 1), date(2026, 6, 1)
    before = facts_of(connection, busy.ward, quarter_one, date(2026, 3, 31))
    may = date(2026, 5, 15)
    desk = Desk(connection, busy)
    for stage in (Stage.IMPLEMENT, Stage.REPORT):
        desk.submit(stage, on=may, today=may)
    for stage in Stage:
        desk.accept(stage)
    late = datetime(2026, 4, 2, 3, tzinfo=UTC)
    set_date(
        connection, busy.ward, "II.3", Stage.PLAN, date(2026, 7, 1), reason="x", by="chutich",
        today=late.date(), now=late,
    )  # fmt: skip
    arrived = EventRequest("guidance", "7/HD", may, "Sở Nội vụ", "Hướng dẫn", due_on=june)
    raise_event(
        connection, busy.ward, arrived, by="dieuphoi", today=may, now=datetime(2026, 5, 15, 3, tzinfo=UTC)
    )
    after = facts_of(connection, busy.ward, quarter_one, june)
    now = facts_of(connection, busy.ward, whole(2026), june)

    assert now.statuses != after.statuses == before.statuses
    assert [(each.code, each.status) for each in after.tasks] == [(t.code, t.status) for t in before.tasks]
    assert (after.dues.late, after.dues.missing, after.dues.ahead) == (1, 2, 0)
    assert [each.code for each, _ in after.lines("missing")] == ["II.2", "II.3"]
    assert [each.label for each in after.occurrences if each.code == "V.2"] == []
    said = words_of(written(after))
    assert "Tính đến ngày 31/03/2026" in said
    assert "tình hình tại ngày 31/03/2026, theo kết quả đã ghi nhận đến ngày 01/06/2026" in said


def test_what_was_due_on_the_last_day_and_is_not_there_is_missing(
    connection: Connection, busy: Office
) -> None:
    march_nine = between(date(2026, 1, 1), date(2026, 3, 9))  # II.2 has to report on that day
    on_it = facts_of(connection, busy.ward, march_nine, date(2026, 3, 9))
    later = facts_of(connection, busy.ward, march_nine, date(2026, 3, 10))

    assert (on_it.dues.missing, on_it.dues.ahead) == (1, 1)
    assert (later.dues.missing, later.dues.ahead) == (2, 0)


def test_work_of_the_period_that_was_entered_later_counts(connection: Connection, busy: Office) -> None:
    june = date(2026, 6, 1)
    Desk(connection, busy).submit(Stage.IMPLEMENT, on=date(2026, 3, 20), today=june)

    facts = facts_of(connection, busy.ward, quarter(2026, 1), june)
    assert [(each.code, stage.stage) for each, stage in facts.waiting] == [
        ("II.2", Stage.PLAN),
        ("II.2", Stage.IMPLEMENT),
    ]


def test_what_is_late_from_before_the_period_is_not_passed_over(connection: Connection, busy: Office) -> None:
    facts = facts_of(connection, busy.ward, quarter(2026, 2), date(2026, 5, 4))

    assert facts.lines("missing") == []
    assert [(each.code, stage.stage) for each, stage in facts.missing_before] == [
        ("II.2", Stage.REPORT),
        ("II.3", Stage.PLAN),
    ]
    assert "Quá hạn từ trước kỳ báo cáo" in words_of(written(facts))


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert percent(999, 1000) == "99,9 %"
    assert percent(1999, 2000) == "99,9 %"
    assert percent(3, 3) == "100 %"
    assert percent(0, 0) is None


def test_another_year_and_another_role_get_no_report(connection: Connection, busy: Office) -> None:
    with pytest.raises(NoPlanOfYear):
        facts_of(connection, busy.ward, whole(2025))
    with pytest.raises(NotPermitted):
        report(connection, busy.ward, whole(2026), by="lan", today=TODAY)
    for name in ("dieuphoi", "chutich", "thanhtra", "quantri"):
        assert report(connection, busy.ward, whole(2026), by=name, today=TODAY).tasks


def test_a_due_report_of_the_plan_offers_its_draft(connection: Connection, packaged: PlanReading) -> None:
    ward = office(connection, packaged, today=date(2026, 1, 14)).ward

    due = due_reports(connection, ward)

    assert [(row.code, row.label, offer.period.kind, offer.period.code) for row, offer in due] == [
        ("I.2", "Quý I/2026", Kind.QUARTER, "1/2026"),
        ("I.2", "6 tháng/2026", Kind.HALF, "1/2026"),
        ("I.2", "Quý III/2026", Kind.QUARTER, "3/2026"),
        ("I.2", "Năm 2026", Kind.YEAR, "2026"),
    ]
    assert offered("Báo cáo kết quả công tác kiểm soát TTHC", "Quý I/2026") is None


def test_what_was_cancelled_is_not_expected_any_more(connection: Connection, busy: Office) -> None:
    connection.exec_driver_sql(
        "UPDATE cchc.occurrence o SET state = 'cancelled', cancel_reason = 'Thôi' FROM cchc.task t"
        " WHERE t.ward_id = o.ward_id AND t.id = o.task_id AND t.code = 'II.3'"
    )

    facts = facts_of(connection, busy.ward, quarter(2026, 1))

    assert (facts.dues.missing, facts.dues.total) == (0, 2)
    assert facts.lines("missing", "ahead") != []
    assert {each.code for each, _ in facts.lines("missing", "ahead", "late")} == {"II.2"}
