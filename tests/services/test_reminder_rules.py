"""Ladders and hours of the ward's own: who sets them, what counts, and what the sweep makes of them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from domain.ladder import Ladder, UnfitLadder
from domain.plans import Stage
from domain.refusals import BadValue, NotPermitted
from services.people import Ward
from services.reminder_rules import (
    packaged_hours,
    remove_rule,
    rule_lines,
    set_hours,
    set_rule,
    ward_rules,
)
from services.reminders import sweep
from tests.builders import NOW, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk, two_kinds

DAY = timedelta(days=1)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SPARSE = Ladder((20, 5), 2, ((2, "leader"),))


@pytest.fixture
def desk(connection: Connection) -> Office:
    return two_kinds(connection)


def rule(
    connection: Connection, ward: Ward, kind: str = "", stage: str = "", ladder: Ladder = SPARSE
) -> None:
    set_rule(connection, ward, kind, stage, ladder, by="dieuphoi", now=NOW)


def told(connection: Connection, today: date = TODAY, now: datetime = NOW) -> list[tuple[str, str, str]]:
    sweep(connection, today, now, timezone=HANOI)
    rows = connection.exec_driver_sql(
        "SELECT t.code, b.stage, split_part(b.step, '/', 2) AS step FROM cchc.outbox b"
        " JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id"
        " JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id"
        " WHERE b.reason IN ('reminder', 'escalation') AND b.digest = 'morning/' || %(today)s::date"
        " ORDER BY t.code, b.stage, b.recipient",
        {"today": today},
    )
    return [tuple(row) for row in rows]


def events(connection: Connection, kind: str) -> list[dict[str, Any]]:
    rows = connection.exec_driver_sql(
        "SELECT body FROM cchc.audit_event WHERE kind LIKE %(kind)s ORDER BY position", {"kind": kind}
    )
    return [json.loads(body) for body in rows.scalars()]


def test_the_most_specific_rule_counts_for_each_stage(connection: Connection, desk: Office) -> None:
    assert told(connection) == [("II.2", "report", "-7"), ("II.3", "report", "-7")]
    connection.exec_driver_sql("UPDATE cchc.outbox SET digest = 'earlier' WHERE reason = 'reminder'")

    rule(connection, desk.ward)
    assert told(connection) == [("II.2", "plan", "-5"), ("II.3", "plan", "-5")]
    connection.exec_driver_sql("UPDATE cchc.outbox SET digest = 'earlier' WHERE reason = 'reminder'")

    rule(connection, desk.ward, "recurring", "", Ladder((6,), 3, ()))
    rule(connection, desk.ward, "recurring", "report", Ladder((4,), 3, ()))
    rule(connection, desk.ward, "", "report", Ladder((6,), 3, ()))
    assert told(connection, TODAY + DAY) == [("II.2", "report", "-6")]
    assert told(connection, TODAY + 3 * DAY) == [("II.3", "report", "-4")]


SCOPES = (("recurring", "report"), ("recurring", ""), ("", "report"), ("", ""))


@pytest.mark.parametrize("chosen", [each for n in range(1, 5) for each in combinations(SCOPES, n)])
def test_whichever_rules_there_are_the_kind_weighs_more_than_the_stage(
    connection: Connection, desk: Office, chosen: tuple[tuple[str, str], ...]
) -> None:
    for scope in chosen:
        rule(connection, desk.ward, *scope, Ladder((7,) if scope == chosen[0] else (90,), 3, ()))

    assert ("II.3", "report", "-7") in told(connection)


def test_a_rule_that_is_taken_back_leaves_the_next_more_general_one(
    connection: Connection, desk: Office
) -> None:
    rule(connection, desk.ward)
    rule(connection, desk.ward, "scheduled", "plan", Ladder((1,), 3, ()))

    gone = [remove_rule(connection, desk.ward, "scheduled", "plan", by="dieuphoi", now=NOW) for _ in range(2)]

    assert gone == [True, False]
    assert ward_rules(connection, desk.ward.id).of("scheduled", "plan") == (("", ""), SPARSE)
    assert remove_rule(connection, desk.ward, "", "", by="quantri", now=NOW)
    assert ward_rules(connection, desk.ward.id).of("scheduled", "plan")[0] is None
    assert [line.ladder for line in rule_lines(connection, desk.ward)] == [None, None]
    assert told(connection) == [("II.2", "report", "-7"), ("II.3", "report", "-7")]


def test_each_change_stands_in_the_history_with_the_former_value(
    connection: Connection, desk: Office
) -> None:
    for ladder in (SPARSE, SPARSE, Ladder((3,), 3, ())):
        rule(connection, desk.ward, "event", "plan", ladder)
    remove_rule(connection, desk.ward, "event", "plan", by="quantri", now=NOW)

    first, second, last = events(connection, "reminder.rule%")
    assert first["facts"] == {"kind": "event", "ladder": SPARSE.stated(), "stage": "plan"}
    assert (second["facts"]["former"], second["facts"]["ladder"]) == (
        SPARSE.stated(),
        Ladder((3,), 3, ()).stated(),
    )
    assert last["facts"] == {"former": Ladder((3,), 3, ()).stated(), "kind": "event", "stage": "plan"}
    assert (first["actor"]["role"], last["actor"]["role"]) == ("coordinator", "admin")


@pytest.mark.parametrize("by", ["lan", "chutich", "thanhtra"])
def test_only_coordinators_and_administrators_change_rules_and_hours(
    connection: Connection, desk: Office, by: str
) -> None:
    with pytest.raises(NotPermitted):
        set_rule(connection, desk.ward, "", "", SPARSE, by=by, now=NOW)
    with pytest.raises(NotPermitted):
        remove_rule(connection, desk.ward, "", "", by=by, now=NOW)
    with pytest.raises(NotPermitted):
        set_hours(connection, desk.ward, packaged_hours(), by=by, now=NOW)


def test_what_cannot_be_is_refused_and_nothing_is_kept(connection: Connection, desk: Office) -> None:
    for refused in (
        lambda: rule(connection, desk.ward, "weekly"),
        lambda: rule(connection, desk.ward, "", "end"),
        lambda: rule(connection, desk.ward, ladder=Ladder((), 3, ())),
        lambda: rule(connection, desk.ward, ladder=Ladder((7,), 0, ())),
    ):
        with pytest.raises((BadValue, UnfitLadder)):
            refused()

    assert rule_lines(connection, desk.ward) == []
    assert events(connection, "reminder%") == []


def test_one_ward_has_rules_and_another_the_packaged_ladder(connection: Connection, desk: Office) -> None:
    other = office(
        connection,
        plan_of(task("II.2", occurrences=[occurrence(plan=TODAY + 5 * DAY)]), issuer="UBND phường Hai"),
    )
    rule(connection, other.ward)

    assert told(connection) == [
        ("II.2", "plan", "-5"), ("II.2", "plan", "-5"),  # the other ward's two coordinators
        ("II.2", "report", "-7"), ("II.3", "report", "-7"),
    ]  # fmt: skip # short values read best packed


def test_the_rungs_of_a_rule_say_who_is_told_of_what_is_late(connection: Connection, desk: Office) -> None:
    rule(connection, desk.ward, "scheduled", "plan")
    today = TODAY + 9 * DAY  # Wednesday; the plan was due on Saturday, three working days ago

    days = [told(connection, today + n * DAY) for n in range(2)]

    of_plans = [[each for each in rows if each[1] == "plan"] for rows in days]
    assert of_plans == [
        [("II.3", "plan", "+3")] * 2,  # the officer and the head
        [("II.2", "plan", "+4")] * 2,  # the officer and the leader
    ]


def test_a_ladder_that_changes_on_a_day_reminds_of_no_stage_twice_on_it(
    connection: Connection, desk: Office
) -> None:
    friday = date(2026, 3, 6)  # the report is due on Monday: the steps of Saturday and Sunday come on it, too
    rule(connection, desk.ward, "", "report", Ladder((1,), 3, ()))
    before = told(connection, friday)

    rule(connection, desk.ward, "", "report", Ladder((3,), 3, ()))

    assert ("II.2", "report", "-1") in before
    assert told(connection, friday) == before


def test_what_was_acknowledged_is_not_spoken_of_until_it_is_late_and_then_always(
    connection: Connection, desk: Office
) -> None:
    lines = connection.exec_driver_sql(
        "SELECT s.occurrence_id, s.due_on FROM cchc.stage s JOIN cchc.occurrence o ON o.id = s.occurrence_id"
        " JOIN cchc.task t ON t.id = o.task_id WHERE t.code = 'II.2' AND s.stage = 'report'"
    ).one()
    first = told(connection)
    row = connection.exec_driver_sql("SELECT min(id) FROM cchc.outbox WHERE reason = 'reminder'").scalar_one()

    def acknowledge(due_on: date) -> None:
        connection.exec_driver_sql(
            "INSERT INTO cchc.acknowledgement VALUES (%(ward)s, %(id)s, 'report', %(due)s, %(row)s, now())",
            {"ward": desk.ward.id, "id": lines.occurrence_id, "due": due_on, "row": row},
        )

    acknowledge(lines.due_on - DAY)  # another date than the one that holds: it pauses nothing
    assert ("II.2", "report", "-1") in told(connection, lines.due_on - 3 * DAY)  # on Friday
    acknowledge(lines.due_on)
    assert ("II.2", "report", "-7") in first
    due = told(connection, lines.due_on)
    late = told(connection, lines.due_on + 3 * DAY)
    assert ("II.2", "report", "0") not in due
    assert ("II.3", "report", "0") in due
    assert ("II.2", "report", "+3") in late


def test_a_stage_that_is_handed_in_is_spoken_of_by_no_ladder(connection: Connection, desk: Office) -> None:

    rule(connection, desk.ward, "scheduled", "plan", Ladder((5, 4), 3, ()))
    Desk(connection, desk).submit(Stage.PLAN)

    assert [each for each in told(connection) if each[:2] == ("II.2", "plan")] == []
