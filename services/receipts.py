"""What became of messages after a provider took them: told by webhooks, by polling, or by a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Connection

from models import directory, fallbacks
from models import receipts as models
from models.history import SYSTEM
from models.outbox import ReceiptKind
from services.history import record

POLLED = "phone"  # the only channel whose provider can be asked afterwards
ASKED_FOR = timedelta(hours=72)
SURELY_NOT = timedelta(hours=24)  # until then a telephone may only be switched off
ASKED_AT_ONCE = 100  # some two minutes at a call a second
NOT_ARRIVED = "Zalo báo tin nhắn không tới máy người nhận sau 24 giờ."

Begin = Callable[[], AbstractContextManager[Connection]]
Clock = Callable[[], datetime]


class Source(StrEnum):
    """Who told us."""

    WEBHOOK = "webhook"
    POLL = "poll"
    PERSON = "person"


class Status(Protocol):
    """What a provider answers about one message."""

    @property
    def kind(self) -> str:
        """`delivered`, `not-delivered`; anything else says nothing yet."""

    @property
    def at(self) -> datetime | None:
        """When it was delivered, if the provider says so."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What a round of questions came to."""

    asked: int
    delivered: int
    not_delivered: int


def record_receipt(
    connection: Connection,
    ward_id: int,
    outbox_id: int,
    kind: ReceiptKind,
    at: datetime,
    source: Source,
    now: datetime,
) -> list[int]:
    """Record what became of a message, for all rows that left as one; return those that are new to it.

    A second time changes nothing. A message of unknown outcome counts as sent once it has surely arrived.
    """
    rows = models.record(
        connection,
        ward=ward_id,
        outbox=outbox_id,
        kind=str(kind),
        at=min(at, now),
        source=str(source),
        now=now,
    )
    if not rows:
        return []
    facts = {**_named(rows), "at": min(at, now).isoformat(), "source": str(source)}
    record(connection, ward_id, f"delivery.{kind}", facts, actor=SYSTEM, now=now)
    ids = [row.id for row in rows]
    if kind is not ReceiptKind.NOT_DELIVERED:
        reconcile_unknown(connection, ward_id, ids, now=now)
    return ids


def reconcile_unknown(
    connection: Connection, ward_id: int, outbox_ids: Sequence[int] | None = None, *, now: datetime
) -> list[int]:
    """Let messages of unknown outcome count as sent if a receipt says that they arrived; return those.

    Without `outbox_ids` all of the ward's are looked at.
    """
    rows = models.reconcile(connection, ward_id, outbox_ids, now)
    if rows:
        record(connection, ward_id, "delivery.reconciled", _named(rows), actor=SYSTEM, now=now)
    return sorted(row.id for row in rows)


def reconcile_all(begin: Begin, now: datetime) -> int:
    """Do so in every ward; return how many messages have arrived after all."""
    with begin() as connection:
        wards = [row.id for row in directory.wards(connection)]
        return sum(len(reconcile_unknown(connection, ward, now=now)) for ward in wards)


def record_not_delivered(
    connection: Connection, ward_id: int, outbox_id: int, at: datetime, source: Source, now: datetime
) -> list[int]:
    """Record that a message has not arrived; its next contact gets it, or the coordinators hear of it."""
    ids = record_receipt(connection, ward_id, outbox_id, ReceiptKind.NOT_DELIVERED, at, source, now)
    if not ids:
        return []
    models.give_up_unknown(connection, ward_id, ids, now)
    alone = fallbacks.fall_back(connection, ward_id, ids, now)
    if alone:
        digest = f"undelivered/{alone[0]}"
        fallbacks.tell_coordinators(
            connection, ward_id, alone, digest=digest, note=NOT_ARRIVED, not_before=now
        )
    return ids


def poll_statuses(
    begin: Begin, ask: Callable[[str], Status], clock: Clock, *, limit: int = ASKED_AT_ONCE
) -> Polled:
    """Ask about messages of the last 72 hours of which nobody has told; at most `limit`, one at a time.

    `ask` takes the provider's id of a message. No transaction is open while it waits.
    """
    with begin() as connection:
        rows = models.unanswered(connection, POLLED, clock() - ASKED_FOR, limit)
    delivered = lost = 0
    for row in rows:
        status, now = ask(row.provider_id), clock()
        if status.kind == ReceiptKind.DELIVERED:
            with begin() as connection:
                record_receipt(
                    connection,
                    row.ward_id,
                    row.outbox_id,
                    ReceiptKind.DELIVERED,
                    status.at or now,
                    Source.POLL,
                    now,
                )
            delivered += 1
        elif status.kind == ReceiptKind.NOT_DELIVERED and row.tried_at <= now - SURELY_NOT:
            with begin() as connection:
                record_not_delivered(connection, row.ward_id, row.outbox_id, now, Source.POLL, now)
            lost += 1
    return Polled(len(rows), delivered, lost)


def _named(rows: Sequence[Any]) -> dict[str, object]:
    occurrences = sorted({row.occurrence_id for row in rows if row.occurrence_id is not None})
    return {"occurrences": occurrences or None, "outbox": sorted(row.id for row in rows)}
