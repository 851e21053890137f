"""What Prefect should be doing, read from our database in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from domain.plans import Stage, TaskKind
from domain.stages import OccurrenceState
from services.engine import Waiting, WantedRun, planned_tasks, record_run, standing, wanted_runs
from services.stages import Submission, send_back, submit
from tests.builders import CENTRE, CULTURE, GROUP, NOW, OFFICE, TODAY, occurrence, office, plan_of, task

LATER = occurrence("Quý II/2026", opens_on=date(2026, 4, 1))


def labels(runs: Sequence[WantedRun]) -> list[str]:
    return [run.label for run in runs]


def test_a_wanted_run_carries_what_its_name_and_its_tags_say(connection: Connection) -> None:
    ward = office(connection, plan_of(task("II.3", TaskKind.RECURRING, occurrences=[occurrence()]))).ward

    (one,) = wanted_runs(connection)

    assert (one.ward_id, one.task.ward_code) == (ward.id, ward.code)
    assert (one.task.plan_number, one.task.plan_year) == ("1/QĐ-UBND", 2026)
    assert (one.task.code, one.task.section, one.task.kind) == ("II.3", "II", "recurring")
    assert (one.task.lead_unit, one.doer) == (OFFICE, None)
    assert (one.state, one.waiting_for) == (OccurrenceState.OPEN, Waiting.PLAN)
    assert (one.label, one.opens_on) == ("Năm 2026", date(2026, 1, 14))


def test_what_opens_after_the_horizon_is_not_wanted_yet(connection: Connection) -> None:
    office(connection, plan_of(task("II.3", occurrences=[occurrence(), LATER])))

    assert labels(wanted_runs(connection, until=date(2026, 3, 31))) == ["Năm 2026"]
    assert labels(wanted_runs(connection, until=date(2026, 4, 1))) == ["Năm 2026", "Quý II/2026"]


def test_one_occurrence_is_found_whatever_its_state_and_only_in_its_ward(connection: Connection) -> None:
    ward = office(connection, plan_of(task("II.3", occurrences=[LATER]))).ward
    (planned,) = wanted_runs(connection, until=date(2026, 4, 1))
    one = planned.occurrence_id

    assert wanted_runs(connection, occurrence_id=one) == [planned]
    assert wanted_runs(connection, ward_id=ward.id, also=[one]) == [planned]
    assert wanted_runs(connection, ward_id=ward.id + 1, occurrence_id=one) == []


def test_an_occurrence_waits_for_its_first_stage_that_is_not_handed_in(connection: Connection) -> None:
    ward = office(connection, plan_of(task("II.3", occurrences=[occurrence()]))).ward
    (one,) = wanted_runs(connection)

    seen = []
    for stage in Stage:
        handed_in = Submission(one.occurrence_id, stage, TODAY, doc_number="5/KH")
        submit(connection, ward.id, handed_in, by="lan", today=TODAY, now=NOW)
        now = standing(connection, ward.id, one.occurrence_id)
        assert now is not None
        seen.append(now.waiting_for)
    assert seen == [Waiting.IMPLEMENT, Waiting.REPORT, Waiting.ACCEPTANCE]

    send_back(
        connection, ward.id, one.occurrence_id, Stage.PLAN, by="dieuphoi", reason="Thiếu chữ ký", now=NOW
    )
    (returned,) = wanted_runs(connection)
    assert returned.waiting_for is Waiting.PLAN


def test_an_unknown_occurrence_stands_nowhere(connection: Connection) -> None:
    assert standing(connection, 1, 999) is None


def test_each_unit_of_a_group_has_a_run_that_names_it(connection: Connection) -> None:
    office(connection, plan_of(task("V.2", lead=GROUP, occurrences=[occurrence()])))

    found = wanted_runs(connection)

    assert {run.doer for run in found} == {OFFICE, CULTURE, CENTRE}
    assert {run.task.lead_unit for run in found} == {GROUP}


def test_every_task_of_the_active_plan_is_listed_in_its_order(connection: Connection) -> None:
    codes = ["II.3", "II.10", "V.2"]
    office(connection, plan_of(*(task(code, TaskKind.EVENT) for code in codes)))

    assert [each.code for each in planned_tasks(connection)] == codes


def test_a_run_is_recorded_once(connection: Connection) -> None:
    ward = office(connection, plan_of(task("II.3", occurrences=[occurrence()]))).ward
    (one,) = wanted_runs(connection)
    for _ in range(2):
        record_run(connection, ward.id, one.occurrence_id, UUID(int=5), at=NOW)

    assert connection.exec_driver_sql("SELECT flow_run_id FROM cchc.flow_run").scalars().all() == [
        UUID(int=5)
    ]
