"""Lists of tasks as people ask for them: filtered, searched without diacritics, sorted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from domain.due_windows import Window, falls_in
from domain.names import plain
from domain.plans import TaskKind
from domain.status import Status
from services.tasks import TaskLine

NOBODY = "-"  # asked for as the person in charge: tasks that have none
SORTS = ("code", "due", "unit", "status")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see; None and "" leave a side open. `sort` is one of `SORTS`, `-` turns it."""

    status: Status | None = None
    section: str = ""
    kind: TaskKind | None = None
    person: str = ""
    window: Window | None = None
    words: str = ""
    sort: str = ""


def fitting(lines: Sequence[TaskLine], asked: Asked, today: date) -> list[TaskLine]:
    """Return the lines that fit in everything but their status, in their order."""
    words = plain(asked.words).split()
    return [line for line in lines if _fits(line, asked, words, today)]


def chosen(lines: Sequence[TaskLine], asked: Asked) -> list[TaskLine]:
    """Return those of the status asked for, sorted; what has no date stands last either way."""
    found = [line for line in lines if asked.status in {None, line.status}]
    name = asked.sort.removeprefix("-")
    if name == "due":
        dated = [line for line in found if line.next_due]
        dateless = [line for line in found if not line.next_due]
        return [*_sorted(dated, "due", asked.sort), *dateless]
    return _sorted(found, name, asked.sort) if name else found


def _sorted(lines: list[TaskLine], name: str, sort: str) -> list[TaskLine]:
    if name == "code":  # that is the order of the appendix, in which they come
        return lines[::-1] if sort.startswith("-") else lines
    return sorted(lines, key=_KEYS[name], reverse=sort.startswith("-"))


_STATUSES = list(Status)
_KEYS: dict[str, Callable[[TaskLine], Any]] = {
    "due": lambda line: line.next_due,
    "unit": lambda line: plain("; ".join(line.lead_units)),
    "status": lambda line: _STATUSES.index(line.status),
}


def _fits(line: TaskLine, asked: Asked, words: Sequence[str], today: date) -> bool:
    if asked.person == NOBODY and line.in_charge:
        return False
    return (
        asked.section in {"", line.section}
        and asked.kind in {None, line.kind}
        and (asked.person in {"", NOBODY} or asked.person in line.in_charge)
        and (asked.window is None or falls_in(asked.window, line.next_due, today))
        and all(word in _text(line) for word in words)
    )


@lru_cache(maxsize=8192)
def _text(line: TaskLine) -> str:
    """Return all that a search inside the list looks at."""
    return plain(" ".join((line.code, line.title, line.time_text, *line.lead_units, *line.in_charge)))
