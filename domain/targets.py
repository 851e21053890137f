"""The targets (chỉ tiêu) that a plan states in its text, outside the appendix."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_HEADING = re.compile(r"^\W*(?:\d+|[IVX]+)\.\s*(?:một số |các )?chỉ tiêu\b", re.IGNORECASE)
_NEXT = re.compile(r"^\W*(?:\d{1,2}|[IVX]+)\.\s*\S")  # the next number or Roman numeral ends the list
_POINT = re.compile(r"^\s*([a-zđ])\)\s*(.+)", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3}(?:[,.]\d+)?)\s*%")
# Only this one can be reckoned from what is kept here; all others need figures from elsewhere.
_OWN = re.compile(r"nhiệm vụ\b.{0,40}\btrong kế hoạch", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """One point of the plan's targets; `percent` as written, None where it states no number.

    `own` says that it is about the plan's own tasks, so that their dates show how it stands.
    """

    letter: str
    text: str
    percent: str | None
    own: bool


def targets(lines: Iterable[str]) -> tuple[Target, ...]:
    """Return the points under the heading “… chỉ tiêu …” of a plan's lines; none where there is none."""
    found: list[Target] = []
    inside = False
    for line in lines:
        if not inside:
            inside = _HEADING.match(line) is not None
        elif point := _POINT.match(line):
            found.append(_target(point[1].lower(), point[2].strip()))
        elif _NEXT.match(line):
            break
        elif found and line.strip():  # a point goes on in the next line
            found[-1] = _target(found[-1].letter, f"{found[-1].text} {line.strip()}")
    return tuple(found)


def _target(letter: str, text: str) -> Target:
    percent = _PERCENT.search(text)
    return Target(
        letter, text, percent[1] if percent else None, percent is not None and bool(_OWN.search(text))
    )
