"""The signed state of each morning's logs, and where it goes outside the database."""

from __future__ import annotations

from datetime import datetime

from config.checkpoint_keys import load_checkpoint_keys
from config.settings import Settings
from flows.ward_database import ward_database
from models.database import transaction
from services.checkpoint_letters import queue_letter
from services.checkpoints import HistoryRewritten, make_for_all, publish_all
from services.stamping import Authority, NoStamp, stamp_all


def sign_logs(settings: Settings, now: datetime) -> list[str]:
    """Sign every ward's log and send that out; return what to tell of logs that can't be signed.

    What the folder on the other disk lacks is written after the commit, also of earlier days.

    Raises:
        SystemFault: the keys or the folder can't be used.
    """
    keys = load_checkpoint_keys(settings.data)
    rewritten: list[HistoryRewritten] = []
    with transaction(ward_database()) as connection:
        for ward, made in make_for_all(connection, keys=keys, now=now, rewritten=rewritten):
            if settings.checkpoint_mail:
                queue_letter(connection, ward, made, settings.checkpoint_mail, now=now)
    if settings.checkpoint_dir is not None:
        with transaction(ward_database()) as connection:
            publish_all(connection, settings.checkpoint_dir)
    return [fault.notice for fault in rewritten] + _stamped(settings)


def _stamped(settings: Settings) -> list[str]:
    """Have what was signed stamped, where there is an authority; it holds nothing up when it is away."""
    if settings.tsa_url is None:
        return []
    try:
        stamp_all(ward_database(), Authority(settings.tsa_url.get_secret_value(), settings.tsa_roots))
    except NoStamp as fault:
        return [fault.notice]
    return []
