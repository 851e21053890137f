"""Which ladder reminds of what, and in which hours messages leave; each ward may say so for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection

from config.ladder import reminding
from domain.ladder import Ladder, Scope, checked, ladder_of, most_specific
from domain.ladder_words import parse_scope
from domain.people import Action
from domain.quiet import QuietHours
from domain.refusals import BadValue
from models import reminder_rules as models
from models.history import SYSTEM
from services.history import record
from services.people import Person, Ward, permitted


@dataclass(frozen=True, slots=True)
class Hours:
    """When a ward's messages leave; `bulletin_weekday` is ISO's, 1 is Monday."""

    from_time: time
    quiet: QuietHours
    bulletin_weekday: int


@dataclass(frozen=True, slots=True)
class HoursByWard:
    """The hours of every ward: its own, or the packaged ones."""

    own: Mapping[int, Hours]
    packaged: Hours

    def of(self, ward_id: int) -> Hours:
        """Return a ward's hours."""
        return self.own.get(ward_id, self.packaged)


@dataclass(frozen=True, slots=True)
class Rules:
    """The ladders of one ward: its own by kind and stage, and the packaged one for all else."""

    own: Mapping[Scope, Ladder]
    packaged: Ladder

    def of(self, kind: str, stage: str) -> tuple[Scope | None, Ladder]:
        """Return the rule that counts, None for the packaged one, and its ladder."""
        scope = most_specific(self.own.keys(), kind, stage)
        return scope, self.packaged if scope is None else self.own[scope]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as a person set it, or took it back: then `ladder` is None."""

    kind: str
    stage: str
    ladder: Ladder | None
    changed_by: str | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class HoursLine:
    """A ward's hours, with who set them and when; None for the packaged ones."""

    hours: Hours
    changed_by: str | None
    changed_at: datetime | None


def packaged_hours() -> Hours:
    """Return the hours of a ward that has set none."""
    packaged = reminding()
    return Hours(packaged.from_time, packaged.quiet, packaged.bulletin_weekday)


def hours_by_ward(connection: Connection) -> HoursByWard:
    """Return the hours of every ward; one statement."""
    return HoursByWard({row.ward_id: _hours(row) for row in models.hours(connection)}, packaged_hours())


def ward_hours(connection: Connection, ward: Ward) -> HoursLine:
    """Return a ward's hours and who set them."""
    for row in models.hours(connection, ward.id):
        return HoursLine(_hours(row), row.changed_by, row.changed_at)
    return HoursLine(packaged_hours(), None, None)


def ward_rules(connection: Connection, ward_id: int) -> Rules:
    """Return the ladders of a ward."""
    own = {(row.kind, row.stage): ladder_of(row.ladder) for row in models.ladders(connection, ward_id)}
    return Rules(own, reminding().ladder)


def rule_lines(connection: Connection, ward: Ward) -> Sequence[RuleLine]:
    """Return every rule that a ward ever set, in order of kind and stage."""
    return [
        RuleLine(
            row.kind, row.stage, ladder_of(row.ladder) if row.ladder else None, row.changed_by, row.changed_at
        )
        for row in models.rules(connection, ward.id)
    ]


def set_rule(
    connection: Connection,
    ward: Ward,
    kind: str,
    stage: str,
    ladder: Ladder,
    *,
    by: str | None,
    now: datetime,
) -> Ladder:
    """Let a ladder count for a kind of task and a stage (empty: any) from the next sweep on.

    Returns it as it is kept. Reminders that are queued stay. A second time changes nothing.

    Raises:
        BadValue, UnfitLadder: there is no such kind or stage, or nobody could climb the ladder.
        UnknownUser, NotPermitted: it is not theirs to do.
    """
    person = _permitted(connection, ward, by)
    scope, ladder = parse_scope(kind, stage), checked(ladder)
    _change(connection, ward, scope, ladder, person, now)
    return ladder


def remove_rule(
    connection: Connection, ward: Ward, kind: str, stage: str, *, by: str | None, now: datetime
) -> bool:
    """Take a rule back, so that the next more general one counts; False where there was none.

    Raises:
        BadValue: there is no such kind or stage.
        UnknownUser, NotPermitted: it is not theirs to do.
    """
    person = _permitted(connection, ward, by)
    return _change(connection, ward, parse_scope(kind, stage), None, person, now)


def set_hours(connection: Connection, ward: Ward, hours: Hours, *, by: str | None, now: datetime) -> bool:
    """Set when a ward's messages leave and on which day the bulletin does; False where it is so already.

    Raises:
        BadValue: reminders would start within the quiet hours, or there is no such day of the week.
        UnknownUser, NotPermitted: it is not theirs to do.
    """
    person = _permitted(connection, ward, by)
    if hours.quiet.quiet(hours.from_time):
        said = f"{hours.quiet.begins:%H:%M}-{hours.quiet.ends:%H:%M}"
        raise BadValue(
            "Giờ bắt đầu nhắc việc", f"{hours.from_time:%H:%M}", f"không được nằm trong giờ yên lặng {said}"
        )
    if not 1 <= hours.bulletin_weekday <= 7:
        raise BadValue("Ngày gửi bản tin", str(hours.bulletin_weekday), "từ 1 (thứ Hai) đến 7 (Chủ nhật)")
    models.lock(connection, ward.id)
    former = ward_hours(connection, ward)
    if former.changed_at is not None and former.hours == hours:
        return False
    models.put_hours(
        connection,
        ward.id,
        from_time=hours.from_time,
        quiet_begins=hours.quiet.begins,
        quiet_ends=hours.quiet.ends,
        bulletin_weekday=hours.bulletin_weekday,
        by=person.id if person else None,
        now=now,
    )
    facts = {**_facts(hours), "former": _facts(former.hours)}
    record(connection, ward.id, "reminder.hours-set", facts, actor=_actor(person), now=now)
    return True


def _change(
    connection: Connection,
    ward: Ward,
    scope: Scope,
    ladder: Ladder | None,
    person: Person | None,
    now: datetime,
) -> bool:
    models.lock(connection, ward.id)
    former = ward_rules(connection, ward.id).own.get(scope)
    if former == ladder:
        return False
    kind, stage = scope
    models.put_ladder(
        connection,
        ward.id,
        kind,
        stage,
        ladder=ladder.stated() if ladder else None,
        by=person.id if person else None,
        now=now,
    )
    facts = {
        "former": former.stated() if former else None,
        "kind": kind,
        "ladder": ladder.stated() if ladder else None,
        "stage": stage,
    }
    event = "reminder.rule-set" if ladder else "reminder.rule-removed"
    record(connection, ward.id, event, facts, actor=_actor(person), now=now)
    return True


def _permitted(connection: Connection, ward: Ward, by: str | None) -> Person | None:
    return None if by is None else permitted(connection, ward, by, Action.MANAGE_REMINDERS)


def _actor(person: Person | None) -> str:
    return person.actor if person else SYSTEM


def _facts(hours: Hours) -> dict[str, object]:
    return {
        "bulletin_weekday": hours.bulletin_weekday,
        "from_time": f"{hours.from_time:%H:%M}",
        "quiet": f"{hours.quiet.begins:%H:%M}-{hours.quiet.ends:%H:%M}",
    }


def _hours(row: Any) -> Hours:
    return Hours(row.from_time, QuietHours(row.quiet_begins, row.quiet_ends), row.bulletin_weekday)
