"""Sending a message again by a person's decision; what may have arrived is cleared up first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from domain.errors import WardError
from domain.people import Action
from domain.words import MESSAGE_STATES
from models import resending as models
from models.history import SYSTEM
from models.outbox import OutboxState, ReceiptKind
from services.history import hashed, record
from services.messages import UnknownMessage
from services.people import Ward, permitted
from services.receipts import Source, record_receipt


class NotToBeResent(WardError):
    """The message is in a state in which it may not be sent again."""

    def __init__(self, message_id: int, state: str) -> None:
        unclear = (
            " Trước hết hãy hỏi người nhận: đã tới thì ghi “đã tới”, chưa tới thì ghi “chưa tới” để gửi lại."
            if state == OutboxState.UNKNOWN
            else ""
        )
        super().__init__(
            f"message {message_id} is {state}: not to be resent",
            f"Thông báo số {message_id} {MESSAGE_STATES[state]}; chỉ gửi lại thông báo không gửi được."
            f"{unclear}",
        )


class NotUnclear(WardError):
    """Nobody has to say whether the message arrived."""

    def __init__(self, message_id: int, state: str) -> None:
        super().__init__(
            f"message {message_id} is {state}: its outcome is known",
            f"Thông báo số {message_id} {MESSAGE_STATES[state]}; chỉ xác nhận thông báo chưa rõ đã tới.",
        )


def resend(
    connection: Connection, ward: Ward, message_id: int, *, by: str | None, now: datetime
) -> list[int]:
    """Queue a failed message anew, with all that left with it; return the rows.

    Before it leaves it is looked at again: what is no longer true is dropped.

    Raises:
        UnknownMessage, NotToBeResent: there is nothing that may be sent again.
        UnknownUser, NotPermitted: they may not.
    """
    actor = _actor(connection, ward, by)
    rows = _locked(connection, ward, message_id)
    _state_in(rows, {OutboxState.FAILED}, message_id, NotToBeResent)
    ids = [row.id for row in rows]
    models.again(connection, ward.id, ids, now)
    _tell(connection, ward, "delivery.resent", ids, actor, now)
    return ids


def clear_up(
    connection: Connection,
    ward: Ward,
    message_id: int,
    *,
    arrived: bool,
    reason: str,
    by: str | None,
    now: datetime,
) -> list[int]:
    """Say of a message of unknown outcome that it has arrived, or that it has not and goes again.

    Raises:
        UnknownMessage, NotUnclear: there is nothing to clear up.
        UnknownUser, NotPermitted: they may not.
    """
    actor = _actor(connection, ward, by)
    rows = _locked(connection, ward, message_id)
    _state_in(rows, {OutboxState.UNKNOWN}, message_id, NotUnclear)
    ids = [row.id for row in rows]
    if arrived:
        record_receipt(connection, ward.id, ids[0], ReceiptKind.DELIVERED, now, Source.PERSON, now)
    else:
        models.again(connection, ward.id, ids, now)
    kind = "delivery.confirmed" if arrived else "delivery.resent"
    _tell(connection, ward, kind, ids, actor, now, reason=reason)
    return ids


def _actor(connection: Connection, ward: Ward, by: str | None) -> str:
    return SYSTEM if by is None else permitted(connection, ward, by, Action.MANAGE_MESSAGES).actor


def _locked(connection: Connection, ward: Ward, message_id: int) -> list[Any]:
    rows = models.lock(connection, ward.id, message_id) if 0 < message_id < 2**63 else []
    if not rows:
        raise UnknownMessage(message_id)
    return rows


def _state_in(
    rows: list[Any],
    states: Collection[str],
    message_id: int,
    refusal: type[NotToBeResent] | type[NotUnclear],
) -> None:
    for row in rows:
        if row.state not in states:
            raise refusal(message_id, row.state)


def _tell(
    connection: Connection,
    ward: Ward,
    kind: str,
    ids: list[int],
    actor: str,
    now: datetime,
    *,
    reason: str | None = None,
) -> None:
    facts = {"outbox": ids, "reason_sha256": hashed(reason or None)}
    record(connection, ward.id, kind, facts, actor=actor, now=now)
