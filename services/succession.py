"""Which task of last year's plan each task of this year's goes on from: proposed, then decided by people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from domain.differences import Difference, differences
from domain.errors import WardError
from domain.matching import Ambiguity, Fate, match_tasks
from domain.people import Action
from domain.plans import TaskReading
from domain.reading.normal import key
from domain.refusals import UnknownTask
from models import amendments, intake, succession
from services.history import record
from services.people import Ward, permitted
from services.proposals import reading_of


class NoYearBefore(WardError):
    """There are no two plans of following years."""

    def __init__(self) -> None:
        super().__init__(
            "no plan of the year before",
            "Chưa có kế hoạch của hai năm liền nhau để đối chiếu "
            "(kế hoạch năm trước phải đã được đưa vào thực hiện).",
        )


@dataclass(frozen=True, slots=True)
class Successor:
    """One task of the new plan and the one it goes on from, or one that is gone; `new` is None then.

    `decided_by` is None as long as the program only proposes it.
    """

    fate: Fate
    old: TaskReading | None
    new: TaskReading | None
    changed: tuple[Difference, ...]
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """Two plans of following years held against each other."""

    old: Any
    new: Any
    pairs: tuple[Successor, ...]
    ambiguities: tuple[Ambiguity, ...]
    units_new: tuple[tuple[str, str | None], ...]
    """Units that only the new plan names, each with the unit of the old one that is most like it."""

    def count(self, *fates: Fate) -> int:
        """Count the pairs of these fates."""
        return sum(pair.fate in fates for pair in self.pairs)

    @property
    def line(self) -> str:
        """The comparison in one line."""
        same = self.count(Fate.SAME, Fate.RENUMBERED, Fate.CHANGED)
        return (
            f"{same} nhiệm vụ như năm {self.old.year}, {self.count(Fate.NEW)} mới, "
            f"{self.count(Fate.GONE)} không còn"
        )


@dataclass(frozen=True, slots=True)
class LastYear:
    """How the task before this one ended."""

    code: str
    number: str
    year: int
    occurrences: int
    done: int
    on_time: int

    @property
    def line(self) -> str:
        """The same in words."""
        if not self.occurrences:
            return f"{self.code} ({self.number}), không có kỳ nào"
        return f"{self.code} ({self.number}), hoàn thành đúng hạn {self.on_time}/{self.occurrences} kỳ"


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, 0 to 1, whatever the order of their words."""
    from rapidfuzz import fuzz  # showing a task needs none of it

    return fuzz.token_sort_ratio(key(one), key(other)) / 100


def successors(connection: Connection, ward: Ward, plan_id: int | None = None) -> Mapped:
    """Hold a plan (the newest without `plan_id`) against that of the year before.

    What people decided stands; the rest is proposed anew from the rows as they are now.

    Raises:
        NoYearBefore: there are no two such plans.
    """
    old, new = _plans(connection, ward, plan_id)
    sides = [{row.code: row for row in amendments.tasks(connection, ward.id, plan.id)} for plan in (old, new)]
    readings = [{code: reading_of(row) for code, row in side.items()} for side in sides]
    decided = {row.new_task_id: row for row in succession.decided(connection, ward.id, new.id)}
    settled = {code: decided[row.id] for code, row in sides[1].items() if row.id in decided}
    codes = {row.id: code for code, row in sides[0].items()}
    taken = {codes[row.old_task_id] for row in settled.values() if row.old_task_id in codes}
    matching = match_tasks(
        [task for code, task in readings[0].items() if code not in taken],
        [task for code, task in readings[1].items() if code not in settled],
        similarity=likeness,
        years=(old.year, new.year),
    )
    years = old.year, new.year
    pairs = [_pair(match.old, match.new, years) for match in matching.matches]
    for code, row in settled.items():
        before = readings[0].get(codes.get(row.old_task_id, ""))
        pairs.append(_pair(before, readings[1][code], years, by=row.by))
    place = {code: at for at, code in enumerate(readings[1])}
    pairs.sort(key=lambda pair: place[pair.new.code] if pair.new else len(place))
    units = _new_units(readings[0], readings[1])
    return Mapped(old, new, tuple(pairs), matching.ambiguities, units)


def _pair(
    old: TaskReading | None, new: TaskReading | None, years: tuple[int, int], by: str | None = None
) -> Successor:
    if old is None or new is None:
        return Successor(Fate.NEW if new else Fate.GONE, old, new, (), by)
    changed = differences(old, new, years=years)
    unchanged = Fate.SAME if old.code == new.code else Fate.RENUMBERED
    return Successor(Fate.CHANGED if changed else unchanged, old, new, changed, by)


