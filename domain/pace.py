"""How fast messages may leave."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

MINUTE = timedelta(minutes=1)


class Pace:
    """At most `per_minute` messages in any minute, whichever thread sends them."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._left: deque[datetime] = deque(maxlen=per_minute)
        self._lock = Lock()

    def take(self, now: datetime) -> timedelta:
        """Let the next message leave now and return zero, or return how long it has to wait."""
        with self._lock:
            if len(self._left) == self._per_minute and (wait := self._left[0] + MINUTE - now) > timedelta(0):
                return wait
            self._left.append(now)
            return timedelta(0)
