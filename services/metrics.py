"""What a monitoring system asks about one ward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from models import metrics as models
from services.people import Ward


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one ward at one moment; ages in seconds, None where there is nothing to be old.

    `stages` by state and whether late, `outbox` by channel and state, `held` by channel.
    """

    stages: dict[tuple[str, bool], int]
    outbox: dict[tuple[str, str], int]
    oldest_message_s: float | None
    held: dict[str, bool]
    morning_s: float | None
    log_size: int
    open_findings: int


def numbers(connection: Connection, ward: Ward, *, today: date, now: datetime) -> Numbers:
    """Count what a ward has at hand, what waits to be sent, and whether the morning run is alive."""
    row = models.counts(connection, ward.id, today=today, now=now)
    return Numbers(
        stages={(each["state"], bool(each["late"])): each["stages"] for each in row.stages or ()},
        outbox={(each["channel"], each["state"]): each["messages"] for each in row.outbox or ()},
        oldest_message_s=_age(row.oldest, now),
        held={each["name"]: each["held"] for each in row.channels or ()},
        morning_s=_age(row.morning, now),
        log_size=row.log_size,
        open_findings=row.findings,
    )


def _age(then: datetime | None, now: datetime) -> float | None:
    return None if then is None else max(0.0, (now - then).total_seconds())
