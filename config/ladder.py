"""The packaged ladder of reminders and the hours in which messages leave, as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import time
from functools import cache
from pathlib import Path

from domain.ladder import Ladder
from domain.quiet import QuietHours

FILE = Path(__file__).with_name("ladder.toml")


@dataclass(frozen=True, slots=True)
class Reminding:
    """What counts for a ward that has said nothing else; the weekday is ISO's, 1 is Monday."""

    ladder: Ladder
    from_time: time
    quiet: QuietHours
    bulletin_weekday: int


@cache
def reminding() -> Reminding:
    """Return what `ladder.toml` says."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Reminding(
        ladder=Ladder(
            before=tuple(data["before"]),
            late_every=data["late_every"],
            escalation=tuple((rung["late"], rung["role"]) for rung in data["escalation"]),
        ),
        from_time=data["from_time"],
        quiet=QuietHours(data["quiet"]["begins"], data["quiet"]["ends"]),
        bulletin_weekday=data["bulletin_weekday"],
    )
