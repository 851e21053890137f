"""What recording a document would do, and what a slip opened taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from domain.calendar import WorkingCalendar
from domain.errors import WardError
from domain.events import days_after
from domain.plans import Milestone, Stage, TaskKind
from domain.refusals import BadValue, NotPermitted, ReasonNeeded, UnknownOccurrence, UnknownTask
from models.history import SYSTEM
from services.audit import verify
from services.event_proposals import Proposals, propose
from services.events import EventRequest, Raised, raise_event, show_event
from services.occurrences import NotASlip, cancel
from services.people import add_contact
from services.stages import Submission, submit
from tests.builders import CULTURE, GROUP, NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task

EVENT = TaskKind.EVENT
DOCUMENT = date(2026, 2, 27)  # a Friday
AFTER = Milestone("deadline", "trong 5 ngày làm việc", stage=Stage.REPORT, offset_days=5, working_days=True)
PLAN = plan_of(
    task("I.1", occurrences=[occurrence()]),
    replace(task("III.5", EVENT, event_types=["guidance"]), milestones=(AFTER,)),
    task("V.2", EVENT, lead=GROUP, event_types=["guidance"]),
    task("VI.1", EVENT, lead=CULTURE, event_types=["feedback"]),
)
REQUEST = EventRequest("guidance", "12/HD-SNV", DOCUMENT, "Sở Nội vụ", "Hướng dẫn")


class Desk:
    def __init__(self, connection: Connection, at: Office) -> None:
        self.connection, self.ward = connection, at.ward
        for channel, address in (("email", "lan@phuong.vn"), ("email", "phong@phuong.vn")):
            add_contact(connection, at.ward, OFFICE, channel=channel, address=address, actor=SYSTEM, now=NOW)

    def proposals(self, **more: Any) -> Proposals:
        asked = {"type": "guidance", "doc_number": "12/HD-SNV", "issuer": "Sở Nội vụ", "doc_date": DOCUMENT}
        return propose(self.connection, self.ward, **{**asked, "due_on": None, **more})

    def raised(self, request: EventRequest = REQUEST) -> Raised:
        return raise_event(self.connection, self.ward, request, by="dieuphoi", today=TODAY, now=NOW)

    def cancel(self, of: int, by: str = "dieuphoi", reason: str = "Nhầm", document: str = "Ý kiến 1") -> None:
        cancel(self.connection, self.ward, of, reason=reason, document=document, by=by, now=NOW)

    def dues(self) -> dict[str, date | None]:
        rows = self.connection.exec_driver_sql(
            "SELECT t.code, s.due_on FROM cchc.occurrence o JOIN cchc.task t ON t.id = o.task_id"
            " JOIN cchc.stage s ON s.occurrence_id = o.id AND s.stage = 'report'"
            " WHERE o.event_id IS NOT NULL"
        )
        return {row.code: row.due_on for row in rows}

    def queued(self, reason: str) -> list[str]:
        rows = self.connection.exec_driver_sql(
            "SELECT recipient FROM cchc.outbox WHERE reason = %s AND state = 'pending' ORDER BY 1", (reason,)
        )
        return list(rows.scalars())


@pytest.fixture
def desk(connection: Connection) -> Desk:
    return Desk(connection, office(connection, PLAN))


def test_tasks_that_name_the_type_come_first_with_the_date_that_their_reading_gives(desk: Desk) -> None:
    found = desk.proposals().tasks

    assert [(each.code, each.fits, each.due) for each in found] == [
        ("III.5", True, date(2026, 3, 6)),
        ("V.2", True, None),
        ("VI.1", False, None),
    ]
    assert found[0].why == "5 ngày làm việc kể từ ngày văn bản"
    assert {each.address for each in found[0].told} == {"lan@phuong.vn", "phong@phuong.vn"}
    assert len(found[1].units) == 3


def test_the_deadline_inside_the_document_goes_before_what_a_reading_says(desk: Desk) -> None:
    due = date(2026, 4, 1)

    assert {each.due for each in desk.proposals(due_on=due).tasks} == {due}


def test_looking_changes_nothing_and_a_known_document_is_recognised(desk: Desk) -> None:
    assert desk.proposals().known is None
    desk.raised(replace(REQUEST, tasks=("III.5",)))

    again = desk.proposals(doc_number="12/hd-snv")

    assert again.known is not None
    assert again.known.doc_number == "12/HD-SNV"
    assert [each.opened for each in again.tasks] == [True, False, False]


def test_each_task_gets_the_date_that_was_set_for_it(desk: Desk) -> None:
    due = date(2026, 3, 20)
    dues = {"III.5": due, "V.2": None}

    desk.raised(replace(REQUEST, tasks=("III.5", "V.2", "VI.1"), due_on=date(2026, 5, 1), dues=dues))

    assert desk.dues() == {"III.5": due, "V.2": None, "VI.1": date(2026, 5, 1)}


@pytest.mark.parametrize(
    ("dues", "refusal"),
    [({"III.5": date(2026, 2, 26)}, BadValue), ({"IX.9": None}, UnknownTask)],
)
def test_a_date_that_cannot_be_is_refused(
    desk: Desk, dues: dict[str, date | None], refusal: type[WardError]
) -> None:
    with pytest.raises(refusal):
        desk.raised(replace(REQUEST, dues=dues))


def test_what_a_slip_opened_is_cancelled_and_its_unit_told_to_stop(desk: Desk) -> None:
    raised = desk.raised(replace(REQUEST, tasks=("III.5",)))
    (one,) = raised.occurrences

    for _ in range(2):
        desk.cancel(one.id)

    assert show_event(desk.connection, desk.ward, raised.event_id).occurrences[0]["state"] == "cancelled"
    assert desk.queued("cancelled") == ["lan@phuong.vn", "phong@phuong.vn"]
    assert desk.queued("event") == []
    told = desk.connection.exec_driver_sql(
        "SELECT body FROM cchc.audit_event WHERE kind = 'occurrence.cancelled'"
    ).scalars()
    assert len(list(told)) == 1
    assert verify(desk.connection).ok


def test_what_was_handed_in_or_came_from_the_calendar_is_not_cancelled_so(desk: Desk) -> None:
    (one,) = desk.raised(replace(REQUEST, tasks=("III.5",))).occurrences
    submit(
        desk.connection, desk.ward.id, Submission(one.id, Stage.PLAN, TODAY), by="lan", today=TODAY, now=NOW
    )
    planned = desk.connection.exec_driver_sql(
        "SELECT min(id) FROM cchc.occurrence WHERE event_id IS NULL"
    ).scalar_one()

    for of in (one.id, planned):
        with pytest.raises(NotASlip):
            desk.cancel(of)


def test_cancelling_needs_a_coordinator_a_reason_a_document_and_an_occurrence_of_the_ward(desk: Desk) -> None:
    (one,) = desk.raised(replace(REQUEST, tasks=("III.5",))).occurrences
    other = office(desk.connection, plan_of(task("I.1"), issuer="UBND xã Bên", number="2/QĐ-UBND")).ward

    for by in ("lan", "chutich", "thanhtra", "quantri"):
        with pytest.raises(NotPermitted):
            desk.cancel(one.id, by=by)
    with pytest.raises(ReasonNeeded):
        desk.cancel(one.id, reason=" ")
    with pytest.raises(BadValue):
        desk.cancel(one.id, document=" ")
    with pytest.raises(UnknownOccurrence):
        cancel(desk.connection, other, one.id, reason="x", document="x", by="dieuphoi", now=NOW)
    assert desk.queued("cancelled") == []


@given(st.dates(date(2026, 1, 1), date(2026, 11, 1)), st.integers(0, 30))
def test_days_after_a_document_count_only_days_that_are_worked(document: date, days: int) -> None:
    calendar = WorkingCalendar(date(2025, 1, 1), date(2027, 12, 31), {date(2026, 3, 3): "x"}, {})

    due = days_after(document, days, calendar, working=True)

    assert calendar.working_days(document, due) == days
    assert days == 0 or calendar.is_working(due)
    assert (days_after(document, days, calendar, working=False) - document).days == days
