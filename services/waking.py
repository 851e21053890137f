"""Bringing the flow runs of changed occurrences in line: what the outbox holds for the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from models import queue
from notifications.channels import Answer, Outcome
from services.engine import WantedRun, record_run, wanted_runs
from services.outbox import BATCH, Begin, Clock

ENGINE = "engine"
ENGINE_LEASE = timedelta(minutes=1)
ENGINE_PAUSE = timedelta(seconds=0.5)


def wake_due(begin: Begin, wake: Callable[[WantedRun], Answer], clock: Clock) -> int:
    """Bring the flow runs of changed occurrences in line; return how many occurrences were looked at.

    Waking twice is harmless, so a row is settled after the act and tried until it works.
    """
    now = clock()
    with begin() as connection:
        rows = queue.claim(connection, channel=ENGINE, now=now, until=now + ENGINE_LEASE, limit=BATCH)
    parcels = [list(group) for _, group in groupby(sorted(rows, key=_occurrence), key=_occurrence)]
    for number, parcel in enumerate(parcels, start=1):
        answer = _wake(begin, wake, parcel, clock)
        if answer.channel_down:
            _release(begin, [row for rest in parcels[number:] for row in rest], clock)
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


def _release(begin: Begin, rows: Sequence[Any], clock: Clock) -> None:
    """Give leased rows back, to be taken again in a moment."""
    with begin() as connection:
        for ward, group in groupby(rows, key=lambda row: row.ward_id):
            queue.release(connection, ward, [row.id for row in group], clock() + ENGINE_PAUSE)


def _occurrence(row: Any) -> tuple[int, int]:
    return row.ward_id, row.occurrence_id
