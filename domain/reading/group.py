"""Phrases that are one statement about time."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.reading.phrase import Phrase
from domain.reading.spans import Span


@dataclass(slots=True)
class Group:
    """Phrases that are one statement about time; `kind` is that of its leading phrase."""

    kind: str
    first: int
    last: int
    phrases: list[Phrase]
    rhythms: list[str] = field(default_factory=list)
    dates: list[Phrase] = field(default_factory=list)
    periodic: bool = False
    window: Span | None = None
    clock: str | None = None


def take(group: Group, phrase: Phrase) -> bool:
    """Add the phrase to the group's words; return True, for those who say that it was taken."""
    group.phrases.append(phrase)
    group.first, group.last = min(group.first, phrase.first), max(group.last, phrase.last)
    return True
