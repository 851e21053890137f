"""Sending what the outbox holds: each message at most once for people, and nothing forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from domain.errors import SystemFault
from domain.leaving import leaves_at
from domain.pace import Pace
from models import queue
from models.history import SYSTEM
from notifications.channels import Action, Answer, Channel, Message, Outcome
from services.composing import Office, Parcel, parcels_of
from services.office_calendar import calendar_around
from services.reminder_rules import hours_by_ward
from services.settling import settle

CUT_OFF = "Việc gửi bị ngắt giữa chừng; không rõ thư đã đến hay chưa."
WITHDRAWN = "Địa chỉ này đã bỏ hoặc không nhận thông báo nữa nên không gửi."
NOWHERE = "Địa chỉ chỉ có trong hộp thư nội bộ; hãy ghi địa chỉ thật của người nhận."
LEASE = timedelta(minutes=5)
BATCH = 100
CHANNEL_PAUSE = timedelta(seconds=30)
LATELY = timedelta(hours=1)
AGAIN_S = (0.5, 2.0, 8.0, 30.0)  # a restart of the database takes seconds, and the lease lasts for minutes

Begin = Callable[[], AbstractContextManager[Connection]]
Clock = Callable[[], datetime]
Wait = Callable[[float], object]


def send_due(
    begin: Begin,
    channel: Channel,
    office: Office,
    clock: Clock,
    pace: Pace | None = None,
    wait_for: Wait = time.sleep,
) -> int:
    """Send every message of `channel` whose time has come; return how many left or failed.

    Rows that belong together leave as one message. What keeps quiet hours or working days is put off until
    then. From `mark_sending` on, a crash turns a message into `unknown`, which only a person may send again.
    With a `pace`, what is beyond it waits.
    """
    leased = clock() + LEASE
    parcels = _claimed(begin, channel.name, office, clock(), leased)
    sender = _Sender(begin, channel, office, clock, leased, wait_for)
    for number, parcel in enumerate(parcels):
        wait = pace.take(clock()) if pace else timedelta(0)
        if wait or leased - clock() < LEASE / 2:  # a slow server: what has not left yet is claimed anew
            sender.settle()
            _release(begin, parcels[number:], clock() + wait)
            return number
        answer = sender.send(parcel)
        if answer is not None and (answer.channel_down or answer.outcome is Outcome.UNKNOWN):
            sender.settle()
            _release(begin, parcels[number + 1 :], clock() + _pause(begin, channel.name, answer, clock()))
            return number + 1
    sender.settle()
    return len(parcels)


class _Sender:
    """Sends one message after the other.

    What came of one is recorded in the transaction that marks the next: half the commits, and a crash still
    leaves no more than one message `unknown`.
    """

    def __init__(
        self, begin: Begin, channel: Channel, office: Office, clock: Clock, leased: datetime, wait: Wait
    ) -> None:
        self._begin, self._channel, self._office = begin, channel, office
        self._clock, self._leased, self._wait = clock, leased, wait
        self._sent: tuple[Parcel, Message, Answer] | None = None

    def send(self, parcel: Parcel) -> Answer | None:
        """Send one message; None where some of its rows are no longer ours."""
        message = parcel.message
        if message is None:
            return None
        try:
            with self._begin() as connection:
                self._record(connection)
                ours = queue.mark_sending(
                    connection, parcel.ward, parcel.ids, leased=self._leased, until=self._clock() + LEASE
                )
        except SystemFault:
            self.settle()
            raise
        self._sent = None
        if not ours:
            return None
        answer = _answer(self._channel, parcel, message, self._office)
        self._sent = (parcel, message, answer)
        return answer

    def settle(self) -> None:
        """Record what came of the last message; an answer in hand waits for a database that starts again."""
        for pause in (*AGAIN_S, None) if self._sent is not None else ():
            try:
                with self._begin() as connection:
                    self._record(connection)
                break
            except SystemFault:
                if pause is None:
                    raise
                self._wait(pause)
        self._sent = None

    def _record(self, connection: Connection) -> None:
        if self._sent is not None:
            parcel, message, answer = self._sent
            settle(connection, parcel, self._channel.name, message, answer, self._office, self._clock())


def _pause(begin: Begin, channel: str, answer: Answer, now: datetime) -> timedelta:
    """Return how long the channel rests after a trouble that others would meet too.

    Longer after each message without an answer: an outage must not make the whole queue unclear.
    """
    pause = max(CHANNEL_PAUSE, timedelta(seconds=answer.retry_after or 0))
    if answer.outcome is not Outcome.UNKNOWN:
        return pause
    with begin() as connection:
        unclear = queue.unclear(connection, channel, now - LATELY)
    return min(pause * (1 << min(max(unclear - 1, 0), 10)), LATELY)


def _claimed(begin: Begin, channel: str, office: Office, now: datetime, leased: datetime) -> list[Parcel]:
    """Lease what is due and compose it; drop what is no longer true, put off what may not leave yet."""
    with begin() as connection:
        queue.expire(connection, channel, now, answer=CUT_OFF, actor=SYSTEM)
        rows = queue.claim(connection, channel=channel, now=now, until=leased, limit=BATCH)
        _drop(connection, [row for row in rows if row.stale], now)
        parcels = parcels_of(connection, [row for row in rows if not row.stale], office, now)
        _drop(connection, [row for each in parcels if each.message is None for row in each.rows], now)
        return _not_put_off(
            connection, [each for each in parcels if each.message is not None], channel, office, now
        )


def _not_put_off(
    connection: Connection, parcels: Sequence[Parcel], channel: str, office: Office, now: datetime
) -> list[Parcel]:
    """Return what may leave now; the rest gets the hour from which it may."""
    if not parcels:
        return []
    moment, hours = now.astimezone(office.timezone), hours_by_ward(connection)
    calendar = calendar_around(connection, moment.date())
    leaving = []
    for parcel in parcels:
        when = leaves_at(parcel.reasons, channel, moment, hours.of(parcel.ward).quiet, calendar)
        if when <= moment:
            leaving.append(parcel)
        else:
            queue.release(connection, parcel.ward, parcel.ids, when)
    return leaving


def _answer(channel: Channel, parcel: Parcel, message: Message, office: Office) -> Answer:
    if parcel.withdrawn:
        return Answer(Outcome.FAILED, WITHDRAWN)
    if parcel.fault is not None:
        return Answer(Outcome.FAILED, parcel.fault, action=Action.DEFECT)
    if not office.local_mail and message.recipient.endswith(("@localhost", ".localhost")):
        return Answer(Outcome.FAILED, NOWHERE)
    return channel.send(message)


def _drop(connection: Connection, rows: Sequence[Any], now: datetime) -> None:
    for ward, group in groupby(rows, key=lambda row: row.ward_id):
        queue.drop(connection, ward, [row.id for row in group], now)


def _release(begin: Begin, parcels: Sequence[Parcel], not_before: datetime) -> None:
    """Give leased rows back, to be taken again from `not_before` on."""
    if not parcels:
        return
    with begin() as connection:
        for parcel in parcels:
            queue.release(connection, parcel.ward, parcel.ids, not_before)
