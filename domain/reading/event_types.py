"""Which types of event the words of a reading name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.reading.normal import key


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of event; any of `words` in a reading names it."""

    code: str
    label: str
    words: tuple[str, ...]


def types_named(text: str, types: Iterable[EventType]) -> tuple[str, ...]:
    """Return the codes of the types that `text` names, in the order of `types`."""
    said = f" {key(text)} "
    return tuple(kind.code for kind in types if any(f" {key(word)} " in said for word in kind.words))
