"""The statements of `models.moves` move exactly where the rules of `domain.stages` allow it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from domain.errors import WardError
from domain.people import Role
from domain.plans import Stage
from domain.stages import (
    HANDED_IN,
    Case,
    OccurrenceState,
    StageState,
    check_submission,
    check_verdict,
    check_withdrawal,
)
from models import moves, withdrawals
from models.database import open_engine
from services.audit import verify
from services.stages import Submission, accept, send_back, submit, withdraw
from tests.builders import CULTURE, NOW, PEOPLE, TODAY, occurrence, office, plan_of, task

ACTIONS = ("submit", "accept", "return", "withdraw")
NAMES = [name for name, _, _ in PEOPLE]


@dataclass(frozen=True)
class Absence:
    absent: str
    stand_in: str
    first: int  # days from today
    days: int
    ended: bool

    def covers(self, setting: Setting, by: str) -> bool:
        """Say whether `by` may act for the lead unit today."""
        whose = setting.people[self.absent].unit_id == setting.unit
        return whose and by == self.stand_in and not self.ended and self.first <= 0 <= self.first + self.days


@dataclass(frozen=True)
class Setting:
    engine: Engine
    ward: int
    occurrence: int
    unit: int
    people: dict[str, Any]

    @contextmanager
    def undone(self) -> Iterator[Connection]:
        """Give a transaction that leaves nothing behind."""
        with self.engine.connect() as connection:
            yield connection
            connection.rollback()


@pytest.fixture(scope="module")
def setting(request: pytest.FixtureRequest) -> Iterator[Setting]:
    """Make one open occurrence led by the unit that also has a coordinator."""
    url = request.getfixturevalue("new_database")(request.getfixturevalue("migrated"))
    engine = open_engine(url)
    with engine.begin() as connection:
        ward = office(connection, plan_of(task("I.1", lead=CULTURE, occurrences=[occurrence()]))).ward
        connection.exec_driver_sql("UPDATE cchc.account SET active = false WHERE name = 'minh'")
        people = {
            row.name: row for row in connection.exec_driver_sql("SELECT * FROM cchc.account WHERE active")
        }
        one, unit = connection.exec_driver_sql("SELECT id, unit_id FROM cchc.occurrence").one()
    yield Setting(engine, ward.id, one, unit, people)
    engine.dispose()


def put(
    connection: Connection, setting: Setting, states: dict[Stage, StageState], whole: OccurrenceState, by: int
) -> None:
    """Set the occurrence to these states, whether or not anyone could have got there."""
    connection.exec_driver_sql(
        "UPDATE cchc.occurrence SET state = %s, done_at = %s, cancel_reason = 'x'",
        (whole.value, NOW if whole is OccurrenceState.DONE else None),
    )
    for stage, state in states.items():
        handed = state in HANDED_IN or state is StageState.RETURNED
        connection.exec_driver_sql(
            "UPDATE cchc.stage SET state = %s, attempt = %s WHERE stage = %s",
            (state.value, int(handed), stage.value),
        )
        if handed:
            connection.exec_driver_sql(
                "INSERT INTO cchc.submission (ward_id, occurrence_id, stage, attempt, submitted_by,"
                " effective_on, recorded_at, late) VALUES (%s, %s, %s, 1, %s, %s, %s, false)",
                (setting.ward, setting.occurrence, stage.value, by, TODAY, NOW),
            )


def stand_in(connection: Connection, setting: Setting, absence: Absence) -> None:
    """Let somebody stand in for somebody, whether or not anyone could have named them."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.stand_in (ward_id, account_id, stand_in_id, first_day, last_day, reason, made_by,"
        " made_at, ended_at, ended_by) VALUES (%s, %s, %s, %s, %s, 'x', %s, %s, %s, %s)",
        (
            setting.ward,
            setting.people[absence.absent].id,
            setting.people[absence.stand_in].id,
            TODAY + timedelta(absence.first),
            TODAY + timedelta(absence.first + absence.days),
            setting.people["dieuphoi"].id,
            NOW,
            NOW if absence.ended else None,
            setting.people["dieuphoi"].id if absence.ended else None,
        ),
    )


def move(
    connection: Connection,
    setting: Setting,
    action: str,
    stage: Stage,
    by: str,
    on: date,
    seen: int | None = None,
) -> moves.Moved | None:
    common: dict[str, Any] = {
        "ward": setting.ward,
        "occurrence": setting.occurrence,
        "stage": stage,
        "by": by,
    }
    if action == "submit":
        paper: dict[str, Any] = dict.fromkeys(("doc_number", "doc_date", "note", "note_sha256"))
        files = {"sha256": [], "names": [], "names_sha256": []}
        return moves.submit(connection, **common, **paper, **files, on=on, today=TODAY, now=NOW)
    if action == "withdraw":
        return withdrawals.withdraw(connection, **common, seen=seen, today=TODAY, now=NOW)
    return moves.judge(
        connection,
        **common,
        seen=seen,
        accepting=action == "accept",
        reason="x",
        reason_sha256="0" * 64,
        now=NOW,
    )


def allowed(action: str, case: Case, on: date, seen: int | None) -> bool:
    try:
        if action == "submit":
            check_submission(case, on)
        elif action == "withdraw":
            check_withdrawal(case, seen=seen)
        else:
            check_verdict(case, accepting=action == "accept", seen=seen)
    except WardError:
        return False
    return True


