"""Due dates enclosed in letters: calendar programs enter them, move them and take them away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from models import feeds as models
from notifications.channels import Attachment
from notifications.entries import Entry, Method, attachment
from notifications.items import Reason
from notifications.mime import NotAnAddress, email_address
from services.feeds import entry_of, organizer_of

TELLING = frozenset({Reason.OPENED, Reason.EVENT, Reason.MOVED, Reason.CANCELLED, Reason.EXTENSION_DECIDED})
# Mail programs look at the first invitation of a letter; more dates than this come as one file to open.
MOST = 3


def invitations(
    connection: Connection, letters: Sequence[Sequence[Any]], *, link_base: str
) -> Mapping[int, Sequence[Attachment]]:
    """Return what is enclosed in letters to units that open, move or cancel dates, by the letter's first row.

    One occurrence's dates go as invitations of one entry each, so that later letters move or cancel just
    these; more than that as a single file. The same entries stand in the subscribed calendars.
    """
    told = [row for letter in letters for row in letter if _tells(row)]
    if not told:
        return {}
    rows = models.entries(connection, [_asked(row) for row in told])
    organizer = organizer_of(link_base)
    dates = {
        told[number].id: [
            replace(entry_of(row, link_base, organizer), cancelled=row.cancelled) for row in group
        ]
        for number, group in groupby(rows, key=lambda row: row.ord - 1)
    }
    enclosed = {}
    for letter in letters:
        entries = [entry for row in letter for entry in dates.get(row.id, ())]
        if entries:
            enclosed[letter[0].id] = _files(entries, letter[0].recipient)
    return enclosed


def _files(entries: Sequence[Entry], recipient: str) -> list[Attachment]:
    try:
        attendee = email_address(recipient)
    except NotAnAddress:  # the channel says so, and to whom
        return []
    if len(entries) > MOST:
        return [attachment(entries, Method.PUBLISH)]
    files = []
    for number, entry in enumerate(entries, start=1):
        method = Method.CANCEL if entry.cancelled else Method.REQUEST
        file = attachment([replace(entry, attendee=attendee)], method)
        files.append(file if number == 1 else replace(file, name=f"thoi-han-{number}.ics"))
    return files


def _tells(row: Any) -> bool:
    return row.channel == "email" and row.contact_id is not None and row.reason in TELLING


def _asked(row: Any) -> tuple[int, int, str | None, date | None]:
    """Return which entries a row tells of; of a date that was taken away, the former one names the day."""
    former, _, rest = row.step.partition("/")
    gone = row.reason == Reason.MOVED and rest.startswith("-/")
    return row.ward_id, row.occurrence_id, row.stage, date.fromisoformat(former) if gone else None
