"""What an auditor asks of the log: its state, its events, a task's whole story, whether it was changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.errors import WardError
from domain.people import Action
from models import log_pages
from services import audit, extensions
from services.history import record
from services.people import Ward, permitted, person, users
from services.tasks import TaskView, show_task

NEWEST = 100
SYSTEM = "system"
_KIND = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)?")
_NOBODY = r"$.^"  # matches no event


class UnknownAuditEvent(WardError):
    """The log has no event at this position."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"no audit event at {position}", f"Sổ nhật ký không có sự kiện nào ở vị trí {position}."
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events are wanted: all that is None or empty is left open.

    `kind` is one of `stage.submitted`, or a family of them such as `stage`; `actor` an account's number or
    `system`; `before` a position.
    """

    task: str | None = None
    kind: str | None = None
    actor: str | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """The last verification of a ward's log on this installation, as it is kept beside the database.

    `by` is the number of an account: a name kept here would outlive its owner's wish to be forgotten.
    """

    at: datetime
    by: int
    size: int
    root: str
    checkpoints: int
    first_bad: int | None
    problems: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Say whether nothing was found."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Names:
    """What stands outside the log for the numbers in it."""

    accounts: dict[int, str]
    occurrences: dict[int, str] = field(default_factory=dict)


def known_kind(kind: str) -> bool:
    """Tell whether a text may be a kind of events, or a family of kinds."""
    return _KIND.fullmatch(kind) is not None


def state(connection: Connection, ward: Ward, *, by: str) -> tuple[int, datetime | None]:
    """Return how many events the log has, and when the last was written.

    Raises:
        NotPermitted: it is not theirs to look at.
    """
    permitted(connection, ward, by, Action.VERIFY)
    return log_pages.state(connection, ward.id)


def events(
    connection: Connection,
    ward: Ward,
    asked: Asked,
    *,
    by: str,
    timezone: ZoneInfo,
    limit: int | None = NEWEST,
) -> Sequence[Any]:
    """Return the newest events that are asked for, newest first.

    Raises:
        NotPermitted: it is not theirs to look at.
    """
    permitted(connection, ward, by, Action.VERIFY)
    return _events(connection, ward, asked, timezone, limit)


def _events(
    connection: Connection, ward: Ward, asked: Asked, timezone: ZoneInfo, limit: int | None
) -> Sequence[Any]:
    return log_pages.events(
        connection,
        ward.id,
        limit=limit,
        before=asked.before,
        kind=asked.kind or None,
        since=_begin(asked.since, timezone),
        until=_begin(asked.until and asked.until + timedelta(days=1), timezone),
        actor=_actor(asked.actor),
        about=_about(connection, ward, asked.task) if asked.task else None,
    )


def pages(
    connection: Connection, ward: Ward, asked: Asked, *, by: str, timezone: ZoneInfo, size: int = 2000
) -> Iterator[Sequence[Any]]:
    """Yield all events that are asked for, newest first, so many at a time."""
    before = asked.before
    while True:
        part = Asked(asked.task, asked.kind, asked.actor, asked.since, asked.until, before)
        rows = events(connection, ward, part, by=by, timezone=timezone, limit=size)
        yield rows
        if len(rows) < size:
            return
        before = rows[-1].position


def event(connection: Connection, ward: Ward, position: int, *, by: str) -> Any:
    """Return one event as it is stored.

    Raises:
        UnknownAuditEvent: there is none.
        NotPermitted: it is not theirs to look at.
    """
    permitted(connection, ward, by, Action.VERIFY)
    row = log_pages.event(connection, ward.id, position)
    if row is None:
        raise UnknownAuditEvent(position)
    return row


def names(
    connection: Connection, ward: Ward, rows: Sequence[Any], accounts: dict[int, str] | None = None
) -> Names:
    """Return the names for the numbers of accounts, where they aren't known, and of occurrences in events."""
    numbers = {number for row in rows for number in occurrences_of(row.body)}
    if accounts is None:
        accounts = {account.id: account.name for account in users(connection, ward)}
    return Names(accounts, log_pages.labels(connection, ward.id, sorted(numbers)))


