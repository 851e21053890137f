"""Put the printed lines of a cell or a paragraph together again, as they were before they were wrapped."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from domain.reading.letterhead import parts_capitals
from domain.reading.normal import composed

_BULLET = re.compile(r"[-–—+•*·●▪◦]\s*\S")
_LISTED = re.compile(
    r"(?:[-–—+•*·●▪◦]|[a-zđ]\)|\d{1,2}[.)]|(?:\d{1,2}\.)+\d{1,2}\.?|[IVX]{1,5}\.|[A-ZĐ][^.;:,]{2,40}:"
    r"|Điều \d+\.)(?:\s|$)"
)
_CLOSED = (";", ".", ":", ",")
_GLUED = re.compile(r"(?<=\S)[/\-–](?<! [\-–])$")
_FRAGMENT = re.compile(r"[bcdđghklmnpqrstvx]{1,3}(?![^\W_])")
_YEAR_BEGUN = re.compile(r"[/\-.](\d{1,3})$")
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_NUMBERED = re.compile(r"[\dIVX.)]+")


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed line: its text, and where it begins and ends."""

    text: str
    start: float
    end: float


def wrapped(lines: Iterable[Printed], room: float) -> str:
    """Return the text of a cell whose lines could be `room` wide for certain.

    A line that ended although the next word had room ended on purpose, and so did one before a
    bullet of a list: a line break stays there. Everything else was wrapped. A word that
    was cut stands together again where the cut can be told: after `/` and `-`, and before letters that
    are no syllable.
    """
    whole: list[Printed] = [line for line in lines if line.text]
    if not whole:
        return ""
    text = composed(whole[0].text)
    if all(_NUMBERED.fullmatch(line.text) or len(line.text) == 1 for line in whole):
        return "".join(line.text for line in whole)
    listed = bool(_BULLET.match(text))
    for above, line in itertools.pairwise(whole):
        below = composed(line.text)
        text += _between(above, line, room, listed=listed) + below
        listed = listed or bool(_BULLET.match(below) and above.text.endswith(_CLOSED))
    return text


def _between(above: Printed, line: Printed, room: float, *, listed: bool) -> str:
    before, below = above.text, composed(line.text)
    if _BULLET.match(below) and (listed or before.endswith(_CLOSED)):
        return "\n"
    if _FRAGMENT.match(below) and " " not in before[-8:].strip()[:1] and before[-1:].isalpha():
        return ""
    if below.startswith("/") and before[-1:].isalnum():
        return ""
    if (begun := _YEAR_BEGUN.search(before)) and _YEAR.match(begun[1] + below):
        return ""
    if _GLUED.search(before) and below[:1].isalnum():
        return " " if _spaced(before, below) else ""
    return "\n" if _had_room(above, line, room) else " "


def _spaced(before: str, below: str) -> bool:
    """Say whether words, not a date or a number, part at this slash: `thực hiện/ hoàn thành`."""
    return before.endswith("/") and before[-2:-1].islower() and below[:1].islower()


def _had_room(above: Printed, line: Printed, room: float) -> bool:
    """Say whether the next line's first word had fitted above, so that the break was meant."""
    first = len(line.text.split()[0])
    width = (line.end - line.start) / max(len(line.text), 1)
    return (above.end - above.start) + (first + 1) * width <= room


def paragraphs(lines: Iterable[Printed], margin: float, room: float) -> list[str]:
    """Return the paragraphs of running text between the left `margin` and `room` to its right.

    An indented line, one that begins a list item, and one after a line with room to spare begin a new one.
    """
    found: list[str] = []
    above: Printed | None = None
    for line in lines:
        if above is None or _begins(above, line, margin, room):
            found.append(composed(line.text))
        else:
            found[-1] += ("" if _GLUED.search(found[-1]) and line.text[:1].isalnum() else " ") + composed(
                line.text
            )
        above = line
    return found


def _begins(above: Printed, line: Printed, margin: float, room: float) -> bool:
    if _LISTED.match(line.text) or line.start > margin + 3 > above.start + 1:
        return True
    if line.text.isupper() and above.text.isupper():
        return above.text.endswith(_CLOSED) or parts_capitals(above.text, line.text)
    if line.text.isupper() or above.text.isupper():
        return True
    first = Printed(above.text, margin, above.end)  # the room counts from the margin, whatever the indent
    return _had_room(first, line, room)
