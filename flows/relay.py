"""Wakes the flow run of one occurrence after its change is committed; light, for the dispatcher."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flows.deployments import (
    CONCURRENCY,
    LIFECYCLE,
    WORK_POOL,
    WORK_POOL_TYPE,
    deployment_of,
    opens_at,
    run_key,
    run_of,
)
from flows.prefect_api import PrefectApi, PrefectDown, PrefectRefused
from flows.prefect_shapes import Run
from flows.run_states import Step, next_step
from notifications.channels import Answer, Outcome
from services.engine import WantedRun

SOON = 0.7  # seconds; a segment of a flow takes about as long
LATER = 30.0


class Engine:
    """Prefect, as the outbox sees it: one more recipient, which is told that an occurrence moved.

    Safe to share between threads. No wake-up is ever given up: every answer is `SENT` or `RETRY`.
    """

    def __init__(self, api_url: str, *, auth: str | None = None, timeout: float = 10.0) -> None:
        self._api = PrefectApi(api_url, auth=auth, timeout=timeout)
        self._deployments: dict[str, UUID] = {}

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()

    def wake(self, wanted: WantedRun, *, now: datetime | None = None) -> Answer:
        """Make the occurrence's run exist and move on to where the occurrence stands.

        The answer's `provider_id` is the flow run. A run on the move is tried again in a moment,
        because it may have looked at the database before this change.
        """
        try:
            return self._wake(wanted, now or datetime.now(UTC))
        except PrefectDown as down:
            return Answer(Outcome.RETRY, str(down), channel_down=True)
        except PrefectRefused as refusal:
            self._deployments.clear()  # what we remember may be gone with the server's database
            return Answer(Outcome.RETRY, str(refusal), retry_after=LATER)

    def _wake(self, wanted: WantedRun, now: datetime) -> Answer:
        found = self._api.runs_by_key(LIFECYCLE, [run_key(wanted.ward_id, wanted.occurrence_id)])
        run = found[0] if found else None
        step = next_step(wanted, run, now=now)
        if step is Step.WAIT:
            return _again(run, "on the move")
        if step is Step.LEAVE:
            return _done(run.id if run else None, "already there")
        if run is None or step is Step.REPLACE:
            return self._create(wanted, run, now)
        moved = self._move(step, run.id, wanted, now)
        return _done(run.id, step) if run.id in moved else _again(run, f"could not {step}")

    def _move(self, step: Step, run: UUID, wanted: WantedRun, now: datetime) -> set[UUID]:
        if step is Step.RESUME:
            return self._api.resume([run])
        if step is Step.CANCEL:
            return self._api.cancel([run])
        return self._api.reschedule([run], opens_at(wanted.opens_on) if step is Step.SCHEDULE else now)

    def _create(self, wanted: WantedRun, old: Run | None, now: datetime) -> Answer:
        if old is not None:
            self._api.delete_run(old.id)
        made = self._api.create_runs(self._deployment(wanted), [run_of(wanted, now)])
        return _done(made[0], Step.CREATE)

    def _deployment(self, wanted: WantedRun) -> UUID:
        deployment = deployment_of(wanted.task)
        if deployment.path not in self._deployments:
            self._api.ensure_work_pool(WORK_POOL, WORK_POOL_TYPE, CONCURRENCY)
            self._deployments[deployment.path] = self._api.save_deployment(deployment)
        return self._deployments[deployment.path]


def _done(run: UUID | None, what: str) -> Answer:
    return Answer(Outcome.SENT, f"flow run: {what}", provider_id=str(run) if run else None)


def _again(run: Run | None, why: str) -> Answer:
    seen = f"{run.state} {run.state_name}" if run else "missing"
    return Answer(Outcome.RETRY, f"flow run {seen}: {why}", retry_after=SOON)
