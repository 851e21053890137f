"""Private calendar addresses: a unit's or a person's due dates, for calendar programs to subscribe to."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.errors import WardError
from domain.people import Action, Role
from domain.plans import STAGE_NAMES, Stage
from domain.refusals import BadValue
from models import feeds as models
from models.history import SYSTEM
from notifications.entries import Entry, feed
from notifications.wording import clean, shortened
from services.history import record
from services.people import Person, Ward, find_unit, permitted, person

PATH = "/open/calendar/"
REFRESH = timedelta(hours=1)  # how often programs are asked to look, and how exactly `read_at` is kept
PAST = timedelta(days=60)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_HOST = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9.-]+")
_STANDING = {"submitted": "đã nộp, chờ nghiệm thu", "accepted": "đã nghiệm thu", "returned": "bị trả lại"}
_HANDED_IN = frozenset({"submitted", "accepted"})
_ANYBODYS = frozenset({Role.COORDINATOR, Role.ADMIN})


class UnknownCalendar(WardError):
    """No calendar in use has this address; it does not say whether there ever was one."""

    def __init__(self) -> None:
        super().__init__(
            "no such calendar in use",
            "Địa chỉ lịch này không đúng hoặc không còn dùng. Đề nghị xin địa chỉ mới ở bộ phận điều phối.",
        )


class UnknownFeed(WardError):
    """The ward has made no such calendar."""

    def __init__(self, feed_id: int) -> None:
        super().__init__(
            f"unknown feed {feed_id}", f"Không có địa chỉ lịch số {feed_id}. Xem danh sách: cchc feed list"
        )


class NotOwnFeed(WardError):
    """Whoever coordinates no one makes calendars for themselves and their unit alone."""

    def __init__(self) -> None:
        super().__init__(
            "neither their own nor their unit's calendar",
            "Chỉ điều phối và quản trị được làm việc này cho người khác; những người khác chỉ làm cho chính "
            "mình, cán bộ đơn vị thì cả cho đơn vị mình.",
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A new calendar; its address is known now and never again."""

    id: int
    whose: str
    address: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar as it is handed out; `modified` is not before the last change of anything in it."""

    body: bytes
    modified: datetime
    ward_id: int
    feed_id: int
    read_lately: bool


def make_feed(
    connection: Connection,
    ward: Ward,
    *,
    unit: str | None = None,
    user: str | None = None,
    by: str | None,
    link_base: str,
    now: datetime,
) -> Made:
    """Make a calendar of a unit or of a person; only the SHA-256 of its address is kept.

    Each call makes one more: an address that was made before can't be told again.

    Raises:
        BadValue: neither a unit nor a person is named, or both.
        UnknownUnit, UnknownUser, NotPermitted, NotOwnFeed: it can't be done so.
    """
    if (unit is None) == (user is None):
        raise BadValue("Lịch của ai", "", "chọn một đơn vị hoặc một người")
    maker = None if by is None else permitted(connection, ward, by, Action.MANAGE_FEEDS)
    unit_id, whose = find_unit(connection, ward, unit) if unit is not None else (None, user or "")
    owner = None if user is None else person(connection, ward, user).id
    _check_own(maker, unit_id, owner)
    token = secrets.token_urlsafe(32)
    feed_id = models.put(
        connection,
        ward.id,
        token_sha256=_hash(token),
        unit=unit_id,
        account=owner,
        made_by=maker.id if maker else None,
        now=now,
    )
    facts = {"account": owner, "feed": feed_id, "unit": unit_id}
    record(connection, ward.id, "feed.made", facts, actor=maker.actor if maker else SYSTEM, now=now)
    return Made(feed_id, whose, f"{link_base}{PATH}{token}.ics")


def revoke_feed(connection: Connection, ward: Ward, feed_id: int, *, by: str | None, now: datetime) -> str:
    """Take a calendar back for good; return whose it was. A second time changes nothing.

    Raises:
        UnknownFeed, UnknownUser, NotPermitted, NotOwnFeed: it can't be done so.
    """
    found = models.feeds(connection, ward.id, feed_id) if 0 < feed_id < 2**63 else ()
    if not found:
        raise UnknownFeed(feed_id)
    [row] = found
    revoker = None if by is None else permitted(connection, ward, by, Action.MANAGE_FEEDS)
    _check_own(revoker, row.unit_id, row.account_id)
    if models.revoke(connection, ward.id, feed_id, by=revoker.id if revoker else None, now=now):
        actor = revoker.actor if revoker else SYSTEM
        record(connection, ward.id, "feed.revoked", {"feed": feed_id}, actor=actor, now=now)
    return str(row.unit or row.person)


def feeds(connection: Connection, ward: Ward) -> Sequence[Any]:
    """Return a ward's calendars, those in use first, then the newest."""
    return models.feeds(connection, ward.id)


