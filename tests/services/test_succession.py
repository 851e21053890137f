"""Next year's plan beside this year's: what goes on, what is new, what is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from domain.matching import Fate
from domain.people import Action
from domain.plans import DecisionHead, PlanReading, Stage, TaskReading, UnitReading
from domain.refusals import NotPermitted, UnknownTask
from models.history import SYSTEM
from services.documents import StoredFile
from services.people import Ward, add_contact, find_unit
from services.plans import activate_plan, import_plan
from services.stages import Submission, accept, submit
from services.succession import (
    Mapped,
    NoYearBefore,
    beside_last_year,
    choose,
    confirm,
    last_year,
    successors,
)
from services.tasks import find_occurrence, show_task
from services.units import known_units, ward_units
from tests.builders import CENTRE, NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task

NEXT = datetime(2027, 1, 12, 2, 0, tzinfo=UTC)
MERGED = "Phòng Văn hóa, Xã hội và Thông tin"


def row(code: str, title: str, year: int = 2026, **more: str) -> TaskReading:
    once = occurrence(
        f"Năm {year}",
        opens_on=date(year, 1, 14),
        plan=date(year, 3, 31),
        report=date(year, 12, 9),
    )
    made = task(code, occurrences=[once], lead=more.pop("lead", OFFICE))
    return replace(made, title=title, time_text=f"Quý I/{year}")


OLD = (
    row("I.1", "Ban hành Kế hoạch cải cách hành chính năm 2026"),
    row("I.2", "Rà soát, hệ thống hoá văn bản quy phạm pháp luật"),
    row("II.1", "Khảo sát sự hài lòng của người dân", lead=CENTRE),
    row("II.2", "Kiểm tra tài sản công"),
)
NEW = (
    row("I.1", "Ban hành Kế hoạch cải cách hành chính năm 2027", 2027),
    row("I.2", "Tập huấn trí tuệ nhân tạo", 2027, lead=MERGED),
    row("I.3", "Rà soát, hệ thống hoá văn bản quy phạm pháp luật", 2027),
    row("II.1", "Khảo sát, đo lường sự hài lòng của người dân", 2027, lead=CENTRE),
)


def next_plan(*tasks: TaskReading) -> PlanReading:
    plan = plan_of(*tasks, number="9/QĐ-UBND")
    head = DecisionHead("9/QĐ-UBND", date(2027, 1, 11), plan.decision.issuer, "Kế hoạch CCHC 2027", 2027)
    return replace(plan, decision=head, units=(*plan.units, UnitReading(MERGED)))


@pytest.fixture
def ward(connection: Connection) -> Ward:
    """Give a ward whose plan of 2026 is under way, and that of 2027 imported."""
    made: Office = office(connection, plan_of(*OLD))
    source = StoredFile("1" * 64, 1, "9.txt", "text/plain")
    import_plan(connection, next_plan(*NEW), source, by="dieuphoi", now=NEXT)
    return made.ward


def fates(mapped: Mapped) -> list[tuple[str | None, str | None, str]]:
    return [
        (pair.new.code if pair.new else None, pair.old.code if pair.old else None, pair.fate.value)
        for pair in mapped.pairs
    ]


def test_the_program_proposes_what_goes_on_what_is_new_and_what_is_gone(
    connection: Connection, ward: Ward
) -> None:
    mapped = successors(connection, ward)

    assert fates(mapped) == [
        ("I.1", "I.1", "same"),
        ("I.2", None, "new"),
        ("I.3", "I.2", "renumbered"),
        ("II.1", "II.1", "changed"),
        (None, "II.2", "gone"),
    ]
    assert mapped.line == "3 nhiệm vụ như năm 2026, 1 mới, 1 không còn"
    assert all(pair.decided_by is None for pair in mapped.pairs)


def test_nothing_counts_before_a_person_has_confirmed_it(connection: Connection, ward: Ward) -> None:
    activate_plan(connection, ward, by="dieuphoi", today=NEXT.date(), now=NEXT)
    line = show_task(connection, ward, "I.3", NEXT.date()).line

    assert last_year(connection, ward, line.id) is None
    confirm(connection, ward, by="dieuphoi", now=NEXT)
    assert last_year(connection, ward, line.id) is not None


def test_confirming_twice_records_once(connection: Connection, ward: Ward) -> None:
    count = "SELECT count(*) FROM cchc.task_succession"

    first = confirm(connection, ward, by="dieuphoi", now=NEXT)
    recorded = connection.exec_driver_sql(count).scalar_one()
    again = confirm(connection, ward, by="dieuphoi", now=NEXT)

    assert fates(first) == fates(again)
    assert {pair.decided_by for pair in again.pairs if pair.new} == {"dieuphoi"}
    assert connection.exec_driver_sql(count).scalar_one() == recorded == len(NEW)


def test_a_single_pair_can_be_set_and_unset_and_its_task_is_free_again(
    connection: Connection, ward: Ward
) -> None:
    confirm(connection, ward, by="dieuphoi", now=NEXT)

    moved = choose(connection, ward, "I.2", "I.2", by="dieuphoi", now=NEXT)
    assert ("I.2", "I.2", "changed") in fates(moved)
    assert ("I.3", None, "new") in fates(moved)
    unset = choose(connection, ward, "I.2", None, by="dieuphoi", now=NEXT)
    assert ("I.2", None, "new") in fates(unset)
    assert (None, "I.2", "gone") in fates(unset)


def test_what_does_not_exist_cannot_be_chosen(connection: Connection, ward: Ward) -> None:
    for new, old in (("IX.9", "I.1"), ("I.1", "IX.9")):
        with pytest.raises(UnknownTask):
            choose(connection, ward, new, old, by="dieuphoi", now=NEXT)


@pytest.mark.parametrize("by", ["lan", "chutich", "thanhtra", "quantri"])
def test_only_a_coordinator_confirms(connection: Connection, ward: Ward, by: str) -> None:
    with pytest.raises(NotPermitted):
        confirm(connection, ward, by=by, now=NEXT)


def test_a_first_plan_has_nothing_to_go_on_from(connection: Connection) -> None:
    made = office(connection, plan_of(*OLD))

    assert beside_last_year(connection, made.ward, made.plan_id) is None
    with pytest.raises(NoYearBefore):
        successors(connection, made.ward)


def test_the_task_tells_how_last_year_ended(connection: Connection, ward: Ward) -> None:
    one = find_occurrence(connection, ward, "I.2", Stage.PLAN, Action.SUBMIT, label=None, by="lan")
    for stage in Stage:
        submit(connection, ward.id, Submission(one, stage, TODAY), by="lan", today=TODAY, now=NOW)
        accept(connection, ward.id, one, stage, by="dieuphoi", now=NOW)
    activate_plan(connection, ward, by="dieuphoi", today=NEXT.date(), now=NEXT)
    confirm(connection, ward, by="dieuphoi", now=NEXT)

    before = last_year(connection, ward, show_task(connection, ward, "I.3", NEXT.date()).line.id)

    assert before is not None
    assert before.line == "I.2 (1/QĐ-UBND), hoàn thành đúng hạn 1/1 kỳ"


def test_the_new_plan_leaves_the_old_one_under_way(connection: Connection, ward: Ward) -> None:
    activate_plan(connection, ward, by="dieuphoi", today=NEXT.date(), now=NEXT)

    states = connection.exec_driver_sql("SELECT year, state FROM cchc.plan ORDER BY year").all()
    assert [tuple(state) for state in states] == [(2026, "active"), (2027, "active")]
    one = find_occurrence(connection, ward, "II.2", Stage.PLAN, Action.SUBMIT, label="Năm 2026", by="lan")
    late = Submission(one, Stage.PLAN, NEXT.date())
    submit(connection, ward.id, late, by="lan", today=NEXT.date(), now=NEXT + timedelta(hours=1))


def test_contacts_and_spellings_serve_the_new_plan(connection: Connection, ward: Ward) -> None:
    add_contact(connection, ward, CENTRE, channel="email", address="tt@example.vn", actor=SYSTEM, now=NEXT)

    activate_plan(connection, ward, by="dieuphoi", today=NEXT.date(), now=NEXT)

    reached = connection.exec_driver_sql(
        "SELECT p.year, array_agg(DISTINCT r.address) FROM cchc.task t"
        " JOIN cchc.plan p ON p.id = t.plan_id AND p.ward_id = t.ward_id"
        " JOIN cchc.task_unit l ON l.task_id = t.id AND l.role = 'lead'"
        " JOIN cchc.unit u ON u.id = l.unit_id JOIN cchc.recipient r ON r.unit_id = u.id"
        " WHERE r.address = 'tt@example.vn' GROUP BY p.year ORDER BY p.year"
    ).all()
    assert [tuple(each) for each in reached] == [
        (2026, ["tt@example.vn"]),
        (2027, ["tt@example.vn"]),
    ]
    assert find_unit(connection, ward, "VP HĐND&UBND")[1] == OFFICE
    known = known_units(connection, ward.code).known("VP HĐND&UBND")
    assert known is not None
    assert known.name == OFFICE


def test_a_unit_that_the_ward_named_itself_is_known_the_next_time(connection: Connection, ward: Ward) -> None:
    assert ward_units(connection, ward).known(MERGED) is None  # a draft may have misspelt it

    activate_plan(connection, ward, by="dieuphoi", today=NEXT.date(), now=NEXT)

    own = ward_units(connection, ward).known(MERGED.upper())
    assert own is not None
    assert own.name == MERGED


def test_a_unit_that_is_new_is_named_alone_where_none_went_away(connection: Connection, ward: Ward) -> None:
    assert successors(connection, ward).units_new == ((MERGED, None),)


def test_a_merged_unit_is_held_against_the_one_that_no_longer_occurs(connection: Connection) -> None:
    culture = "Phòng Văn hóa - Xã hội"
    tasks = [replace(each, coordinating_units=()) for each in OLD]
    office(connection, plan_of(tasks[0], replace(tasks[1], lead_units=(culture,))))
    new = [replace(each, coordinating_units=()) for each in NEW]
    reading = next_plan(new[0], replace(new[2], lead_units=(MERGED,)))
    imported = import_plan(
        connection, reading, StoredFile("1" * 64, 1, "9.txt", "text/plain"), by="dieuphoi", now=NEXT
    )

    assert successors(connection, imported.ward).units_new == ((MERGED, culture),)
    assert {pair.fate for pair in successors(connection, imported.ward).pairs} >= {Fate.CHANGED}
