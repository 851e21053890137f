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
