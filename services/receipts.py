"""What became of messages after a provider took them: told by webhooks, by polling, or by a person."""

from __future__ import annotations

import time
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
ASKED_AT_ONCE = 100
BETWEEN_S = 0.6  # small accounts may call a hundred times a minute
TROUBLE, PATIENCE = "trouble", 3  # so many in a row, and the round ends
NO_SUCH_MESSAGE = "-107"  # a trouble of this message alone
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
        """`delivered`, `not-delivered` or `trouble`; anything else says nothing yet."""

    @property
    def at(self) -> datetime | None:
        """When it was delivered, if the provider says so."""

    @property
    def code(self) -> str | None:
        """The provider's code of a trouble."""


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
    begin: Begin,
    ask: Callable[[str], Status],
    clock: Clock,
    *,
    limit: int = ASKED_AT_ONCE,
    pause: Callable[[float], object] = time.sleep,
) -> Polled:
    """Ask about messages of the last 72 hours of which nobody has told; at most `limit`, one at a time.

    `ask` takes the provider's id of a message. No transaction is open while it waits. Where nothing but
    trouble comes back, the rest waits for the next round.
    """
    with begin() as connection:
        rows = models.unanswered(connection, POLLED, clock() - ASKED_FOR, limit)
    told: list[ReceiptKind] = []
    asked = troubles = 0
    for row in rows:
        if asked:
            pause(BETWEEN_S)
        status = ask(row.provider_id)
        asked += 1
        troubled = status.kind == TROUBLE and status.code != NO_SUCH_MESSAGE
        troubles = troubles + 1 if troubled else 0
        if troubles == PATIENCE:
            break
        told += _noted(begin, row, status, clock())
    not_delivered = told.count(ReceiptKind.NOT_DELIVERED)
    return Polled(asked, len(told) - not_delivered, not_delivered)


def _noted(begin: Begin, row: Any, status: Status, now: datetime) -> list[ReceiptKind]:
    """Record what an answer says, if it says something for good; return what that is."""
    if status.kind == ReceiptKind.DELIVERED:
        kind, at = ReceiptKind.DELIVERED, status.at or now
        with begin() as connection:
            record_receipt(connection, row.ward_id, row.outbox_id, kind, at, Source.POLL, now)
        return [kind]
    if status.kind == ReceiptKind.NOT_DELIVERED and row.tried_at <= now - SURELY_NOT:
        with begin() as connection:
            record_not_delivered(connection, row.ward_id, row.outbox_id, now, Source.POLL, now)
        return [ReceiptKind.NOT_DELIVERED]
    return []


def _named(rows: Sequence[Any]) -> dict[str, object]:
    occurrences = sorted({row.occurrence_id for row in rows if row.occurrence_id is not None})
    return {"occurrences": occurrences or None, "outbox": sorted(row.id for row in rows)}
