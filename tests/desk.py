"""One occurrence, and everyone who handles it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from domain.people import Action
from domain.plans import Stage, TaskKind
from models.history import SYSTEM
from services.people import add_contact
from services.stages import Result, Submission, accept, send_back, submit, withdraw
from services.tasks import find_occurrence, show_task
from tests.builders import NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task


def two_kinds(connection: Connection) -> Office:
    """Make a ward with a scheduled and a recurring task that fall due on the same days, and two contacts."""
    dated = [occurrence(plan=TODAY + timedelta(5), report=TODAY + timedelta(7))]
    one = office(
        connection,
        plan_of(task("II.2", occurrences=dated), task("II.3", TaskKind.RECURRING, occurrences=dated)),
    )
    for role, address in (("officer", "lan@phuong.vn"), ("head", "truong@phuong.vn")):
        add_contact(
            connection, one.ward, OFFICE, channel="email", address=address, role=role, actor=SYSTEM, now=NOW
        )
    return one


class Desk:
    """The occurrence of II.2 that Lan's unit leads, and everyone who handles it."""

    def __init__(self, connection: Connection, ward: Office) -> None:
        self.connection, self.ward = connection, ward.ward
        self.occurrence = find_occurrence(
            connection, ward.ward, "II.2", Stage.PLAN, Action.SUBMIT, label=None, by="lan"
        )

    def submit(
        self, stage: Stage, by: str = "lan", *, on: date = TODAY, today: date = TODAY, **more: Any
    ) -> Result:
        wanted = Submission(self.occurrence, stage, on, **more)
        return submit(self.connection, self.ward.id, wanted, by=by, today=today, now=NOW)

    def withdraw(self, stage: Stage, by: str = "lan", **more: Any) -> Result:
        return withdraw(
            self.connection, self.ward.id, self.occurrence, stage, by=by, today=TODAY, now=NOW, **more
        )

    def accept(self, stage: Stage, by: str = "dieuphoi", **more: Any) -> Result:
        return accept(self.connection, self.ward.id, self.occurrence, stage, by=by, now=NOW, **more)

    def send_back(
        self, stage: Stage, by: str = "dieuphoi", reason: str | None = "Thiếu phụ lục", **more: Any
    ) -> Result:
        return send_back(
            self.connection, self.ward.id, self.occurrence, stage, by=by, reason=reason, now=NOW, **more
        )

    def states(self) -> list[str]:
        return [stage["state"] for stage in self.view().stages]

    def view(self, today: date = TODAY) -> Any:
        return show_task(self.connection, self.ward, "II.2", today).occurrences[0]

    def kinds(self) -> list[str]:
        rows = self.connection.exec_driver_sql(
            "SELECT kind FROM cchc.audit_event WHERE kind LIKE 'stage.%%' OR kind = 'occurrence.done'"
            " ORDER BY position"
        )
        return list(rows.scalars())
