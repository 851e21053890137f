"""An installation with reminders waiting to be sent, and a channel that answers as it is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from models.database import transaction
from models.history import SYSTEM
from notifications.channels import Answer, Message, Outcome
from services.audit import verify
from services.composing import Office
from services.outbox import send_due
from services.people import add_contact
from services.reminders import sweep
from tests.builders import NOW, OFFICE, TODAY, occurrence, office, plan_of, task
from tests.desk import Desk

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SENT = Answer(Outcome.SENT, "250 2.0.0 Ok", "4F1D2A9C")
AGAIN = Answer(Outcome.RETRY, "451 4.3.0 Try again later")
HERE = Office("http://127.0.0.1:8000", HANOI)
SECOND = timedelta(seconds=1)


class Recorder:
    """A channel whose far end keeps every message and answers as it is told; the last answer stays."""

    name = "email"

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers) or [SENT]
        self.messages: list[Message] = []

    def send(self, message: Message) -> Answer:
        self.messages.append(message)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None: ...

    def told(self) -> list[str]:
        return [message.recipient for message in self.messages]


class Killed(Exception):
    """Stands for a process that ends in the middle."""


class Post:
    """An installation in which reminders wait to be sent, at a time of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.now = engine, NOW

    def send(self, channel: Recorder) -> int:
        return send_due(lambda: transaction(self.engine), channel, HERE, lambda: self.now)

    def rows(
        self,
        what: str = "state",
        *,
        of: str = "channel = 'email' AND reason NOT IN ('undelivered', 'bulletin')",
        table: str = "outbox",
    ) -> list[Any]:
        with self.engine.connect() as connection:
            query = f"SELECT {what} FROM cchc.{table} WHERE {of} ORDER BY id"
            return list(connection.exec_driver_sql(query).scalars())

    def deliveries(self) -> list[tuple[int, str]]:
        with self.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT attempt, outcome FROM cchc.delivery ORDER BY outbox_id, attempt"
            ).all()
        return [(row.attempt, row.outcome) for row in rows]

    def kinds(self) -> list[str]:
        with self.engine.connect() as connection:
            assert verify(connection).ok
            return list(
                connection.exec_driver_sql(
                    "SELECT kind FROM cchc.audit_event WHERE kind LIKE 'delivery.%%' ORDER BY position"
                ).scalars()
            )

    def morning(self, today: date = TODAY, now: datetime | None = None) -> int:
        """Queue a morning's reminders; the leader's bulletin is another matter."""
        with transaction(self.engine) as connection:
            count = sweep(connection, today, now or self.now, timezone=HANOI).reminders
            connection.exec_driver_sql(
                "UPDATE cchc.outbox SET state = 'dropped' WHERE reason = 'bulletin' AND state = 'pending'"
            )
        return count


def plan_with(connection: Connection, tasks: int, **contacts: str) -> Desk:
    """Give a plan of tasks that all fall due today, with nothing left to tell of their opening."""
    due = [task(f"II.{n}", occurrences=[occurrence(plan=TODAY)]) for n in range(2, tasks + 2)]
    ward = office(connection, plan_of(*due))
    connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'sent'")
    for role, address in contacts.items():
        add_contact(
            connection, ward.ward, OFFICE, channel="email", address=address, role=role, actor=SYSTEM, now=NOW
        )
    return Desk(connection, ward)
