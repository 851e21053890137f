"""What follows from a provider's answer: the record, another try, another way, word to a person."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from domain.backoff import gives_up, next_try
from models import fallbacks, queue
from models.history import SYSTEM, take_turns
from notifications.channels import Action, Answer, Message, Outcome
from notifications.wording import impersonal
from services.channels import hold
from services.composing import EMAIL, Office, Parcel
from services.history import record

MOST_TRIES = 20_000  # months of a server that nobody mends; tries are counted in two bytes
MENDING = timedelta(minutes=5)  # how often a mail server that needs a person is asked again
# Tries that say nothing about the message: it waited for a quota or for somebody to mend the channel.
_NO_FAILURE = frozenset({Action.WAIT, Action.CHANNEL})


def settle(
    connection: Connection,
    parcel: Parcel,
    channel: str,
    message: Message,
    answer: Answer,
    office: Office,
    now: datetime,
) -> None:
    """Record what came of one try, and see to it that the message reaches somebody.

    What failed goes by the contact's next channel; where there is none, coordinators hear of it. A contact
    that the provider gave up is written to no more until a person says so. A channel that needs an
    administrator is held, and what waits on it goes by the next one. Nothing here sends anything twice:
    `unknown` stays as it is until a person has looked.
    """
    holding = answer.action is Action.CHANNEL and channel != EMAIL
    if holding:  # every ward is told
        take_turns(connection)
    outcome, again = _verdict(parcel, answer, now)
    _record(connection, parcel, message, answer, outcome, again, now)
    if outcome is Outcome.FAILED:
        _give_up(connection, parcel, channel, answer, office, now)
    if holding:
        hold(connection, channel, answer.code, answer.text, now)


def _verdict(parcel: Parcel, answer: Answer, now: datetime) -> tuple[Outcome, datetime | None]:
    """Return what becomes of the message, and when it goes again if it does."""
    if answer.outcome is not Outcome.RETRY:
        return answer.outcome, None
    if max(row.attempts for row in parcel.rows) >= MOST_TRIES:
        return Outcome.FAILED, None
    if answer.action is Action.WAIT:
        return Outcome.RETRY, now + timedelta(seconds=max(answer.retry_after or 0, 1))
    if answer.action is Action.CHANNEL:
        alone = timedelta(0) if answer.channel_down else timedelta(seconds=answer.retry_after or 0)
        return Outcome.RETRY, now + max(MENDING, alone)
    failures = max((row.failures or 0 for row in parcel.rows), default=0)
    since = min((row.failing_since for row in parcel.rows if row.failing_since), default=now)
    if gives_up(since, now):
        return Outcome.FAILED, None
    return Outcome.RETRY, next_try(failures + 1, now, asked=answer.retry_after)


def _record(
    connection: Connection,
    parcel: Parcel,
    message: Message,
    answer: Answer,
    outcome: Outcome,
    again: datetime | None,
    now: datetime,
) -> None:
    said = message.kept or _said(parcel, message)
    digest = sha256(f"{message.subject}\n\n{said}".encode()).hexdigest()
    stated = {
        "message_id": message.message_id,
        "sha256": digest,
        "action": answer.action,
        "code": answer.code,
    }
    queue.settle(
        connection,
        ward=parcel.ward,
        ids=parcel.ids,
        state=str(outcome),
        outcome=str(outcome),
        provider_id=answer.provider_id,
        answer=answer.text,
        subject=message.subject,
        message=json.dumps({name: value for name, value in stated.items() if value is not None}),
        said=said,
        message_sha256=digest,
        not_before=again,
        now=now,
        actor=SYSTEM,
    )


def _said(parcel: Parcel, message: Message) -> str:
    return message.brief if message.brief and parcel.rows[0].channel != EMAIL else message.text


def _give_up(
    connection: Connection, parcel: Parcel, channel: str, answer: Answer, office: Office, now: datetime
) -> None:
    if answer.action is Action.RECIPIENT and channel != EMAIL:
        _mute(connection, parcel, answer, now)
    lost = fallbacks.fall_back(connection, parcel.ward, parcel.ids, now)
    if lost:
        note = impersonal(f"{answer.text}" if not answer.code else f"{answer.text} (mã {answer.code})")
        fallbacks.tell_coordinators(
            connection,
            parcel.ward,
            lost,
            digest=f"undelivered/{office.day(now)}",
            note=note,
            not_before=now,
        )


def _mute(connection: Connection, parcel: Parcel, answer: Answer, now: datetime) -> None:
    """Write to this contact no more; the history says why, by code."""
    for contact in sorted({row.contact_id for row in parcel.rows if row.contact_id is not None}):
        address = parcel.rows[0].recipient
        if fallbacks.mute(connection, parcel.ward, contact, address, answer.text, now):
            facts = {"code": answer.code, "contact": contact}
            record(connection, parcel.ward, "contact.muted", facts, actor=SYSTEM, now=now)