def occurrences_of(body: str) -> list[int]:
    """Return the occurrences that an event concerns; none where its body can't be read."""
    try:
        facts = json.loads(body)["facts"]
        found = [facts["occurrence"]] if "occurrence" in facts else facts.get("occurrences", [])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return [each for each in found if type(each) is int and 0 < each < 2**63]


@dataclass(frozen=True, slots=True)
class Story:
    """A task with all that was expected of it, all that came, and every message about it."""

    view: TaskView
    extensions: Sequence[Any]
    messages: Sequence[Any]
    events: Sequence[Any]


def story(
    connection: Connection,
    ward: Ward,
    code: str,
    *,
    by: str,
    today: date,
    timezone: ZoneInfo,
    year: int | None = None,
) -> Story:
    """Return a task's whole story.

    Raises:
        UnknownTask: no active plan has it.
        NotPermitted: it is not theirs to look at.
    """
    permitted(connection, ward, by, Action.VERIFY)
    view = show_task(connection, ward, code, today, year=year)
    return Story(
        view=view,
        extensions=extensions.of_task(connection, ward, view.line.id, timezone=timezone),
        messages=log_pages.receipts(connection, ward.id, view.line.id),
        events=_events(connection, ward, Asked(task=code), timezone, 500),
    )


def verify(
    connection: Connection, ward: Ward, *, by: str, against: audit.Against | None = None
) -> audit.WardVerdict:
    """Compute the ward's log again, from its first event to its last, and say what is not right.

    Raises:
        NotPermitted: it is not theirs to ask for.
    """
    permitted(connection, ward, by, Action.VERIFY)
    return audit.verify_one(connection, ward.id, against)


def note(
    connection: Connection, ward: Ward, verdict: audit.WardVerdict, folder: Path, *, by: str, now: datetime
) -> Checked:
    """Record that the log was verified, with what was found; keep it where the next page reads it."""
    who = person(connection, ward, by)
    facts = {
        "size": verdict.size,
        "root": verdict.root,
        "problems": len(verdict.problems),
        "first_bad": verdict.first_bad,
    }
    record(connection, ward.id, "audit.verified", facts, actor=who.actor, now=now)
    checked = Checked(
        now,
        who.id,
        verdict.size,
        verdict.root,
        verdict.checkpoints,
        verdict.first_bad,
        tuple(verdict.problems),
    )
    path = _kept(folder, ward)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    stated = {name: getattr(checked, name) for name in Checked.__slots__}
    new.write_text(json.dumps({**stated, "at": now.isoformat()}, ensure_ascii=False), encoding="utf-8")
    new.replace(path)
    return checked


def last_checked(folder: Path, ward: Ward) -> Checked | None:
    """Return the last verification; None where there has been none here, or its note can't be read."""
    try:
        found = json.loads(_kept(folder, ward).read_text(encoding="utf-8"))
        return Checked(
            **{**found, "at": datetime.fromisoformat(found["at"]), "problems": tuple(found["problems"])}
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _kept(folder: Path, ward: Ward) -> Path:
    return folder / "verified" / f"{ward.id}.json"


def _begin(day: date | None, timezone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time.min, timezone) if day else None


def _actor(actor: str | None) -> str | None:
    """Return how the log writes who acted."""
    if not actor:
        return None
    return '"actor":{"id":0,"role":"system"' if actor == SYSTEM else f'"actor":{{"id":{int(actor)},'


def _about(connection: Connection, ward: Ward, code: str) -> str:
    """Return the pattern of what the log says of a task: by its number, its occurrences' or its code."""
    rows = log_pages.about_task(connection, ward.id, code)
    occurrences = "|".join(str(each) for row in rows for each in row.occurrences)
    parts = []
    if occurrences:
        parts.append(rf'"occurrence":({occurrences})[,}}]')
        parts.append(rf'"occurrences":\[([0-9]+,)*({occurrences})[,\]]')
    if rows:
        parts.append('"task":({})[,}}]'.format("|".join(str(row.id) for row in rows)))
        parts.append(f'"(code|task)":"{re.escape(json.dumps(code, ensure_ascii=False)[1:-1])}"')
    return "|".join(parts) or _NOBODY
