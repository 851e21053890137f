"""The look ahead says exactly what the sweeps then do, to whom, why, and by which rule."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from domain.ladder import Ladder
from domain.plans import PlanReading, Stage, TaskKind
from domain.refusals import BadValue, UnknownTask
from models.history import SYSTEM
from services.occurrences import open_due
from services.people import Ward, add_contact, find_unit
from services.previews import Asked, Assume, Foreseen, preview
from services.reminder_rules import set_rule
from services.reminders import finish, sweep
from tests.builders import CENTRE, CULTURE, NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk

DAY = timedelta(days=1)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def reach(connection: Connection, ward: Ward, unit: str = OFFICE) -> None:
    for role, channel, address in (
        ("officer", "email", "lan@phuong.vn"),
        ("officer", "zalo-group", "g-1"),
        ("head", "email", "truong@phuong.vn"),
    ):
        add_contact(
            connection, ward, unit, channel=channel, address=address, role=role, actor=SYSTEM, now=NOW
        )


@pytest.fixture
def one(connection: Connection) -> Office:
    dated = [occurrence(plan=TODAY + 7 * DAY, report=TODAY + 60 * DAY)]
    made = office(
        connection,
        plan_of(
            task("II.2", occurrences=dated),
            task("II.3", TaskKind.RECURRING, lead=CULTURE, occurrences=dated),
            task(
                "II.4", occurrences=[occurrence(opens_on=TODAY + 5 * DAY, plan=TODAY + 7 * DAY, report=None)]
            ),
            task("II.5", TaskKind.EVENT, event_types=["guidance"]),
        ),
    )
    reach(connection, made.ward)
    return made


def foreseen(connection: Connection, ward: Ward, last: date, **more: object) -> list[Foreseen]:
    return preview(connection, ward, Asked(TODAY, last, **more), today=TODAY)  # type: ignore[arg-type] # as each test says


def test_over_a_year_of_the_real_plan_the_sweeps_do_what_was_foreseen(
    connection: Connection, packaged: PlanReading
) -> None:
    first, last = date(2026, 1, 15), date(2026, 6, 30)
    ward = office(connection, packaged, today=first, now=datetime.combine(first, time(8), HANOI)).ward
    for unit in (OFFICE, CULTURE, CENTRE):
        reach(connection, ward, unit)
    now = datetime.combine(first, time(9), HANOI)
    set_rule(
        connection, ward, "recurring", "report", Ladder((20, 2), 2, ((2, "head"),)), by="dieuphoi", now=now
    )
    set_rule(connection, ward, "", "plan", Ladder((45, 10, 0), 5, ((5, "leader"),)), by="dieuphoi", now=now)

    said = preview(connection, ward, Asked(first, last), today=first)
    for number in range((last - first).days + 1):
        day = first + number * DAY
        open_due(connection, day, datetime.combine(day, time(6), HANOI))
        sweep(connection, day, datetime.combine(day, time(6), HANOI), timezone=HANOI)
        finish(connection, day, datetime.combine(day, time(6), HANOI))

    rows = connection.exec_driver_sql(
        "SELECT right(b.digest, 10)::date AS day, t.code, o.label, u.name, b.stage, b.step, b.recipient,"
        " b.channel, b.reason FROM cchc.outbox b"
        " JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id"
        " JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id"
        " JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id"
        " WHERE b.reason IN ('reminder', 'escalation')"
    ).all()
    done = sorted(tuple(row) for row in rows)
    assert len(done) > 1000
    assert done == sorted(
        (
            each.day, each.task, each.label, each.unit, each.stage, f"{each.due_on}/{each.step}",
            each.recipient, each.channel, each.reason,
        )
        for each in said
    )  # fmt: skip # short values read best packed


def test_each_line_says_why_and_by_which_rule(connection: Connection, one: Office) -> None:
    rare = Ladder((7,), 2, ((2, "head"), (4, "leader")))
    set_rule(connection, one.ward, "scheduled", "plan", rare, by="dieuphoi", now=NOW)

    found = foreseen(connection, one.ward, TODAY + 14 * DAY, task="II.2")

    assert [(each.day, each.recipient, each.why, each.rule_in_words) for each in found][:4] == [
        (TODAY, "lan@phuong.vn", "còn 7 ngày", "nhiệm vụ có thời hạn, bước “Ban hành kế hoạch”"),
        (date(2026, 3, 11), "lan@phuong.vn", "quá hạn 2 ngày làm việc", found[0].rule_in_words),
        (
            date(2026, 3, 11),
            "truong@phuong.vn",
            "quá hạn 2 ngày làm việc → báo cáo người đứng đầu đơn vị",
            found[0].rule_in_words,
        ),
        (
            date(2026, 3, 13),
            "chutich@example.vn",
            "quá hạn 4 ngày làm việc → báo cáo lãnh đạo",
            found[0].rule_in_words,
        ),
    ]
    by_default = foreseen(connection, one.ward, TODAY + 30 * DAY, task="II.3")
    assert {each.rule_in_words for each in by_default} == {"thang mặc định"}


def test_what_is_handed_in_on_time_is_never_late_but_what_is_late_today_stays_so(
    connection: Connection, one: Office
) -> None:
    late = foreseen(connection, one.ward, TODAY + 90 * DAY)
    on_time = foreseen(connection, one.ward, TODAY + 90 * DAY, assume=Assume.ON_TIME)
    assert any(each.step.startswith("+") for each in late)
    assert not any(each.step.startswith("+") for each in on_time)

    later = TODAY + 10 * DAY
    asked = Asked(later, later + 30 * DAY, Assume.ON_TIME)
    steps = {each.step for each in preview(connection, one.ward, asked, today=later) if each.stage == "plan"}
    assert steps == {f"+{late}" for late in range(3, 25, 3)}


def test_what_is_not_open_yet_is_spoken_of_from_its_day_on(connection: Connection, one: Office) -> None:
    found = foreseen(connection, one.ward, TODAY + 7 * DAY, task="II.4")

    assert [(each.day, each.step) for each in found if each.recipient == "lan@phuong.vn"] == [
        (TODAY + 7 * DAY, "0")  # its steps before fell before it opens
    ]
    assert foreseen(connection, one.ward, TODAY + 90 * DAY, task="II.5") == []


def test_what_is_handed_in_or_acknowledged_is_not_foreseen(connection: Connection, one: Office) -> None:
    sweep(connection, TODAY, NOW, timezone=HANOI)
    connection.exec_driver_sql(
        "INSERT INTO cchc.acknowledgement"
        " SELECT b.ward_id, b.occurrence_id, b.stage, left(b.step, 10)::date, b.id, now() FROM cchc.outbox b"
        " WHERE b.reason = 'reminder' AND b.recipient = 'lan@phuong.vn'"
    )
    found = foreseen(connection, one.ward, TODAY + 12 * DAY, task="II.2")
    assert {each.step for each in found if each.stage == "plan"} == {"+3"}

    Desk(connection, one).submit(Stage.PLAN)
    assert {each.stage for each in foreseen(connection, one.ward, TODAY + 90 * DAY, task="II.2")} == {
        "report"
    }


def test_one_unit_or_one_task_can_be_looked_at_alone(connection: Connection, one: Office) -> None:
    unit = find_unit(connection, one.ward, CULTURE)[0]

    assert {each.task for each in foreseen(connection, one.ward, TODAY + 7 * DAY, unit=unit)} == {"II.3"}
    assert {each.task for each in foreseen(connection, one.ward, TODAY + 7 * DAY, task="II.2")} == {"II.2"}
    with pytest.raises(UnknownTask):
        foreseen(connection, one.ward, TODAY + 7 * DAY, task="IX.9")


@pytest.mark.parametrize(("first", "last"), [(TODAY, TODAY - DAY), (TODAY, TODAY + 732 * DAY)])
def test_days_in_the_wrong_order_or_too_many_are_refused(
    connection: Connection, one: Office, first: date, last: date
) -> None:
    with pytest.raises(BadValue):
        preview(connection, one.ward, Asked(first, last), today=TODAY)
