"""What has to happen to a flow run so that it shows what our database says; a rule without any request."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from domain.stages import OccurrenceState
from flows.deployments import WAITING_NAMES, opens_at
from flows.prefect_shapes import Run
from services.engine import WantedRun

LOST_AFTER = timedelta(minutes=10)  # a segment of ours takes seconds
BUSY = frozenset({"PENDING", "RUNNING", "CANCELLING"})
OVER = frozenset({"COMPLETED", "CANCELLED", "FAILED", "CRASHED"})
TOLERANCE = timedelta(minutes=1)


class Step(StrEnum):
    """What to do to a run."""

    LEAVE = "leave"  # it is right, or gets there by itself
    WAIT = "wait"  # it is on the move; look again in a moment
    CREATE = "create"
    REPLACE = "replace"  # it can never run again: its deployment is gone
    RESUME = "resume"
    START = "start"  # force it to begin again from the top; it catches up
    SCHEDULE = "schedule"  # force it to begin when its occurrence opens
    CANCEL = "cancel"


def next_step(wanted: WantedRun, run: Run | None, *, now: datetime, lost: bool = False) -> Step:
    """Return the one step that brings `run` to where its occurrence stands.

    A run on the move may have looked at the database before the last change, so it is waited for,
    unless it is `lost`: whoever ran it is gone.
    """
    if run is None:
        return Step.LEAVE if wanted.state is OccurrenceState.CANCELLED else Step.CREATE
    if run.state in BUSY and not lost:
        return Step.WAIT
    if wanted.state is OccurrenceState.CANCELLED:
        return Step.LEAVE if run.state in OVER else Step.CANCEL
    if wanted.state is OccurrenceState.DONE and run.state in {"COMPLETED", "CANCELLED"}:
        return Step.LEAVE
    if run.deployment_id is None:
        return Step.REPLACE
    if wanted.state is OccurrenceState.PLANNED:
        return _until_it_opens(wanted, run, now)
    return _on_its_way(wanted, run, now)


def is_lost(run: Run, *, now: datetime, own_worker: str | None = None) -> bool:
    """Say whether the process that ran `run` must be gone.

    `own_worker` is the worker that is just starting: what runs under its name, or under none, was run by
    a process that is dead.
    """
    if run.state not in BUSY:
        return False
    return now - run.since > LOST_AFTER or (own_worker is not None and run.worker in {own_worker, None})


def _until_it_opens(wanted: WantedRun, run: Run, now: datetime) -> Step:
    at = opens_at(wanted.opens_on)
    if run.state != "SCHEDULED" or run.scheduled_for is None:
        return Step.SCHEDULE
    on_time = abs(run.scheduled_for - at) < TOLERANCE
    overdue = at <= now and run.scheduled_for <= now
    return Step.LEAVE if on_time or overdue else Step.SCHEDULE


def _on_its_way(wanted: WantedRun, run: Run, now: datetime) -> Step:
    if run.state == "PAUSED":
        here = wanted.waiting_for is not None and run.state_name == WAITING_NAMES[wanted.waiting_for]
        return Step.LEAVE if here else Step.RESUME
    if run.state == "SCHEDULED" and (run.scheduled_for is None or run.scheduled_for <= now + TOLERANCE):
        return Step.LEAVE
    return Step.START
