"""Who may ask a service for what: each service that takes `by` × each person × the ward next door.

Whoever may gets past the door; what comes of it then is told in the tests of that service.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

import services
from domain.binding import SENT_TO
from domain.calendar import Notice
from domain.errors import WardError
from domain.findings import Verdict
from domain.machine_tokens import Scope
from domain.people import PERMITTED, Action, Role
from domain.plans import Finding, PlanReading, Severity, Stage, TaskKind
from models import history
from models.history import SYSTEM
from services import (
    accounts,
    amendments,
    assignments,
    audit_room,
    binding,
    channels,
    contacts,
    due_dates,
    erasure,
    event_answers,
    events,
    evidence,
    extension_verdicts,
    extensions,
    feeds,
    findings,
    machine_tokens,
    occurrences,
    office_calendar,
    plans,
    reminder_rules,
    reports,
    resending,
    scorecard,
    stages,
    stand_ins,
    submissions,
    succession,
    units,
)
from services.documents import StoredFile
from services.people import Ward, add_contact, add_user, disable_user
from tests.builders import CULTURE, GROUP, NOW, OFFICE, PEOPLE, TODAY, occurrence, office, plan_of, task

ANYTHING: Any = None  # what comes after the door
STRANGERS = ("khong-co", "da-khoa")  # nobody has the one name, the other account was disabled
CLOSED = {
    *("UnknownUser", "NotPermitted", "NotOwnUnit", "OwnUnitNeedsLeader", "SamePerson", "NotOwnFeed"),
    *("NotOneself", "OtherUnit", "NotYourself"),
}
FILE = StoredFile("1" * 64, 1, "qd.txt", "text/plain")


@dataclass(frozen=True, slots=True)
class Setting:
    """A ward in which everything that can be acted on is there: I.1 leads OFFICE, II.2 CULTURE."""

    connection: Connection
    ward: Ward
    office_occurrence: int
    culture_occurrence: int
    finding: int
    plan: int
    extension: int
    feed: int
    stand_in: int
    token: int
    tasks: Mapping[str, int]
    units: Mapping[str, int]
    contact: Any


def reading(**more: Any) -> PlanReading:
    return plan_of(
        task("I.1", occurrences=[occurrence()]),
        task("II.2", lead=CULTURE, occurrences=[occurrence()]),
        task("IV.1", TaskKind.EVENT, event_types=["guidance"]),
        findings=[Finding("group-lead", Severity.CHECK, "Cần xem.")],
        **more,
    )


def furnished(connection: Connection, plan: PlanReading) -> Setting:
    made = office(connection, plan)
    ward = made.ward

    def ids(table: str, name: str) -> dict[str, int]:
        rows = connection.exec_driver_sql(f"SELECT {name}, id FROM cchc.{table} WHERE ward_id = {ward.id}")
        return {row[0]: row[1] for row in rows}

    tasks = ids("task", "code")
    opened: dict[Any, int] = ids("occurrence", "task_id")
    first, second = opened[tasks["I.1"]], opened[tasks["II.2"]]
    add_user(connection, ward, "da-khoa", role=Role.COORDINATOR, unit=None, email=None, actor=SYSTEM, now=NOW)
    disable_user(connection, ward, "da-khoa", actor=SYSTEM, now=NOW)
    add_contact(connection, ward, OFFICE, channel="email", address="vp@x.vn", actor=SYSTEM, now=NOW)
    stages.submit(
        connection, ward.id, stages.Submission(second, Stage.PLAN, TODAY), by="hoa", today=TODAY, now=NOW
    )
    order = machine_tokens.Order("may", "x", (Scope.READ.value,))
    return Setting(
        connection,
        ward,
        first,
        second,
        next(iter(ids("finding", "plan_id").values())),
        made.plan_id,
        extensions.request(
            connection,
            ward,
            first,
            Stage.PLAN,
            until=date(2026, 4, 9),
            reason="x",
            by="lan",
            today=TODAY,
            now=NOW,
        ),
        feeds.make_feed(connection, ward, unit=OFFICE, by="lan", link_base="http://x", now=NOW).id,
        stand_ins.name_stand_in(
            connection,
            ward,
            "lan",
            "hoa",
            first=TODAY,
            last=TODAY,
            reason="x",
            by="lan",
            today=TODAY,
            now=NOW - timedelta(1),
        ),
        machine_tokens.make_token(connection, ward, order, by="quantri", now=NOW).id,
        tasks,
        ids("unit", "name"),
        contacts.contacts_of(connection, ward, OFFICE)[2][0],
    )


Call = Callable[[Setting, Ward, str], object]
OWN_UNIT = {"dieuphoi": "NotOwnUnit", "dieuphoi-vh": "NotOwnUnit", "hoa": "NotOwnUnit", "minh": "NotOwnUnit"}


@dataclass(frozen=True, slots=True)
class Door:
    """One service: who may by role, who may not all the same, and how it is asked."""

    action: Action
    call: Call
    but: Mapping[str, str] = field(default_factory=dict)

    @property
    def vague(self) -> bool:
        """Say whether it is asked with something that is nothing, which breaks behind the door."""
        return "ANYTHING" in self.call.__code__.co_names


def at(setting: Setting) -> dict[str, Any]:
    return {"today": TODAY, "now": NOW}


DOORS: dict[str, Door] = {
    "accounts.manager": Door(Action.MANAGE_ACCOUNTS, lambda s, w, by: accounts.manager(s.connection, w, by)),
    "accounts.change": Door(
        Action.MANAGE_ACCOUNTS,
        lambda s, w, by: accounts.change(
            s.connection, w, "minh", role=Role.AUDITOR, unit=None, email=None, by=by, now=NOW
        ),
    ),
    "amendments.apply": Door(
        Action.ACTIVATE_PLAN,
        lambda s, w, by: amendments.apply(s.connection, w, ANYTHING, FILE, by=by, today=TODAY, now=NOW),
    ),
    "assignments.assign": Door(
        Action.ASSIGN,
        lambda s, w, by: assignments.assign(
            s.connection, w, [(s.tasks["I.1"], s.units[OFFICE])], "lan", by=by, now=NOW
        ),
        {"hoa": "OtherUnit", "minh": "OtherUnit"},
    ),
    "assignments.hand_over": Door(
        Action.ASSIGN,
        lambda s, w, by: assignments.hand_over(s.connection, w, "lan", None, by=by, now=NOW),
    ),
    **{
        f"audit_room.{name}": Door(Action.VERIFY, call)
        for name, call in {
            "state": lambda s, w, by: audit_room.state(s.connection, w, by=by),
            "events": lambda s, w, by: audit_room.events(
                s.connection, w, audit_room.Asked(), by=by, timezone=ANYTHING
            ),
            "pages": lambda s, w, by: list(
                audit_room.pages(s.connection, w, audit_room.Asked(), by=by, timezone=ANYTHING)
            ),
            "event": lambda s, w, by: audit_room.event(s.connection, w, 0, by=by),
            "story": lambda s, w, by: audit_room.story(
                s.connection, w, "I.1", by=by, today=TODAY, timezone=ANYTHING
            ),
            "verify": lambda s, w, by: audit_room.verify(s.connection, w, by=by),
        }.items()
    },
    "binding.make_code": Door(
        Action.MANAGE_CONTACTS,
        lambda s, w, by: binding.make_code(
            s.connection, w, OFFICE, channel=next(iter(SENT_TO)), by=by, now=NOW
        ),
    ),
    "channels.release": Door(
        Action.MANAGE_CHANNELS, lambda s, w, by: channels.release(s.connection, w, "email", by=by, now=NOW)
    ),
    "contacts.manager": Door(Action.MANAGE_CONTACTS, lambda s, w, by: contacts.manager(s.connection, w, by)),
    "contacts.remove_contact": Door(
        Action.MANAGE_CONTACTS,
        lambda s, w, by: contacts.remove_contact(s.connection, w, s.contact, by=by, now=NOW),
    ),
    "contacts.unmute_contact": Door(
        Action.MANAGE_CONTACTS,
        lambda s, w, by: contacts.unmute_contact(s.connection, w, s.contact, by=by, now=NOW),
    ),
    "contacts.rank_contact": Door(
        Action.MANAGE_CONTACTS,
        lambda s, w, by: contacts.rank_contact(s.connection, w, s.contact, 2, by=by, now=NOW),
    ),
    "due_dates.set_date": Door(
        Action.SET_DATE,
        lambda s, w, by: due_dates.set_date(
            s.connection, w, "I.1", Stage.PLAN, date(2026, 5, 5), reason="x", by=by, **at(s)
        ),
    ),
    "due_dates.set_dates": Door(
        Action.SET_DATE,
        lambda s, w, by: due_dates.set_dates(
            s.connection,
            w,
            ANYTHING,
            Stage.PLAN,
            date(2026, 5, 5),
            label=None,
            reason="x",
            by=by,
            **at(s),
        ),
    ),
    "due_dates.confirm_assumed": Door(
        Action.SET_DATE,
        lambda s, w, by: due_dates.confirm_assumed(
            s.connection, w, s.tasks["I.1"], Stage.PLAN, reason="x", by=by, now=NOW
        ),
    ),
    "due_dates.settle_date": Door(
        Action.SET_DATE,
        lambda s, w, by: due_dates.settle_date(
            s.connection,
            w,
            s.office_occurrence,
            Stage.PLAN,
            date(2026, 5, 5),
            reason="x",
            by=by,
            now=NOW,
        ),
    ),
    "event_answers.answer": Door(
        Action.ANSWER_QUESTION,
        lambda s, w, by: event_answers.answer(
            s.connection, w, s.tasks["IV.1"], date(2026, 2, 1), by=by, **at(s)
        ),
    ),
    "event_answers.answer_nothing": Door(
        Action.ANSWER_QUESTION,
        lambda s, w, by: event_answers.answer_nothing(
            s.connection, w, [(s.tasks["IV.1"], date(2026, 2, 1))], by=by, **at(s)
        ),
    ),
    "events.raise_event": Door(
        Action.RAISE_EVENT,
        lambda s, w, by: events.raise_event(
            s.connection, w, events.EventRequest("guidance", "1/UB", TODAY, "UB", "x"), by=by, **at(s)
        ),
    ),
    "evidence.prepare": Door(
        Action.VERIFY,
        lambda s, w, by: evidence.prepare(s.connection, w, ANYTHING, by=by, keys=ANYTHING, now=NOW),
    ),
    "extension_verdicts.grant": Door(
        Action.DECIDE_EXTENSION,
        lambda s, w, by: extension_verdicts.grant(
            s.connection, w, s.extension, until=date(2026, 4, 8), by=by, **at(s)
        ),
    ),
    "extension_verdicts.refuse": Door(
        Action.DECIDE_EXTENSION,
        lambda s, w, by: extension_verdicts.refuse(s.connection, w, s.extension, answer="x", by=by, **at(s)),
    ),
    "extensions.request": Door(
        Action.ASK_EXTENSION,
        lambda s, w, by: extensions.request(
            s.connection,
            w,
            s.office_occurrence,
            Stage.REPORT,
            until=date(2026, 12, 20),
            reason="x",
            by=by,
            **at(s),
        ),
        OWN_UNIT | {"hoa": ""},  # she stands in for Lan today
    ),
    "extensions.withdraw": Door(
        Action.ASK_EXTENSION,
        lambda s, w, by: extensions.withdraw(s.connection, w, s.extension, by=by, **at(s)),
        OWN_UNIT | {"hoa": ""},
    ),
    "feeds.make_feed": Door(
        Action.MANAGE_FEEDS,
        lambda s, w, by: feeds.make_feed(s.connection, w, unit=OFFICE, by=by, link_base="x", now=NOW),
        dict.fromkeys(("hoa", "minh", "chutich"), "NotOwnFeed"),
    ),
    "feeds.revoke_feed": Door(
        Action.MANAGE_FEEDS,
        lambda s, w, by: feeds.revoke_feed(s.connection, w, s.feed, by=by, now=NOW),
        dict.fromkeys(("hoa", "minh", "chutich"), "NotOwnFeed"),
    ),
    "findings.settle_finding": Door(
        Action.SETTLE_FINDING,
        lambda s, w, by: findings.settle_finding(
            s.connection, w, s.finding, findings.Decision(Verdict.CONFIRMED, "x"), by=by, **at(s)
        ),
    ),
    "findings.settle_alike": Door(
        Action.SETTLE_FINDING,
        lambda s, w, by: findings.settle_alike(
            s.connection, w, s.plan, "group-lead", findings.Decision(Verdict.CONFIRMED, "x"), by=by, **at(s)
        ),
    ),
    "findings.reopen_finding": Door(
        Action.SETTLE_FINDING,
        lambda s, w, by: findings.reopen_finding(s.connection, w, s.finding, "x", by=by, now=NOW),
    ),
    "machine_tokens.make_token": Door(
        Action.MANAGE_MACHINES,
        lambda s, w, by: machine_tokens.make_token(
            s.connection, w, machine_tokens.Order("moi", "x", ("read",)), by=by, now=NOW
        ),
    ),
    "machine_tokens.revoke_token": Door(
        Action.MANAGE_MACHINES,
        lambda s, w, by: machine_tokens.revoke_token(s.connection, w, s.token, by=by, now=NOW),
    ),
    "office_calendar.add_notice": Door(
        Action.MANAGE_CALENDAR,
        lambda s, w, by: office_calendar.add_notice(
            s.connection, w, Notice("1/TB", 2027, (date(2027, 2, 8),)), by=by, now=NOW
        ),
    ),
    "office_calendar.withdraw_notice": Door(
        Action.MANAGE_CALENDAR,
        lambda s, w, by: office_calendar.withdraw_notice(s.connection, w, 1, by=by, now=NOW),
    ),
    "occurrences.cancel": Door(
        Action.RAISE_EVENT,
        lambda s, w, by: occurrences.cancel(
            s.connection, w, s.office_occurrence, reason="x", document="1/UB", by=by, now=NOW
        ),
    ),
    "erasure.erase_person": Door(
        Action.MANAGE_ACCOUNTS, lambda s, w, by: erasure.erase_person(s.connection, w, "minh", by=by, now=NOW)
    ),
    "plans.import_plan": Door(
        Action.IMPORT_PLAN,
        lambda s, w, by: plans.import_plan(
            s.connection, reading(number="7/QĐ-UBND", issuer=w.name), FILE, by=by, now=NOW
        ),
    ),
    "plans.activate_plan": Door(
        Action.ACTIVATE_PLAN,
        lambda s, w, by: plans.activate_plan(s.connection, w, by=by, plan_id=s.plan, **at(s)),
    ),
    "reminder_rules.set_rule": Door(
        Action.MANAGE_REMINDERS,
        lambda s, w, by: reminder_rules.set_rule(s.connection, w, "", "", ANYTHING, by=by, now=NOW),
    ),
    "reminder_rules.remove_rule": Door(
        Action.MANAGE_REMINDERS,
        lambda s, w, by: reminder_rules.remove_rule(s.connection, w, "", "", by=by, now=NOW),
    ),
    "reminder_rules.set_hours": Door(
        Action.MANAGE_REMINDERS,
        lambda s, w, by: reminder_rules.set_hours(
            s.connection, w, reminder_rules.packaged_hours(), by=by, now=NOW
        ),
    ),
    "reports.report": Door(
        Action.REPORT, lambda s, w, by: reports.report(s.connection, w, ANYTHING, by=by, today=TODAY)
    ),
    "resending.resend": Door(
        Action.MANAGE_MESSAGES, lambda s, w, by: resending.resend(s.connection, w, 1, by=by, now=NOW)
    ),
    "resending.clear_up": Door(
        Action.MANAGE_MESSAGES,
        lambda s, w, by: resending.clear_up(s.connection, w, 1, arrived=True, reason="x", by=by, now=NOW),
    ),
    "scorecard.score_sheet": Door(
        Action.REPORT,
        lambda s, w, by: scorecard.score_sheet(s.connection, w, 2026, by=by, today=TODAY, folder=None),
    ),
    "stages.submit": Door(
        Action.SUBMIT,
        lambda s, w, by: stages.submit(
            s.connection,
            w.id,
            stages.Submission(s.office_occurrence, Stage.PLAN, TODAY),
            by=by,
            **at(s),
        ),
        OWN_UNIT | {"hoa": ""},
    ),
    "stages.check_unit": Door(
        Action.SUBMIT,
        lambda s, w, by: stages.check_unit(
            s.connection, w.id, s.office_occurrence, Stage.PLAN, by=by, today=TODAY
        ),
        OWN_UNIT | {"hoa": ""},
    ),
    "stages.withdraw": Door(
        Action.SUBMIT,
        lambda s, w, by: stages.withdraw(
            s.connection, w.id, s.culture_occurrence, Stage.PLAN, by=by, **at(s)
        ),
        dict.fromkeys(("dieuphoi", "lan", "minh"), "NotOwnUnit"),
    ),
    "stages.accept": Door(
        Action.ACCEPT,
        lambda s, w, by: stages.accept(s.connection, w.id, s.culture_occurrence, Stage.PLAN, by=by, now=NOW),
        {"dieuphoi-vh": "OwnUnitNeedsLeader"},
    ),
    "stages.send_back": Door(
        Action.ACCEPT,
        lambda s, w, by: stages.send_back(
            s.connection, w.id, s.culture_occurrence, Stage.PLAN, by=by, reason="x", now=NOW
        ),
        {"dieuphoi-vh": "OwnUnitNeedsLeader"},
    ),
    "stand_ins.name_stand_in": Door(
        Action.STAND_IN,
        lambda s, w, by: stand_ins.name_stand_in(
            s.connection,
            w,
            "lan",
            "minh",
            first=TODAY,
            last=TODAY,
            reason="x",
            by=by,
            **at(s),
        ),
        dict.fromkeys(("hoa", "minh"), "NotOneself"),
    ),
    "stand_ins.end": Door(
        Action.STAND_IN,
        lambda s, w, by: stand_ins.end(s.connection, w, s.stand_in, by=by, now=NOW),
        {"minh": "NotOneself"},
    ),
    "submissions.accept_many": Door(
        Action.ACCEPT,
        lambda s, w, by: submissions.accept_many(
            s.connection, w, [submissions.Chosen(s.culture_occurrence, Stage.PLAN, 1)], by=by, now=NOW
        ),
    ),
    "succession.confirm": Door(
        Action.ACTIVATE_PLAN, lambda s, w, by: succession.confirm(s.connection, w, by=by, now=NOW)
    ),
    "succession.choose": Door(
        Action.ACTIVATE_PLAN,
        lambda s, w, by: succession.choose(s.connection, w, "I.1", None, by=by, now=NOW),
    ),
    "units.add_alias": Door(
        Action.MANAGE_UNITS,
        lambda s, w, by: units.add_alias(s.connection, w, "Phòng Một", of=OFFICE, by=by, now=NOW),
    ),
    "units.remove_alias": Door(
        Action.MANAGE_UNITS,
        lambda s, w, by: units.remove_alias(s.connection, w, "x", of=OFFICE, by=by, now=NOW),
    ),
    "units.set_members": Door(
        Action.MANAGE_UNITS,
        lambda s, w, by: units.set_members(s.connection, w, GROUP, [OFFICE], by=by, now=NOW),
    ),
}
# What an installation has once, whatever wards are in it: docs/decisions/0021-log-in.md.
SHARED = {"office_calendar.add_notice", "office_calendar.withdraw_notice", "channels.release"}
# These take a name, too, but decide nothing by it.
NO_DOOR = {
    "audit_room.note": "keeps beside the database what audit_room.verify has found for the same person",
    "extensions.asking": "only tells whether somebody may ask; asking has its own door",
    "stages.case_of": "only tells what somebody may do; doing it has its own door",
    "checkpoints.rotate": "whoever has the installation's keys in their hands; no page leads there",
    "tasks.find_occurrence": "only tells which occurrence is meant; what is done with it has its own door",
}


@pytest.fixture(scope="module")
def two(shared_engine: Engine) -> Iterator[tuple[Setting, Setting]]:
    """Give two wards, furnished alike, in one transaction that is rolled back in the end."""
    with shared_engine.connect() as connection:
        ours = furnished(connection, reading())
        theirs = furnished(connection, reading(issuer="UBND xã Bên", number="2/QĐ-UBND"))
        yield ours, theirs


def entered(door: Door, setting: Setting, ward: Ward, by: str) -> str:
    """Knock, undo what came of it, and return the refusal's name; empty for who got past the door."""
    undo = setting.connection.begin_nested()
    try:
        door.call(setting, ward, by)
    except WardError as refusal:
        return type(refusal).__name__ if type(refusal).__name__ in CLOSED else ""
    except (AttributeError, TypeError):
        if not door.vague:
            raise
        return ""
    finally:
        undo.rollback()
    return ""


