"""Every service that asks who acts: whom it lets in, and how it is asked."""

from __future__ import annotations

from datetime import date

from domain.binding import SENT_TO
from domain.calendar import Notice
from domain.findings import Verdict
from domain.people import Action, Role
from domain.plans import Stage
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
from tests.builders import GROUP, NOW, OFFICE, TODAY
from tests.doors.setting import ANYTHING, FILE, OWN_UNIT, Door, at, reading

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
    "events.check_event": Door(
        Action.RAISE_EVENT,
        lambda s, w, by: events.check_event(
            s.connection, w, events.EventRequest("guidance", "1/UB", TODAY, "UB", "x"), by=by, today=TODAY
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
