"""A ward at a glance: its plans, what needs attention, whether the morning run is alive."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection

from domain.calendar import Notice
from models import overview as models
from models.outbox import OutboxState
from services.people import Ward, the_ward
from services.troubles import LATELY, PATIENCE, Troubles, troubles

# The dead man's switch: a morning run that ended longer ago than this is missing.
MORNING_WITHIN = timedelta(hours=26)
HORIZON = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class PlanHead:
    """A plan that is a draft or active; `open_findings` ask for a person, those that block too."""

    id: int
    active: bool
    number: str
    issued_on: date
    title: str
    year: int
    activated_at: datetime | None
    open_findings: int
    blocking_findings: int
    sections: dict[str, str]


@dataclass(frozen=True, slots=True)
class Morning:
    """The last finished morning run; `late` says that one is missing."""

    day: date | None
    finished_at: datetime | None
    reminders: int
    late: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What the head of every page says; plans are the active ones, newest year first.

    `units` are those that lead tasks, by name, with their ids; `unreached` have no contact of their own.
    `notices` are those about days off that people have recorded.
    """

    ward: Ward
    plans: tuple[PlanHead, ...]
    drafts: tuple[PlanHead, ...]
    units: dict[str, int]
    unreached: tuple[str, ...]
    morning: Morning
    troubles: Troubles
    notices: tuple[Notice, ...]

    @property
    def open_findings(self) -> int:
        """Return how many findings of the active plans wait for a person."""
        return sum(plan.open_findings for plan in self.plans)


def overview(connection: Connection, code: str | None, now: datetime) -> Overview:
    """Return the ward with this code (without one, the only ward there is) at a glance.

    Raises:
        UnknownWard: there is none, or several and none was named.
    """
    rows = models.front(connection, code, stuck_before=now - PATIENCE, lost_since=now - LATELY)
    if len(rows) != 1:
        the_ward(connection, code)
    row = rows[0]
    heads = [_plan(each) for each in row.plans or ()]
    active = tuple(head for head in heads if head.active)
    ward = Ward(row.id, row.code, row.name)
    return Overview(
        ward=ward,
        plans=active,
        drafts=tuple(head for head in heads if not head.active),
        units=row.units or {},
        unreached=tuple(row.unreached or ()),
        morning=_morning(row, active, now),
        troubles=troubles(connection, row),
        notices=tuple(_notice(each) for each in row.notices or ()),
    )


def morning_is_late(connection: Connection, now: datetime) -> bool:
    """Tell whether any ward with an active plan misses its morning run."""
    return models.silent_since(connection, now - MORNING_WITHIN)


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many messages to people stand in each state, and how many changes Prefect hasn't heard of."""

    states: dict[OutboxState, int]
    engine_waiting: int


def outbox_counts(connection: Connection, ward: Ward) -> OutboxCounts:
    """Count the ward's outbox."""
    rows = models.outbox_counts(connection, ward.id)
    people = {OutboxState(row.state): row.messages for row in rows if not row.engine}
    waiting = {OutboxState.PENDING, OutboxState.RETRY, OutboxState.SENDING}
    return OutboxCounts(
        states={state: people[state] for state in OutboxState if state in people},
        engine_waiting=sum(row.messages for row in rows if row.engine and row.state in waiting),
    )


def upcoming(connection: Connection, ward: Ward, today: date, *, limit: int = 100) -> Sequence[Any]:
    """Return the occurrences that open within the engine's horizon: opens_on, code, title, label, unit."""
    return models.upcoming(connection, ward.id, until=today + HORIZON, limit=limit)


def sections(connection: Connection, ward: Ward, plan_id: int) -> Sequence[Any]:
    """Return a plan's sections: code, title, and the numbers of tasks declared and found."""
    return models.sections(connection, ward.id, plan_id)


_version = cache(version)  # what was installed as this process began; looking it up reads files


def versions(connection: Connection) -> dict[str, str]:
    """Return what runs here, by name."""
    return {
        "cchc": _version("cchc"),
        "PostgreSQL": models.server_version(connection),
        "Prefect": _version("prefect"),
        "Python": platform.python_version(),
    }


def _plan(stated: dict[str, Any]) -> PlanHead:
    activated = stated["activated_at"]
    return PlanHead(
        id=stated["id"],
        active=stated["state"] == "active",
        number=stated["number"],
        issued_on=date.fromisoformat(stated["issued_on"]),
        title=stated["title"],
        year=stated["year"],
        activated_at=datetime.fromisoformat(activated) if activated else None,
        open_findings=stated["open_findings"],
        blocking_findings=stated["blocking_findings"],
        sections={section["code"]: section["title"] for section in stated["sections"] or ()},
    )


def _notice(stated: dict[str, Any]) -> Notice:
    off, worked = (tuple(map(date.fromisoformat, stated[name])) for name in ("off", "worked"))
    return Notice(stated["document"], stated["year"], off, worked)


def _morning(row: Any, active: Sequence[PlanHead], now: datetime) -> Morning:
    """Judge the last run; until the first one, the time since the first activation counts."""
    begun = [plan.activated_at for plan in active if plan.activated_at is not None]
    since = max(min(begun), row.finished_at or min(begun)) if begun else None
    late = since is not None and now - since >= MORNING_WITHIN
    return Morning(row.day, row.finished_at, row.reminders or 0, late)