@pytest.mark.parametrize("name", DOORS)
def test_a_service_lets_in_whom_the_table_names_and_refuses_all_others_by_name(
    two: tuple[Setting, Setting], name: str
) -> None:
    door, setting = DOORS[name], two[0]
    expected = {
        person: door.but.get(person, "" if role in PERMITTED[door.action] else "NotPermitted")
        for person, role, _ in PEOPLE
    } | dict.fromkeys(STRANGERS, "UnknownUser")

    assert {by: entered(door, setting, setting.ward, by) for by in expected} == expected


@pytest.mark.parametrize("name", sorted(DOORS.keys() - SHARED))
def test_whoever_may_in_one_ward_changes_nothing_in_another(two: tuple[Setting, Setting], name: str) -> None:
    ours, theirs = two
    door = DOORS[name]
    connection = ours.connection
    before = history.head(connection, theirs.ward.id)
    for by, _, _ in PEOPLE:
        undo = connection.begin_nested()
        try:
            # They ask in their own ward for what has its number in the other one.
            door.call(theirs, ours.ward, by)
        except (WardError, IntegrityError):  # constraints stand behind the code
            pass
        except (AttributeError, TypeError):
            assert door.vague
        else:
            assert history.head(connection, theirs.ward.id) == before, by
        finally:
            undo.rollback()


def test_no_service_that_asks_who_is_forgotten_here() -> None:
    found = set()
    for module in pkgutil.walk_packages(services.__path__, "services."):
        for name, each in vars(import_module(module.name)).items():
            own = inspect.isfunction(each) and each.__module__ == module.name
            if own and not name.startswith("_") and "by" in inspect.signature(each).parameters:
                found.add(f"{module.name.removeprefix('services.')}.{name}")

    assert found == DOORS.keys() | NO_DOOR.keys()


def test_services_that_trust_their_caller_are_called_where_somebody_has_asked() -> None:
    """These take the actor as history names it; each of their callers in web and cli asks for permission."""
    trusting = ("add_user(", "disable_user(", "add_contact(", "give_temporary(", "password_link(")
    asking = ("permitted(", "manager(", "visitor(", "_actor(", "MANAGE_", "SYSTEM")
    root = Path(services.__file__).parents[1]

    for path in sorted([*(root / "web").rglob("*.py"), *(root / "cli").rglob("*.py")]):
        text = path.read_text(encoding="utf-8")
        if any(each in text for each in trusting):
            assert any(each in text for each in asking), path
