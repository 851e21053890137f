"""A dispatcher in a process of its own that dies where it is told, or when it is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from config.calendar import working_calendar
from domain.plans import Stage
from models.database import open_engine, transaction
from notifications.channels import Answer, Channel, Message, open_channel
from notifications.items import Item, Reason
from notifications.messages import compose
from services import outbox
from tests.builders import NOW, TODAY
from tests.post import HERE

Reach = Callable[[str, str], None]

# What each process would do once again before its first letter: the fork server has done it.
working_calendar(NOW.year - 3, NOW.year + 2)
_ITEM = Item(
    "II.2", "x", "Năm 2026", "Văn phòng", Stage.PLAN, Reason.ACCEPTED, date(2026, 3, 31), 29, None, "http://x"
)
compose("UBND phường", "Văn phòng", [_ITEM], today=TODAY)
open_channel("email", "mailto://127.0.0.1:25?from=cchc@phuong.vn&mode=insecure")


class _Watched:
    """A channel that says where it is."""

    def __init__(self, channel: Channel, reach: Reach) -> None:
        self._channel, self._reach, self.name, self._sent = channel, reach, channel.name, 0

    def send(self, message: Message) -> Answer:
        self._sent += 1
        self._reach(f"letter {self._sent}", "before")
        answer = self._channel.send(message)
        self._reach(f"letter {self._sent}", "after")
        return answer

    def close(self) -> None: ...


def dispatch(database: str, mail: str, now: datetime, fatal: tuple[str, str] | None, begun: Any) -> None:
    """Empty the outbox at `now`, in a process of its own that dies at the point `fatal`."""

    def reach(what: str, when: str) -> None:
        if (what, when) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    outbox.BATCH = 16  # a claim that takes long is no better a test
    engine, numbers = open_engine(database), iter(range(1, 10_000))

    @contextmanager
    def begin() -> Iterator[Connection]:
        name = f"transaction {next(numbers)}"
        with transaction(engine) as connection:
            reach(name, "begun")
            yield connection
            reach(name, "worked")
        begun.set()  # what is due is claimed
        reach(name, "committed")

    channel = _Watched(open_channel("email", mail), reach)
    while outbox.send_due(begin, channel, HERE, lambda: now):
        pass
