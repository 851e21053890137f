"""What each kind of Zalo's events changes; who asks has the event locked and writes down what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from config.settings import Settings
from domain import zalo_events as zalo
from domain.tracking import read_tracking_id
from models import grants
from models import receipts as receipt_rows
from models import webhooks as models
from models.history import SYSTEM
from models.outbox import ReceiptKind
from services.binding import use_code
from services.history import record
from services.receipts import Source, record_receipt

UNMATCHED = timedelta(minutes=10)  # a receipt may be faster than the commit of what was sent
OF_FOLLOWERS = ("zalo-user", "zalo-uid")
LEFT = "Người nhận đã bỏ quan tâm Zalo OA."
REFUSED = "Người nhận không nhận tin của Zalo OA."


class NotYet(Exception):
    """An event that can't be worked on now, and may be a little later."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event that is worked on; its body is what `domain.zalo_events` kept of it."""

    source: str
    key: str
    name: str
    body: Mapping[str, Any]
    received_at: datetime

    @property
    def at(self) -> datetime:
        """When it happened, as the provider says; not after it was received."""
        return min(zalo.moment(self.body.get("at")) or self.received_at, self.received_at)

    @property
    def user(self) -> str:
        """Whom it is about, as the provider calls them; empty for nobody."""
        return str(self.body.get("user", ""))


def work(connection: Connection, event: Event, settings: Settings, now: datetime) -> str | None:
    """Do what an event asks for; return None, or in a word why nothing came of it.

    Raises:
        NotYet: what it is about is not there, and may be soon.
    """
    if event.source == "zalo-bot":
        return _bind(connection, event, now) if "code" in event.body else "not-used"
    if event.body.get("oa", settings.zalo_oa_id) not in {settings.zalo_oa_id, None}:
        return "other-account"
    act = _ACTS.get(event.name)
    if act is None and event.name.startswith(zalo.OPT_OUTS):
        act = _opt_out
    if act is None and event.name.startswith(zalo.INTERACTIONS):
        act = _interaction
    return act(connection, event, settings, now) if act else "not-used"


def _receipt(connection: Connection, event: Event, _: Settings, now: datetime) -> str | None:
    """Record that a message was delivered or seen."""
    found = _told_of(connection, event)
    if not found:
        if event.received_at > now - UNMATCHED:
            raise NotYet
        return "no-such-message"  # somebody wrote by other means
    kind = ReceiptKind.SEEN if event.name == zalo.SEEN else ReceiptKind.DELIVERED
    at = zalo.moment(event.body.get("delivered")) or event.at
    for ward, outbox in found:
        record_receipt(connection, ward, outbox, kind, at, Source.WEBHOOK, now)
    return None


def _told_of(connection: Connection, event: Event) -> list[tuple[int, int]]:
    """Return ward and row of the messages of a receipt: by our own name of it, or by the provider's."""
    tracked = read_tracking_id(str(event.body.get("tracking", "")))
    if tracked is not None and receipt_rows.is_told_on(connection, *tracked, "phone"):
        return [tracked]
    rows = receipt_rows.sent_as(connection, event.body.get("messages", []))
    return [(row.ward_id, row.outbox_id) for row in rows]


def _followed(connection: Connection, event: Event, settings: Settings, _: datetime) -> str | None:
    if not event.user:
        return "nobody"
    at = event.at  # to follow opens the window as a message does
    models.note_follower(connection, _oa(event, settings), event.user, followed=at, interacted=at)
    return None


def _interaction(connection: Connection, event: Event, settings: Settings, now: datetime) -> str | None:
    """Keep when somebody wrote or clicked last, and take the code that they may have sent."""
    if not event.user or event.name.startswith(zalo.IN_GROUPS):
        return "nobody"
    oa = _oa(event, settings)
    models.note_follower(connection, oa, event.user, interacted=event.at)
    if "code" not in event.body:
        return None
    if models.left_since(connection, oa, event.user, event.at):
        return "left-since"
    return _bind(connection, event, now)


def _bind(connection: Connection, event: Event, now: datetime) -> str | None:
    bound = use_code(
        connection,
        event.body["code"],
        source=event.source,
        address=event.user,
        at=event.at,
        event=event.key,
        now=now,
    )
    return None if bound else "wrong-code"


def _opt_out(connection: Connection, event: Event, settings: Settings, now: datetime) -> str | None:
    """Write to somebody no more until a person says so, or they send a new code."""
    if not event.user:
        return "nobody"
    left = event.name == "unfollow"
    if left:
        models.note_follower(connection, _oa(event, settings), event.user, unfollowed=event.at)
    muted = models.mute_address(
        connection, OF_FOLLOWERS, event.user, why=LEFT if left else REFUSED, at=event.at, now=now
    )
    for row in sorted(muted, key=lambda row: (row.ward_id, row.id)):
        facts = {
            "contact": row.id,
            "event": event.key,
            "unit": row.unit_id,
            "why": "left" if left else "refused",
        }
        record(connection, row.ward_id, "contact.muted", facts, actor=SYSTEM, now=now)
    return None


def _quota(connection: Connection, event: Event, _: Settings, now: datetime) -> str | None:
    """Tell administrators where the account may send no more."""
    if event.body.get("quota") == "0":
        note = "Zalo đặt hạn mức gửi mẫu tin trong ngày của OA về 0: tin theo mẫu không gửi được nữa."
        _alarm(connection, event, note, now)
    return None


def _template(connection: Connection, event: Event, settings: Settings, now: datetime) -> str | None:
    """Tell administrators where the template of our messages can't be used any more."""
    status = event.body.get("status", "")
    if not settings.zalo_template or event.body.get("template") != settings.zalo_template:
        return "other-template"
    if status and status != zalo.ENABLED:
        why = f" Lý do Zalo nêu: {event.body['reason']}" if event.body.get("reason") else ""
        note = f"Zalo chuyển mẫu tin {settings.zalo_template} sang trạng thái {status}: không gửi được.{why}"
        _alarm(connection, event, note, now)
    return None


def _alarm(connection: Connection, event: Event, note: str, now: datetime) -> None:
    wards = grants.wards_on_zalo(connection)
    grants.queue_alarm(connection, wards, step=f"event/{event.key}", note=note, now=now)


def _oa(event: Event, settings: Settings) -> str:
    return settings.zalo_oa_id or str(event.body.get("oa", ""))


_Act = Callable[[Connection, Event, Settings, datetime], str | None]
_ACTS: Mapping[str, _Act] = {
    zalo.RECEIVED: _receipt,
    zalo.SEEN: _receipt,
    zalo.FOLLOW: _followed,
    zalo.QUOTA: _quota,
    zalo.TEMPLATE: _template,
}
