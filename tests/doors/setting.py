"""A ward in which everything that can be acted on is there, and what a door to it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from domain.machine_tokens import Scope
from domain.people import Action, Role
from domain.plans import Finding, PlanReading, Severity, Stage, TaskKind
from models.history import SYSTEM
from services import (
    contacts,
    extensions,
    feeds,
    machine_tokens,
    stages,
    stand_ins,
)
from services.documents import StoredFile
from services.people import Ward, add_contact, add_user, disable_user
from tests.builders import CULTURE, NOW, OFFICE, TODAY, occurrence, office, plan_of, task

ANYTHING: Any = None  # what comes after the door
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
