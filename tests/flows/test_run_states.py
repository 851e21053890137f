"""Which one step brings a run to where its occurrence stands; no Prefect needed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from domain.stages import OccurrenceState
from flows.deployments import deployment_of, opens_at, run_name, run_of
from flows.prefect_shapes import Run
from flows.run_states import Step, is_lost, next_step
from services.engine import PlannedTask, Waiting, WantedRun

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SOME = UUID(int=1)
TASK = PlannedTask(1, "thanh-dong", "16/QĐ-UBND", 2026, "II.3", "Rà soát", "II", "scheduled", "Văn phòng")
PLANNED, OPEN, DONE, CANCELLED = OccurrenceState


def wanted(
    state: OccurrenceState = OPEN, waiting_for: Waiting | None = None, opens_on: date = date(2026, 3, 1)
) -> WantedRun:
    if state is OPEN:
        waiting_for = waiting_for or Waiting.PLAN
    return WantedRun(TASK, 7, "Quý I/2026", opens_on, state, waiting_for)


def run(
    state: str,
    name: str = "",
    *,
    scheduled_for: datetime | None = None,
    since: datetime = NOW,
    deployment: UUID | None = SOME,
    worker: str | None = None,
) -> Run:
    return Run(SOME, "II.3", "1-7", {}, deployment, state, name or state, since, scheduled_for, worker)


@pytest.mark.parametrize(
    ("state", "seen", "step"),
    [
        (OPEN, None, Step.CREATE),
        (PLANNED, None, Step.CREATE),
        (DONE, None, Step.CREATE),  # it catches up and shows the work as completed
        (CANCELLED, None, Step.LEAVE),
        (OPEN, run("PAUSED", "Chờ ban hành kế hoạch"), Step.LEAVE),
        (OPEN, run("PAUSED", "Chờ triển khai"), Step.RESUME),  # the plan was returned
        (OPEN, run("PAUSED", "Chờ đến kỳ"), Step.RESUME),
        (DONE, run("PAUSED", "Chờ nghiệm thu"), Step.RESUME),
        (CANCELLED, run("PAUSED", "Chờ triển khai"), Step.CANCEL),
        (PLANNED, run("PAUSED", "Chờ đến kỳ"), Step.SCHEDULE),
        (OPEN, run("RUNNING"), Step.WAIT),
        (OPEN, run("PENDING"), Step.WAIT),
        (CANCELLED, run("RUNNING"), Step.WAIT),
        (OPEN, run("FAILED"), Step.START),
        (OPEN, run("CRASHED"), Step.START),
        (OPEN, run("COMPLETED"), Step.START),  # someone closed it in Prefect; our database says it is open
        (OPEN, run("CANCELLED"), Step.START),
        (DONE, run("COMPLETED"), Step.LEAVE),
        (DONE, run("CRASHED"), Step.START),
        (CANCELLED, run("CRASHED"), Step.LEAVE),
        (OPEN, run("FAILED", deployment=None), Step.REPLACE),
        (OPEN, run("SCHEDULED", "Resuming", scheduled_for=NOW), Step.LEAVE),
        (OPEN, run("SCHEDULED", "Late", scheduled_for=NOW - timedelta(days=3)), Step.LEAVE),
        (OPEN, run("SCHEDULED", scheduled_for=NOW + timedelta(hours=6)), Step.START),
        (CANCELLED, run("SCHEDULED", scheduled_for=NOW + timedelta(days=6)), Step.CANCEL),
    ],
)
def test_the_step_follows_from_our_database(state: OccurrenceState, seen: Run | None, step: Step) -> None:
    assert next_step(wanted(state), seen, now=NOW) is step


def test_an_occurrence_that_opens_later_starts_at_eight_on_its_day() -> None:
    later = wanted(PLANNED, opens_on=date(2026, 4, 1))
    at = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam

    assert run_of(later, NOW).scheduled_for == at
    assert next_step(later, run("SCHEDULED", scheduled_for=at), now=NOW) is Step.LEAVE
    assert next_step(later, run("SCHEDULED", scheduled_for=at + timedelta(days=1)), now=NOW) is Step.SCHEDULE
    assert next_step(later, run("SCHEDULED", scheduled_for=at), now=at + timedelta(hours=2)) is Step.LEAVE


def test_an_open_occurrence_starts_at_once_whatever_the_hour() -> None:
    assert run_of(wanted(opens_on=date(2026, 3, 2)), NOW).scheduled_for == NOW
    assert opens_at(date(2026, 3, 2)) > NOW - timedelta(hours=2)


@pytest.mark.parametrize(
    ("seen", "own", "lost"),
    [
        (run("RUNNING", since=NOW - timedelta(minutes=11)), None, True),
        (run("PENDING", since=NOW - timedelta(minutes=11)), None, True),
        (run("RUNNING", since=NOW - timedelta(minutes=9), worker="cchc-a"), None, False),
        (run("RUNNING", since=NOW, worker="cchc-a"), "cchc-a", True),
        (run("RUNNING", since=NOW, worker="cchc-b"), "cchc-a", False),
        (run("PENDING", since=NOW), "cchc-a", True),
        (run("PAUSED", since=NOW - timedelta(days=400)), None, False),
    ],
)
def test_a_run_is_lost_after_ten_minutes_or_with_its_worker(seen: Run, own: str | None, lost: bool) -> None:
    assert is_lost(seen, now=NOW, own_worker=own) is lost


def test_a_lost_run_is_started_again() -> None:
    assert next_step(wanted(), run("RUNNING"), now=NOW, lost=True) is Step.START


def test_a_deployment_is_named_after_ward_decision_and_task_and_tagged_for_searching() -> None:
    deployment = deployment_of(TASK)

    assert deployment.path == "task-lifecycle/thanh-dong-16-qd-ubnd-2026-II.3"
    assert deployment.tags == {"16/QĐ-UBND", "II", "Văn phòng", "scheduled", "thanh-dong"}


def test_a_run_is_named_after_task_and_period_and_the_unit_where_several_do_the_task() -> None:
    one = wanted()
    of_a_group = WantedRun(TASK, 8, "12/CV", date(2026, 3, 1), OPEN, Waiting.PLAN, doer="Phòng Kinh tế")

    assert run_name(one) == "II.3 · Quý I/2026"
    assert run_name(of_a_group) == "II.3 · 12/CV · Phòng Kinh tế"
