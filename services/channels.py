"""The channels of the installation: which the settings allow, which are held, and who releases them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from config.settings import Settings
from domain.errors import WardError
from domain.people import Action
from domain.words import CHANNELS
from models import channels as models
from models import directory, fallbacks, grants
from models.history import SYSTEM
from notifications.wording import impersonal, shortened
from services.history import record
from services.people import Ward, permitted

LATELY = timedelta(days=7)


class UnknownChannelName(WardError):
    """The installation has no such channel."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"no channel {name!r}",
            f"Không có kênh “{name}”. Các kênh: {', '.join(CHANNELS)}.",
        )


class NotHeld(WardError):
    """The channel is not held: there is nothing to release."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"channel {name} is not held",
            f"Kênh {CHANNELS.get(name, name)} không bị tạm giữ; không cần mở lại.",
        )


def allowed(settings: Settings) -> frozenset[str]:
    """Return the channels for which the settings have all that is needed; e-mail is always one."""
    names = {"email"}
    if settings.zalo_app_id and settings.zalo_app_secret and settings.zalo_oa_id:
        names |= {"zalo-group", "zalo-user"}
        if settings.zalo_template:
            names |= {"zalo-uid", "phone"}
    if settings.zalo_bot_token:
        names.add("zalo-bot")
    return frozenset(names)


def sync(connection: Connection, settings: Settings, now: datetime) -> list[str]:
    """Keep what the settings allow; what waits on a channel that no longer is goes by the next one.

    Returns the channels that were allowed until now.
    """
    gone = models.sync(connection, sorted(CHANNELS), sorted(allowed(settings)), now)
    for name in gone:
        fallbacks.redirect_waiting(connection, name, now)
    return gone


def hold(connection: Connection, name: str, code: str | None, why: str, now: datetime) -> bool:
    """Hold a channel, tell the administrators, and send what waits on it by other ways.

    False, and nobody is told, where it is held already.
    """
    if not models.hold(connection, name, code, why, now):
        return False
    wards = [row.id for row in directory.wards(connection)]
    note = shortened(f"Kênh {CHANNELS.get(name, name)} tạm giữ. {impersonal(why)}", 500)
    grants.queue_alarm(connection, wards, step=f"{name}/{now.isoformat()}", note=note, now=now)
    for ward in wards:
        facts = {"channel": name, "code": code}
        record(connection, ward, "channel.held", facts, actor=SYSTEM, now=now)
    fallbacks.redirect_waiting(connection, name, now)
    return True


def release(connection: Connection, ward: Ward, name: str, *, by: str | None, now: datetime) -> None:
    """Let a held channel send again; what still waits on it leaves at once.

    Raises:
        UnknownChannelName, NotHeld: there is nothing to release.
        UnknownUser, NotPermitted: they may not.
    """
    actor = SYSTEM if by is None else permitted(connection, ward, by, Action.MANAGE_CHANNELS).actor
    if name not in CHANNELS or not models.known(connection, name):
        raise UnknownChannelName(name)
    if not models.release(connection, name, now):
        raise NotHeld(name)
    record(connection, ward.id, "channel.released", {"channel": name}, actor=actor, now=now)


def held_for(connection: Connection, name: str, code: str) -> datetime | None:
    """Return since when a channel is held for what `code` says; None where it is not."""
    rows = models.held(connection)
    return next((row.held_since for row in rows if (row.name, row.held_code) == (name, code)), None)


def pass_on(connection: Connection, name: str, now: datetime) -> None:
    """Send by other ways what came to wait on a channel though it is held: queued by who saw it open."""
    if any(row.name == name for row in models.held(connection)):
        fallbacks.redirect_waiting(connection, name, now)


def release_mended(connection: Connection, name: str, now: datetime) -> None:
    """Release a channel since what was missing is there again; the history says so in each ward."""
    if models.release(connection, name, now):
        for row in directory.wards(connection):
            record(connection, row.id, "channel.released", {"channel": name}, actor=SYSTEM, now=now)


def states(connection: Connection, ward: Ward, now: datetime) -> Sequence[Any]:
    """Return every channel with what waits on it, and what failed or is unclear of the last week."""
    return models.states(connection, ward.id, now=now, since=now - LATELY)