def calendar(
    connection: Connection, token: str, *, link_base: str, timezone: ZoneInfo, now: datetime
) -> Calendar:
    """Return the calendar of an address: what fell due in the last 60 days, and all that is open or to come.

    A person's calendar is that of their role: an officer's has what their unit leads, that of
    everyone else the whole ward.

    Raises:
        UnknownCalendar: there is none, it was revoked, or its person's account is disabled.
    """
    today = now.astimezone(timezone).date()
    rows = models.calendar(connection, _hash(token), today - PAST) if _TOKEN.fullmatch(token) else ()
    if not rows:
        raise UnknownCalendar
    head = rows[0]
    whose = head.ward_name if head.whole_ward or head.unit is None else head.unit
    organizer = organizer_of(link_base)
    entries = [entry_of(row, link_base, organizer) for row in rows if row.stage is not None]
    body = feed(entries, name=clean(f"Thời hạn CCHC: {whose}"), refresh=REFRESH)
    midnight = datetime.combine(today, time(), timezone)  # what is 60 days old leaves then
    read_lately = head.read_at is not None and head.read_at > now - REFRESH
    return Calendar(body, max(head.changed_at, midnight), head.ward_id, head.id, read_lately)


def calendar_file(
    connection: Connection, ward: Ward, year: int | None, *, link_base: str
) -> tuple[bytes, int]:
    """Return the due dates of the active plans, or of one year's, as a file to open, and how many there are.

    They bear the names that they have in feeds and letters: whoever opens the file again, or subscribes
    later, has none of them twice.
    """
    rows = models.of_ward(connection, ward.id, year)
    organizer = organizer_of(link_base)
    entries = [entry_of(row, link_base, organizer) for row in rows]
    return feed(entries, name=clean(f"Thời hạn CCHC: {ward.name}"), refresh=REFRESH), len(entries)


def note_read(connection: Connection, found: Calendar, *, now: datetime) -> None:
    """Keep when a calendar was read, to the hour: whether anybody still does."""
    models.note_read(connection, found.ward_id, found.feed_id, now, now - REFRESH)


def uid(ward_code: str, occurrence_id: int, stage: str) -> str:
    """Return the name of a due date in everybody's calendar; it never changes."""
    return f"stage-{ward_code}-{occurrence_id}-{stage}@cchc"


def entry_of(row: Any, link_base: str, organizer: str) -> Entry:
    """Return the calendar entry of a due date, as rows of `models.feeds` describe it."""
    stage = STAGE_NAMES[Stage(row.stage)]
    link = f"{link_base}/tasks/{row.code}"
    done = "✓ " if row.state in _HANDED_IN else ""
    lines = [
        f"Nhiệm vụ {row.code}: {clean(row.title)}",
        f"Bước: {stage}",
        f"Kỳ: {row.label}",
        f"Chủ trì: {row.lead}",
        *([f"Tình trạng: {_STANDING[row.state]}"] if row.state in _STANDING else ()),
        link,
    ]
    return Entry(
        uid=uid(row.ward_code, row.occurrence_id, row.stage),
        sequence=row.moves or 0,
        summary=f"{done}{row.code} {stage}: {shortened(row.title)}",
        description="\n".join(lines),
        due_on=row.due_on,
        organizer=organizer,
        stamp=row.since,
        url=link,
    )


def organizer_of(link_base: str) -> str:
    """Return the address that calendar files must name; nobody answers to a due date."""
    host = urlsplit(link_base).hostname or ""
    return f"khong-tra-loi@{host if _HOST.fullmatch(host) else 'localhost'}"


def _check_own(maker: Person | None, unit: int | None, account: int | None) -> None:
    if maker is None or maker.role in _ANYBODYS or account == maker.id:
        return
    if maker.role is not Role.OFFICER or unit is None or unit != maker.unit_id:
        raise NotOwnFeed


def _hash(token: str) -> bytes:
    return sha256(token.encode("ascii")).digest()
