"""The hourly run that looks after the channels: what has to be done whether or not anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from prefect import flow, task
from sqlalchemy import Engine

from config.settings import Settings, load_settings
from domain.errors import SystemFault
from flows.ward_database import ward_database
from services.zalo_tokens import ZaloNotSet, open_vault, refresh

Step = Callable[[Settings, Engine], str]


@flow(name="channels", persist_result=False)
async def channels() -> dict[str, str]:
    """Do each step, whatever became of the one before; return in a word what each came to.

    Prefect keeps the words, so they hold no secret. Nothing is retried here: the next run is the next try.

    Raises:
        SystemFault: a step met something broken; the others are done all the same.
    """
    said: dict[str, str] = {}
    faults: list[SystemFault] = []
    for name in STEPS:
        try:
            said[name] = await look_after(name)
        except SystemFault as fault:
            faults.append(fault)
    if faults:
        raise faults[0]
    return said


@task
async def look_after(name: str) -> str:
    """Do one step; return in a word what it came to."""
    return await asyncio.to_thread(STEPS[name], load_settings(), ward_database())


def refresh_zalo(settings: Settings, engine: Engine) -> str:
    """Refresh Zalo's access token while there are hours left for people, should it fail."""
    try:
        vault = open_vault(settings, engine)
    except ZaloNotSet:
        return "unset"
    turn = refresh(vault)
    return f"{turn.step} {turn.code}" if turn.code else str(turn.step)


STEPS: dict[str, Step] = {"zalo-token": refresh_zalo}
