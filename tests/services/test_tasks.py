"""Official statuses, and finding the occurrence that is meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.people import Action
from domain.plans import Stage, TaskKind
from domain.refusals import (
    AmbiguousOccurrence,
    UnknownOccurrence,
)
from domain.status import Status
from services.people import find_unit
from services.tasks import find_occurrence, list_tasks, show_task, status_of, task_line
from tests.builders import (
    CENTRE,
    CULTURE,
    GROUP,
    OFFICE,
    TODAY,
    Office,
    occurrence,
    office,
    plan_of,
    task,
)
from tests.desk import Desk

PLAN, IMPLEMENT, REPORT = Stage
UNSPECIFIED = TaskKind.UNSPECIFIED


def opened(connection: Connection, *, due: bool = True, opens_on: date = date(2026, 1, 14)) -> Office:
    planned = occurrence(opens_on=opens_on) if due else occurrence(opens_on=opens_on, plan=None, report=None)
    return office(connection, plan_of(task("II.2", occurrences=[planned])))


def status(connection: Connection, ward: Office, today: date = TODAY, code: str = "II.2") -> Status:
    """Return the task's status, having seen that the page of the task reckons it the same way."""
    line = task_line(connection, ward.ward, code, today)
    occurrences = show_task(connection, ward.ward, code, today).occurrences
    assert [status_of(each, today) for each in occurrences][:1] in ([], [line.status])
    return line.status


def finish(desk: Desk, on: date = TODAY) -> None:
    for stage in Stage:
        desk.submit(stage, on=on, today=max(on, TODAY))
        desk.accept(stage)


def test_a_task_whose_day_has_not_come_is_not_yet_due(connection: Connection) -> None:
    ward = opened(connection, opens_on=date(2026, 7, 1))

    assert status(connection, ward) == "chưa đến kỳ"


def test_a_task_under_way_is_in_time_until_the_day_after_its_due_date(connection: Connection) -> None:
    ward = opened(connection)

    assert status(connection, ward, date(2026, 3, 31)) == "đang thực hiện trong hạn"
    assert status(connection, ward, date(2026, 4, 1)) == "đang thực hiện quá hạn"


def test_what_was_handed_in_in_time_does_not_become_late_while_it_waits(connection: Connection) -> None:
    ward = opened(connection)
    Desk(connection, ward).submit(PLAN)

    assert status(connection, ward, date(2026, 4, 1)) == "đang thực hiện trong hạn"


def test_what_was_returned_is_late_again_once_its_day_has_gone(connection: Connection) -> None:
    ward = opened(connection)
    desk = Desk(connection, ward)
    desk.submit(PLAN)
    desk.send_back(PLAN)

    assert status(connection, ward, date(2026, 3, 31)) == "đang thực hiện trong hạn"
    assert status(connection, ward, date(2026, 4, 1)) == "đang thực hiện quá hạn"


@pytest.mark.parametrize(
    ("due", "on", "name"),
    [
        (True, TODAY, "hoàn thành đúng hạn"),
        (True, date(2026, 4, 1), "hoàn thành quá hạn"),
        (False, date(2026, 4, 1), "hoàn thành không có hạn"),
    ],
)
def test_a_finished_task_is_called_by_how_it_was_finished(
    connection: Connection, due: bool, on: date, name: str
) -> None:
    ward = opened(connection, due=due)
    finish(Desk(connection, ward), on)

    assert status(connection, ward, date(2027, 12, 31)) == name


def test_a_cancelled_task_is_called_so(connection: Connection) -> None:
    ward = opened(connection)
    connection.exec_driver_sql("UPDATE cchc.occurrence SET state = 'cancelled', cancel_reason = 'bãi bỏ'")

    assert status(connection, ward, date(2026, 12, 31)) == "huỷ"


@pytest.mark.parametrize(
    ("kind", "name"), [(TaskKind.EVENT, "chờ sự kiện"), (UNSPECIFIED, "chờ ấn định thời hạn")]
)
def test_a_task_without_occurrences_waits(connection: Connection, kind: TaskKind, name: str) -> None:
    ward = office(connection, plan_of(task("VI.3", kind)))

    assert status(connection, ward, code="VI.3") == name


