"""The working calendar as it counts here: the packaged one under the notices that people have recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from config.calendar import packaged_notices, working_calendar
from domain.calendar import Notice, WorkingCalendar
from domain.errors import WardError
from domain.people import Action
from domain.refusals import BadValue
from models import directory
from models import notices as models
from models.history import SYSTEM
from services.history import record
from services.people import Person, Ward, permitted

LONGEST = 200
FIRST_YEAR, LAST_YEAR = 2020, 2100


class UnknownNotice(WardError):
    """No notice has this number."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"unknown notice {number}",
            f"Không có thông báo ngày nghỉ số {number}. Xem danh sách: cchc calendar notices",
        )


@dataclass(frozen=True, slots=True)
class RecordedNotice:
    """A notice as it stands in the list; `number` and `added_at` are None for those that ship."""

    notice: Notice
    number: int | None = None
    added_at: datetime | None = None
    withdrawn_at: datetime | None = None


def office_calendar(connection: Connection, first_year: int, last_year: int) -> WorkingCalendar:
    """Return the working days from 1 January `first_year` to 31 December `last_year`.

    One short look at the notices; the calendar itself is kept for as long as they stay the same.
    """
    known = tuple(
        Notice(row.document, row.year, tuple(row.off), tuple(row.worked))
        for row in models.in_force(connection)
    )
    return working_calendar(first_year, last_year, known)


def calendar_around(connection: Connection, day: date) -> WorkingCalendar:
    """Return the calendar that any reckoning on `day` may need: three years back, two ahead."""
    return office_calendar(connection, day.year - 3, day.year + 2)


def calendar_under(notices: tuple[Notice, ...], day: date) -> WorkingCalendar:
    """Return the same for whoever knows the notices already."""
    return working_calendar(day.year - 3, day.year + 2, notices)


def notices(connection: Connection) -> Sequence[RecordedNotice]:
    """Return every notice: those that ship, then what people recorded, withdrawn ones too."""
    recorded = [
        RecordedNotice(
            Notice(row.document, row.year, tuple(row.off), tuple(row.worked)),
            row.id,
            row.added_at,
            row.withdrawn_at,
        )
        for row in models.notices(connection)
    ]
    return [*map(RecordedNotice, packaged_notices()), *recorded]


def add_notice(connection: Connection, ward: Ward, notice: Notice, *, by: str | None, now: datetime) -> int:
    """Record a notice, which counts for all wards of this installation at once; return its number.

    Without a day it says that the year is as the program has it. A second time changes nothing.

    Raises:
        BadValue: it has no name, or a day that can't be.
        UnknownUser, NotPermitted: it is not theirs to do.
    """
    person = _permitted(connection, ward, by)
    notice = _checked(notice)
    models.lock(connection)
    for known in notices(connection):
        if known.number is not None and known.withdrawn_at is None and known.notice == notice:
            return known.number
    number = models.put(
        connection,
        document=notice.document,
        year=notice.year,
        off=notice.off,
        worked=notice.worked,
        added_by=person.actor if person else SYSTEM,
        now=now,
    )
    _record(connection, ward, "calendar.notice-added", number, notice, person, now)
    return number


def withdraw_notice(
    connection: Connection, ward: Ward, number: int, *, by: str | None, now: datetime
) -> Notice:
    """Let a notice count no longer; return it. A second time changes nothing.

    Raises:
        UnknownNotice: nobody has recorded it; those that ship can only be overlaid.
        UnknownUser, NotPermitted: it is not theirs to do.
    """
    person = _permitted(connection, ward, by)
    found = next((each for each in notices(connection) if each.number == number), None)
    if found is None:
        raise UnknownNotice(number)
    if models.withdraw(connection, number, now):
        _record(connection, ward, "calendar.notice-withdrawn", number, found.notice, person, now)
    return found.notice


def _checked(notice: Notice) -> Notice:
    document = " ".join(notice.document.split())
    if not 0 < len(document) <= LONGEST:
        raise BadValue("Văn bản", document[:40], f"ghi số, tên văn bản, không quá {LONGEST} ký tự")
    if not FIRST_YEAR <= notice.year <= LAST_YEAR:
        raise BadValue("Năm", str(notice.year), f"từ {FIRST_YEAR} đến {LAST_YEAR}")
    off, worked = tuple(sorted(set(notice.off))), tuple(sorted(set(notice.worked)))
    for day in (*off, *worked):
        if day.year != notice.year:
            raise BadValue("Ngày", f"{day:%d/%m/%Y}", f"phải thuộc năm {notice.year}; mỗi năm ghi riêng")
    for day in set(off) & set(worked):
        raise BadValue("Ngày", f"{day:%d/%m/%Y}", "không thể vừa nghỉ vừa làm bù")
    return Notice(document, notice.year, off, worked)


def _record(
    connection: Connection,
    ward: Ward,
    event: str,
    number: int,
    notice: Notice,
    person: Person | None,
    now: datetime,
) -> None:
    """Record the change in the log of every ward that it touches; accounts are known in their own alone."""
    facts = {
        "document": notice.document,
        "notice": number,
        "off": _texts(notice.off),
        "worked": _texts(notice.worked),
        "year": notice.year,
    }
    for row in directory.wards(connection):
        own = row.id == ward.id
        actor = person.actor if own and person else SYSTEM
        more = {} if own else {"by_ward": ward.id}
        record(connection, row.id, event, {**facts, **more}, actor=actor, now=now)


def _permitted(connection: Connection, ward: Ward, by: str | None) -> Person | None:
    return None if by is None else permitted(connection, ward, by, Action.MANAGE_CALENDAR)


def _texts(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in days]
