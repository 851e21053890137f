"""Gather what a document hides while it is laid out, so that each kind becomes one finding."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.plans import Finding, Source
from domain.reading.layout_doubts import about_layout


@dataclass(slots=True)
class Note:
    """How often one thing was met, and where it was met first."""

    code: str
    source: str
    place: Source | None
    count: int = 0


@dataclass(slots=True)
class Notes:
    """Everything that was met; `place` is where the reader stands now."""

    place: Source | None = None
    met: dict[str, Note] = field(default_factory=dict)

    def add(self, code: str, source: str = "", count: int = 1, *, apart: str = "") -> None:
        """Count one more; the first with words is quoted. What is `apart` becomes a finding of its own."""
        note = self.met.setdefault(f"{code} {apart}".strip(), Note(code, source, self.place))
        note.count += count
        if not note.source.strip() and source.strip():
            note.source, note.place = source, self.place

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each kind."""
        notes = self.met.values()
        return tuple(about_layout(note.code, note.source, note.place, note.count) for note in notes)
