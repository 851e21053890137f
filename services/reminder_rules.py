"""Which ladder reminds of what, and in which hours messages leave; each ward may say so for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import Connection

from config.ladder import reminding
from domain.quiet import QuietHours
from models import reminder_rules as models


@dataclass(frozen=True, slots=True)
class Hours:
    """When a ward's messages leave; `bulletin_weekday` is ISO's, 1 is Monday."""

    from_time: time
    quiet: QuietHours
    bulletin_weekday: int


@dataclass(frozen=True, slots=True)
class HoursByWard:
    """The hours of every ward: its own, or the packaged ones."""

    own: Mapping[int, Hours]
    packaged: Hours

    def of(self, ward_id: int) -> Hours:
        """Return a ward's hours."""
        return self.own.get(ward_id, self.packaged)


def packaged_hours() -> Hours:
    """Return the hours of a ward that has set none."""
    packaged = reminding()
    return Hours(packaged.from_time, packaged.quiet, packaged.bulletin_weekday)


def hours_by_ward(connection: Connection) -> HoursByWard:
    """Return the hours of every ward; one statement."""
    return HoursByWard({row.ward_id: _hours(row) for row in models.hours(connection)}, packaged_hours())


def _hours(row: Any) -> Hours:
    return Hours(row.from_time, QuietHours(row.quiet_begins, row.quiet_ends), row.bulletin_weekday)