ABSENCES = st.builds(
    Absence,
    st.sampled_from(["hoa", "hoa", "dieuphoi-vh", "dieuphoi"]),
    st.sampled_from(["lan", "lan", "chutich", "thanhtra"]),
    st.integers(-3, 1),
    st.integers(0, 3),
    st.booleans(),
)
MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STATES = st.tuples(*[st.sampled_from(StageState)] * 3).map(
    lambda states: dict(zip(Stage, states, strict=True))
)
LIKELY = st.sampled_from(
    [
        dict(zip(Stage, map(StageState, row.split()), strict=True))
        for row in (
            "open waiting waiting",
            "submitted open waiting",
            "accepted submitted open",
            "returned submitted open",
            "accepted accepted submitted",
        )
    ]
)


@MANY
@given(
    STATES | LIKELY,
    st.just(OccurrenceState.OPEN) | st.sampled_from(OccurrenceState),
    st.sampled_from(Stage),
    st.sampled_from([name for name in NAMES if name != "minh"]),
    st.sampled_from([*NAMES, "ai-do"]),
    st.sampled_from(ACTIONS),
    st.just(TODAY) | st.sampled_from([date(2025, 12, 31), date(2026, 1, 1)]),
    st.none() | ABSENCES,
    st.none() | st.sampled_from([1, 1, 2]),
)
def test_a_statement_moves_exactly_where_the_rule_allows_it(
    setting: Setting,
    states: dict[Stage, StageState],
    whole: OccurrenceState,
    stage: Stage,
    submitter: str,
    by: str,
    action: str,
    on: date,
    absence: Absence | None,
    seen: int | None,
) -> None:
    person = setting.people.get(by)
    with setting.undone() as connection:
        put(connection, setting, states, whole, setting.people[submitter].id)
        if absence is not None:
            stand_in(connection, setting, absence)
        moved = move(connection, setting, action, stage, by, on, seen)

    if person is None:
        assert moved is None
        return
    case = Case(
        stage,
        states,
        whole,
        setting.unit,
        CULTURE,
        Role(person.role),
        person.unit_id,
        date(2026, 1, 14),
        same_person=submitter == by and states[stage] is not StageState.WAITING,
        stands_in=absence is not None and absence.covers(setting, by),
        attempt=int(states[stage] in HANDED_IN or states[stage] is StageState.RETURNED),
    )
    assert (moved is not None) is allowed(action, case, on, seen)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ABSENCES, st.sampled_from(["lan", "lan", "chutich", "thanhtra", "dieuphoi"]))
def test_a_stand_in_hands_in_on_the_days_of_the_absence_and_on_no_other(
    setting: Setting, absence: Absence, by: str
) -> None:
    fresh = dict.fromkeys(Stage, StageState.WAITING) | {Stage.PLAN: StageState.OPEN}
    with setting.undone() as connection:
        put(connection, setting, fresh, OccurrenceState.OPEN, setting.people["hoa"].id)
        stand_in(connection, setting, absence)
        moved = move(connection, setting, "submit", Stage.PLAN, by, TODAY)

    assert (moved is not None) is (by == "lan" and absence.covers(setting, by))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(ACTIONS),
            st.sampled_from(Stage),
            st.sampled_from(["hoa", "dieuphoi-vh", "dieuphoi", "chutich"]) | st.sampled_from(NAMES),
        ),
        max_size=30,
    )
)
def test_whatever_people_try_the_stages_stay_in_order_and_every_move_is_in_the_history(
    setting: Setting, tries: list[tuple[str, Stage, str]]
) -> None:
    with setting.undone() as connection:
        before = verify(connection).wards[0].size
        told = sum(_try(connection, setting, *each) for each in tries)

        states = dict(connection.exec_driver_sql("SELECT stage, state FROM cchc.stage").tuples().all())
        plan, implement, report = (states[stage.value] for stage in Stage)
        closed = connection.exec_driver_sql("SELECT state FROM cchc.occurrence").scalar_one() == "done"
        verdict = verify(connection)

    assert verdict.ok
    assert verdict.wards[0].size == before + told + closed
    assert closed == (report == "accepted")
    assert report != "accepted" or plan == implement == "accepted"
    assert implement != "accepted" or plan == "accepted"
    assert implement == "waiting" or plan in {"submitted", "returned", "accepted"}
    assert report == "waiting" or implement in {"submitted", "returned", "accepted"}


def _try(connection: Connection, setting: Setting, action: str, stage: Stage, by: str) -> bool:
    """Try something as a person would; return whether it is new."""
    try:
        if action == "submit":
            wanted = Submission(setting.occurrence, stage, TODAY)
            return not submit(connection, setting.ward, wanted, by=by, today=TODAY, now=NOW).already
        if action == "withdraw":
            taken = withdraw(connection, setting.ward, setting.occurrence, stage, by=by, today=TODAY, now=NOW)
            return not taken.already
        if action == "accept":
            return not accept(connection, setting.ward, setting.occurrence, stage, by=by, now=NOW).already
        return not send_back(
            connection, setting.ward, setting.occurrence, stage, by=by, reason="Sửa lại", now=NOW
        ).already
    except WardError:
        return False
