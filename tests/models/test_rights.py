"""What the program's own role may do to the tables, and what only a superuser could."""

from __future__ import annotations

import re
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import ProgrammingError

from domain.people import Action
from domain.plans import Stage
from models.migrate import APP_ROLE
from services.stages import Submission, submit
from services.tasks import find_occurrence
from tests.builders import NOW, TODAY, occurrence, office, plan_of, task

TABLES = (
    "SELECT oid::regclass::text FROM pg_class"
    " WHERE relnamespace = 'cchc'::regnamespace AND relkind IN ('r', 'v')"
)


@pytest.fixture
def used(connection: Connection) -> Connection:
    """Give a database in which something was handed in."""
    ward = office(connection, plan_of(task("I.1", occurrences=[occurrence()]))).ward
    one = find_occurrence(connection, ward, "I.1", Stage.PLAN, Action.SUBMIT, label=None, by="lan")
    late = Submission(one, Stage.PLAN, TODAY + timedelta(days=90))
    submit(connection, ward.id, late, by="lan", today=TODAY + timedelta(days=90), now=NOW)
    return connection


def names(connection: Connection, query: str) -> list[str]:
    return list(connection.exec_driver_sql(query).scalars())


def test_every_connection_of_the_program_works_in_the_role_that_owns_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        assert names(connection, "SELECT current_user") == [APP_ROLE]
        assert names(connection, "SHOW timezone") == ["UTC"]
        owned = names(
            connection,
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
            f" WHERE r.rolname = '{APP_ROLE}' UNION ALL SELECT p.oid::regproc::text FROM pg_proc p"
            f" JOIN pg_roles r ON r.oid = p.proowner WHERE r.rolname = '{APP_ROLE}'",
        )
        assert owned == []


def test_the_role_can_neither_log_in_nor_make_anything_of_its_own(connection: Connection) -> None:
    row = connection.exec_driver_sql(
        "SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls,"
        " has_schema_privilege(oid, 'cchc', 'CREATE')"
        f" FROM pg_roles WHERE rolname = '{APP_ROLE}'"
    ).one()

    assert set(row) == {False}


@pytest.mark.parametrize("right", ["DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"])
def test_no_table_can_be_emptied_or_given_other_rules(connection: Connection, right: str) -> None:
    tables = names(connection, TABLES)
    held = names(connection, f"SELECT t FROM ({TABLES}) x(t) WHERE has_table_privilege(t, '{right}')")

    assert len(tables) > 20
    assert held == []


def test_what_was_recorded_is_changed_only_where_it_has_a_life_of_its_own(connection: Connection) -> None:
    columns = connection.exec_driver_sql(
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'cchc'::regnamespace AND c.relkind = 'r' AND a.attnum > 0"
        " AND NOT has_table_privilege(c.oid, 'UPDATE') AND has_column_privilege(c.oid, a.attnum, 'UPDATE')"
    ).all()
    whole = names(
        connection, f"SELECT t FROM ({TABLES}) x(t) WHERE has_table_privilege(t, 'UPDATE') ORDER BY 1"
    )

    assert {tuple(row) for row in columns} == {
        *(("stage", column) for column in ("due_on", "assumed", "state", "attempt")),
        *(("unit_member", column) for column in ("active", "confirmed")),
        *(("submission", column) for column in ("verdict", "decided_by", "decided_at", "reason")),
        *(("binding_code", column) for column in ("used_at", "contact_id")),
        *(("calendar_feed", column) for column in ("revoked_by", "revoked_at", "read_at")),
        ("calendar_notice", "withdrawn_at"),
        *(("webhook_event", column) for column in ("body", "handled_at", "problem")),
        ("zalo_answer", "applied_at"),
        *(("web_session", column) for column in ("agent", "used_at", "whole", "revoked_at")),
        ("one_time_link", "used_at"),
        *(
            ("extension", column)
            for column in ("verdict", "granted_until", "objective", "answer", "decided_by", "decided_at")
        ),
        *(("stand_in", column) for column in ("ended_at", "ended_by")),
        *(("assignment", column) for column in ("account_id", "assigned_by", "assigned_at")),
        *(("event_answer", column) for column in ("answer", "event_id", "answered_by", "answered_at")),
        *(("machine_token", column) for column in ("used_at", "revoked_at", "revoked_by")),
    }
    living = (
        "account channel_state contact credential finding morning_run occurrence outbox plan reminder_hours"
        " reminder_rule task unit unit_alias zalo_follower zalo_grant"
    )
    assert whole == [f"cchc.{table}" for table in living.split()]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cchc.audit_event SET kind = 'x'",
        "DELETE FROM cchc.audit_event",
        "TRUNCATE cchc.audit_event",
        "INSERT INTO cchc.audit_event VALUES (1, 99, now(), 'x', '{}', '')",
        "UPDATE cchc.audit_log SET size = 0",
        "DELETE FROM cchc.audit_log",
        "INSERT INTO cchc.audit_log VALUES (2, 0, '{}')",
        "UPDATE cchc.submission SET late = false",
        "UPDATE cchc.submission SET effective_on = '2026-01-01'",
        "UPDATE cchc.submission SET recorded_at = now()",
        "UPDATE cchc.submission SET submitted_by = 1",
        "DELETE FROM cchc.submission",
        "UPDATE cchc.stage SET nominal_due = NULL",
        "UPDATE cchc.due_change SET former_due = NULL",
        "UPDATE cchc.event SET doc_number = 'khác'",
        "UPDATE cchc.delivery SET outcome = 'sent'",
        "UPDATE cchc.document SET size = 1",
        "DELETE FROM cchc.outbox",
        "ALTER TABLE cchc.audit_event DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_event_append_only ON cchc.audit_event",
        "SET session_replication_role = replica",
        "CREATE TABLE cchc.mine (x int)",
    ],
)
def test_the_program_cannot_rewrite_what_was_recorded(used: Connection, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        used.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cchc.audit_event SET kind = 'x' WHERE position = 0",
        "DELETE FROM cchc.audit_event WHERE position = 0",
        "TRUNCATE cchc.audit_event CASCADE",
        "INSERT INTO cchc.audit_event SELECT * FROM cchc.audit_event ON CONFLICT (ward_id, position)"
        " DO UPDATE SET kind = 'x'",
        "MERGE INTO cchc.audit_event e USING (VALUES (0)) v(p) ON e.position = v.p"
        " WHEN MATCHED THEN UPDATE SET kind = 'x'",
    ],
)
def test_even_the_owner_meets_the_trigger(engine: Engine, database_url: str, statement: str) -> None:
    with engine.begin() as connection:
        office(connection, plan_of(task("I.1")))

    with (
        psycopg.connect(database_url) as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        owner.execute(statement)


def test_only_the_program_may_append_to_the_history(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        (rights,) = owner.execute(
            "SELECT array_agg(coalesce(nullif(a.grantee, 0)::regrole::text, 'PUBLIC')) FROM pg_proc p,"
            " aclexplode(p.proacl) a WHERE p.oid = 'cchc.append_audit'::regproc"
            " AND a.grantee <> p.proowner"
        ).fetchone() or (None,)

    assert rights == [APP_ROLE]


def test_the_function_that_appends_looks_up_no_name_that_someone_else_could_take(
    connection: Connection,
) -> None:
    settings = connection.exec_driver_sql(
        "SELECT prosecdef, proconfig FROM pg_proc WHERE oid = 'cchc.append_audit'::regproc"
    ).one()

    assert settings.prosecdef
    assert [re.sub(r"\s", "", each) for each in settings.proconfig] == ["search_path=pg_catalog,pg_temp"]
