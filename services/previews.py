"""A look ahead: what the sweeps of days to come would tell whom, why, and by which rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from domain.calendar import ONE_DAY, WorkingCalendar
from domain.ladder import Ladder, Scope, Step, step_on
from domain.ladder_words import ROLES, scope_in_words, why_in_words
from domain.refusals import BadValue, UnknownTask
from models import previews as models
from services.office_calendar import office_calendar
from services.people import Ward
from services.reminder_rules import Rules, ward_rules

LONGEST = timedelta(days=731)


class Assume(StrEnum):
    """What is taken for granted of work that is not handed in yet."""

    LATE = "late"  # nobody hands anything in
    ON_TIME = "on-time"  # whatever isn't late today is handed in on time


ASSUMED = {
    Assume.LATE: "coi như từ nay không bước nào được nộp",
    Assume.ON_TIME: "coi như bước chưa quá hạn đều được nộp đúng hạn, bước đang quá hạn vẫn chưa nộp",
}
# What holds of every look ahead, whatever is assumed of handing in.
ALWAYS = (
    "Bước đã có người xác nhận “đã nhận” thì không nhắc trước hạn nữa; coi như không ai xác nhận thêm. "
    "Chưa tính nhiệm vụ còn chờ văn bản, sự kiện hoặc chờ ấn định thời hạn, và những thay đổi từ nay về sau "
    "về thời hạn, địa chỉ, quy tắc, ngày nghỉ."
)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One reminder of one stage to one address on one day; `rule` is None for the packaged ladder."""

    day: date
    task: str
    title: str
    label: str
    unit: str
    stage: str
    due_on: date
    step: str
    recipient: str
    channel: str
    role: str
    reason: str
    rule: Scope | None

    @property
    def why(self) -> str:
        """Say why it would be sent: `quá hạn 3 ngày làm việc → báo cáo lãnh đạo`."""
        told = why_in_words(self.step)
        return f"{told} → báo cáo {ROLES[self.role]}" if self.reason == "escalation" else told

    @property
    def rule_in_words(self) -> str:
        """Say by which rule it would be sent."""
        return scope_in_words(*self.rule) if self.rule else "thang mặc định"


@dataclass(frozen=True, slots=True)
class Asked:
    """The days that are looked at, and of which unit and task (by code) only."""

    first: date
    last: date
    assume: Assume = Assume.LATE
    unit: int | None = None
    task: str | None = None


def preview(connection: Connection, ward: Ward, asked: Asked, *, today: date) -> list[Foreseen]:
    """Return what each day's sweep would queue if nothing but the assumption came true, in order.

    Raises:
        BadValue: the last day lies before the first, or more than two years after it.
        UnknownTask: no active plan has the task that is asked for.
    """
    if asked.task is not None and not models.knows_task(connection, ward.id, asked.task):
        raise UnknownTask(asked.task)
    if not timedelta(0) <= asked.last - asked.first <= LONGEST:
        said = f"{asked.first:%d/%m/%Y} – {asked.last:%d/%m/%Y}"
        raise BadValue("Khoảng ngày", said, "tối đa hai năm, từ trước đến sau")
    eye = _Eye(
        asked,
        today,
        office_calendar(connection, asked.first.year - 3, asked.last.year + 2),
        ward_rules(connection, ward.id),
        _by_unit(models.recipients(connection, ward.id)),
    )
    rows = models.stages(connection, ward.id, unit=asked.unit, task=asked.task)
    found = [each for row in rows for each in eye.foreseen(row)]
    return sorted(found, key=lambda each: each.day)


@dataclass(frozen=True)
class _Eye:
    asked: Asked
    today: date
    calendar: WorkingCalendar
    rules: Rules
    recipients: dict[int, list[Any]]
    _reached: dict[tuple[int, Ladder], list[_Reached]] = field(default_factory=dict)

    def foreseen(self, row: Any) -> Iterator[Foreseen]:
        rule, ladder = self.rules.of(row.kind, row.stage)
        for day, step in self.steps(row.due_on, ladder):
            if not self._told_of(row, day, step):
                continue
            for who in self.reached(row.unit_id, ladder):
                if who.least <= step.late and (who.first or (who.channel == "email" and step.late > 0)):
                    yield _foreseen(row, day, step, who, rule)

    def _told_of(self, row: Any, day: date, step: Step) -> bool:
        if row.opens_on is not None and day < row.opens_on:
            return False
        if step.late == 0:
            return not row.acknowledged
        return self.asked.assume is Assume.LATE or row.due_on < self.today

    def steps(self, due_on: date, ladder: Ladder) -> Sequence[tuple[date, Step]]:
        return _climbed(due_on, ladder, self.asked.first, self.asked.last, self.calendar)

    def reached(self, unit: int, ladder: Ladder) -> list[_Reached]:
        key = unit, ladder
        if key not in self._reached:
            self._reached[key] = _reached(self.recipients.get(unit, ()), dict(ladder.told()))
        return self._reached[key]


@lru_cache(maxsize=4096)
def _climbed(
    due_on: date, ladder: Ladder, first: date, last: date, calendar: WorkingCalendar
) -> tuple[tuple[date, Step], ...]:
    """Return the steps towards a due date by day; kept, since every look at a month goes through all days."""
    return tuple(_climb(due_on, ladder, first, last, calendar))


def _climb(
    due_on: date, ladder: Ladder, first: date, last: date, calendar: WorkingCalendar
) -> Iterator[tuple[date, Step]]:
    if not calendar.first <= due_on <= calendar.last:
        return
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        if calendar.is_working(day):
            step = step_on(day, due_on, since=day - ONE_DAY, ladder=ladder, calendar=calendar)
            if step is not None:
                yield day, step


@dataclass(frozen=True, slots=True)
class _Reached:
    """One address, by the lowest of the roles that it has."""

    channel: str
    address: str
    role: str
    least: int
    first: bool


def _reached(rows: Sequence[Any], told: dict[str, int]) -> list[_Reached]:
    known = [row for row in rows if row.role in told]
    found = []
    for (address, channel), group in groupby(known, key=lambda row: (row.address, row.channel)):
        same = sorted(group, key=lambda row: told[row.role])
        first = any(row.first for row in same)
        found.append(_Reached(channel, address, same[0].role, told[same[0].role], first))
    return found


def _foreseen(row: Any, day: date, step: Step, who: _Reached, rule: Scope | None) -> Foreseen:
    return Foreseen(
        day=day,
        task=row.task,
        title=row.title,
        label=row.label,
        unit=row.unit,
        stage=row.stage,
        due_on=row.due_on,
        step=step.name,
        recipient=who.address,
        channel=who.channel,
        role=who.role,
        reason="reminder" if who.role == "officer" else "escalation",
        rule=rule,
    )


def _by_unit(rows: Sequence[Any]) -> dict[int, list[Any]]:
    return {unit: list(group) for unit, group in groupby(rows, key=lambda row: row.unit_id)}
