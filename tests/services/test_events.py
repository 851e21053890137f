"""Recording documents and opening what waits for them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import Connection, Engine

from domain.errors import WardError
from domain.plans import TaskKind
from domain.refusals import (
    BadValue,
    DocumentNumberUsed,
    InTheFuture,
    NothingOpens,
    NotPermitted,
    UnknownTask,
)
from models.database import transaction
from models.history import SYSTEM
from services.audit import verify
from services.documents import StoredFile
from services.events import EventRequest, Raised, raise_event
from services.people import add_contact
from services.tasks import show_task
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

EVENT = TaskKind.EVENT
PLAN = plan_of(
    task("I.1", occurrences=[occurrence()]),
    task("III.5", EVENT, event_types=["guidance"]),
    task("V.2", EVENT, lead=GROUP, event_types=["guidance", "request"]),
    task("VI.1", EVENT, event_types=["feedback"]),
)
REQUEST = EventRequest(
    "guidance", "12/HD-SNV", date(2026, 2, 27), "Sở Nội vụ", "Hướng dẫn", due_on=date(2026, 4, 10)
)


@pytest.fixture
def ward(connection: Connection) -> Office:
    return office(connection, PLAN)


def raised(
    connection: Connection, ward: Office, request: EventRequest = REQUEST, by: str = "dieuphoi"
) -> Raised:
    return raise_event(connection, ward.ward, request, by=by, today=TODAY, now=NOW)


def queued(connection: Connection, channel: str) -> list[tuple[str, str]]:
    rows = connection.exec_driver_sql(
        "SELECT b.recipient, t.code FROM cchc.outbox b"
        " JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id"
        " AND o.event_id IS NOT NULL"
        " JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id"
        " WHERE b.channel = %s ORDER BY 2, 1",
        (channel,),
    )
    return [(row.recipient, row.code) for row in rows]


def test_a_group_gets_an_occurrence_for_each_of_its_units(connection: Connection, ward: Office) -> None:
    outcome = raised(connection, ward)

    assert (outcome.already, outcome.new) == (False, 4)
    assert [(each.task, each.unit, each.label, each.state) for each in outcome.occurrences] == [
        ("III.5", OFFICE, "12/HD-SNV", "open"),
        ("V.2", CULTURE, "12/HD-SNV", "open"),
        ("V.2", CENTRE, "12/HD-SNV", "open"),
        ("V.2", OFFICE, "12/HD-SNV", "open"),
    ]


def test_the_deadline_inside_the_document_is_the_reports(connection: Connection, ward: Office) -> None:
    raised(connection, ward)

    stages = show_task(connection, ward.ward, "III.5", TODAY).occurrences[0].stages
    assert [(stage["due"], stage["nominal_due"], stage["state"]) for stage in stages] == [
        (None, None, "open"),
        (None, None, "waiting"),
        ("2026-04-10", "2026-04-10", "waiting"),
    ]


def test_each_lead_unit_is_told_once_and_each_run_started(connection: Connection, ward: Office) -> None:
    for unit in (OFFICE, CULTURE, CENTRE):
        address = f"u{len(unit)}@phuong.vn"
        add_contact(connection, ward.ward, unit, channel="email", address=address, actor=SYSTEM, now=NOW)
    for _ in range(2):
        raised(connection, ward)

    assert queued(connection, "email") == [
        (f"u{len(OFFICE)}@phuong.vn", "III.5"),
        *((f"u{len(unit)}@phuong.vn", "V.2") for unit in (CULTURE, OFFICE, CENTRE)),
    ]
    assert queued(connection, "engine") == [("", "III.5"), ("", "V.2"), ("", "V.2"), ("", "V.2")]


@pytest.mark.parametrize("number", ["12/HD-SNV", " 12/hd – snv "])
def test_the_same_document_twice_says_so_and_opens_nothing_twice(
    connection: Connection, ward: Office, number: str
) -> None:
    first = raised(connection, ward)
    again = raised(connection, ward, replace(REQUEST, doc_number=number))

    assert (again.already, again.new) == (True, 0)
    assert again.event_id == first.event_id
    assert again.occurrences == first.occurrences
    kinds = connection.exec_driver_sql("SELECT kind FROM cchc.audit_event WHERE kind = 'event.recorded'")
    assert len(kinds.all()) == 1
    assert verify(connection).ok


def test_naming_more_tasks_the_second_time_opens_those_as_well(connection: Connection, ward: Office) -> None:
    raised(connection, ward, replace(REQUEST, tasks=["III.5"]))
    again = raised(connection, ward, replace(REQUEST, tasks=["III.5", "I.1"]))

    assert (again.already, again.new) == (True, 1)
    assert [each.task for each in again.occurrences] == ["I.1", "III.5"]


def test_a_document_recorded_as_one_type_is_not_recorded_as_another(
    connection: Connection, ward: Office
) -> None:
    raised(connection, ward)

    with pytest.raises(BadValue) as refusal:
        raised(connection, ward, replace(REQUEST, type="feedback"))
    assert "guidance" in refusal.value.notice


def test_a_number_used_with_another_date_is_refused_with_the_recorded_one(
    connection: Connection, ward: Office
) -> None:
    raised(connection, ward)

    with pytest.raises(DocumentNumberUsed) as refusal:
        raised(connection, ward, replace(REQUEST, doc_date=date(2026, 1, 5)))
    assert "27/02/2026" in refusal.value.notice


def test_the_same_number_of_another_issuer_or_year_is_another_document(
    connection: Connection, ward: Office
) -> None:
    raised(connection, ward)
    other = raised(connection, ward, replace(REQUEST, issuer="Sở Tư pháp"))
    older = raised(connection, ward, replace(REQUEST, doc_date=date(2025, 2, 27)))

    assert (other.new, older.new) == (4, 4)
    assert {each.label for each in other.occurrences} == {"12/HD-SNV (Sở Tư pháp, 2026)"}
    assert {each.label for each in older.occurrences} == {"12/HD-SNV (Sở Nội vụ, 2025)"}


def test_documents_with_one_number_both_open_whichever_was_entered_first(
    connection: Connection, database_url: str, engine: Engine
) -> None:
    with engine.begin() as one:
        ward = office(one, PLAN)
    with psycopg.connect(database_url) as superuser:  # as if the other's row had been begun earlier
        superuser.execute("ALTER TABLE cchc.event ALTER id RESTART WITH 100")
    with engine.begin() as one:
        raised(one, ward)
    with psycopg.connect(database_url) as superuser:
        superuser.execute("ALTER TABLE cchc.event ALTER id RESTART WITH 1")
    with engine.begin() as one:
        other = raised(one, ward, replace(REQUEST, issuer="Sở Tư pháp"))

    assert other.new == 4


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"type": "rumour"}, BadValue),
        ({"doc_number": "  "}, BadValue),
        ({"issuer": ""}, BadValue),
        ({"summary": ""}, BadValue),
        ({"doc_date": TODAY + timedelta(days=1)}, InTheFuture),
        ({"due_on": date(2026, 2, 26)}, BadValue),
        ({"due_on": date(2037, 1, 1)}, BadValue),
        ({"tasks": ["III.5"], "dues": {"III.5": date(9999, 12, 31)}}, BadValue),
        ({"tasks": ["IX.9"]}, UnknownTask),
        ({"tasks": ["III.5", "IX.9"]}, UnknownTask),
        ({"type": "training"}, NothingOpens),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_recorded(
    connection: Connection, ward: Office, wrong: dict[str, object], refusal: type[WardError]
) -> None:
    with pytest.raises(refusal):
        raised(connection, ward, replace(REQUEST, **wrong))  # type: ignore[arg-type] # values of mixed types, on purpose

    assert connection.exec_driver_sql("SELECT count(*) FROM cchc.event").scalar_one() == 0


@pytest.mark.parametrize("by", ["lan", "chutich", "thanhtra", "quantri"])
def test_only_a_coordinator_raises_events(connection: Connection, ward: Office, by: str) -> None:
    with pytest.raises(NotPermitted):
        raised(connection, ward, by=by)


def test_a_task_led_by_a_group_and_one_of_its_units_opens_once_for_each(connection: Connection) -> None:
    both = replace(task("V.9", EVENT, event_types=["guidance"]), lead_units=(GROUP, OFFICE))
    ward = office(connection, plan_of(both))

    outcome = raised(connection, ward)

    assert sorted(each.unit for each in outcome.occurrences) == sorted((OFFICE, CULTURE, CENTRE))


def test_the_file_of_the_document_is_registered(connection: Connection, ward: Office) -> None:
    raised(connection, ward, replace(REQUEST, file=StoredFile("c" * 64, 5, "hd.pdf", "application/pdf")))

    kept = connection.exec_driver_sql("SELECT sha256, file_name FROM cchc.event").one()
    assert tuple(kept) == ("c" * 64, "hd.pdf")


def test_the_same_event_from_many_threads_is_recorded_once(engine: Engine) -> None:
    with engine.begin() as connection:
        ward = office(connection, PLAN)

    def go(_: int) -> Raised:
        with transaction(engine) as connection:
            return raised(connection, ward)

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(go, range(12)))

    assert sorted(each.already for each in outcomes) == [False] + [True] * 11
    assert sum(each.new for each in outcomes) == 4
    assert len({each.event_id for each in outcomes}) == 1
    assert all(len(each.occurrences) == 4 for each in outcomes)
    with engine.connect() as connection:
        assert verify(connection).ok


def test_an_event_does_not_wait_for_a_morning_run_that_is_opening_other_occurrences(engine: Engine) -> None:
    with engine.begin() as connection:
        ward = office(connection, PLAN, today=date(2026, 1, 1))  # I.1 is due to open, but did not yet

    with engine.connect() as morning, engine.connect() as clicked:
        morning.exec_driver_sql("SELECT FROM cchc.occurrence WHERE state = 'planned' FOR NO KEY UPDATE")
        clicked.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        outcome = raised(clicked, ward)
        morning.rollback()

    assert outcome.new == 4
