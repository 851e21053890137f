"""Extensions when people act at the same instant, and whatever they do in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from domain.errors import WardError
from domain.extensions import ExtensionDecided, ExtensionOvertaken, ExtensionWaits
from domain.people import Role
from domain.plans import Stage
from models.database import transaction
from models.history import SYSTEM
from services import extensions
from services.audit import verify
from services.people import Ward, add_user
from services.stages import Submission, send_back, submit, withdraw
from tests.builders import NOW, TODAY, occurrence, office, plan_of, task
from tests.waiting import until_blocked

PLAN = Stage.PLAN
DUE = date(2026, 3, 31)
LATER = date(2026, 4, 15)
Act = Callable[[Connection], Any]


def at(day: date) -> datetime:
    return NOW + (day - TODAY)


@pytest.fixture
def ward(engine: Engine) -> Ward:
    with engine.begin() as connection:
        made = office(connection, plan_of(task("II.2", occurrences=[occurrence()]))).ward
        add_user(
            connection, made, "phochutich", role=Role.LEADER, unit=None, email=None, actor=SYSTEM, now=NOW
        )
    return made


def asking(ward: Ward, until: date = LATER, on: date = TODAY) -> Callable[[Connection], int]:
    return lambda connection: extensions.request(
        connection, ward, 1, PLAN, until=until, reason="x", by="lan", today=on, now=at(on)
    )


def granting(ward: Ward, by: str, until: date = LATER) -> Act:
    return lambda connection: extensions.grant(connection, ward, 1, until=until, by=by, today=TODAY, now=NOW)


def handing_in(ward: Ward) -> Act:
    wanted = Submission(1, PLAN, TODAY)
    return lambda connection: submit(connection, ward.id, wanted, by="lan", today=TODAY, now=NOW)


def together(engine: Engine, first: Act, second: Act) -> Future[Any]:
    """Let `second` run into `first` before `first` commits; return what became of it."""

    def alone() -> Any:
        with transaction(engine) as connection:
            return second(connection)

    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as connection:
            first(connection)
            other = pool.submit(alone)
            until_blocked(connection)
        other.exception()
    return other


def due(engine: Engine) -> date:
    with engine.connect() as connection:
        assert verify(connection).ok
        found: date = connection.exec_driver_sql(
            "SELECT due_on FROM cchc.stage WHERE stage = 'plan'"
        ).scalar_one()
    return found


def test_of_two_leaders_at_once_one_decides_and_the_other_is_told(engine: Engine, ward: Ward) -> None:
    with transaction(engine) as connection:
        asking(ward)(connection)
    second = granting(ward, "phochutich", date(2026, 4, 3))

    assert isinstance(together(engine, granting(ward, "chutich"), second).exception(), ExtensionDecided)
    assert due(engine) == LATER


def test_of_two_requests_at_once_the_same_is_one_and_another_is_refused(engine: Engine, ward: Ward) -> None:
    assert together(engine, asking(ward), asking(ward)).result() == 1
    other = together(engine, asking(ward), asking(ward, LATER + timedelta(1)))
    assert isinstance(other.exception(), ExtensionWaits)


def test_what_is_handed_in_while_a_leader_decides_comes_first_or_after_and_never_between(
    engine: Engine, ward: Ward
) -> None:
    with transaction(engine) as connection:
        asking(ward)(connection)

    decision = together(engine, handing_in(ward), granting(ward, "chutich"))
    assert isinstance(decision.exception(), ExtensionOvertaken)
    assert due(engine) == DUE


@pytest.fixture
def under_way(connection: Connection) -> tuple[Ward, int]:
    made = office(connection, plan_of(task("II.2", occurrences=[occurrence()]))).ward
    return made, connection.exec_driver_sql("SELECT id FROM cchc.occurrence").scalar_one()


ACTS = ("ask", "grant", "grant-objective", "refuse", "take-back", "submit", "return", "withdraw")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 12), st.integers(1, 30)), min_size=3, max_size=14
    )
)
def test_whatever_is_asked_granted_and_handed_in_what_was_late_by_its_dates_stays_late(
    connection: Connection, under_way: tuple[Ward, int], steps: list[tuple[str, int, int]]
) -> None:
    known, before = Known(), connection.begin_nested()
    for act, days, more in steps:
        known.today += timedelta(days)
        _try(connection, *under_way, act, more, known)
        known.look(connection)
    before.rollback()


class Known:
    """What must hold after each step, reckoned from what people did alone."""

    def __init__(self) -> None:
        self.today = date(2026, 3, 20)
        self.allowed = {DUE}  # the due dates that requests in time may have led to
        self.in_time = False  # whether the request that waits was made in time
        self.late: set[int] = set()

    def look(self, connection: Connection) -> None:
        (found,) = connection.exec_driver_sql("SELECT due_on FROM cchc.stage WHERE stage = 'plan'").scalars()
        assert found in self.allowed
        late = set(connection.exec_driver_sql("SELECT attempt FROM cchc.submission WHERE late").scalars())
        assert self.late <= late
        self.late = late


def _try(connection: Connection, ward: Ward, one: int, act: str, more: int, known: Known) -> None:
    """Do something as a person would on the day; what is refused changes nothing."""
    today, due_on = known.today, max(known.allowed)
    when: dict[str, Any] = {"today": today, "now": at(today)}
    waits = extensions.waiting(connection, ward)
    number = waits[0].id if waits else 0
    try:
        if act == "ask":
            until = due_on + timedelta(more)
            extensions.request(connection, ward, one, PLAN, until=until, reason="x", by="lan", **when)
            if not waits:
                known.in_time = today <= due_on
        elif act.startswith("grant"):
            objective = act == "grant-objective"
            until = due_on + timedelta(min(more, 3))
            extensions.grant(connection, ward, number, until=until, objective=objective, by="chutich", **when)
            if known.in_time and not (objective and today > due_on):
                known.allowed = {until}
        elif act == "refuse":
            extensions.refuse(connection, ward, number, answer="x", by="chutich", **when)
        elif act == "take-back":
            extensions.withdraw(connection, ward, number, by="lan", **when)
        elif act == "submit":
            result = submit(connection, ward.id, Submission(one, PLAN, today), by="lan", **when)
            assert result.late or today <= due_on
        elif act == "return":
            send_back(connection, ward.id, one, PLAN, by="dieuphoi", reason="x", now=at(today))
        else:
            withdraw(connection, ward.id, one, PLAN, by="lan", **when)
    except WardError:
        return
