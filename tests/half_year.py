"""The real plan half a year under way: units hand in early, late or never; all by the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.people import Role
from domain.plans import PlanReading, Stage
from models import desks
from models.history import SYSTEM
from services import extensions
from services.documents import StoredFile
from services.occurrences import open_due
from services.people import Ward, add_user
from services.stages import Submission, accept, send_back, submit
from tests.builders import PEOPLE, Office, office

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
START = date(2026, 1, 14)
TODAY = date(2026, 7, 6)
WEEK = timedelta(days=7)
UNITS = "SELECT id, name FROM cchc.unit WHERE ward_id = %s"
FIRST = "SELECT min(id) FROM cchc.occurrence WHERE ward_id = %s"
# By how many days before the due date a stage is handed in; None is never, 0 or less is late.
HABITS = (3, 5, -9, 2, None, 8, 1, -20)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), HANOI)


@dataclass
class HalfYear:
    """The ward, and who hands in for each unit."""

    connection: Connection
    ward: Ward
    officers: dict[int, str]

    def week(self, day: date) -> None:
        open_due(self.connection, day, at(day, 6))
        first = self.connection.exec_driver_sql(FIRST, (self.ward.id,)).scalar_one()
        for row in desks.steps(self.connection, self.ward.id, ("open", "returned")):
            number = row.occurrence_id - first + 1  # ids go on from test to test, habits must not
            habit = HABITS[(number * 3 + len(row.stage)) % len(HABITS)]
            due = row.due_on or day + WEEK
            if habit is not None and due - timedelta(days=habit) <= day:
                self.hand_in(row, day)
        if day < TODAY - WEEK:
            self.judge(day)

    def hand_in(self, row: object, day: date) -> None:
        wanted = Submission(
            row.occurrence_id,  # type: ignore[attr-defined] # a row of `models.desks.steps`
            Stage(row.stage),  # type: ignore[attr-defined] # as above
            day,
            doc_number=f"{row.occurrence_id}/KH-UBND",  # type: ignore[attr-defined] # as above
            doc_date=day,
        )
        by = self.officers[row.unit_id]  # type: ignore[attr-defined] # as above
        submit(self.connection, self.ward.id, wanted, by=by, today=day, now=at(day))

    def judge(self, day: date) -> None:
        rows = desks.steps(self.connection, self.ward.id, ("submitted",))
        for place, row in enumerate(sorted(rows, key=lambda one: (one.occurrence_id, one.recorded_at))):
            key = {"by": "dieuphoi", "now": at(day, 15)}
            stage = Stage(row.stage)
            if place % 9 == 8 and row.attempt == 1:
                reason = "Thiếu phụ lục phân công; đề nghị bổ sung rồi nộp lại."
                send_back(self.connection, self.ward.id, row.occurrence_id, stage, reason=reason, **key)  # type: ignore[arg-type] # who and when
            elif stage is Stage.PLAN or all(
                other.occurrence_id != row.occurrence_id or other is row for other in rows
            ):
                self.accept_if_may(row.occurrence_id, stage, day)

    def accept_if_may(self, occurrence: int, stage: Stage, day: date) -> None:
        rows = desks.steps(self.connection, self.ward.id, ("open", "returned", "submitted", "waiting"))
        earlier = list(Stage)[: list(Stage).index(stage)]
        if not any(row.occurrence_id == occurrence and row.stage in earlier for row in rows):
            accept(self.connection, self.ward.id, occurrence, stage, by="dieuphoi", now=at(day, 15))

    def ask(self, count: int = 2) -> None:
        """Ask for more time for the next stages that are due."""
        rows = [
            row
            for row in desks.steps(self.connection, self.ward.id, ("open", "waiting"))
            if row.due_on and row.due_on >= TODAY and row.due_stage == row.stage
        ]
        for row in rows[:count]:
            extensions.request(
                self.connection,
                self.ward,
                row.occurrence_id,
                Stage(row.stage),
                until=row.due_on + timedelta(days=20),
                reason="Chờ hướng dẫn của Sở Nội vụ.",
                by=self.officers[row.unit_id],
                today=TODAY,
                now=at(TODAY),
            )


def half_year(
    connection: Connection, packaged: PlanReading, until: date = TODAY, source: StoredFile | None = None
) -> HalfYear:
    """Bring the packaged plan from its first day to `until`, a Monday."""
    one: Office = office(connection, packaged, today=START, now=at(START), source=source)
    officers = {
        row.id: next((name for name, role, unit in PEOPLE if unit == row.name and role is Role.OFFICER), "")
        for row in connection.exec_driver_sql(f"{UNITS} AND NOT is_group", (one.ward.id,))
    }
    names = dict(connection.exec_driver_sql(UNITS, (one.ward.id,)).tuples().all())
    for unit, name in officers.items():
        if not name:
            officers[unit] = f"cb{unit}"
            add_user(
                connection,
                one.ward,
                f"cb{unit}",
                role=Role.OFFICER,
                unit=names[unit],
                email=None,
                actor=SYSTEM,
                now=at(START),
            )
    made = HalfYear(connection, one.ward, officers)
    day = date(2026, 1, 19)
    while day <= until:
        made.week(day)
        day += WEEK
    return made
