"""All of 2026 on the real plan, with what comes on each day counted here on the fingers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.people import Role
from domain.plans import PlanReading, Stage
from domain.quiet import QuietHours
from models.history import SYSTEM
from services.occurrences import open_due
from services.people import Ward, add_contact, add_user
from services.reminder_rules import Hours
from services.reminders import finish, sweep
from services.stages import Submission, submit
from tests.builders import office

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = timedelta(days=1)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
YEAR = [FIRST + n * DAY for n in range(365)]
# As the Government's notices have them.
OFF = {
    date(2026, month, day)
    for month, days in {
        1: (1, 2), 2: (16, 17, 18, 19, 20), 4: (27, 30), 5: (1,), 8: (31,), 9: (1, 2), 11: (24,),
    }.items()
    for day in days
}  # fmt: skip # short values read best packed
MADE_UP = {date(2026, 1, 10), date(2026, 8, 22)}
COORDINATORS = ["dieuphoi-vh@example.vn", "dieuphoi@example.vn"]
NEW_HOURS_FROM = date(2026, 7, 1)
NEW_HOURS = Hours(time(7, 45), QuietHours(time(20), time(7)), 2)

Row = tuple[date, int, str, str, str]  # the morning, the occurrence, its stage, the step, whom it is told


def works(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in OFF)


def back_to_work(day: date) -> date:
    return day if works(day) else back_to_work(day - DAY)


@dataclass
class Line:
    """One stage of the plan, since when it is open, and when it was handed in."""

    occurrence: int
    stage: str
    unit: int
    opens_on: date
    due_on: date
    handed_in: date | None = None

    def rungs(self) -> dict[date, tuple[str, int]]:
        """Count on the fingers on which day which step comes, and how late it is by then."""
        days = {}
        for ahead in (30, 14, 7, 3, 1, 0):  # of several on one day the nearest counts
            days[back_to_work(self.due_on - ahead * DAY)] = ("0" if ahead == 0 else f"-{ahead}", 0)
        late = 0
        for day in YEAR:
            late += day > self.due_on and works(day)
            if late and late % 3 == 0 and works(day):
                days[day] = (f"+{late}", late)
        return days

    def is_open(self, day: date) -> bool:
        return self.opens_on <= day and (self.handed_in is None or day <= self.handed_in)

    def told(self, late: int) -> list[str]:
        return [
            f"canbo{self.unit}@phuong.vn",
            *([f"truong{self.unit}@phuong.vn"] if late >= 3 else ()),
            *(COORDINATORS if late >= 6 else ()),
            *(["chutich@example.vn"] if late >= 9 else ()),
        ]

    def rows(self) -> Iterable[Row]:
        open_days = [each for each in self.rungs().items() if self.is_open(each[0])]
        for day, (step, late) in open_days:
            for who in self.told(late):
                yield day, self.occurrence, self.stage, f"{self.due_on}/{step}", who


@dataclass
class Year:
    """The plan under way; `mornings` runs them one after the other, as the flow does."""

    connection: Connection
    ward: Ward
    lines: list[Line] = field(default_factory=list)

    def mornings(self, days: Iterable[date], after: Callable[[date], None] = lambda _: None) -> None:
        for day in days:
            now = datetime.combine(day, time(6), HANOI)
            open_due(self.connection, day, now)
            sweep(self.connection, day, now, timezone=HANOI)
            finish(self.connection, day, now)
            after(day)

    def hand_in(self, line: Line, day: date) -> None:
        """Hand in all three stages at noon, after the morning's reminders."""
        now = datetime.combine(day, time(12), HANOI)
        for stage in Stage:
            wanted = Submission(line.occurrence, stage, day)
            submit(self.connection, self.ward.id, wanted, by=f"cb{line.unit}", today=day, now=now)

    def queued(self) -> list[tuple[Row, datetime]]:
        rows = self.connection.exec_driver_sql(
            "SELECT digest, occurrence_id, stage, step, recipient, not_before FROM cchc.outbox"
            " WHERE reason IN ('reminder', 'escalation')"
        )
        return [
            (
                (date.fromisoformat(row.digest[-10:]), row.occurrence_id, row.stage, row.step, row.recipient),
                row.not_before.astimezone(HANOI),
            )
            for row in rows
        ]


def plan_year(connection: Connection, packaged: PlanReading) -> Year:
    """Import the real plan on the eve of its year, with an officer and a head for every unit."""
    start = datetime(2025, 12, 31, 8, tzinfo=HANOI)
    ward = office(connection, packaged, today=date(2025, 12, 31), now=start).ward
    units = connection.exec_driver_sql("SELECT id, name FROM cchc.unit WHERE NOT is_group").all()
    for unit in units:
        add_user(
            connection,
            ward,
            f"cb{unit.id}",
            role=Role.OFFICER,
            unit=unit.name,
            email=None,
            actor=SYSTEM,
            now=start,
        )
        for role, name in (("officer", "canbo"), ("head", "truong")):
            add_contact(
                connection,
                ward,
                unit.name,
                channel="email",
                address=f"{name}{unit.id}@phuong.vn",
                role=role,
                actor=SYSTEM,
                now=start,
            )
    rows = connection.exec_driver_sql(
        "SELECT o.id, s.stage, o.unit_id, o.opens_on, s.due_on FROM cchc.stage s"
        " JOIN cchc.occurrence o ON o.ward_id = s.ward_id AND o.id = s.occurrence_id"
        " WHERE s.due_on IS NOT NULL ORDER BY o.id, s.stage"
    )
    return Year(connection, ward, [Line(*row) for row in rows])


def work_is_done(year: Year) -> dict[date, list[Line]]:
    """Let a third of the occurrences be handed in early and a third late; return which on which day."""
    last = {line.occurrence: line for line in sorted(year.lines, key=lambda line: line.due_on)}
    done: dict[date, list[Line]] = {}
    for number, line in enumerate(last.values()):
        shift = (None, -5, 12)[number % 3]
        day = None if shift is None else max(line.due_on + shift * DAY, line.opens_on)
        if day is not None and day <= LAST:
            done.setdefault(day, []).append(line)
            for each in year.lines:
                if each.occurrence == line.occurrence:
                    each.handed_in = day
    return done
