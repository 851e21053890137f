"""Settling due dates by a person's decision."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.errors import WardError
from domain.plans import PlannedOccurrence, Stage, StageDue, TaskKind
from domain.refusals import (
    AmbiguousOccurrence,
    BadValue,
    NotPermitted,
    ReasonNeeded,
    UnknownOccurrence,
    UnknownTask,
    UnknownUser,
    WrongState,
)
from services.audit import verify
from services.due_dates import set_date
from services.tasks import show_task, task_line
from tests.builders import (
    CENTRE,
    CULTURE,
    GROUP,
    NOW,
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


def opened(connection: Connection) -> Office:
    return office(connection, plan_of(task("II.2", occurrences=[occurrence()])))


def settle(connection: Connection, ward: Office, due: date, **more: Any) -> int:
    given: dict[str, Any] = {
        "code": "VI.3",
        "stage": REPORT,
        "reason": "Công văn 9/SNV",
        "by": "dieuphoi",
        "label": None,
        **more,
    }
    code, stage = given.pop("code"), given.pop("stage")
    return set_date(connection, ward.ward, code, stage, due, today=TODAY, now=NOW, **given)


def test_a_date_for_an_unspecified_task_opens_it(connection: Connection) -> None:
    ward = office(connection, plan_of(task("VI.3", UNSPECIFIED)))
    one = settle(connection, ward, date(2026, 6, 30))

    occurrence = show_task(connection, ward.ward, "VI.3", TODAY).occurrences[0]
    assert (occurrence.id, occurrence.state, occurrence.label) == (one, "open", "Năm 2026")
    assert [stage["due"] for stage in occurrence.stages] == [None, None, "2026-06-30"]
    assert task_line(connection, ward.ward, "VI.3", TODAY).status == "đang thực hiện trong hạn"
    assert verify(connection).ok


@pytest.mark.parametrize(
    ("slip", "why"),
    [
        (date(2025, 2, 10), "không được trước ngày ban hành kế hoạch"),
        (date(2037, 1, 1), "không được sau năm 2036"),
        (date(9999, 12, 31), "không được sau năm 2036"),
    ],
)
def test_a_year_that_only_a_slip_of_the_keyboard_gives_is_refused(
    connection: Connection, slip: date, why: str
) -> None:
    ward = opened(connection)

    with pytest.raises(BadValue) as refusal:
        settle(connection, ward, slip, code="II.2")

    assert why in refusal.value.notice
    assert settle(connection, ward, date(2036, 12, 31), code="II.2")


def test_an_unspecified_task_of_a_group_gets_its_dates_one_unit_after_the_other(
    connection: Connection,
) -> None:
    ward = office(connection, plan_of(task("VI.3", UNSPECIFIED, lead=GROUP)))
    with pytest.raises(AmbiguousOccurrence) as refusal, connection.begin_nested():
        settle(connection, ward, date(2026, 6, 30))
    assert f"Năm 2026 · {OFFICE}" in refusal.value.notice

    settle(connection, ward, date(2026, 6, 30), label=f"Năm 2026 · {OFFICE}")
    settle(connection, ward, date(2026, 7, 31), label=f"Năm 2026 · {CENTRE}")

    shown = show_task(connection, ward.ward, "VI.3", TODAY).occurrences
    assert {each.unit: each.stages[2]["due"] for each in shown} == {
        OFFICE: "2026-06-30",
        CENTRE: "2026-07-31",
        CULTURE: None,
    }


def test_every_former_due_date_is_kept_with_who_moved_it_and_why(connection: Connection) -> None:
    ward = office(connection, plan_of(task("VI.3", UNSPECIFIED)))
    settle(connection, ward, date(2026, 6, 30), reason="Công văn 9/SNV")
    settle(connection, ward, date(2026, 9, 30), reason="  Lùi theo kế hoạch tỉnh ", by="chutich")

    stage = show_task(connection, ward.ward, "VI.3", TODAY).occurrences[0].stages[2]
    assert (stage["due"], stage["nominal_due"]) == ("2026-09-30", None)
    former = [(each["due"], each["new_due"], each["reason"], each["by"]) for each in stage["former_dues"]]
    assert former == [
        (None, "2026-06-30", "Công văn 9/SNV", "dieuphoi"),
        ("2026-06-30", "2026-09-30", "Lùi theo kế hoạch tỉnh", "chutich"),
    ]
    kinds = connection.exec_driver_sql("SELECT kind FROM cchc.audit_event WHERE kind = 'due.changed'").all()
    assert len(kinds) == 2


def test_the_same_date_twice_is_recorded_once(connection: Connection) -> None:
    ward = opened(connection)
    for _ in range(2):
        settle(connection, ward, date(2026, 5, 1), code="II.2", stage=PLAN)

    stage = show_task(connection, ward.ward, "II.2", TODAY).occurrences[0].stages[0]
    assert (stage["due"], stage["nominal_due"], len(stage["former_dues"])) == ("2026-05-01", "2026-03-31", 1)


def test_confirming_an_assumed_date_makes_it_a_settled_one(connection: Connection) -> None:
    dues = {stage: StageDue(date(2026, 6, 30), assumed=True) for stage in Stage}
    planned = PlannedOccurrence("Năm 2026", date(2026, 1, 14), dues)
    ward = office(connection, plan_of(task("II.2", occurrences=[planned])))
    for _ in range(2):
        settle(connection, ward, date(2026, 6, 30), code="II.2", stage=PLAN)

    plan, implement, _ = show_task(connection, ward.ward, "II.2", TODAY).occurrences[0].stages
    assert (plan["assumed"], implement["assumed"]) == (False, True)
    assert [each["reason"] for each in plan["former_dues"]] == ["Công văn 9/SNV"]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"reason": "  "}, ReasonNeeded),
        ({"by": "lan"}, NotPermitted),
        ({"by": "quantri"}, NotPermitted),
        ({"by": "ai-do"}, UnknownUser),
        ({"code": "IX.1"}, UnknownTask),
        ({"code": "II.3"}, UnknownOccurrence),
        ({"code": "II.2", "label": "Quý IV"}, UnknownOccurrence),
    ],
)
def test_a_date_that_cannot_be_settled_is_refused_and_nothing_changes(
    connection: Connection, wrong: dict[str, Any], refusal: type[WardError]
) -> None:
    reading = plan_of(
        task("II.2", occurrences=[occurrence()]), task("II.3", TaskKind.EVENT), task("VI.3", UNSPECIFIED)
    )
    ward = office(connection, reading)

    with pytest.raises(refusal):
        settle(connection, ward, date(2026, 6, 30), **wrong)
    assert connection.exec_driver_sql("SELECT count(*) FROM cchc.due_change").scalar_one() == 0


def test_a_stage_that_was_handed_in_keeps_its_date(connection: Connection) -> None:
    ward = opened(connection)
    Desk(connection, ward).submit(PLAN)

    with pytest.raises(WrongState):
        settle(connection, ward, date(2026, 6, 30), code="II.2", stage=PLAN)
