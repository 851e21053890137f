"""The hourly run that looks after the channels: what has to be done whether or not anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from prefect import flow, task
from sqlalchemy import Engine

from config.settings import Settings, load_settings
from domain.errors import SystemFault
from flows.ward_database import ward_database
from models.database import transaction
from services.channels import allowed
from services.opening import places_of
from services.receipts import poll_statuses, reconcile_all
from services.webhooks import drain_bot, handle_waiting
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


def handle_events(settings: Settings, engine: Engine) -> str:
    """Work on what Zalo told and nobody has worked on, because it came early or the program was stopped."""
    worked = handle_waiting(partial(transaction, engine), settings, _now)
    return f"{worked.done} done, {worked.left} left"


def read_bot(settings: Settings, engine: Engine) -> str:
    """Read what people wrote to the bot; where its webhook is set the platform gives nothing here."""
    if "zalo-bot" not in allowed(settings) or settings.zalo_bot_secret is not None:
        return "unset"
    from notifications.zalo.bot import NoUpdates, get_updates

    places = places_of(settings)
    try:
        found = drain_bot(
            partial(transaction, engine), settings, _now, lambda: get_updates(places, BOT_WAIT_S)
        )
    except NoUpdates as refusal:
        return f"no answer {refusal.code or ''}".rstrip()
    return f"{found} read"


def ask_statuses(settings: Settings, engine: Engine) -> str:
    """Ask Zalo what became of messages by telephone number of which no webhook has told."""
    if "phone" not in allowed(settings):
        return "unset"
    from notifications.zalo.status import ask_status
    from services.zalo_tokens import PostgresTokens

    places, tokens = places_of(settings), PostgresTokens(open_vault(settings, engine))
    ask = partial(ask_status, places, tokens)
    polled = poll_statuses(partial(transaction, engine), ask, _now)
    return f"{polled.asked} asked, {polled.delivered} delivered, {polled.not_delivered} not"


def settle_unknown(settings: Settings, engine: Engine) -> str:
    """Let messages of unknown outcome count as sent once a receipt says that they arrived."""
    return f"{reconcile_all(partial(transaction, engine), _now())} arrived"


def _now() -> datetime:
    return datetime.now(UTC)


BOT_WAIT_S = 2.0
STEPS: dict[str, Step] = {
    "zalo-token": refresh_zalo,
    "zalo-events": handle_events,
    "zalo-bot": read_bot,
    "zbs-status": ask_statuses,
    "receipts": settle_unknown,
}
