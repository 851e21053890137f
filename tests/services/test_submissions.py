"""Accepting many at once: each stands for itself."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from domain.plans import Stage
from domain.refusals import NotPermitted
from services.submissions import Chosen, accept_many
from tests.builders import NOW, occurrence, office, plan_of, task
from tests.desk import Desk


@pytest.fixture
def desk(connection: Connection) -> Desk:
    return Desk(connection, office(connection, plan_of(task("II.2", occurrences=[occurrence()]))))


def test_earlier_stages_are_accepted_first_whatever_the_order(desk: Desk) -> None:
    for stage in Stage:
        desk.submit(stage)
    chosen = [Chosen(desk.occurrence, stage, 1) for stage in reversed(Stage)]

    outcome = accept_many(desk.connection, desk.ward, chosen, by="dieuphoi", now=NOW)

    assert (len(outcome.accepted), outcome.refused) == (3, [])
    assert desk.states() == ["accepted"] * 3


def test_what_is_refused_says_why_and_hinders_no_other(desk: Desk) -> None:
    desk.submit(Stage.PLAN)
    chosen = [Chosen(desk.occurrence, Stage.PLAN, 1), Chosen(desk.occurrence, Stage.REPORT, 1)]

    outcome = accept_many(desk.connection, desk.ward, chosen, by="dieuphoi", now=NOW)

    assert [each.stage for each in outcome.accepted] == [Stage.PLAN]
    [refused] = outcome.refused
    assert refused.chosen.stage is Stage.REPORT
    assert refused.why
    assert desk.states() == ["accepted", "open", "waiting"]


def test_another_attempt_than_the_one_that_was_seen_is_not_accepted(desk: Desk) -> None:
    desk.submit(Stage.PLAN)
    desk.send_back(Stage.PLAN)
    desk.submit(Stage.PLAN)

    outcome = accept_many(
        desk.connection, desk.ward, [Chosen(desk.occurrence, Stage.PLAN, 1)], by="dieuphoi", now=NOW
    )

    assert outcome.accepted == []
    assert desk.states()[0] == "submitted"


def test_a_second_time_changes_nothing(desk: Desk) -> None:
    desk.submit(Stage.PLAN)
    chosen = [Chosen(desk.occurrence, Stage.PLAN, 1)] * 2

    for _ in range(2):
        outcome = accept_many(desk.connection, desk.ward, chosen, by="dieuphoi", now=NOW)

    assert len(outcome.accepted) == 1
    assert desk.kinds().count("stage.accepted") == 1


def test_nobody_accepts_for_another_ward_or_without_the_right(connection: Connection, desk: Desk) -> None:
    desk.submit(Stage.PLAN)
    reading = plan_of(task("II.2", occurrences=[occurrence()]), issuer="UBND phường Khác")
    other = office(connection, reading).ward
    chosen = [Chosen(desk.occurrence, Stage.PLAN, 1)]

    assert accept_many(connection, other, chosen, by="dieuphoi", now=NOW).accepted == []
    with pytest.raises(NotPermitted):
        accept_many(connection, desk.ward, chosen, by="lan", now=NOW)
    assert desk.states()[0] == "submitted"
