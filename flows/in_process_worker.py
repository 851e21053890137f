"""A Prefect worker that runs flows in its own process: 0.6 CPU-seconds a run, where a new process takes 10.

Pinned to this version of Prefect and covered by tests/flows/. It has no limit of its own, because an
immediate resume trips the limiter; the work pool's concurrency limit bounds what runs at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.abc
import httpx
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import Abort, Pause, PrefectException
from prefect.flow_engine import run_flow_async
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from flows.deployments import WORK_POOL, WORK_POOL_TYPE

QUERY_S = float(os.environ.get("PREFECT_WORKER_QUERY_SECONDS", "2"))  # a poll costs the server 25 ms of CPU
HEARTBEAT_S = 30
DRAIN_S = 2.5  # a segment takes less; what has not ended by then is started again later


class _Calm(logging.Filter):
    """Prefect reports every suspension as an error; people who read its pages would look for one."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno == logging.ERROR and "(type=PAUSED)" in record.getMessage():
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


class InProcessWorker(BaseWorker[BaseJobConfiguration, BaseVariables, BaseWorkerResult]):
    """Polls our work pool and awaits its flows here; ordinary process workers may poll the same pool."""

    type = WORK_POOL_TYPE
    job_configuration = BaseJobConfiguration

    def __init__(self, name: str) -> None:
        super().__init__(
            WORK_POOL, name=name, prefetch_seconds=0, heartbeat_interval_seconds=HEARTBEAT_S, limit=None
        )
        self._under_way = 0
        logging.getLogger("prefect.flow_runs").addFilter(_Calm())

    @classmethod
    def __dispatch_key__(cls) -> str:
        """Register under a name of its own, so that Prefect's process worker keeps its place."""
        return "cchc-in-process"

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> BaseWorkerResult:
        """Run the flow to its end or to its next suspension; both are a success of this worker."""
        self._under_way += 1
        try:
            flow = await self._flow_of(flow_run)
            if task_status is not None:
                task_status.started(0)  # no process id: there is nothing to kill but this worker
            await run_flow_async(flow, flow_run=flow_run, parameters=flow_run.parameters, return_type="state")
        except (Pause, Abort) as left:
            self._logger.debug("flow run %s left its flow: %s", flow_run.id, left)
        finally:
            self._under_way -= 1
        return BaseWorkerResult(identifier=str(flow_run.id), status_code=0)

    async def serve(self, stop: asyncio.Event, on_start: Callable[[], None] = lambda: None) -> None:
        """Work until `stop` is set, then give what runs a few seconds to come to its end."""
        async with self:
            async with anyio.create_task_group() as loops:
                loops.start_soon(self._every, QUERY_S, self.get_and_submit_flow_runs)
                loops.start_soon(self._every, HEARTBEAT_S, self._sync_and_initialize)
                on_start()
                await stop.wait()
                loops.cancel_scope.cancel()
            with anyio.move_on_after(DRAIN_S):
                while self._under_way or self._submitting_flow_run_ids:
                    await anyio.sleep(0.05)
            if self._runs_task_group is not None:
                self._runs_task_group.cancel_scope.cancel()

    async def _flow_of(self, flow_run: FlowRun) -> Flow[..., Any]:
        if flow_run.deployment_id is None:
            raise ValueError(f"flow run {flow_run.id} has no deployment")
        deployment = await self.client.read_deployment(flow_run.deployment_id)
        return load_flow_from_entrypoint(deployment.entrypoint or "")

    async def _every(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """Do `work` for ever; a server that is away is asked again, without an end and without haste."""
        while True:
            try:
                await work()
            except (httpx.HTTPError, PrefectException, OSError) as problem:
                self._logger.warning("Prefect's server does not answer: %s", problem)
            await anyio.sleep(seconds)
