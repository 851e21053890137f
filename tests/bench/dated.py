"""Our pages on the day that the benchmark's wards have reached; their clock runs on from there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from config.settings import load_settings
from tests.half_year import TODAY, at
from web.app import create_app

_AHEAD = at(TODAY) - datetime.now(UTC)


def now() -> datetime:
    """Return the time since this was loaded, counted from the benchmark's day."""
    return datetime.now(UTC) + _AHEAD


def __getattr__(name: str) -> Any:
    """Make the application when the server asks for it."""
    if name == "app":
        return create_app(load_settings(), now)
    raise AttributeError(name)
