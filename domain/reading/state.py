"""What reading one text carries along: its facts, its milestones and its doubts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from domain.plans import Finding, Milestone, Stage
from domain.reading.doubts import about_time
from domain.reading.tokens import Token

if TYPE_CHECKING:
    from domain.reading.group import Group


@dataclass(slots=True)
class Reading:
    """What one text has given so far."""

    text: str
    year: int | None
    issued_on: date | None
    milestones: list[Milestone] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _told: set[tuple[str, str, str]] = field(default_factory=set)
    cutoffs: list[tuple[Place, Group]] = field(default_factory=list)
    unyeared: list[tuple[str, int]] = field(default_factory=list)  # words without a year, the year they got
    by_name: list[tuple[Milestone, date]] = field(default_factory=list)  # báo cáo 6 tháng trước 15/6
    own_quarters: bool = False  # the project's, not the calendar's: Quý 8
    event: str | None = None  # the last event named, for a count of days that names none

    def doubt(self, code: str, source: str, facts: str = "") -> None:
        """Add a finding once."""
        if (code, source, facts) not in self._told:
            self._told.add((code, source, facts))
            self.findings.append(about_time(code, source, facts, self.year))


@dataclass(slots=True)
class Place:
    """Where a group stands: its tokens, its words and the stage that they name."""

    ts: list[Token]
    source: str
    stage: Stage | None
    cutoff: bool = False  # the clause names the days that the figures cover


def words(reading: Reading, ts: list[Token], first: int, last: int) -> str:
    """Return the text from one token to another, on one line."""
    if last <= first:
        return ""
    return " ".join(reading.text[ts[first].start : ts[last - 1].end].split())


def vietnamese(day: date) -> str:
    """Return a day as people write it here."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"
