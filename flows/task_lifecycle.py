"""One occurrence from its opening to its acceptance, as people see it in Prefect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Cancelled

from domain.errors import SystemFault
from domain.stages import OccurrenceState
from flows.deployments import NOT_YET, TIMEZONE, WAITING_NAMES
from flows.suspension import suspend
from flows.ward_database import ward_database
from models.database import transaction
from services.engine import Standing, Waiting, standing
from services.occurrences import open_due

RETRY_AFTER_S = (0.5, 2.0, 8.0)  # a database that was killed is back within seconds

Value = TypeVar("Value")


class NothingToDo(Exception):
    """The occurrence was cancelled, or was never in this database."""


@flow(name="task-lifecycle", persist_result=False)
async def task_lifecycle(ward: int, occurrence: int) -> State[Any] | None:
    """Open the occurrence, wait for each of its stages, close it once its report is accepted.

    Between the stages the run is suspended and no process holds it. When it is started again it begins
    here at the top: our database is its memory, so it catches up and does nothing twice.
    """
    try:
        await open_occurrence(ward, occurrence)
        await issue_plan(ward, occurrence)
        await implement(ward, occurrence)
        await report_results(ward, occurrence)
        await close(ward, occurrence)
    except NothingToDo as reason:
        return Cancelled(message=str(reason))
    return None


async def open_occurrence(ward: int, occurrence: int) -> None:
    """Open the occurrence unless it is open; wait for its day if that has not come."""
    await _patiently(_open_if_due, ward, occurrence)
    if (await _standing(ward, occurrence)).state is OccurrenceState.PLANNED:
        await suspend(NOT_YET)


async def issue_plan(ward: int, occurrence: int) -> None:
    """Wait until the plan is handed in (ban hành kế hoạch)."""
    await _wait_for(Waiting.PLAN, ward, occurrence)


async def implement(ward: int, occurrence: int) -> None:
    """Wait until the implementation is handed in (triển khai)."""
    await _wait_for(Waiting.IMPLEMENT, ward, occurrence)


async def report_results(ward: int, occurrence: int) -> None:
    """Wait until the report is handed in (báo cáo kết quả)."""
    await _wait_for(Waiting.REPORT, ward, occurrence)


async def close(ward: int, occurrence: int) -> None:
    """Wait until the report is accepted (nghiệm thu); a stage returned meanwhile is waited for again."""
    waiting_for = (await _standing(ward, occurrence)).waiting_for
    if waiting_for is not None:
        await suspend(WAITING_NAMES[waiting_for])


async def _wait_for(awaited: Waiting, ward: int, occurrence: int) -> None:
    """Return if the occurrence does not wait for `awaited`; otherwise suspend this run."""
    if (await _standing(ward, occurrence)).waiting_for is awaited:
        await suspend(WAITING_NAMES[awaited])


async def _standing(ward: int, occurrence: int) -> Standing:
    found = await _patiently(_read_standing, ward, occurrence)
    if found is None:
        raise NothingToDo("Không có kỳ thực hiện này trong cơ sở dữ liệu.")
    if found.state is OccurrenceState.CANCELLED:
        raise NothingToDo("Kỳ thực hiện đã huỷ.")
    return found


async def _patiently(ask: Callable[[int, int], Value], ward: int, occurrence: int) -> Value:
    """Ask the database beside the event loop, and again if it is just being restarted."""
    for pause in RETRY_AFTER_S:
        try:
            return await asyncio.to_thread(ask, ward, occurrence)
        except SystemFault:
            await asyncio.sleep(pause)
    return await asyncio.to_thread(ask, ward, occurrence)


def _open_if_due(ward: int, occurrence: int) -> None:
    now = datetime.now(UTC)
    with transaction(ward_database()) as connection:
        open_due(connection, now.astimezone(TIMEZONE).date(), now, ward_id=ward, occurrence_ids=[occurrence])


def _read_standing(ward: int, occurrence: int) -> Standing | None:
    with transaction(ward_database()) as connection:
        return standing(connection, ward, occurrence)
