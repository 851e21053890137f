"""A period that is over: how things stood on its last day, as far as anybody has recorded by now.

Work counts from the day on which it was done, also where it was entered later; dates are those that held on
that day; what arrived afterwards was not there yet. A verdict that came later still says whether the work
was good. What was cancelled or withdrawn since is told as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain.plans import TaskKind
from domain.stages import OccurrenceState, StageState
from domain.status import Status, task_status
from services.tasks import TaskLine, status_of

# Nobody knows of these before they are there.
_UNFORESEEN = frozenset({TaskKind.EVENT, TaskKind.UNSPECIFIED})


@dataclass(frozen=True, slots=True)
class PastRow:
    """A row of `models.reports.occurrences` as it was."""

    id: int
    task_id: int
    kind: str
    code: str
    section: str
    title: str
    label: str
    unit: str
    state: str
    opens_on: date
    stages: Sequence[Any]


def as_at(rows: Iterable[Any], day: date) -> list[PastRow]:
    """Return the occurrences that were known on `day`, each as it stood then."""
    return [_row(row, day) for row in rows if row.opens_on <= day or TaskKind(row.kind) not in _UNFORESEEN]


def tasks_at(lines: Iterable[TaskLine], rows: Iterable[PastRow], judged_on: date) -> list[TaskLine]:
    """Return the tasks with the status that follows from their occurrences; nothing else changes."""
    found: dict[int, set[Status]] = {}
    for row in rows:
        found.setdefault(row.task_id, set()).add(status_of(row, judged_on))
    return [replace(line, status=task_status(line.kind, frozenset(found.get(line.id, ())))) for line in lines]


def _row(row: Any, day: date) -> PastRow:
    stages = [_stage(stage, day) for stage in row.stages]
    kept = {name: getattr(row, name) for name in PastRow.__slots__ if name not in {"state", "stages"}}
    return PastRow(**kept, state=_state(row, stages, day), stages=stages)


def _state(row: Any, stages: Sequence[Any], day: date) -> str:
    if row.state in {OccurrenceState.CANCELLED, OccurrenceState.PLANNED}:
        return str(row.state)
    if row.opens_on > day:
        return OccurrenceState.PLANNED
    done = row.state == OccurrenceState.DONE and all(
        stage["state"] == StageState.ACCEPTED for stage in stages
    )
    return OccurrenceState.DONE if done else OccurrenceState.OPEN


def _stage(stage: Any, day: date) -> dict[str, Any]:
    done = [one for one in stage["submissions"] if date.fromisoformat(one["effective_on"]) <= day]
    moved = [one["former"] for one in stage["moves"] if date.fromisoformat(one["on"]) > day]
    state = stage["state"]
    if len(done) < len(stage["submissions"]):
        state = _handed_in(done[-1]["verdict"]) if done else StageState.OPEN
    return {**stage, "submissions": done, "due": moved[0] if moved else stage["due"], "state": state}


def _handed_in(verdict: str | None) -> StageState:
    if verdict is None:
        return StageState.SUBMITTED
    return StageState.ACCEPTED if verdict == "accepted" else StageState.RETURNED
