"""What a morning's message says: what its rows are about, and what else stands with its reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.calendar import ONE_DAY, WorkingCalendar
from domain.plans import Stage
from domain.stages import StageState
from domain.words import CHANNELS
from models import standing as models
from notifications.items import Item, Reason

# What falls due within so many days stands in every digest.
HORIZON = timedelta(days=7)
# What somebody of the unit can say to have received without a log-in.
_RECEIVABLE = frozenset({Reason.OPENED, Reason.EVENT, Reason.REMINDER, Reason.RETURNED, Reason.MOVED})
_OF_NO_STAGE = frozenset({Reason.WAITING, Reason.BULLETIN})
# What is about no task is named so.
_TITLES = {Reason.ALARM: "Kênh gửi thông báo", Reason.UNDELIVERED: "Thông báo chung, không gắn với một việc"}

Units = Mapping[tuple[int, int], Sequence[Any]]
Judges = Mapping[tuple[int, str], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What turns a row into words on one day: the calendar, where links lead, how “đã nhận” is signed."""

    today: date
    calendar: WorkingCalendar
    timezone: ZoneInfo
    link_base: str
    received_link: Callable[[int, int], str] | None = None

    def link(self, code: str | None) -> str:
        """Return where a task can be seen; without one, the messages."""
        return f"{self.link_base}/tasks/{code}" if code else f"{self.link_base}/outbox"

    @property
    def extensions(self) -> str:
        """Return where a leader decides on requests for more time."""
        return f"{self.link_base}/extensions"

    def working_days(self, until: date) -> int | None:
        """Count the working days from today to `until`, negative if it is past; None where none can tell."""
        if not self.calendar.first <= until <= self.calendar.last:
            return None
        return self.calendar.working_days(self.today, until)


def standing_of(connection: Connection, recipients: Sequence[tuple[int, int]], *, today: date) -> Units:
    """Return, by (ward, unit), the stages that are late, due within a week or returned; one statement."""
    rows = models.standing(connection, recipients, until=today + HORIZON) if recipients else ()
    return {key: list(group) for key, group in groupby(rows, key=lambda row: (row.ward_id, row.unit_id))}


def waiting_verdicts(
    connection: Connection, recipients: Sequence[tuple[int, str]], *, timezone: ZoneInfo
) -> Judges:
    """Return, by (ward, e-mail address of an account), what was handed in and waits for its verdict."""
    rows = models.verdicts(connection, recipients, zone=timezone.key) if recipients else ()
    return {key: list(group) for key, group in groupby(rows, key=lambda row: (row.ward_id, row.address))}


def queue_waiting(
    connection: Connection,
    today: date,
    *,
    not_before: datetime,
    calendar: WorkingCalendar,
    timezone: ZoneInfo,
    ward_id: int | None = None,
) -> int:
    """Queue a morning row for whoever has let a submission wait for more than one working day.

    Once a morning for each of them, none on a day off; return how many are new.
    """
    if not calendar.is_working(today):
        return 0
    last = calendar.on_or_before(today - ONE_DAY)
    before = datetime.combine(last, time(), timezone)
    return models.queue_waiting(connection, today, before=before, not_before=not_before, ward=ward_id)


def digest_items(
    rows: Sequence[Any], standing: Units, reckoning: Reckoning, *, verdicts: Judges | None = None
) -> list[Item]:
    """Return what one message tells: its rows first, then what else stands, no stage twice.

    To what a unit is reminded of, all that stands with that unit is added; to what an account
    reads in the morning, all that waits for its verdict. Empty means that nothing is left to tell.
    """
    told = [row for row in rows if row.reason not in _OF_NO_STAGE]
    received = _received(told, reckoning)
    items = [item_of(row, reckoning, received_link=received) for row in told]
    seen = {(row.ward_id, row.occurrence_id, row.stage) for row in told}
    units = dict.fromkeys((row.ward_id, row.unit_id) for row in told if row.reason == Reason.REMINDER)
    for key in units:
        rest = [row for row in standing.get(key, ()) if _key(row) not in seen]
        items += standing_items(rest, reckoning)
    judges = dict.fromkeys((row.ward_id, row.recipient) for row in rows if row.reason == Reason.WAITING)
    for judge in judges:
        items += [_verdict(row, reckoning) for row in (verdicts or {}).get(judge, ())]
    return items


def item_of(row: Any, reckoning: Reckoning, *, received_link: str | None = None) -> Item:
    """Return what a claimed row of the outbox tells."""
    stage = row.stage or row.due_stage
    return _item(row, reckoning, Reason(row.reason), stage, note=row.note, received_link=received_link)


def standing_items(rows: Sequence[Any], reckoning: Reckoning) -> list[Item]:
    """Return what stands, as rows of `standing_of` say."""
    return [_still(row, reckoning) for row in rows]


def _received(rows: Sequence[Any], reckoning: Reckoning) -> str | None:
    """Return the link of the message's first row that somebody of a unit can acknowledge."""
    if reckoning.received_link is None:
        return None
    for row in rows:
        if row.contact_id is not None and row.reason in _RECEIVABLE:
            return reckoning.received_link(row.ward_id, row.id)
    return None


def _still(row: Any, reckoning: Reckoning) -> Item:
    returned = row.state == StageState.RETURNED
    reason = Reason.RETURNED if returned else Reason.REMINDER
    return _item(row, reckoning, reason, row.stage, note=row.note, still=True)


def _verdict(row: Any, reckoning: Reckoning) -> Item:
    days = reckoning.working_days(row.since)
    waited = None if days is None else -days
    return _item(row, reckoning, Reason.WAITING, row.stage, since=row.since, waited=waited)


def _item(row: Any, reckoning: Reckoning, reason: Reason, stage: str | None, **more: Any) -> Item:
    due = row.due_on
    return Item(
        task_code=row.task_code or "",
        title=_title(row, reason),
        label=row.label or "",
        unit=row.unit_name or "",
        stage=Stage(stage) if stage else None,
        reason=reason,
        due_on=due,
        days_left=(due - reckoning.today).days if due else None,
        link=reckoning.extensions if reason is Reason.EXTENSION_ASKED else reckoning.link(row.task_code),
        working_days_left=reckoning.working_days(due) if due else None,
        **{"note": None, **more},
    )


def _title(row: Any, reason: Reason) -> str:
    """Return the task's title; an alarm is named after its channel, so that two of them can be told apart."""
    if reason is Reason.ALARM and (name := row.step.partition("/")[0]) in CHANNELS:
        return f"Kênh {CHANNELS[name]}"
    return row.title or _TITLES.get(reason, "")


def _key(row: Any) -> tuple[int, int, str]:
    return row.ward_id, row.occurrence_id, row.stage
