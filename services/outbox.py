"""Sending what the outbox holds: at least once for the engine, at most once for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.backoff import gives_up, next_try
from domain.plans import Stage
from models import queue
from models.history import SYSTEM
from notifications.channels import Answer, Channel, Message, Outcome
from notifications.messages import Item, Reason, compose
from services.engine import WantedRun, record_run, wanted_runs

CUT_OFF = "Việc gửi bị ngắt giữa chừng; không rõ thư đã đến hay chưa."
LEASE = timedelta(minutes=5)
BATCH = 500
CHANNEL_PAUSE = timedelta(seconds=30)
ENGINE_LEASE = timedelta(minutes=1)
ENGINE_PAUSE = timedelta(seconds=0.5)


class LeaseLost(Exception):
    """Some rows of a message are no longer ours to send."""


Begin = Callable[[], AbstractContextManager[Connection]]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Office:
    """What every message of this installation needs: where links lead, which day it is, which mail is local.

    `local_mail` says that mail goes to the local inbox, the only place where
    addresses ending in `localhost` exist.
    """

    link_base: str
    timezone: ZoneInfo
    local_mail: bool = False


def send_due(begin: Begin, channel: Channel, office: Office, clock: Clock) -> int:
    """Send every message of `channel` whose time has come; return how many left or failed.

    Rows with one digest leave as one message. From `mark_sending` on, a crash turns
    a message into `unknown`, which only a person may send again.
    """
    now = clock()
    with begin() as connection:
        queue.expire(connection, now, answer=CUT_OFF, actor=SYSTEM)
        rows = queue.claim(connection, channels=[channel.name], now=now, until=now + LEASE, limit=BATCH)
        stale = [row for row in rows if row.stale]
        for ward, group in groupby(stale, key=lambda row: row.ward_id):
            queue.drop(connection, ward, [row.id for row in group], now)
    current = [row for row in rows if not row.stale]
    parcels = [list(group) for _, group in groupby(current, key=_parcel)]
    for number, parcel in enumerate(parcels, start=1):
        if _send(begin, channel, parcel, office, clock).channel_down:
            rest = [row for each in parcels[number:] for row in each]
            _release(begin, rest, clock() + CHANNEL_PAUSE)
            return number
    return len(parcels)


def wake_due(begin: Begin, wake: Callable[[WantedRun], Answer], clock: Clock) -> int:
    """Bring the flow runs of changed occurrences in line; return how many occurrences were looked at.

    Waking twice is harmless, so a row is settled after the act and tried until it works.
    """
    now = clock()
    with begin() as connection:
        rows = queue.claim(connection, channels=["engine"], now=now, until=now + ENGINE_LEASE, limit=BATCH)
    parcels = [list(group) for _, group in groupby(sorted(rows, key=_occurrence), key=_occurrence)]
    for number, parcel in enumerate(parcels, start=1):
        answer = _wake(begin, wake, parcel, clock)
        if answer.channel_down:
            _release(begin, [row for rest in parcels[number:] for row in rest], clock() + ENGINE_PAUSE)
            return number
    return len(parcels)


def _wake(begin: Begin, wake: Callable[[WantedRun], Answer], rows: Sequence[Any], clock: Clock) -> Answer:
    """Wake one occurrence for all its changes at once."""
    ward, occurrence = _occurrence(rows[0])
    with begin() as connection:
        wanted = wanted_runs(connection, ward_id=ward, occurrence_id=occurrence)
    answer = wake(wanted[0]) if wanted else Answer(Outcome.SENT, "")
    now, done = clock(), answer.outcome is Outcome.SENT
    pause = max(timedelta(seconds=answer.retry_after or 0), ENGINE_PAUSE)
    with begin() as connection:
        if done and answer.provider_id:
            record_run(connection, ward, occurrence, UUID(answer.provider_id), at=now)
        queue.settle_wake(
            connection,
            ward,
            [row.id for row in rows],
            state="sent" if done else "retry",
            now=now,
            not_before=now + pause,
        )
    return answer


def _release(begin: Begin, rows: Sequence[Any], not_before: datetime) -> None:
    """Give leased rows back, to be taken again from `not_before` on."""
    with begin() as connection:
        for ward, group in groupby(rows, key=lambda row: row.ward_id):
            queue.release(connection, ward, [row.id for row in group], not_before)


def _occurrence(row: Any) -> tuple[int, int]:
    return row.ward_id, row.occurrence_id


def _parcel(row: Any) -> tuple[object, ...]:
    return row.ward_id, row.channel, row.recipient, row.digest or row.id


def _send(begin: Begin, channel: Channel, rows: Sequence[Any], office: Office, clock: Clock) -> Answer:
    ward, ids = rows[0].ward_id, [row.id for row in rows]
    message = _message(rows, office, clock().astimezone(office.timezone).date())
    try:
        with begin() as connection:
            if queue.mark_sending(connection, ward, ids, clock() + LEASE) != len(ids):
                raise LeaseLost
    except LeaseLost:  # all or none: another dispatcher has taken some of them meanwhile
        return Answer(Outcome.RETRY, "leased elsewhere")
    if _nowhere(message.recipient, office):
        answer = Answer(
            Outcome.FAILED, "Địa chỉ chỉ có trong hộp thư nội bộ; hãy ghi địa chỉ thật cho đơn vị."
        )
    else:
        answer = channel.send(message)
    with begin() as connection:
        _settle(connection, rows, message, answer, clock())
    return answer


def _nowhere(recipient: str, office: Office) -> bool:
    return not office.local_mail and recipient.endswith(("@localhost", ".localhost"))


def _settle(
    connection: Connection, rows: Sequence[Any], message: Message, answer: Answer, now: datetime
) -> None:
    outcome, attempts = answer.outcome, max(row.attempts for row in rows) + 1
    if outcome is Outcome.RETRY and gives_up(min(row.created_at for row in rows), now):
        outcome = Outcome.FAILED
    again = next_try(attempts, now, asked=answer.retry_after) if outcome is Outcome.RETRY else None
    digest = sha256(f"{message.subject}\n\n{message.text}".encode()).hexdigest()
    queue.settle(
        connection,
        ward=rows[0].ward_id,
        ids=[row.id for row in rows],
        state=str(outcome),
        outcome=str(outcome),
        provider_id=answer.provider_id,
        answer=answer.text,
        subject=message.subject,
        message=json.dumps({"message_id": message.message_id, "sha256": digest}),
        message_sha256=digest,
        not_before=again,
        now=now,
        actor=SYSTEM,
    )


def _message(rows: Sequence[Any], office: Office, today: date) -> Message:
    first = rows[0]
    items = [_item(row, office, today) for row in rows]
    units = {item.unit for item in items}
    to = units.pop() if len(units) == 1 else f"Bộ phận theo dõi kế hoạch, {first.ward_name}"
    content = compose(first.ward_name, to, items, today=today)
    return Message(
        recipient=first.recipient,
        subject=content.subject,
        text=content.text,
        message_id=f"<{first.ward_code}.{first.id}@cchc.localhost>",
    )


def _item(row: Any, office: Office, today: date) -> Item:
    due = row.due_on
    stage = row.stage or row.due_stage
    return Item(
        task_code=row.task_code,
        title=row.title,
        label=row.label,
        unit=row.unit_name,
        stage=Stage(stage) if stage else None,
        reason=Reason(row.reason),
        due_on=due,
        days_left=(due - today).days if due else None,
        note=row.note,
        link=f"{office.link_base}/tasks/{row.task_code}",
    )


def messages(
    connection: Connection, ward_id: int, *, state: str | None = None, limit: int = 200
) -> Sequence[Any]:
    """Return the newest messages to people with the last answer to each, newest first."""
    return queue.messages(connection, ward_id, state, limit)
