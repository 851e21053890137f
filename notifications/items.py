"""What there is to tell, and what a composed message consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.plans import Stage


class Reason(StrEnum):
    """Why somebody is written to; the same words as `outbox.reason`."""

    OPENED = "opened"  # kỳ thực hiện mở
    EVENT = "event"  # việc phát sinh do văn bản, sự kiện
    SUBMITTED = "submitted"  # to the acceptor
    WAITING = "waiting"  # to the acceptor, each morning: handed in and not decided yet
    ACCEPTED = "accepted"
    RETURNED = "returned"  # `note` says why
    MOVED = "moved"  # `note` says from which day and by which document
    CANCELLED = "cancelled"  # `note` says why and by which document
    EXTENSION_ASKED = "extension-asked"  # to leaders; `note` says until when and why
    EXTENSION_DECIDED = "extension-decided"  # to the unit; `note` says what became of it
    REMINDER = "reminder"
    ESCALATION = "escalation"  # to those above the unit
    BULLETIN = "bulletin"  # the leader's weekly one; `notifications.bulletins` writes it
    UNDELIVERED = "undelivered"  # to coordinators: a message that could not be delivered
    ALARM = "alarm"  # to administrators: a channel is held, a consent is needed


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell about one occurrence; `days_left` is negative once it is late.

    What is about no task (`ALARM`) has an empty `task_code`, and its `title` names the thing.
    """

    task_code: str
    title: str
    label: str
    unit: str
    stage: Stage | None
    reason: Reason
    due_on: date | None
    days_left: int | None
    note: str | None
    link: str
    working_days_left: int | None = None  # of the same sign as `days_left`, or 0
    since: date | None = None  # since when it waits for a verdict
    waited: int | None = None  # working days since then
    received_link: str | None = None  # says “đã nhận” without a log-in
    still: bool = False  # not why the message is written: it stands besides


@dataclass(frozen=True, slots=True)
class Content:
    """One message in every form that a channel may want; the same facts give the same bytes.

    `brief` has at most 2,000 characters and no mark-up. `facts` fill approved templates. `fault` says in
    Vietnamese which template of the ward's own could not be used, and that the packaged one was.
    """

    subject: str
    text: str
    html: str = ""
    brief: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    fault: str | None = None
    kept: str | None = None  # what the delivery keeps in place of `text`, which holds a secret
