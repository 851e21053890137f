"""The morning sweep: who is reminded, of what, and never twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from config.calendar import working_calendar
from config.ladder import reminding
from domain.plans import Stage
from models.history import SYSTEM
from services.due_dates import set_date
from services.people import Ward, add_contact
from services.reminders import Swept, finish, steps_for, sweep
from tests.builders import CENTRE, NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk

DAY = timedelta(days=1)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
COORDINATORS = ["dieuphoi-vh@example.vn", "dieuphoi@example.vn"]


def reach(connection: Connection, ward: Ward, unit: str = OFFICE, **who: str) -> None:
    for role, address in who.items():
        add_contact(
            connection, ward, unit, channel="email", address=address, role=role, actor=SYSTEM, now=NOW
        )


def due(connection: Connection, on: date | None, **more: Any) -> Office:
    """Give a plan whose only stage with a due date falls due on `on`, and a unit that is reached."""
    one = office(connection, plan_of(task("II.2", occurrences=[occurrence(plan=on, report=None, **more)])))
    reach(connection, one.ward, officer="lan@phuong.vn", head="truong@phuong.vn")
    return one


def swept(connection: Connection, today: date, now: datetime = NOW, **more: Any) -> Swept:
    return sweep(connection, today, now, timezone=HANOI, **more)


def queued(connection: Connection) -> list[tuple[str, str, str]]:
    rows = connection.exec_driver_sql(
        "SELECT reason, recipient, step FROM cchc.outbox WHERE reason IN ('reminder', 'escalation')"
        " ORDER BY id, recipient"
    )
    return [(row.reason, row.recipient, row.step) for row in rows]


@pytest.mark.parametrize(
    ("ahead", "step"), [(30, "-30"), (14, "-14"), (7, "-7"), (3, "-3"), (1, "-1"), (0, "0")]
)
def test_the_unit_is_reminded_on_each_step_once(connection: Connection, ahead: int, step: str) -> None:
    due(connection, TODAY + ahead * DAY)

    assert [swept(connection, TODAY).reminders for _ in range(2)] == [1, 0]
    assert queued(connection) == [("reminder", "lan@phuong.vn", f"{TODAY + ahead * DAY}/{step}")]


@pytest.mark.parametrize("ahead", [31, 29, 15, 6, 2])
def test_between_the_steps_nobody_is_reminded(connection: Connection, ahead: int) -> None:
    due(connection, TODAY + ahead * DAY)

    assert swept(connection, TODAY).reminders == 0


def test_a_day_off_queues_nothing_and_its_steps_come_on_the_working_day_before(
    connection: Connection,
) -> None:
    friday = date(2026, 2, 27)
    due(connection, date(2026, 3, 8))  # seven days before it is a Sunday

    assert swept(connection, friday).reminders == 1
    finish(connection, friday, NOW)
    for day in (date(2026, 2, 28), date(2026, 3, 1)):
        assert swept(connection, day).reminders == 0
        finish(connection, day, NOW)
    assert swept(connection, date(2026, 3, 2)).reminders == 0


@pytest.mark.parametrize("outage", [2, 10, 40, 400, 4000])
def test_after_an_outage_each_stage_is_spoken_of_once(connection: Connection, outage: int) -> None:
    due(connection, TODAY)
    finish(connection, TODAY - outage * DAY, NOW)

    outcome = swept(connection, TODAY)

    assert (outcome.since, outcome.reminders) == (TODAY - outage * DAY, 1)
    assert queued(connection) == [("reminder", "lan@phuong.vn", f"{TODAY}/0")]


def test_a_morning_that_failed_is_made_up_for_on_the_next(connection: Connection) -> None:
    due(connection, TODAY + 3 * DAY)
    finish(connection, TODAY - DAY, NOW)

    outcome = swept(connection, TODAY + DAY)  # TODAY itself never ran

    assert (outcome.since, outcome.reminders) == (TODAY - DAY, 1)
    assert queued(connection)[0][2].endswith("/-3")


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (3, ["lan@phuong.vn", "truong@phuong.vn"]),
        (6, [*COORDINATORS, "lan@phuong.vn", "truong@phuong.vn"]),
        (9, ["chutich@example.vn", *COORDINATORS, "lan@phuong.vn", "truong@phuong.vn"]),
        (12, ["chutich@example.vn", *COORDINATORS, "lan@phuong.vn", "truong@phuong.vn"]),
    ],
)
def test_the_later_it_is_the_higher_it_is_told(connection: Connection, late: int, told: list[str]) -> None:
    due(connection, date(2026, 3, 2))
    today = [date(2026, 3, 5), date(2026, 3, 10), date(2026, 3, 13), date(2026, 3, 18)][late // 3 - 1]

    swept(connection, today)

    rows = queued(connection)
    assert sorted(recipient for _, recipient, _ in rows) == told
    assert {step for _, _, step in rows} == {f"2026-03-02/+{late}"}
    assert [r for reason, r, _ in rows if reason == "reminder"] == ["lan@phuong.vn"]


def test_for_a_unit_without_an_address_the_coordinators_are_reminded_once_each(
    connection: Connection,
) -> None:
    unreached = task("II.2", lead=CENTRE, occurrences=[occurrence(plan=date(2026, 3, 2))])
    office(connection, plan_of(unreached))
    for today in (
        date(2026, 3, 2),
        date(2026, 3, 10),
    ):  # on the second day they are told as coordinators, too
        assert swept(connection, today).reminders == 2

    assert [(reason, who) for reason, who, _ in queued(connection)] == [
        ("reminder", who) for _ in range(2) for who in COORDINATORS
    ]


def test_a_unit_of_which_only_the_head_is_known_is_not_left_unreminded(connection: Connection) -> None:
    one = office(
        connection, plan_of(task("II.2", lead=CENTRE, occurrences=[occurrence(plan=date(2026, 3, 2))]))
    )
    reach(connection, one.ward, CENTRE, head="giamdoc@phuong.vn")

    assert swept(connection, TODAY).reminders == 2
    assert [who for _, who, _ in queued(connection)] == COORDINATORS


def test_a_disabled_coordinator_is_not_written_to(connection: Connection) -> None:
    office(connection, plan_of(task("II.2", lead=CENTRE, occurrences=[occurrence(plan=date(2026, 3, 2))])))
    connection.exec_driver_sql("UPDATE cchc.account SET active = false WHERE name = 'dieuphoi-vh'")

    swept(connection, TODAY)
    assert [who for _, who, _ in queued(connection)] == ["dieuphoi@example.vn"]


def test_what_is_handed_in_planned_or_without_a_date_is_not_spoken_of(connection: Connection) -> None:
    handed = due(connection, TODAY)
    desk = Desk(connection, handed)
    desk.submit(Stage.PLAN)
    assert swept(connection, TODAY).reminders == 0

    desk.send_back(Stage.PLAN)
    assert swept(connection, TODAY).reminders == 1


def test_an_occurrence_that_is_not_open_yet_is_not_spoken_of(connection: Connection) -> None:
    due(connection, TODAY, opens_on=TODAY + DAY)

    assert swept(connection, TODAY).reminders == 0


def test_a_stage_without_a_due_date_is_not_spoken_of(connection: Connection) -> None:
    due(connection, None)

    for today in (TODAY, TODAY + 14 * DAY):
        assert swept(connection, today).reminders == 0


def test_a_moved_due_date_is_reminded_of_anew(connection: Connection) -> None:
    one = due(connection, TODAY)
    swept(connection, TODAY)
    new = TODAY + 7 * DAY
    set_date(connection, one.ward, "II.2", Stage.PLAN, new, reason="lùi", by="chutich", today=TODAY, now=NOW)
    finish(connection, TODAY, NOW)

    assert swept(connection, new).reminders == 1
    assert queued(connection)[-1][2] == f"{new}/0"


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (datetime(2026, 3, 1, 18, 0, tzinfo=UTC), datetime(2026, 3, 2, 0, 0, tzinfo=UTC)),  # 1:00 in Hà Nội
        (datetime(2026, 3, 2, 3, 30, tzinfo=UTC), datetime(2026, 3, 2, 3, 30, tzinfo=UTC)),
    ],
)
def test_reminders_leave_from_seven_in_the_morning_on(
    connection: Connection, now: datetime, leaves: datetime
) -> None:
    due(connection, TODAY)
    swept(connection, TODAY, now)

    row = connection.exec_driver_sql("SELECT not_before FROM cchc.outbox WHERE reason = 'reminder'").one()
    assert row.not_before == leaves


def test_all_that_one_person_hears_in_a_morning_is_one_digest(connection: Connection) -> None:
    dated = [task(f"I.{n}", occurrences=[occurrence(plan=TODAY + n * DAY)]) for n in (1, 3, 7)]
    one = office(connection, plan_of(*dated))
    reach(connection, one.ward, officer="lan@phuong.vn")

    assert swept(connection, TODAY).reminders == 3
    digests = connection.exec_driver_sql("SELECT DISTINCT digest FROM cchc.outbox WHERE reason = 'reminder'")
    assert digests.scalars().all() == ["morning/2026-03-02"]


def test_one_ward_can_be_swept_alone(connection: Connection) -> None:
    wards = [
        office(
            connection,
            plan_of(task("II.2", occurrences=[occurrence(plan=TODAY)]), issuer=f"UBND phường {name}"),
        ).ward
        for name in ("Một", "Hai")
    ]

    assert swept(connection, TODAY, ward_id=wards[0].id).reminders == 2
    assert swept(connection, TODAY, ward_id=wards[0].id).reminders == 0
    assert swept(connection, TODAY).reminders == 2


def test_a_channel_that_has_no_sender_yet_gets_nothing_to_wait_for(connection: Connection) -> None:
    one = due(connection, TODAY)
    add_contact(connection, one.ward, OFFICE, channel="zalo-group", address="g1", actor=SYSTEM, now=NOW)

    swept(connection, TODAY)
    assert [who for _, who, _ in queued(connection)] == ["lan@phuong.vn"]


def test_finishing_a_morning_twice_is_harmless_and_counts_what_it_queued(connection: Connection) -> None:
    one = due(connection, TODAY)
    swept(connection, TODAY)
    for _ in range(2):
        finish(connection, TODAY, NOW)

    rows = connection.exec_driver_sql("SELECT ward_id, day, reminders FROM cchc.morning_run").all()
    assert [tuple(row) for row in rows] == [(one.ward.id, TODAY, 1)]


def test_the_shipped_ladder_is_the_one_that_was_agreed() -> None:
    calendar = working_calendar(2023, 2028)
    steps = {step.due_on: step.name for step in steps_for(TODAY, TODAY - DAY, reminding().ladder, calendar)}

    assert [steps[TODAY + n * DAY] for n in (0, 1, 3, 7, 14, 30)] == ["0", "-1", "-3", "-7", "-14", "-30"]
    assert steps[date(2026, 2, 25)] == "+3"
    assert TODAY + 2 * DAY not in steps
