"""What rows and paragraphs are made into: entries as they stand, then tasks and sections with codes."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.plans import Finding, Source
from domain.reading.numbering import Mark

_HEADS = ("roman", "letter", "part", "section")
INHERITED = ("lead", "coordinating", "time")


@dataclass(slots=True)
class Entry:
    """A row or paragraph that begins something: a section, a task, a part of a task."""

    mark: Mark | None
    cells: dict[str, str]
    place: Source
    title: bool = False  # nothing but a title stands in it

    @property
    def kind(self) -> str:
        """How it is numbered; `plain` where it isn't."""
        return self.mark.kind if self.mark else "plain"

    @property
    def value(self) -> str:
        """The number itself."""
        return self.mark.value if self.mark else ""

    @property
    def is_head(self) -> bool:
        """Say whether its number is one that sections have."""
        return self.kind in _HEADS


@dataclass(slots=True)
class Draft:
    """A task's cells as they stand, continuation rows joined."""

    code: str
    section: str
    cells: dict[str, str]
    place: Source
    parent: str | None = None
    children: int = 0
    is_part: bool = False  # a), b), or a dash


@dataclass(slots=True)
class SectionDraft:
    """A section's title and the number of tasks that it claims; `cells` are its own lead and time."""

    code: str
    title: str
    declared: int | None
    place: Source | None = None
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number as it was given, in order; groups that are dropped count too."""

    code: str
    place: Source
    is_part: bool = False


@dataclass(slots=True)
class Drafts:
    """Everything that the rows gave."""

    tasks: list[Draft] = field(default_factory=list)
    sections: list[SectionDraft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # of the columns
    numbers: list[Numbered] = field(default_factory=list)
    grouped: dict[str, int] = field(default_factory=dict)  # each section's tasks without their parts
