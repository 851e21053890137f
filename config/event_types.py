"""The types of event that ship with the program."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from domain.reading.event_types import EventType

_FILE = Path(__file__).with_name("event_types.toml")


@cache
def load_event_types() -> tuple[EventType, ...]:
    """Read the shipped types, in the order in which people see them."""
    rows = tomllib.loads(_FILE.read_text("utf-8"))["type"]
    return tuple(EventType(row["code"], row["label"], tuple(row["words"])) for row in rows)
