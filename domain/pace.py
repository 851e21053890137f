"""How fast messages may leave."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


class Pace:
    """At most `per_minute` messages in any minute; not shared between threads."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._left: deque[datetime] = deque(maxlen=per_minute)

    def wait(self, now: datetime) -> timedelta:
        """Return how long the next message has to wait; zero where it may leave now."""
        if len(self._left) < self._per_minute:
            return timedelta(0)
        return max(self._left[0] + MINUTE - now, timedelta(0))

    def note(self, now: datetime) -> None:
        """Say that a message has left."""
        self._left.append(now)
