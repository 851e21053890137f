"""Ends a flow run's process while the run itself waits, for hours or for months."""

from __future__ import annotations

from typing import Any, NoReturn
from uuid import uuid4

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.exceptions import Abort, MissingContextError, Pause
from prefect.states import Paused
from prefect.utilities.engine import propose_state


async def suspend(name: str) -> NoReturn:
    """Suspend this flow run under `name`, with no time limit, and leave the flow.

    A resumed run starts at the top of its flow. Each suspension has a key of its own, because Prefect
    lets a key pause a run only once; a run's count does not rise when it is resumed, so it is no key.

    Raises:
        Pause: always, unless someone moved the run meanwhile.
        Abort: someone did; the run goes on from there.
    """
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or not isinstance(context.client, PrefectClient):
        raise MissingContextError("only an asynchronous flow run can be suspended")
    proposed: State[Any] = Paused(name=name, reschedule=True, timeout_seconds=None, pause_key=str(uuid4()))
    state = await propose_state(context.client, proposed, flow_run_id=context.flow_run.id)
    if state.is_paused():
        raise Pause(state=state)
    raise Abort(f"the run became {state.name} while it was about to wait")
