"""What recording a document would open, until when, and who would be told: shown before anything is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.calendar import WorkingCalendar
from domain.events import days_after, identity
from models import assignments, events, papers, previews
from services.office_calendar import calendar_around
from services.people import Ward


@dataclass(frozen=True, slots=True)
class Told:
    """One address that a message would go to."""

    unit: str
    address: str
    channel: str


@dataclass(frozen=True, slots=True)
class ProposedTask:
    """A task that a document may open; `fits` says that its reading names the type of document.

    `due` and `why` come from the document's own deadline or from the task's reading; without either there
    is no date. `opened` says that this document has opened it already.
    """

    code: str
    title: str
    time_text: str
    fits: bool
    due: date | None
    why: str
    told: tuple[Told, ...]
    units: tuple[str, ...]
    opened: bool


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a document may open; `known` is the event as it was recorded before, if it was."""

    known: Any | None
    tasks: tuple[ProposedTask, ...]


def propose(
    connection: Connection,
    ward: Ward,
    *,
    type: str,  # noqa: A002 - what the event calls it
    doc_number: str,
    issuer: str,
    doc_date: date,
    due_on: date | None,
) -> Proposals:
    """Return the tasks that wait for events, those whose reading names the type first. Changes nothing."""
    known = papers.event_by_identity(connection, ward.id, identity(doc_number, issuer, doc_date))
    opened = set[str]()
    if known is not None:
        opened = {row.code for row in papers.opened_by(connection, ward.id, known.id)}
    calendar = calendar_around(connection, doc_date)
    leads = _leads(connection, ward)
    reached = _reached(connection, ward)
    found = []
    for row in events.waiting(connection, ward.id):
        due, why = _due(row, doc_date, due_on, calendar)
        units = leads[row.id]
        told = tuple(Told(name, *each) for unit, name in units for each in reached[unit])
        names = tuple(name for _, name in units)
        fits = type in row.event_types
        found.append(
            ProposedTask(row.code, row.title, row.time_text, fits, due, why, told, names, row.code in opened)
        )
    return Proposals(known, tuple(sorted(found, key=lambda each: not each.fits)))


def known_issuers(connection: Connection, ward: Ward) -> Sequence[str]:
    """Return who issued recorded documents, the most frequent first."""
    return events.issuers(connection, ward.id)


def _due(row: Any, doc_date: date, due_on: date | None, calendar: WorkingCalendar) -> tuple[date | None, str]:
    if due_on is not None:
        return due_on, "thời hạn ghi trong văn bản"
    for each in row.offsets[:1]:
        kind = "ngày làm việc" if each["working"] else "ngày"
        due = days_after(doc_date, each["days"], calendar, working=each["working"])
        return due, f"{each['days']} {kind} kể từ ngày văn bản"
    return None, ""


def _leads(connection: Connection, ward: Ward) -> dict[int, list[tuple[int, str]]]:
    found = defaultdict[int, list[tuple[int, str]]](list)
    for row in assignments.led(connection, ward.id):
        found[row.task_id].append((row.unit_id, row.unit))
    return found


def _reached(connection: Connection, ward: Ward) -> dict[int, list[tuple[str, str]]]:
    """Return the addresses that a message about new work goes to, by unit."""
    found = defaultdict[int, list[tuple[str, str]]](list)
    for row in previews.recipients(connection, ward.id):
        if row.role == "officer" and (row.first or row.channel == "email"):
            found[row.unit_id].append((row.address, row.channel))
    return found
