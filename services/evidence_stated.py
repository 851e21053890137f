"""What a pack's page tells, once more for machines, so that the verifier can hold it against the events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from typing import Any

from domain.plans import Stage
from models import evidence, expected
from services.evidence_statement import BATCH, Statement
from services.expected import words
from services.history import hashed


def stated(told: Statement) -> dict[str, object]:
    """Return states, dates, submissions and requests as the tables have them."""
    codes = {task.id: task.code for task in told.tasks}
    rows = [row for rows in told.occurrences.values() for row in rows]
    names = {row.id: f"{codes[row.task_id]} ({row.label})" for row in rows}
    handed_in = {occurrence for occurrence, _, _, kind in told.acted if kind == "stage.submitted"}
    shown = sorted(names)
    stages = {(row.occurrence_id, row.stage): row for row in _rows(told, evidence.STAGES, shown)}
    submitted = list(_rows(told, evidence.SUBMISSIONS, sorted(handed_in | set(shown))))
    return {
        "differences": told.differences,
        "tasks": [
            {"task": row.id, "words": words(row)}
            for row in expected.tasks(told.connection, told.ward.id, tasks=sorted(codes))
        ],
        "plans": sorted({task.plan for task in told.tasks}),
        "occurrences": [_occurrence(row, names[row.id], stages) for row in rows],
        "submissions": [_submission(row, told) for row in submitted],
        # Apart, for a verifier that was kept from before knows nothing of them.
        "names": [_names(row, told) for row in submitted if row.documents],
        "former_dues": [
            {
                **_place(row),
                "former_due": _day(row.former_due),
                "due_on": _day(row.new_due),
            }
            for row in _rows(told, evidence.DUE_CHANGES, shown)
        ],
        "extensions": [_extension(row) for row in _rows(told, evidence.EXTENSIONS, shown)],
    }


def _rows(told: Statement, query: str, ids: Sequence[int]) -> Iterator[Any]:
    for start in range(0, len(ids), BATCH):
        yield from evidence.of_occurrences(told.connection, query, told.ward.id, ids[start : start + BATCH])


def _place(row: Any) -> dict[str, object]:
    return {"occurrence": row.occurrence_id, "stage": row.stage}


def _occurrence(row: Any, name: str, stages: dict[tuple[int, str], Any]) -> dict[str, object]:
    of_it = {stage.value: stages[row.id, stage.value] for stage in Stage}
    return {
        "occurrence": row.id,
        "name": name,
        "state": row.state,
        "stages": {
            stage: {
                "assumed": int(one.assumed),
                "due_on": _day(one.due_on),
                "nominal_due": _day(one.nominal_due),
                "state": one.state,
            }
            for stage, one in of_it.items()
        },
    }


def _submission(row: Any, told: Statement) -> dict[str, object]:
    event = told.acted.get((row.occurrence_id, row.stage, row.attempt, "stage.submitted"))
    at = row.recorded_at.astimezone(UTC).replace(tzinfo=None)
    facts: dict[str, object] = {
        **_place(row),
        "position": event.position if event else None,
        "attempt": row.attempt,
        "by": row.submitted_by,
        "recorded_at": f"{at.isoformat(timespec='microseconds')}Z",
        "effective_on": row.effective_on.isoformat(),
        "late": int(row.late),
        "doc_number": row.doc_number,
        "doc_date": _day(row.doc_date),
        "documents": sorted(file["sha256"] for file in row.documents),
        "verdict": row.verdict,
        "decided_by": row.decided_by,
        "reason_sha256": hashed(row.reason),
    }
    # A note that was erased for a person's sake leaves its hash in the log.
    return facts if row.note is None else {**facts, "note_sha256": hashed(row.note)}


def _names(row: Any, told: Statement) -> dict[str, object]:
    """Return the hashes of the names that files came under, which a log has that was begun lately."""
    event = told.acted.get((row.occurrence_id, row.stage, row.attempt, "stage.submitted"))
    names = {file["sha256"]: hashed(file["name"]) for file in row.documents}
    return {"position": event.position if event else None, "names": names}


def _extension(row: Any) -> dict[str, object]:
    return {
        **_place(row),
        "extension": row.id,
        "former_due": _day(row.former_due),
        "asked_until": _day(row.asked_until),
        "reason_sha256": hashed(row.reason),
        "verdict": row.verdict,
        "granted_until": _day(row.granted_until),
        "objective": int(bool(row.objective)),
        "answer_sha256": hashed(row.answer),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
