"""Turning claimed rows into messages: what leaves together is one, in the words of the day it leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from domain.tracking import tracking_id
from models import checkpoints
from notifications.channels import Attachment, Message
from notifications.items import Content, Reason
from notifications.messages import compose
from notifications.threads import message_id, thread_root
from services.bulletin import bulletin_content
from services.checkpoint_letters import checkpoint_letter
from services.digests import Reckoning, digest_items, standing_of, waiting_verdicts
from services.invitations import invitations
from services.office_calendar import calendar_around

EMAIL = "email"
NOWHERE = "cchc.localhost"
CHECKPOINT = "checkpoint"  # why a letter is written: it takes a checkpoint outside
PASSWORD = "password"  # noqa: S105 - why a letter is written: it holds a one-time link
UNWRITTEN = "Chương trình không lập được nội dung thông báo này; đề nghị báo quản trị."
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Office:
    """What every message of this installation needs: where links lead, which day it is, whose names it bears.

    `local_mail` says that mail goes to the local inbox, the only place where addresses ending in
    `localhost` exist. `mail_domain` stands in message ids. `own_templates` may hold an office's own.
    """

    link_base: str
    timezone: ZoneInfo
    local_mail: bool = False
    mail_domain: str = NOWHERE
    received_link: Callable[[int, int], str] | None = None
    own_templates: Path | None = None
    password_letter: Callable[[Connection, Any, datetime], Content | None] | None = None

    def day(self, now: datetime) -> date:
        """Return the day that it is in the office."""
        return now.astimezone(self.timezone).date()


@dataclass(frozen=True, slots=True)
class Parcel:
    """Rows that leave as one message; `message` is None where nothing is left to tell.

    `fault` says that it could not be written: it must not keep the others from leaving. `withdrawn` is what
    waited for a contact that is written to no more.
    """

    rows: Sequence[Any]
    message: Message | None
    fault: str | None = None
    withdrawn: bool = False

    @property
    def ward(self) -> int:
        """The ward that it is about."""
        return int(self.rows[0].ward_id)

    @property
    def ids(self) -> list[int]:
        """The rows of the outbox that it settles."""
        return [row.id for row in self.rows]

    @property
    def reasons(self) -> set[str]:
        """Why it is written."""
        return {row.reason for row in self.rows}


def parcels_of(connection: Connection, rows: Sequence[Any], office: Office, now: datetime) -> list[Parcel]:
    """Return the messages that claimed rows of one channel make; a few statements, however many there are."""
    if not rows:
        return []
    today = office.day(now)
    reckoning = Reckoning(
        today=today,
        calendar=calendar_around(connection, today),
        timezone=office.timezone,
        link_base=office.link_base,
        received_link=office.received_link,
    )
    # A contact that is written to no more may have the address of another unit's that is.
    rows = sorted(rows, key=lambda row: row.withdrawn)
    groups = [list(group) for _, group in groupby(rows, key=_together)]
    desk = _Desk(connection, rows, reckoning, office, now)
    enclosed = _enclosed(connection, groups, office)
    return [_parcel(desk, group, enclosed.get(group[0].id, ()), office) for group in groups]


def _enclosed(
    connection: Connection, groups: Sequence[Sequence[Any]], office: Office
) -> Mapping[int, Sequence[Attachment]]:
    """Return what letters enclose; a letter goes without rather than not at all."""
    try:
        return invitations(connection, groups, link_base=office.link_base)
    except DBAPIError:
        raise
    except Exception:
        log.exception("due dates not enclosed")
        return {}


def _parcel(desk: _Desk, rows: Sequence[Any], enclosed: Sequence[Attachment], office: Office) -> Parcel:
    try:
        content = desk.content(rows)
        message = None if content is None else _message(rows, content, enclosed, office)
        return Parcel(rows, message, withdrawn=rows[0].withdrawn)
    except DBAPIError:
        raise
    except Exception as problem:
        log.exception("message of outbox row %s not written", rows[0].id)
        return Parcel(rows, Message(rows[0].recipient, "", ""), f"{UNWRITTEN} ({type(problem).__name__})")


class _Desk:
    """What is looked up once for all messages of a claim."""

    def __init__(
        self, connection: Connection, rows: Sequence[Any], reckoning: Reckoning, office: Office, now: datetime
    ) -> None:
        units = {(row.ward_id, row.unit_id) for row in rows if row.reason == Reason.REMINDER}
        judges = {(row.ward_id, row.recipient) for row in rows if row.reason == Reason.WAITING}
        self._connection, self._reckoning, self._office, self._now = connection, reckoning, office, now
        self._standing = standing_of(connection, sorted(units), today=reckoning.today)
        self._verdicts = waiting_verdicts(connection, sorted(judges), timezone=reckoning.timezone)
        self._bulletins: dict[int, Content] = {}
        self._notes: dict[int, str] = {}

    def content(self, rows: Sequence[Any]) -> Content | None:
        """Return what a message says; None where nothing is left to tell."""
        first = rows[0]
        if first.reason == Reason.BULLETIN:
            return self._bulletin(first.ward_id)
        if first.reason == PASSWORD:
            write = self._office.password_letter
            return write(self._connection, first, self._now) if write else None
        if first.reason == CHECKPOINT:
            return checkpoint_letter(self._connection, first)
        items = digest_items(rows, self._standing, self._reckoning, verdicts=self._verdicts)
        if not items:
            return None
        return compose(
            first.ward_name,
            _addressed(rows),
            items,
            today=self._reckoning.today,
            link=f"{self._office.link_base}/" if len(items) > 1 else "",
            own_templates=self._office.own_templates,
            brief_only=first.channel != EMAIL,
            checkpoint=self._note(first.ward_id) if first.channel == EMAIL and len(items) > 1 else "",
        )

    def _note(self, ward: int) -> str:
        if ward not in self._notes:
            found = checkpoints.newest(self._connection, ward)
            self._notes[ward] = found.note if found else ""
        return self._notes[ward]

    def _bulletin(self, ward: int) -> Content:
        if ward not in self._bulletins:
            self._bulletins[ward] = bulletin_content(
                self._connection,
                ward,
                self._reckoning,
                checkpoint=self._note(ward),
                own_templates=self._office.own_templates,
            )
        return self._bulletins[ward]


def _together(row: Any) -> tuple[object, ...]:
    return row.withdrawn, row.ward_id, row.recipient, row.together or row.id


def _addressed(rows: Sequence[Any]) -> str:
    """Return whom the message greets: the unit or its head, the leader, or those who follow the plan."""
    units = {row.unit_name for row in rows}
    unit = units.pop() if len(units) == 1 else None
    roles = {row.role for row in rows}
    if unit and any(row.contact_id is not None for row in rows):
        return f"Người đứng đầu {unit}" if roles == {"head"} else unit
    ward = rows[0].ward_name
    return f"Lãnh đạo {ward}" if roles == {"leader"} else f"Bộ phận theo dõi kế hoạch, {ward}"


def _message(
    rows: Sequence[Any], content: Content, enclosed: Sequence[Attachment], office: Office
) -> Message:
    first = rows[0]
    occurrences = {row.occurrence_id for row in rows}
    about = occurrences.pop() if len(occurrences) == 1 else None
    root = thread_root(first.ward_code, about, office.mail_domain) if about is not None else None
    return Message(
        recipient=first.recipient,
        subject=content.subject,
        text=content.text or content.brief,
        html=content.html or None,
        message_id=message_id(first.ward_code, first.id, office.mail_domain),
        in_reply_to=root,
        references=(root,) if root else (),
        attachments=tuple(enclosed),
        brief=content.brief or None,
        facts=content.facts,
        kept=content.kept,
        tracking_id=tracking_id(first.ward_id, first.id),
    )
