"""Due dates as entries of people's own calendars: enclosed in letters, and as a feed to subscribe to.

The package `icalendar` knows the properties and their forms. Two things are ours: the escaping of text,
because the package reads a backslash before a capital N as a line break; and the writing of lines, which it
folds character by character: a feed of 5,000 entries takes it three times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from domain.errors import SystemFault
from notifications.channels import Attachment
from notifications.mime import email_address

if TYPE_CHECKING:  # the package takes 0.1 s to import; most of the program never needs it
    from icalendar import Calendar, Event
    from icalendar.prop import vDDDTypes, vInline

FILE_NAME = "thoi-han.ics"
PRODUCER = "-//CCHC//Thời hạn//VI"
LINE = 75  # RFC 5545: octets in a line, without its end

_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
_BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNFIT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_URI = ":/?#[]@!$&'()*+,;=%~"


class Method(StrEnum):
    """What a calendar program is to do with what is enclosed (RFC 5546)."""

    REQUEST = "REQUEST"  # enter this date, or move the entry that stands there
    CANCEL = "CANCEL"  # take the entry away
    PUBLISH = "PUBLISH"  # several entries, for whoever opens the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One due date as a whole day; its `uid` never changes, `sequence` grows each time that the date moves.

    A cancelled entry is one revision more than its dates have, so nobody need count that one.
    """

    uid: str
    sequence: int
    summary: str
    description: str
    due_on: date
    organizer: str
    stamp: datetime  # aware: when these facts came to be; the same facts have the same bytes
    url: str = ""
    attendee: str | None = None
    cancelled: bool = False


class UnfitEntries(SystemFault):
    """What should be enclosed does not fit its method."""

    def __init__(self, why: str) -> None:
        super().__init__(f"no calendar file can be made: {why}", "Không lập được tệp lịch đính kèm thư.")


def attachment(entries: Sequence[Entry], method: Method) -> Attachment:
    """Return the file to enclose; as `REQUEST` or `CANCEL`, calendar programs offer to enter or remove it.

    Raises:
        UnfitEntries: `REQUEST` and `CANCEL` take one entry that has an attendee, and `CANCEL` one that is
            cancelled: mail programs look at no more than the first.
        NotAnAddress: the organizer or the attendee has no e-mail address.
    """
    if not entries:
        raise UnfitEntries("there is no entry")
    if method is not Method.PUBLISH:
        if len(entries) > 1 or entries[0].attendee is None:
            raise UnfitEntries(f"{method} takes one entry with its attendee")
        if entries[0].cancelled is not (method is Method.CANCEL):
            raise UnfitEntries(f"{method} does not fit the state of the entry")
    calendar = _calendar(method, entries)
    return Attachment(FILE_NAME, f"text/calendar; charset=utf-8; method={method}", _written(calendar))


def feed(entries: Iterable[Entry], *, name: str, refresh: timedelta) -> bytes:
    """Return a calendar to subscribe to; `refresh` is how often programs are asked to look again."""
    from icalendar.prop import vDuration

    calendar = _calendar(Method.PUBLISH, ())
    for property_name in ("NAME", "X-WR-CALNAME"):
        calendar[property_name] = _raw(_escaped(name))
    calendar.add("REFRESH-INTERVAL", vDuration(refresh), parameters={"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = vDuration(refresh)
    head, end, _ = _written(calendar).rpartition(b"END:VCALENDAR")
    return b"".join((head, *map(_published, entries), end, b"\r\n"))


@lru_cache(maxsize=4096)
def _published(entry: Entry) -> bytes:
    """Write one entry of a feed: programs ask again every hour, and most of it is as it was."""
    return _written(_event(entry, Method.PUBLISH))


def _calendar(method: Method, entries: Iterable[Entry]) -> Calendar:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCER)
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", str(method))
    for entry in entries:
        calendar.add_component(_event(entry, method))
    return calendar


def _event(entry: Entry, method: Method) -> Event:
    """Return a day that keeps nobody busy and asks nobody for an answer."""
    from icalendar import Event

    event = Event()
    event["UID"] = _raw(_escaped(entry.uid))
    event["SEQUENCE"] = _raw(str(entry.sequence + entry.cancelled))
    event["SUMMARY"] = _raw(_escaped(entry.summary))
    event["DESCRIPTION"] = _raw(_escaped(entry.description, lines=True))
    event["STATUS"] = _often("CANCELLED" if entry.cancelled else "CONFIRMED")
    event["TRANSP"] = _often("TRANSPARENT")
    event["DTSTAMP"] = _moment(entry.stamp)
    event["DTSTART"] = _day(entry.due_on)
    event["DTEND"] = _day(entry.due_on + timedelta(days=1))  # RFC 5545 excludes the day that it names
    event["ORGANIZER"] = _often(_mailto(entry.organizer))
    if entry.url:
        event["URL"] = _raw(quote(entry.url, safe=_URI, errors="replace"))
    if entry.attendee is not None and method is not Method.PUBLISH:
        role = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}
        event["ATTENDEE"] = _raw(_mailto(entry.attendee), role)
        # Outlook then offers no other day: a due date is not for the recipient to move.
        event["X-MICROSOFT-DISALLOW-COUNTER"] = _often("TRUE")
    return event


def _escaped(text: str, *, lines: bool = False) -> str:
    found = _UNFIT.sub("", _BREAKS.sub("\n", text))
    return (found if lines else " ".join(found.split())).translate(_ESCAPES)


def _raw(value: str, parameters: dict[str, str] | None = None) -> vInline:
    from icalendar.prop import vInline

    return vInline(value, params=parameters)


_often = lru_cache(maxsize=64)(_raw)


@lru_cache(maxsize=1024)
def _day(day: date) -> vDDDTypes:
    from icalendar.prop import vDDDTypes

    return vDDDTypes(day)


@lru_cache(maxsize=1024)
def _moment(moment: datetime) -> vDDDTypes:
    from icalendar.prop import vDDDTypes

    return vDDDTypes(moment.astimezone(UTC))


@lru_cache(maxsize=64)
def _mailto(address: str) -> str:
    return "mailto:" + quote(email_address(address), safe="@+'")


def _written(component: Calendar | Event) -> bytes:
    lines = (_line(name, value) for name, value in component.property_items())
    return b"".join(part for line in lines for part in _folded(line))


def _line(name: str, value: Any) -> bytes:
    if isinstance(value, bytes):  # the package gives BEGIN and END so
        return b"%s:%s" % (name.encode(), value)
    if value.params:
        return b"%s;%s:%s" % (name.encode(), value.params.to_ical(), value.to_ical())
    return b"%s:%s" % (name.encode(), value.to_ical())


def _folded(line: bytes) -> Iterator[bytes]:
    """Cut a line between characters, never inside one, into parts that end in CRLF."""
    start, room = 0, LINE
    while len(line) - start > room:
        end = start + room
        while line[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        yield line[start:end]
        yield b"\r\n "
        start, room = end, LINE - 1
    yield line[start:]
    yield b"\r\n"
