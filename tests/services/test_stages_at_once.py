"""Several people at one stage in the same instant, and a submission killed half-way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager

import psycopg
import pytest
from sqlalchemy import Connection, Engine

from domain.errors import SystemFault, WardError
from domain.people import Action
from domain.plans import Stage
from domain.refusals import StageOutOfOrder, WrongState
from models.database import transaction
from services.audit import verify
from services.stages import Result, Submission, accept, send_back, submit
from services.tasks import find_occurrence
from tests.builders import NOW, TODAY, Office, occurrence, office, plan_of, task
from tests.waiting import until_blocked

PLAN = Stage.PLAN
Act = Callable[[Connection], Result]


@pytest.fixture
def ward(engine: Engine) -> Office:
    with engine.begin() as connection:
        return office(connection, plan_of(task("II.2", occurrences=[occurrence()])))


@pytest.fixture
def one(engine: Engine, ward: Office) -> int:
    with engine.connect() as connection:
        return find_occurrence(connection, ward.ward, "II.2", PLAN, Action.SUBMIT, label=None, by="lan")


def handing_in(ward: Office, one: int, number: str = "5/KH", by: str = "lan") -> Act:
    wanted = Submission(one, PLAN, TODAY, doc_number=number)
    return lambda connection: submit(connection, ward.ward.id, wanted, by=by, today=TODAY, now=NOW)


def accepting(ward: Office, one: int, by: str) -> Act:
    return lambda connection: accept(connection, ward.ward.id, one, PLAN, by=by, now=NOW)


def in_one_go(engine: Engine, act: Act) -> Result:
    with transaction(engine) as connection:
        return act(connection)


def while_the_other_waits(engine: Engine, first: Act, second: Act) -> tuple[Result, Future[Result]]:
    """Let `second` run into `first` before `first` commits; return both outcomes."""
    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as connection:
            outcome = first(connection)
            other = pool.submit(in_one_go, engine, second)
            until_blocked(connection)
        other.exception()
    return outcome, other


def traces(engine: Engine, kind: str) -> int:
    with engine.connect() as connection:
        assert verify(connection).ok
        return int(
            connection.exec_driver_sql(
                "SELECT count(*) FROM cchc.audit_event WHERE kind = %s", (kind,)
            ).scalar_one()
        )


def test_of_two_acceptances_at_once_one_wins_and_the_other_is_told(
    engine: Engine, ward: Office, one: int
) -> None:
    in_one_go(engine, handing_in(ward, one))

    won, lost = while_the_other_waits(
        engine, accepting(ward, one, "dieuphoi"), accepting(ward, one, "chutich")
    )

    assert not won.already
    assert isinstance(lost.exception(), WrongState)
    assert traces(engine, "stage.accepted") == 1


def test_accepting_and_returning_at_once_leaves_one_verdict(engine: Engine, ward: Office, one: int) -> None:
    in_one_go(engine, handing_in(ward, one))

    _, lost = while_the_other_waits(
        engine,
        lambda connection: send_back(
            connection, ward.ward.id, one, PLAN, by="chutich", reason="Thiếu", now=NOW
        ),
        accepting(ward, one, "dieuphoi"),
    )

    assert isinstance(lost.exception(), WrongState)
    assert traces(engine, "stage.returned") == 1
    assert traces(engine, "stage.accepted") == 0


def test_a_double_click_hands_in_once(engine: Engine, ward: Office, one: int) -> None:
    first, second = while_the_other_waits(engine, handing_in(ward, one), handing_in(ward, one))

    assert (first.already, second.result().already) == (False, True)
    assert traces(engine, "stage.submitted") == 1


def test_two_different_submissions_at_once_do_not_overwrite_each_other(
    engine: Engine, ward: Office, one: int
) -> None:
    _, lost = while_the_other_waits(engine, handing_in(ward, one, "5/KH"), handing_in(ward, one, "6/KH"))

    assert isinstance(lost.exception(), WrongState)
    assert traces(engine, "stage.submitted") == 1


def test_when_the_first_fails_the_second_goes_through(engine: Engine, ward: Office, one: int) -> None:
    with ThreadPoolExecutor(1) as pool:
        with engine.connect() as connection:
            handing_in(ward, one, "5/KH")(connection)
            other = pool.submit(in_one_go, engine, handing_in(ward, one, "6/KH"))
            until_blocked(connection)
            connection.rollback()
        assert other.result().attempt == 1

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT doc_number FROM cchc.submission").scalars().all() == [
            "6/KH"
        ]


def test_many_acceptances_from_many_threads_leave_one(engine: Engine, ward: Office, one: int) -> None:
    in_one_go(engine, handing_in(ward, one))
    judges = ["dieuphoi", "dieuphoi-vh", "chutich"] * 4

    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(in_one_go, engine, accepting(ward, one, by)) for by in judges]

    fresh = [each.result() for each in tries if each.exception() is None]
    assert sum(not result.already for result in fresh) == 1
    assert all(isinstance(each.exception(), WardError | None) for each in tries)
    assert traces(engine, "stage.accepted") == 1


def snapshot(database_url: str) -> dict[str, int]:
    tables = ("stage", "submission", "submission_document", "document", "outbox", "audit_event", "audit_log")
    with psycopg.connect(database_url) as connection:
        return {
            table: connection.execute(
                f"SELECT hashtext(string_agg(t::text, '|' ORDER BY t::text)) FROM cchc.{table} t"
            ).fetchone()[0]  # type: ignore[index] # values of mixed types, on purpose
            for table in tables
        }


def _killed(database_url: str, opened: AbstractContextManager[Connection], act: Act) -> None:
    with opened as connection:
        act(connection)
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with psycopg.connect(database_url, autocommit=True) as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_submission_killed_before_its_commit_leaves_nothing(
    engine: Engine, database_url: str, ward: Office, one: int
) -> None:
    before = snapshot(database_url)

    with pytest.raises(SystemFault) as fault:
        _killed(database_url, transaction(engine), handing_in(ward, one))

    assert "chưa có gì được ghi" in fault.value.notice
    assert snapshot(database_url) == before
    assert in_one_go(engine, handing_in(ward, one)).attempt == 1
    assert traces(engine, "stage.submitted") == 1


def test_who_hands_in_while_an_earlier_stage_is_being_returned_is_told_so(
    engine: Engine, ward: Office, one: int
) -> None:
    in_one_go(engine, handing_in(ward, one))
    wanted = Submission(one, Stage.IMPLEMENT, TODAY)

    returned, handed = while_the_other_waits(
        engine,
        lambda connection: send_back(
            connection, ward.ward.id, one, PLAN, by="dieuphoi", reason="Thiếu phụ lục", now=NOW
        ),
        lambda connection: submit(connection, ward.ward.id, wanted, by="lan", today=TODAY, now=NOW),
    )

    assert not returned.already
    with pytest.raises(StageOutOfOrder):
        handed.result()
