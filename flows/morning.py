"""The run of each morning: open what is due, remind, bring Prefect in line, and say that it is done."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

from prefect import flow, task

from config.settings import load_settings
from domain.errors import SystemFault, WardError
from flows.deployments import TIMEZONE
from flows.prefect_api import PrefectApi
from flows.reconcile import reconcile
from flows.signing import sign_logs
from flows.ward_database import database_url, ward_database
from models.database import transaction
from services.backup import daily
from services.erasure import forget_traces
from services.occurrences import open_due
from services.reminders import finish, sweep
from services.uploads import forget_old

AGAIN_AFTER_S = [10.0, 60.0, 300.0]


@flow(name="morning", persist_result=False)
async def morning(day: str | None = None) -> dict[str, Any]:
    """Do the work of the morning of `day` (YYYY-MM-DD; today if not given); again changes nothing.

    The sweep starts where the last finished one ended, so mornings on which nothing ran are made up for.
    """
    today = date.fromisoformat(day) if day else datetime.now(TIMEZONE).date()
    opened = await open_occurrences(today)
    trouble = await sign_history()  # whatever is wrong with it, people are reminded
    told = await remind_units(today)
    await record_morning(today)
    await keep_safe(today)  # what goes wrong there is told by `cchc status`, and holds nothing up
    mended = await mend_prefect(today)  # a Prefect in trouble must not have all reminded again tomorrow
    if trouble:
        raise SystemFault("the logs were not signed", trouble)
    return {"day": today.isoformat(), "opened": opened, **told, "mended": mended}


@task(retries=3, retry_delay_seconds=AGAIN_AFTER_S)
async def open_occurrences(today: date) -> int:
    """Open every occurrence whose day has come; return how many."""
    return await asyncio.to_thread(_open, today)


@task(retries=3, retry_delay_seconds=AGAIN_AFTER_S)
async def sign_history() -> str:
    """Sign what the logs are this morning, before letters that bear it leave; return what is wrong."""
    return await asyncio.to_thread(_sign)


@task(retries=3, retry_delay_seconds=AGAIN_AFTER_S)
async def remind_units(today: date) -> dict[str, int]:
    """Queue all that the morning tells since the last finished one; return how many of each are new."""
    return await asyncio.to_thread(_remind, today)


@task(retries=3, retry_delay_seconds=AGAIN_AFTER_S)
async def mend_prefect(today: date) -> int:
    """Bring Prefect in line with the database; return how much had to be mended."""
    return await asyncio.to_thread(_mend, today)


@task(retries=3, retry_delay_seconds=AGAIN_AFTER_S)
async def record_morning(today: date) -> None:
    """Record that this morning's work is done; the health page and the next sweep look at it."""
    await asyncio.to_thread(_record, today)


@task
async def keep_safe(today: date) -> str:
    """Back everything up where a folder for it is set, and forget what is old; return what came of it."""
    return await asyncio.to_thread(_keep, today)


def _keep(today: date) -> str:
    settings, now = load_settings(), datetime.now(UTC)
    try:
        with transaction(ward_database()) as connection:
            forget_traces(connection, now, settings.traces_keep)
        forget_old(settings.data, now.timestamp())
        made = daily(settings, database_url(), today, now)
    except WardError as fault:
        return str(fault)
    return made.path.name if made else "nothing to do"


def _open(today: date) -> int:
    with transaction(ward_database()) as connection:
        return open_due(connection, today, datetime.now(UTC))


def _sign() -> str:
    try:
        return " ".join(sign_logs(load_settings(), datetime.now(UTC)))
    except SystemFault as fault:
        return fault.notice


def _remind(today: date) -> dict[str, int]:
    with transaction(ward_database()) as connection:
        swept = sweep(connection, today, datetime.now(UTC), timezone=TIMEZONE)
    return {"reminders": swept.reminders, "waiting": swept.waiting, "bulletins": swept.bulletins}


def _mend(today: date) -> int:
    with PrefectApi.from_environment() as api:
        report = reconcile(ward_database(), api, today, datetime.now(UTC))
    return report.mended.total()


def _record(today: date) -> None:
    with transaction(ward_database()) as connection:
        finish(connection, today, datetime.now(UTC))
