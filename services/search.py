"""Searching everything that a ward has: tasks, periods, documents, files, units, people, days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from domain.people import PERMITTED, Action
from domain.refusals import BadValue
from domain.search_words import days_meant
from models import search as models
from services.people import Person, Ward

LONGEST = 200  # characters that are looked for
MOST_WORDS = 12
SHORTEST_SLIP = 4  # letters from which slips of the keyboard are forgiven
LIKENESS = 0.45
FEW = 10  # things that have the words; with so many, none is shown that only resembles them
FIRST = 5  # of each kind, where all are shown
PAGE = 20
MESSAGES = 3000  # the newest ones that are looked through: a ward's of a year, and still no time
LAST_PAGE = 500
KINDS = models.KINDS


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind: rows of `models.search`, and how many there are in all."""

    kind: str
    total: int
    rows: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What was looked for, and what was found, the kind that fits best first; `cut` says that words were."""

    words: str
    cut: bool
    found: Sequence[Found]

    @property
    def total(self) -> int:
        """Return how much fits in all."""
        return sum(each.total for each in self.found)


def search(
    connection: Connection,
    ward: Ward,
    words: str,
    *,
    of: Person,
    today: date,
    kind: str | None = None,
    page: int = 1,
) -> Result:
    """Return what a ward has for some words, without diacritics, slips of the keyboard forgiven.

    With `kind` it is a page of that kind alone. Letters are found only by those who may see them, and
    nobody's address is looked at.

    Raises:
        BadValue: there is no such kind.
    """
    kinds = [each for each in KINDS if each != "message" or of.role in PERMITTED[Action.SEE_MESSAGES]]
    if kind is not None and kind not in kinds:
        raise BadValue("Loại", kind, "mở lại trang tìm kiếm rồi chọn trong kết quả")
    asked, cut = _cut(words)
    if not asked:
        return Result("", cut=False, found=())
    first, last = days_meant(asked, today) or (None, None)
    rows = models.find(
        connection,
        ward.id,
        kinds,
        words=asked,
        first=first,
        last=last,
        kind=kind,
        shortest=SHORTEST_SLIP if _may_slip(asked) else LONGEST + 1,
        messages=MESSAGES,
        likeness=LIKENESS,
        few=FEW,
        after=(min(page, LAST_PAGE) - 1) * PAGE if kind else 0,
        limit=PAGE if kind else FIRST,
    )
    by_kind = [(name, list(group)) for name, group in groupby(rows, key=lambda row: row.kind)]
    return Result(asked, cut, [Found(name, group[0].total, group) for name, group in by_kind])


def _may_slip(words: str) -> bool:
    """Tell whether what only resembles the words may be meant: never for numbers, codes and days."""
    return not any(char.isdigit() for char in words)


def _cut(words: str) -> tuple[str, bool]:
    said = "".join(char if char.isprintable() else " " for char in words[: 4 * LONGEST]).split()
    asked = " ".join(said[:MOST_WORDS])[:LONGEST].strip()
    return asked, len(words) > len(words[: 4 * LONGEST]) or asked != " ".join(said)
