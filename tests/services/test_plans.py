"""Importing decisions and bringing plans into force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection

from domain.plans import Finding, PlanReading, Severity, TaskKind
from domain.refusals import BlockingFindings, NotPermitted, PlanExists, UnknownUser
from models import directory, openings
from services import plans
from services.audit import verify
from services.documents import StoredFile
from services.findings import findings
from services.people import Ward
from services.plans import NewWard, NoDraft, activate_plan, import_plan
from services.tasks import list_tasks
from tests.builders import CULTURE, NOW, OFFICE, TODAY, occurrence, office, plan_of, task

SOURCE = StoredFile("0" * 64, 1, "qd.txt", "text/plain")
READING = plan_of(
    task("I.1", occurrences=[occurrence()]),
    task(
        "I.2",
        TaskKind.RECURRING,
        occurrences=[
            occurrence("Quý I/2026", opens_on=date(2026, 1, 1), plan=None, report=date(2026, 3, 9)),
            occurrence("Quý II/2026", opens_on=date(2026, 4, 1), plan=None, report=date(2026, 6, 9)),
        ],
    ),
)
BLOCKING = Finding("no-due", Severity.BLOCKING, "Nhiệm vụ I.1 không đọc được thời hạn.", "I.1")


def states(connection: Connection, ward: Ward) -> dict[str, str]:
    rows = connection.exec_driver_sql(
        "SELECT t.code || ' ' || o.label AS name, o.state FROM cchc.occurrence o"
        " JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id WHERE o.ward_id = %s",
        (ward.id,),
    )
    return {row.name: row.state for row in rows}


def kinds(connection: Connection) -> list[str]:
    return list(connection.exec_driver_sql("SELECT kind FROM cchc.audit_event ORDER BY position").scalars())


def test_a_draft_opens_nothing_and_shows_no_task(connection: Connection) -> None:
    ward = import_plan(connection, READING, SOURCE, by=None, now=NOW).ward

    assert openings.open_due(connection, today=TODAY, now=NOW, actor="{}") == 0
    assert set(states(connection, ward).values()) == {"planned"}
    assert list_tasks(connection, ward, TODAY) == []


def test_activation_opens_what_is_due_and_not_what_is_planned(connection: Connection) -> None:
    ward = office(connection, READING).ward

    assert states(connection, ward) == {
        "I.1 Năm 2026": "open",
        "I.2 Quý I/2026": "open",
        "I.2 Quý II/2026": "planned",
    }
    assert openings.open_due(connection, today=date(2026, 3, 31), now=NOW, actor="{}") == 0
    assert openings.open_due(connection, today=date(2026, 4, 1), now=NOW, actor="{}") == 1
    assert states(connection, ward)["I.2 Quý II/2026"] == "open"
    assert verify(connection).ok


def test_what_an_import_read_is_kept_whole(connection: Connection) -> None:
    ward = office(connection, READING).ward

    dates = [(row.code, row.stage, row.due_on) for row in plans.calendar(connection, ward)]
    assert dates == [
        ("I.2", "report", date(2026, 3, 9)),
        ("I.1", "plan", date(2026, 3, 31)),
        ("I.2", "report", date(2026, 6, 9)),
        ("I.1", "report", date(2026, 12, 9)),
    ]
    assert [line.lead_units for line in list_tasks(connection, ward, TODAY)] == [(OFFICE,), (OFFICE,)]


def test_the_same_decision_twice_is_refused(connection: Connection) -> None:
    import_plan(connection, READING, SOURCE, by=None, now=NOW)

    with pytest.raises(PlanExists) as refusal:
        import_plan(connection, READING, SOURCE, by=None, now=NOW)
    assert "1/QĐ-UBND" in refusal.value.notice


def test_blocking_findings_forbid_activation_and_are_named(connection: Connection) -> None:
    doubt = Finding("x", Severity.CHECK, "Xem lại.")
    imported = import_plan(connection, replace(READING, findings=(doubt, BLOCKING)), SOURCE, by=None, now=NOW)

    with pytest.raises(BlockingFindings) as refusal:
        activate_plan(connection, imported.ward, by=None, today=TODAY, now=NOW)

    assert (imported.findings, imported.blocking) == (2, 1)
    assert BLOCKING.message in refusal.value.notice
    assert doubt.message not in refusal.value.notice
    assert plans.plans(connection, imported.ward)[0].state == "draft"
    found = findings(connection, imported.ward, imported.plan_id)
    assert [each.severity for each in found] == ["blocking", "check"]


def test_activating_again_changes_nothing(connection: Connection) -> None:
    one = office(connection, READING)
    before = kinds(connection)

    again = activate_plan(connection, one.ward, by="dieuphoi", today=TODAY, now=NOW)

    assert again == one.plan_id
    assert kinds(connection) == before


def test_a_later_plan_of_the_year_takes_the_place_of_the_one_before(connection: Connection) -> None:
    ward = office(connection, READING).ward
    import_plan(connection, plan_of(task("X.1"), number="2/QĐ-UBND"), SOURCE, by="dieuphoi", now=NOW)
    activate_plan(connection, ward, by="dieuphoi", today=TODAY, now=NOW)

    assert [(row.number, row.state) for row in plans.plans(connection, ward)] == [
        ("2/QĐ-UBND", "active"),
        ("1/QĐ-UBND", "closed"),
    ]
    assert [line.code for line in list_tasks(connection, ward, TODAY)] == ["X.1"]


def test_the_plan_that_ends_is_named_before_and_stands_in_the_history(connection: Connection) -> None:
    ward = office(connection, READING).ward
    later = import_plan(connection, plan_of(task("X.1"), number="2/QĐ-UBND"), SOURCE, by="dieuphoi", now=NOW)
    ends = plans.ended_by(connection, ward, later.plan_id)
    activate_plan(connection, ward, by="dieuphoi", today=TODAY, now=NOW)

    assert [row.number for row in ends] == ["1/QĐ-UBND"]
    told = connection.exec_driver_sql(
        "SELECT body FROM cchc.audit_event WHERE kind = 'plan.activated' ORDER BY position DESC LIMIT 1"
    ).scalar_one()
    assert f'"ended":[{ends[0].id}]' in told


def test_without_a_draft_there_is_nothing_to_activate(connection: Connection) -> None:
    ward_id = directory.put_ward(connection, "moi", "UBND phường Mới")

    with pytest.raises(NoDraft):
        activate_plan(connection, Ward(ward_id, "moi", "Mới"), by=None, today=TODAY, now=NOW)


@pytest.mark.parametrize(
    ("by", "imports", "activates"),
    [
        ("dieuphoi", True, True),
        ("quantri", True, False),
        ("chutich", False, False),
        ("lan", False, False),
        ("thanhtra", False, False),
    ],
)
def test_each_role_imports_and_activates_as_it_may(
    connection: Connection, by: str, imports: bool, activates: bool
) -> None:
    ward = office(connection, READING).ward
    second = plan_of(task("X.1"), number="2/QĐ-UBND")

    if not imports:
        with pytest.raises(NotPermitted):
            import_plan(connection, second, SOURCE, by=by, now=NOW)
        import_plan(connection, second, SOURCE, by=None, now=NOW)
    else:
        import_plan(connection, second, SOURCE, by=by, now=NOW)
    if not activates:
        with pytest.raises(NotPermitted):
            activate_plan(connection, ward, by=by, today=TODAY, now=NOW)
    else:
        activate_plan(connection, ward, by=by, today=TODAY, now=NOW)


def test_a_person_of_no_ward_imports_nothing(connection: Connection) -> None:
    office(connection, READING)

    with pytest.raises(NewWard, match="UBND phường Khác is new"):
        import_plan(
            connection, plan_of(task("I.1"), issuer="UBND phường Khác"), SOURCE, by="dieuphoi", now=NOW
        )
    with pytest.raises(UnknownUser):
        import_plan(connection, plan_of(task("I.1"), number="2/QĐ-UBND"), SOURCE, by="ai-do", now=NOW)


def other_office(reading: PlanReading, issuer: str) -> PlanReading:
    return replace(reading, decision=replace(reading.decision, issuer=issuer))


def test_a_commune_and_a_ward_of_one_name_stay_two(connection: Connection) -> None:
    first = import_plan(connection, other_office(READING, "UBND phường Tân Thành"), SOURCE, by=None, now=NOW)
    second = import_plan(connection, other_office(READING, "UBND xã Tân Thành"), SOURCE, by=None, now=NOW)

    assert first.ward.id != second.ward.id
    assert first.ward.code == "tan-thanh"
    assert second.ward.code != first.ward.code


@pytest.mark.parametrize("issuer", ["ỦY BAN NHÂN DÂN PHƯỜNG TÂN THÀNH", "Uỷ ban nhân dân phường Tân Thành"])
def test_next_years_decision_finds_its_ward_however_it_is_written(
    connection: Connection, issuer: str
) -> None:
    first = import_plan(connection, other_office(READING, "UBND phường Tân Thành"), SOURCE, by=None, now=NOW)
    later = other_office(plan_of(task("I.1"), number="2/QĐ-UBND"), issuer)

    assert import_plan(connection, later, SOURCE, by=None, now=NOW).ward == first.ward


def test_units_keep_one_row_over_several_plans_and_their_aliases_and_members(connection: Connection) -> None:
    ward = office(connection, READING).ward
    import_plan(connection, plan_of(task("X.1"), number="2/QĐ-UBND"), SOURCE, by=None, now=NOW)

    units = {row.name: row for row in directory.units(connection, ward.id)}
    assert len(units) == 4
    assert units[OFFICE].aliases == ["VP HĐND&UBND"]
    assert CULTURE in units["Các phòng chuyên môn, đơn vị"].members
