"""The rules that the database keeps by itself, whatever the program does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import sql

from domain.findings import Verdict
from domain.people import Action
from domain.plans import Finding, Milestone, Severity, Stage
from models.database import open_engine
from models.history import SYSTEM
from services.findings import Decision, settle_alike
from services.people import add_contact
from services.stages import Submission, submit
from services.tasks import find_occurrence
from tests.builders import NOW, OFFICE, TODAY, occurrence, office, plan_of, task

Superuser = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="module")
def two_wards(request: pytest.FixtureRequest) -> str:
    """Make a database with two wards that have something in every table; return its URL."""
    url: str = request.getfixturevalue("new_database")(request.getfixturevalue("migrated"))
    engine = open_engine(url)
    with engine.begin() as connection:
        for issuer in ("UBND phường Một", "UBND phường Hai"):
            row = replace(task("I.1", occurrences=[occurrence()]), milestones=(Milestone("deadline", "x"),))
            doubt = Finding("F1", Severity.CHECK, "Xem lại.")
            made = office(connection, plan_of(row, issuer=issuer, findings=[doubt]))
            ward = made.ward
            add_contact(connection, ward, OFFICE, channel="email", address="a@b.vn", actor=SYSTEM, now=NOW)
            one = find_occurrence(connection, ward, "I.1", Stage.PLAN, Action.SUBMIT, label=None, by="lan")
            submit(connection, ward.id, Submission(one, Stage.PLAN, TODAY), by="lan", today=TODAY, now=NOW)
            settle_alike(
                connection,
                ward,
                made.plan_id,
                "F1",
                Decision(Verdict.CONFIRMED),
                by="dieuphoi",
                today=TODAY,
                now=NOW,
            )
    engine.dispose()
    return url


@pytest.fixture
def superuser(two_wards: str) -> Iterator[Superuser]:
    """Give a connection that nothing but constraints can stop; its changes are rolled back."""
    connection = psycopg.connect(two_wards)
    connection.execute("SET session_replication_role = replica")  # no triggers, not even foreign keys
    yield connection
    connection.rollback()
    connection.close()


EXTENSION = (
    "INSERT INTO cchc.extension (ward_id, occurrence_id, stage, former_due, asked_until, reason, asked_by,"
    " asked_at, verdict, granted_until, decided_by) VALUES (1, 1, 'plan', now(), now(), '', 1, now(), "
)
STAND_IN = (
    "INSERT INTO cchc.stand_in (ward_id, account_id, stand_in_id, first_day, last_day, reason, made_by,"
    " made_at, ended_at) VALUES (1, 1, "
)
TOKEN = (
    "INSERT INTO cchc.machine_token (ward_id, account_id, label, token_sha256, made_by, made_at, expires_at,"
    " scopes, revoked_by) VALUES (1, 1, '', '', 1, now(), now(), "
)
ANSWER = "INSERT INTO cchc.event_answer VALUES (1, 1, "
BROKEN = {
    "ck_account_name_is_plain": "UPDATE cchc.account SET name = 'Nguyễn Văn A'",
    "ck_account_officer_has_unit": "UPDATE cchc.account SET unit_id = NULL WHERE role = 'officer'",
    "ck_account_role": "UPDATE cchc.account SET role = 'king'",
    "ck_audit_event_position_not_negative": "UPDATE cchc.audit_event SET position = -1 WHERE position = 0",
    "ck_audit_node_level": "INSERT INTO cchc.audit_node VALUES (1, 9, 0, '')",
    "ck_audit_node_number_not_negative": "INSERT INTO cchc.audit_node VALUES (1, 8, -1, '')",
    "ck_binding_code_role": (
        "INSERT INTO cchc.binding_code (ward_id, code_sha256, unit_id, channel, role, made_at, expires_at)"
        " VALUES (1, '', 1, 'zalo-user', 'friend', now(), now())"
    ),
    "ck_calendar_feed_of_unit_or_person": (
        "INSERT INTO cchc.calendar_feed (ward_id, token_sha256, unit_id, account_id, made_at)"
        " VALUES (1, '', 1, 1, now())"
    ),
    "ck_checkpoint_cause": "INSERT INTO cchc.checkpoint VALUES (1, 0, '', '', '', 'boredom', now())",
    "ck_checkpoint_size_not_negative": (
        "INSERT INTO cchc.checkpoint VALUES (1, -1, '', '', '', 'daily', now())"
    ),
    "ck_contact_role": "UPDATE cchc.contact SET role = 'friend'",
    "ck_document_not_empty": "UPDATE cchc.document SET size = 0",
    "ck_document_sha256_is_hex": "UPDATE cchc.document SET sha256 = upper(repeat('ab', 32))",
    "ck_event_answer_answer": f"{ANSWER}'2026-03-01', 'perhaps', NULL, 1, now())",
    "ck_event_answer_arrived_has_event": f"{ANSWER}'2026-03-01', 'arrived', NULL, 1, now())",
    "ck_event_answer_first_of_month": f"{ANSWER}'2026-03-02', 'nothing', NULL, 1, now())",
    "ck_extension_granted_has_date": f"{EXTENSION}'granted', NULL, 2)",
    "ck_extension_two_people": f"{EXTENSION}'refused', NULL, 1)",
    "ck_extension_verdict": f"{EXTENSION}'perhaps', NULL, 2)",
    "ck_extension_verdict_has_author": f"{EXTENSION}'refused', NULL, NULL)",
    "ck_finding_decision_kind": "UPDATE cchc.finding_decision SET kind = 'forgotten'",
    "ck_finding_severity": "UPDATE cchc.finding SET severity = 'so-so'",
    "ck_finding_verdict": "UPDATE cchc.finding SET verdict = 'reopened'",
    "ck_machine_token_end_has_author": f"{TOKEN}'{{read}}', 1)",
    "ck_machine_token_has_scope": f"{TOKEN}'{{}}', NULL)",
    "ck_milestone_stage": "UPDATE cchc.milestone SET stage = 'dream'",
    "ck_occurrence_cancelled_has_reason": "UPDATE cchc.occurrence SET state = 'cancelled'",
    "ck_occurrence_done_has_instant": "UPDATE cchc.occurrence SET state = 'done'",
    "ck_occurrence_state": "UPDATE cchc.occurrence SET state = 'asleep'",
    "ck_one_time_link_names_its_account": (
        "INSERT INTO cchc.one_time_link (ward_id, kind, seed, token_sha256, made_at, expires_at)"
        " VALUES (1, 'password', '', '', now(), now())"
    ),
    "ck_outbox_state": "UPDATE cchc.outbox SET state = 'lost'",
    "ck_plan_state": "UPDATE cchc.plan SET state = 'secret'",
    "ck_receipt_kind": "INSERT INTO cchc.receipt VALUES (1, 1, 'guessed', now(), 'poll', now())",
    "ck_reminder_hours_bulletin_weekday": (
        "INSERT INTO cchc.reminder_hours VALUES (1, '07:00', '21:00', '06:30', 8, NULL, now())"
    ),
    "ck_stage_handed_in": "UPDATE cchc.stage SET state = 'accepted' WHERE stage = 'report'",
    "ck_stage_stage": "UPDATE cchc.stage SET stage = 'dream' WHERE stage = 'report'",
    "ck_stage_state": "UPDATE cchc.stage SET state = 'nearly'",
    "ck_stand_in_end_has_author": f"{STAND_IN}2, '2026-03-01', '2026-03-02', '', 1, now(), now())",
    "ck_stand_in_in_order": f"{STAND_IN}2, '2026-03-02', '2026-03-01', '', 1, now(), NULL)",
    "ck_stand_in_somebody_else": f"{STAND_IN}1, '2026-03-01', '2026-03-02', '', 1, now(), NULL)",
    "ck_submission_return_has_reason": "UPDATE cchc.submission SET verdict = 'returned', decided_by = 0",
    "ck_submission_two_people": "UPDATE cchc.submission SET verdict = 'accepted', decided_by = submitted_by",
    "ck_submission_verdict": "UPDATE cchc.submission SET verdict = 'fine', decided_by = 0",
    "ck_submission_verdict_has_author": "UPDATE cchc.submission SET verdict = 'accepted'",
    "ck_task_change_kind": "INSERT INTO cchc.task_change VALUES (1, 1, 1, 'forgotten', NULL, NULL, '')",
    "ck_task_kind": "UPDATE cchc.task SET kind = 'odd'",
    "ck_task_succession_how": (
        "INSERT INTO cchc.task_succession (ward_id, new_task_id, how, decided_by, decided_at)"
        " VALUES (1, 1, 'guessed', 1, now())"
    ),
    "ck_task_unit_role": "UPDATE cchc.task_unit SET role = 'spectator'",
    "ck_zalo_grant_state": (
        "INSERT INTO cchc.zalo_grant (app_id, oa_id, state, generation) VALUES ('1', '2', 'tired', 0)"
    ),
}


@pytest.mark.parametrize("constraint", BROKEN)
def test_what_a_constraint_forbids_is_refused_even_to_a_superuser(
    superuser: Superuser, constraint: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refusal:
        superuser.execute(BROKEN[constraint])

    assert refusal.value.diag.constraint_name == constraint


def test_no_constraint_is_forgotten_here(superuser: Superuser) -> None:
    checks = superuser.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'cchc'::regnamespace"
    )

    assert {name for (name,) in checks} == set(BROKEN)


UNIQUE = {
    "pk_audit_event": "INSERT INTO cchc.audit_event SELECT * FROM cchc.audit_event",
    "pk_stage": "INSERT INTO cchc.stage SELECT * FROM cchc.stage",
    "pk_submission": "INSERT INTO cchc.submission SELECT * FROM cchc.submission",
    "uq_account_name": "UPDATE cchc.account SET name = 'ba'",
    "uq_outbox_once": "UPDATE cchc.outbox SET occurrence_id = NULL, stage = NULL, reason = 'opened',"
    " recipient = '', channel = 'email', step = ''",
    "uq_plan_active": "INSERT INTO cchc.plan (ward_id, number, issued_on, issuer, title, year, state,"
    " reporting_calendar, source_sha256, imported_at) SELECT ward_id, 'khác', issued_on, issuer, title, year,"
    " state, reporting_calendar, source_sha256, imported_at FROM cchc.plan",
    "uq_task_code": "INSERT INTO cchc.task (ward_id, plan_id, code, section, position, title, time_text,"
    " kind, event_types, source_table, source_row) SELECT ward_id, plan_id, code, section, 9, title,"
    " time_text, kind, event_types, 0, 0 FROM cchc.task",
    "uq_unit_name": "INSERT INTO cchc.unit (ward_id, name) SELECT ward_id, upper(name) FROM cchc.unit",
}


@pytest.mark.parametrize("constraint", UNIQUE)
def test_what_there_may_be_once_is_there_once(superuser: Superuser, constraint: str) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation) as refusal:
        superuser.execute(UNIQUE[constraint])

    assert refusal.value.diag.constraint_name == constraint


REFERENCES = """
SELECT conname, conrelid::regclass::text, confrelid::regclass::text,
    ARRAY(SELECT attname FROM unnest(conkey) WITH ORDINALITY k(n, i)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = k.n ORDER BY i)::text[] AS columns
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'cchc'::regnamespace
"""
PEOPLE = {
    "submitted_by",
    "decided_by",
    "changed_by",
    "recorded_by",
    "imported_by",
    "activated_by",
    "settled_by",
    "made_by",
    "revoked_by",
}


# What belongs to the installation: its version, its channels, what providers send it, the country's calendar.
OF_ALL_WARDS = {
    "alembic_version",
    "calendar_notice",
    "channel_state",
    "webhook_event",
    "zalo_answer",
    "zalo_follower",
    "zalo_grant",
}


def test_every_table_belongs_to_a_ward_by_its_key(superuser: Superuser) -> None:
    keys = superuser.execute(
        "SELECT conrelid::regclass::text, attname FROM pg_constraint"
        " JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]"
        " WHERE contype = 'p' AND connamespace = 'cchc'::regnamespace"
    )

    first: dict[str, str] = dict(keys.fetchall())
    assert first.pop("cchc.ward") == "id"
    for shared in OF_ALL_WARDS:
        first.pop(f"cchc.{shared}")
    assert len(first) > 20
    assert set(first.values()) == {"ward_id"}


def test_every_reference_carries_its_ward_along(superuser: Superuser) -> None:
    references = superuser.execute(REFERENCES).fetchall()

    assert len(references) > 30
    for name, table, _, columns in references:
        assert columns[0] == "ward_id" or table.removeprefix("cchc.") in OF_ALL_WARDS, name


def test_everything_that_names_a_row_refers_to_it(superuser: Superuser) -> None:
    referring = {
        (table, column)
        for _, table, _, columns in superuser.execute(REFERENCES).fetchall()
        for column in columns
    }

    naming = superuser.execute(
        "SELECT attrelid::regclass::text, attname FROM pg_attribute"
        " JOIN pg_class c ON c.oid = attrelid AND relkind = 'r' AND relnamespace = 'cchc'::regnamespace"
        " WHERE attnum > 0 AND (attname LIKE '%%\\_id' OR attname = ANY(%s))"
        " AND NOT relname = ANY(%s)",
        [list(PEOPLE), list(OF_ALL_WARDS)],
    ).fetchall()
    assert {*naming} - referring == {
        ("cchc.flow_run", "flow_run_id"),
        ("cchc.delivery", "provider_id"),
        ("cchc.outbox", "contact_id"),  # taken from the contact itself, on the hottest table
        ("cchc.audit_event", "ward_id"),  # append_audit looks the ward up, and nobody else inserts
        ("cchc.audit_node", "ward_id"),  # likewise
    }


@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("account", "unit_id", "unit"),
        ("contact", "unit_id", "unit"),
        ("occurrence", "task_id", "task"),
        ("occurrence", "unit_id", "unit"),
        ("stage", "occurrence_id", "occurrence"),
        ("submission", "submitted_by", "account"),
        ("task", "plan_id", "plan"),
        ("outbox", "occurrence_id", "occurrence"),
    ],
)
def test_a_row_cannot_point_into_another_ward(two_wards: str, table: str, column: str, other: str) -> None:
    with psycopg.connect(two_wards) as connection:
        theirs = sql.SQL("(SELECT max(id) FROM cchc.{} WHERE ward_id = 2)").format(sql.Identifier(other))
        statement = sql.SQL("UPDATE cchc.{} SET {} = {} WHERE ward_id = 1").format(
            sql.Identifier(table), sql.Identifier(column), theirs
        )
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(statement)
        connection.rollback()


def test_a_submission_of_one_ward_cannot_name_a_document_of_another(two_wards: str) -> None:
    with psycopg.connect(two_wards) as connection:
        connection.execute(
            "INSERT INTO cchc.document (ward_id, sha256, size, media_type)"
            " VALUES (2, repeat('a', 64), 1, 'text/plain')"
        )
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(
                "INSERT INTO cchc.submission_document SELECT ward_id, occurrence_id, stage, attempt,"
                " repeat('a', 64), 'a.pdf' FROM cchc.submission WHERE ward_id = 1"
            )
        connection.rollback()


def test_two_wards_with_something_in_each_table_are_tried_here(superuser: Superuser) -> None:
    for table in ("plan", "stage", "submission", "outbox", "contact", "milestone", "finding"):
        counted = superuser.execute(
            sql.SQL("SELECT count(DISTINCT ward_id) FROM cchc.{}").format(sql.Identifier(table))
        )
        assert counted.fetchone() == (2,), table
