"""When to try again, and when to stop trying."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST = timedelta(seconds=30)
LONGEST = timedelta(hours=1)
GIVE_UP = timedelta(days=3)


def next_try(attempts: int, now: datetime, *, asked: float | None = None) -> datetime:
    """Return when to try again after `attempts` failed ones; `asked` is the provider's wish in seconds."""
    wait = min(FIRST * (1 << min(attempts - 1, 12)), LONGEST)
    return now + max(wait, timedelta(seconds=asked or 0))


def gives_up(created_at: datetime, now: datetime) -> bool:
    """Tell whether a message has been tried for so long that a person must look."""
    return now - created_at > GIVE_UP
