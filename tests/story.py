"""A long history, and a superuser who would change it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection, Engine

from domain.findings import Verdict
from domain.plans import Finding, Severity, Stage, TaskKind
from models.database import transaction
from models.history import SYSTEM
from services.audit import WardVerdict, verify
from services.documents import StoredFile
from services.due_dates import set_date
from services.events import EventRequest, raise_event
from services.findings import DateChange, Decision, findings, reopen_finding, settle_finding
from services.people import add_contact, disable_user
from tests.builders import GROUP, NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk
from tests.post import Post, Recorder

AWKWARD = 'Số "5"/KH\\UBND\t– đợt 1 🂡 <&>'
PLAN = plan_of(
    task("II.2", occurrences=[occurrence(plan=TODAY)]),
    task("V.2", TaskKind.EVENT, lead=GROUP, event_types=["guidance"]),
    task("VI.3", TaskKind.UNSPECIFIED),
    findings=[Finding("unspecified", Severity.CHECK, AWKWARD, "VI.3", AWKWARD)],
)


def long_story(engine: Engine, issuer: str = "UBND phường Thử Nghiệm") -> int:
    """Do everything that writes history; return the ward's id."""
    reading = replace(PLAN, decision=replace(PLAN.decision, issuer=issuer))
    with transaction(engine) as connection:
        one = office(connection, reading)
        add_contact(connection, one.ward, OFFICE, channel="email", address="lan@p.vn", actor=SYSTEM, now=NOW)
        request = EventRequest("guidance", AWKWARD, date(2026, 2, 27), "Sở Nội vụ", "Hướng dẫn", due_on=TODAY)
        raise_event(connection, one.ward, request, by="dieuphoi", today=TODAY, now=NOW)
        set_date(
            connection, one.ward, "VI.3", Stage.PLAN, TODAY, reason="x", by="chutich", today=TODAY, now=NOW
        )
        _settle(connection, one)
        desk = Desk(connection, one)
        paper = StoredFile("a" * 64, 10, "kế hoạch.pdf", "application/pdf")
        desk.submit(Stage.PLAN, doc_number=AWKWARD, doc_date=TODAY, note="ghi chú", files=[paper])
        desk.send_back(Stage.PLAN, reason=AWKWARD)
        for stage in Stage:
            desk.submit(stage)
            desk.accept(stage)
        disable_user(connection, one.ward, "quantri", actor=SYSTEM, now=NOW)
    post = Post(engine)
    post.now = NOW + timedelta(minutes=1, microseconds=7)
    post.send(Recorder())
    return one.ward.id


def _settle(connection: Connection, one: Office) -> None:
    (doubt,) = findings(connection, one.ward, one.plan_id)
    change = DateChange(Stage.REPORT, TODAY + timedelta(days=9), "Năm 2026")
    decision = Decision(Verdict.CORRECTED, AWKWARD, change)
    settle_finding(connection, one.ward, doubt.id, decision, by="dieuphoi", today=TODAY, now=NOW)
    reopen_finding(connection, one.ward, doubt.id, AWKWARD, by="dieuphoi", now=NOW)


@dataclass
class Tampering:
    """A superuser's transaction, with triggers and foreign keys off; rolled back in the end."""

    connection: Connection
    size: int

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.connection.exec_driver_sql(statement)

    def verdict(self) -> WardVerdict:
        outcome = verify(self.connection)
        first, *others = outcome.wards
        assert outcome.ok == (not any(ward.problems for ward in outcome.wards))
        assert all(not ward.problems for ward in others), "the other ward's log is its own"
        return first
