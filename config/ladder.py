"""The reminder ladder as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from domain.ladder import Ladder

FILE = Path(__file__).with_name("ladder.toml")


@dataclass(frozen=True, slots=True)
class Reminding:
    """The ladder, and the hour of the day from which reminders go out."""

    ladder: Ladder
    from_hour: int


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
        from_hour=data["from_hour"],
    )