def _plans(connection: Connection, ward: Ward, plan_id: int | None) -> tuple[Any, Any]:
    plans = intake.plans(connection, ward.id)
    lived = [row for row in plans if row.activated_at is not None]
    for new in plans:
        if plan_id not in {None, new.id} or (new.state == "closed" and new.activated_at is None):
            continue
        before = [row for row in lived if row.year == new.year - 1]
        if before:
            return next((row for row in before if row.state == "active"), before[0]), new
    raise NoYearBefore


def _new_units(
    old: Mapping[str, TaskReading], new: Mapping[str, TaskReading]
) -> tuple[tuple[str, str | None], ...]:
    """Return the units that only the new plan names, each with the old plan's most alike."""
    from rapidfuzz import fuzz

    before, now = (
        {unit for task in side.values() for unit in (*task.lead_units, *task.coordinating_units)}
        for side in (old, new)
    )
    found = []
    for name in sorted(now - before):
        near = max(before - now, key=lambda unit: fuzz.token_set_ratio(key(unit), key(name)), default=None)
        alike = near is not None and fuzz.token_set_ratio(key(near), key(name)) >= 70
        found.append((name, near if alike else None))
    return tuple(found)


def beside_last_year(connection: Connection, ward: Ward, plan_id: int) -> Mapped | None:
    """Hold a plan against that of the year before; None where there is none."""
    try:
        return successors(connection, ward, plan_id)
    except NoYearBefore:
        return None


def confirm(
    connection: Connection, ward: Ward, *, by: str, now: datetime, plan_id: int | None = None
) -> Mapped:
    """Record everything that is proposed as decided by a person; a second call records nothing.

    Raises:
        NoYearBefore, UnknownUser, NotPermitted.
    """
    person = permitted(connection, ward, by, Action.ACTIVATE_PLAN)
    mapped = successors(connection, ward, plan_id)
    ids = _ids(connection, ward, mapped)
    rows = [
        (ids[1][pair.new.code], ids[0][pair.old.code] if pair.old else None)
        for pair in mapped.pairs
        if pair.new is not None and pair.decided_by is None
    ]
    if rows:
        succession.decide(connection, ward.id, rows, how="proposed", by=person.id, now=now)
        facts = {"new": mapped.new.id, "old": mapped.old.id, "tasks": len(rows)}
        record(connection, ward.id, "succession.confirmed", facts, actor=person.actor, now=now)
    return successors(connection, ward, mapped.new.id)


def choose(
    connection: Connection,
    ward: Ward,
    new: str,
    old: str | None,
    *,
    by: str,
    now: datetime,
    plan_id: int | None = None,
) -> Mapped:
    """Record which task (None: none) a task goes on from; another that had it so far loses it.

    Raises:
        UnknownTask: one of the plans has no such task.
        NoYearBefore, UnknownUser, NotPermitted.
    """
    person = permitted(connection, ward, by, Action.ACTIVATE_PLAN)
    mapped = successors(connection, ward, plan_id)
    ids = _ids(connection, ward, mapped)
    for side, code in ((1, new), (0, old)):
        if code is not None and code not in ids[side]:
            raise UnknownTask(code)
    rows: list[tuple[int, int | None]] = [
        (ids[1][pair.new.code], None)
        for pair in mapped.pairs
        if pair.new and pair.old and pair.decided_by and old == pair.old.code and pair.new.code != new
    ]
    rows.append((ids[1][new], ids[0][old] if old is not None else None))
    succession.decide(connection, ward.id, rows, how="chosen", by=person.id, now=now)
    for new_id, old_id in rows:
        facts = {"new_task": new_id, "old_task": old_id}
        record(connection, ward.id, "succession.chosen", facts, actor=person.actor, now=now)
    return successors(connection, ward, mapped.new.id)


def _ids(connection: Connection, ward: Ward, mapped: Mapped) -> list[dict[str, int]]:
    return [
        {row.code: row.id for row in amendments.tasks(connection, ward.id, plan.id)}
        for plan in (mapped.old, mapped.new)
    ]


def last_year(connection: Connection, ward: Ward, task_id: int) -> LastYear | None:
    """Return how the task that this one goes on from ended, once a person has said which it is."""
    row = succession.last_year(connection, ward.id, task_id)
    if row is None:
        return None
    return LastYear(row.code, row.number, row.year, row.occurrences, row.done, row.on_time)
