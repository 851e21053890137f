"""What a monitoring system asks about one ward, and about the installation that it is in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from config.backup_record import last_backup
from config.parts import State, read_parts
from models import metrics as models
from services.audit_room import last_checked
from services.people import Ward


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one ward at one moment; ages in seconds, None where there is nothing to be old.

    `stages` by state and whether late, `outbox` by channel and state, `held` by channel, `parts` by name.
    """

    stages: dict[tuple[str, bool], int]
    outbox: dict[tuple[str, str], int]
    oldest_message_s: float | None
    held: dict[str, bool]
    morning_s: float | None
    log_size: int
    open_findings: int
    checkpoint_s: float | None
    verified_s: float | None
    verified_clean: bool | None
    backup_s: float | None
    parts: dict[str, bool]


def numbers(connection: Connection, ward: Ward, data: Path, *, today: date, now: datetime) -> Numbers:
    """Count what a ward has at hand, what waits to be sent, and whether all that looks after it is alive.

    `data` is the folder beside the database, in which verifications, back-ups and parts are noted.
    """
    row = models.counts(connection, ward.id, today=today, now=now)
    checked = last_checked(data, ward)
    return Numbers(
        stages={(each["state"], bool(each["late"])): each["stages"] for each in row.stages or ()},
        outbox={(each["channel"], each["state"]): each["messages"] for each in row.outbox or ()},
        oldest_message_s=_age(row.oldest, now),
        held={each["name"]: each["held"] for each in row.channels or ()},
        morning_s=_age(row.morning, now),
        log_size=row.log_size,
        open_findings=row.findings,
        checkpoint_s=_age(row.checkpoint, now),
        verified_s=_age(checked.at if checked else None, now),
        verified_clean=checked.clean if checked else None,
        backup_s=_age(_backed_up(data), now),
        parts={part.name: part.state is State.RUNNING for part in read_parts(data)},
    )


def _backed_up(data: Path) -> datetime | None:
    try:
        return datetime.fromisoformat((last_backup(data) or {})["at"])
    except (KeyError, TypeError, ValueError):
        return None


def _age(then: datetime | None, now: datetime) -> float | None:
    return None if then is None else max(0.0, (now - then).total_seconds())
