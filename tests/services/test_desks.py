"""What desks say is what the list of tasks says: one rule, on the real plan half a year under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from domain.people import Role
from domain.plans import PlanReading, Stage, TaskKind
from domain.status import Status
from services import desks
from services.people import Person, Ward, person
from services.tasks import list_tasks, show_task, status_of
from tests.builders import CULTURE, NOW, OFFICE, TODAY, occurrence, office, plan_of, task
from tests.desk import Desk
from tests.half_year import TODAY as JULY
from tests.half_year import HalfYear, half_year

ZONE = "Asia/Ho_Chi_Minh"
YEAR = 2026


@pytest.fixture(scope="module")
def july(shared_engine: Engine, packaged: PlanReading) -> Iterator[HalfYear]:
    """Give the real plan half a year under way; nothing of it is kept, nothing in it is changed."""
    with shared_engine.connect() as connection:
        made = half_year(connection, packaged)
        made.ask()
        yield made
        connection.rollback()


def test_the_half_year_has_something_of_everything(july: HalfYear) -> None:
    months = desks.year_by_month(july.connection, july.ward, YEAR, JULY, ZONE)

    assert sum(month.on_time for month in months) > 3
    assert sum(month.late for month in months) > 3
    assert sum(month.no_due for month in months) > 3
    assert max(month.overdue for month in months) > 3


def test_the_statuses_add_up_to_the_tasks(july: HalfYear) -> None:
    lines = list_tasks(july.connection, july.ward, JULY)
    counts = desks.status_counts(lines)

    assert sum(counts.values()) == len(lines) == 33
    assert counts == {status: sum(line.status is status for line in lines) for status in Status}


def test_the_sections_add_up_to_the_statuses(july: HalfYear) -> None:
    lines = list_tasks(july.connection, july.ward, JULY)
    sections = desks.by_section(lines, {}, YEAR)

    assert sum(section.total for section in sections) == len(lines)
    total: Counter[Status] = Counter()
    for section in sections:
        assert sum(section.counts.values()) == section.total
        total.update(section.counts)
    assert dict(total) == {status: n for status, n in desks.status_counts(lines).items() if n}


def test_the_late_ones_are_what_makes_tasks_overdue(july: HalfYear) -> None:
    late = desks.late_ones(july.connection, july.ward, JULY)
    overdue = {
        line.code for line in list_tasks(july.connection, july.ward, JULY) if line.status is Status.OVERDUE
    }

    assert {row.code for row in late} == overdue
    assert [row.since for row in late] == sorted(row.since for row in late)
    assert all(row.since < JULY for row in late)


def test_each_occurrence_is_counted_for_its_unit_as_its_own_page_says(july: HalfYear) -> None:
    expected: Counter[tuple[str, Status]] = Counter()
    for line in list_tasks(july.connection, july.ward, JULY):
        for each in show_task(july.connection, july.ward, line.code, JULY).occurrences:
            expected[each.unit, status_of(each, JULY)] += 1

    units = desks.by_unit(july.connection, july.ward, YEAR, JULY)

    assert {(unit.unit, status): n for unit in units for status, n in unit.counts.items()} == expected


def test_a_month_counts_what_the_submissions_say_on_the_fingers(july: HalfYear) -> None:
    rows = july.connection.exec_driver_sql(
        "SELECT s.due_on, b.effective_on, b.late FROM cchc.stage s"
        " LEFT JOIN cchc.submission b ON b.ward_id = s.ward_id AND b.occurrence_id = s.occurrence_id"
        " AND b.stage = s.stage AND b.attempt = s.attempt AND s.state IN ('submitted', 'accepted')"
    ).all()
    for month in desks.year_by_month(july.connection, july.ward, YEAR, JULY, ZONE):
        after = date(YEAR + month.first.month // 12, month.first.month % 12 + 1, 1)
        seen = min(after, JULY)
        inside = [row for row in rows if row.effective_on and month.first <= row.effective_on < after]
        open_then = [row for row in rows if row.effective_on is None or row.effective_on >= after]
        assert month.late == sum(row.late for row in inside)
        assert month.on_time == sum(not row.late and row.due_on is not None for row in inside)
        assert month.no_due == sum(row.due_on is None for row in inside)
        assert month.due == sum(bool(row.due_on and month.first <= row.due_on < after) for row in rows)
        overdue = sum(bool(row.due_on and row.due_on < seen) for row in open_then)
        assert month.overdue == (overdue if month.first <= JULY else 0)


def test_a_units_desk_holds_each_stage_that_it_can_hand_in_once(july: HalfYear) -> None:
    units = july.connection.exec_driver_sql("SELECT id FROM cchc.unit WHERE NOT is_group").scalars().all()
    seen = 0
    for unit in units:
        desk = desks.unit_desk(july.connection, july.ward, unit, JULY)
        parts = [*desk.late, *desk.returned, *desk.soon, *desk.later, *desk.waiting]
        keys = [(row.occurrence_id, row.stage) for row in parts]
        assert len(keys) == len(set(keys))
        assert {row.unit_id for row in parts} <= {unit}
        assert all(row.due_on < JULY for row in desk.late)
        assert all(JULY <= row.due_on <= JULY + timedelta(days=14) for row in desk.soon)
        assert {row.state for row in desk.returned} <= {"returned"}
        seen += len(keys)
    states = july.connection.exec_driver_sql(
        "SELECT count(*) FROM cchc.stage s JOIN cchc.occurrence o ON o.id = s.occurrence_id"
        " WHERE o.state = 'open' AND s.state IN ('open', 'returned', 'submitted')"
    ).scalar_one()
    assert seen == states > 10


def test_silent_units_are_those_that_let_a_date_pass(july: HalfYear) -> None:
    late = desks.late_ones(july.connection, july.ward, JULY)
    silent = desks.silent_units(late)

    assert sum(unit.occurrences for unit in silent) == sum(row.silent for row in late)
    assert [unit.since for unit in silent] == sorted(unit.since for unit in silent)


def test_every_submission_waits_for_somebody_and_never_for_whoever_handed_it_in(july: HalfYear) -> None:
    judges = [person(july.connection, july.ward, name) for name in ("dieuphoi", "dieuphoi-vh", "chutich")]
    waiting = [desks.waiting_verdicts(july.connection, july.ward, judge) for judge in judges]
    every = {(row.occurrence_id, row.stage) for row in (*waiting[0].mine, *waiting[0].others)}

    assert every
    assert {(row.occurrence_id, row.stage) for one in waiting for row in one.mine} == every
    for judge, one in zip(judges, waiting, strict=True):
        assert all(row.submitted_by != judge.id for row in one.mine)
        assert [row.recorded_at for row in one.mine] == sorted(row.recorded_at for row in one.mine)


def test_a_coordinator_judges_no_result_of_their_own_unit() -> None:
    row = _submission(unit_id=7, submitted_by=1, needs_leader=False)

    assert desks.judges(Person(2, "a", Role.COORDINATOR, None), row)
    assert desks.judges(Person(2, "a", Role.COORDINATOR, 8), row)
    assert not desks.judges(Person(2, "a", Role.COORDINATOR, 7), row)
    assert not desks.judges(Person(1, "a", Role.COORDINATOR, None), row)
    assert not desks.judges(Person(2, "a", Role.OFFICER, 8), row)


def test_a_leader_is_expected_only_where_no_coordinator_may() -> None:
    leader = Person(2, "a", Role.LEADER, None)

    assert not desks.judges(leader, _submission(unit_id=7, submitted_by=1, needs_leader=False))
    assert desks.judges(leader, _submission(unit_id=7, submitted_by=1, needs_leader=True))


def _submission(**values: object) -> object:
    class Row:
        pass

    row = Row()
    row.__dict__.update(values)
    return row


def test_a_month_sees_a_due_date_as_it_stood_at_its_end(connection: Connection) -> None:
    made = office(
        connection, plan_of(task("I.1", occurrences=[occurrence(plan=date(2026, 1, 31), report=None)]))
    )
    key = "ward_id, occurrence_id, stage, former_due, new_due, reason, changed_by, changed_at"
    connection.exec_driver_sql(
        f"INSERT INTO cchc.due_change ({key}) SELECT s.ward_id, s.occurrence_id, s.stage, s.due_on,"
        " '2026-06-30', 'x', a.id, '2026-02-10 03:00+00' FROM cchc.stage s, cchc.account a"
        " WHERE s.stage = 'plan' AND a.name = 'chutich'"
    )
    connection.exec_driver_sql("UPDATE cchc.stage SET due_on = '2026-06-30' WHERE stage = 'plan'")

    months = desks.year_by_month(connection, made.ward, YEAR, date(2026, 4, 1), ZONE)

    assert [month.overdue for month in months[:4]] == [1, 0, 0, 0]
    before = desks.year_by_month(connection, made.ward, YEAR, date(2026, 2, 5), ZONE)
    assert [month.overdue for month in before[:2]] == [1, 1]
    assert months[5].due == 1


def test_what_is_due_today_is_not_late_yet(connection: Connection) -> None:
    made = office(connection, plan_of(task("I.1", occurrences=[occurrence(plan=TODAY)])))
    unit = person(connection, made.ward, "lan").unit_id or 0

    assert not desks.late_ones(connection, made.ward, TODAY)
    assert len(desks.late_ones(connection, made.ward, TODAY + timedelta(days=1))) == 1
    assert len(desks.unit_desk(connection, made.ward, unit, TODAY).soon) == 1
    assert len(desks.unit_desk(connection, made.ward, unit, TODAY + timedelta(days=1)).late) == 1


def test_what_came_back_is_on_hand_again_with_why(connection: Connection) -> None:
    made = office(connection, plan_of(task("II.2", occurrences=[occurrence()])))
    desk = Desk(connection, made)
    desk.submit(Stage.PLAN)
    desk.send_back(Stage.PLAN, reason="Thiếu phụ lục")
    unit = person(connection, made.ward, "lan").unit_id or 0

    found = desks.unit_desk(connection, made.ward, unit, TODAY)

    [row] = found.returned
    assert (row.reason, row.stage) == ("Thiếu phụ lục", "plan")
    assert {other.stage for other in found.later} == {"implement"}


def test_two_wards_never_see_each_others_desks(connection: Connection) -> None:
    late = occurrence(plan=date(2026, 2, 2))
    ours = office(connection, plan_of(task("I.1", occurrences=[late])))
    theirs = office(connection, plan_of(task("I.1", occurrences=[late]), issuer="UBND phường Khác"))

    for ward in (ours.ward, theirs.ward):
        assert len(desks.late_ones(connection, ward, TODAY)) == 1
        assert sum(sum(unit.counts.values()) for unit in desks.by_unit(connection, ward, YEAR, TODAY)) == 1
        assert sum(month.due for month in desks.year_by_month(connection, ward, YEAR, TODAY, ZONE)) == 2
    unit = person(connection, theirs.ward, "lan").unit_id or 0
    assert not desks.unit_desk(connection, ours.ward, unit, TODAY).on_hand


KINDS = st.sampled_from((TaskKind.SCHEDULED, TaskKind.EVENT, TaskKind.UNSPECIFIED))
DUES = st.one_of(st.none(), st.dates(date(2026, 1, 20), date(2026, 12, 20)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(KINDS, DUES, DUES, st.sampled_from((OFFICE, CULTURE))), min_size=1, max_size=6),
    st.dates(date(2026, 1, 14), date(2026, 12, 31)),
)
def test_whatever_the_plan_and_the_day_the_numbers_agree(
    connection: Connection, rows: list[tuple[TaskKind, date | None, date | None, str]], today: date
) -> None:
    tasks = [
        task(
            f"I.{place}",
            kind,
            lead=lead,
            occurrences=[occurrence(plan=plan, report=report)] if kind is TaskKind.SCHEDULED else (),
        )
        for place, (kind, plan, report, lead) in enumerate(rows, start=1)
    ]
    with connection.begin_nested() as savepoint:
        ward: Ward = office(connection, plan_of(*tasks), today=today, now=NOW).ward
        lines = list_tasks(connection, ward, today)
        late = desks.late_ones(connection, ward, today)
        counts = desks.status_counts(lines)
        assert sum(counts.values()) == len(rows)
        assert len({row.code for row in late}) == counts[Status.OVERDUE]
        units = desks.by_unit(connection, ward, YEAR, today)
        assert sum(unit.counts.get(Status.OVERDUE, 0) for unit in units) == len(late)
        savepoint.rollback()