def test_the_list_shows_the_next_due_date_and_what_waits_for_a_verdict(connection: Connection) -> None:
    ward = opened(connection)
    before = list_tasks(connection, ward.ward, TODAY)[0]
    Desk(connection, ward).submit(PLAN)
    after = list_tasks(connection, ward.ward, TODAY)[0]

    assert (before.next_due, before.next_stage, before.waiting_verdict) == (date(2026, 3, 31), PLAN, 0)
    assert (after.next_due, after.next_stage, after.waiting_verdict) == (date(2026, 12, 9), REPORT, 1)
    assert (after.open_occurrences, after.lead_units) == (1, (OFFICE,))


def test_the_list_can_be_of_one_status_or_one_unit(connection: Connection) -> None:
    tasks = (
        task("I.1", occurrences=[occurrence()]),
        task("I.2", lead=CULTURE, occurrences=[occurrence(opens_on=date(2026, 9, 1))]),
        task("V.2", TaskKind.ONGOING, lead=GROUP, occurrences=[occurrence()]),
    )
    ward = office(connection, plan_of(*tasks)).ward

    def codes(**which: Any) -> list[str]:
        return [line.code for line in list_tasks(connection, ward, TODAY, **which)]

    assert codes() == ["I.1", "I.2", "V.2"]
    assert codes(status=Status.NOT_YET) == ["I.2"]
    assert codes(unit_id=find_unit(connection, ward, CULTURE)[0]) == ["I.2", "V.2"]
    assert codes(unit_id=find_unit(connection, ward, CENTRE)[0]) == ["V.2"]


def meant(connection: Connection, ward: Office, by: str, action: Action, label: str | None = None) -> str:
    one = find_occurrence(connection, ward.ward, "V.2", PLAN, action, label=label, by=by)
    row = connection.exec_driver_sql(
        "SELECT o.label || ' · ' || u.name FROM cchc.occurrence o JOIN cchc.unit u ON u.id = o.unit_id"
        " WHERE o.id = %s",
        (one,),
    )
    return str(row.scalar_one())


def test_an_officer_means_their_own_units_occurrence(connection: Connection) -> None:
    ward = office(connection, plan_of(task("V.2", lead=GROUP, occurrences=[occurrence()])))

    assert meant(connection, ward, "hoa", Action.SUBMIT) == f"Năm 2026 · {CULTURE}"
    assert meant(connection, ward, "minh", Action.SUBMIT) == f"Năm 2026 · {CENTRE}"


def test_the_acceptor_means_the_one_that_waits_or_must_say_which(connection: Connection) -> None:
    ward = office(connection, plan_of(task("V.2", lead=GROUP, occurrences=[occurrence()])))
    with pytest.raises(AmbiguousOccurrence):
        meant(connection, ward, "dieuphoi", Action.ACCEPT)
    desk = Desk.__new__(Desk)
    desk.connection, desk.ward = connection, ward.ward
    desk.occurrence = find_occurrence(connection, ward.ward, "V.2", PLAN, Action.SUBMIT, label=None, by="hoa")
    desk.submit(PLAN, "hoa")

    assert meant(connection, ward, "dieuphoi", Action.ACCEPT) == f"Năm 2026 · {CULTURE}"
    assert (
        meant(connection, ward, "dieuphoi", Action.ACCEPT, f"Năm 2026 · {OFFICE}") == f"Năm 2026 · {OFFICE}"
    )
    with pytest.raises(UnknownOccurrence) as refusal:
        meant(connection, ward, "dieuphoi", Action.ACCEPT, "Quý IX")
    assert "Năm 2026" in refusal.value.notice


def test_a_task_of_two_lead_units_opens_for_both(connection: Connection) -> None:
    both = replace(task("V.2", occurrences=[occurrence()]), lead_units=(OFFICE, CENTRE))
    ward = office(connection, plan_of(both))

    assert {each.unit for each in show_task(connection, ward.ward, "V.2", TODAY).occurrences} == {
        OFFICE,
        CENTRE,
    }
