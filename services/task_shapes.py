"""A task as data: what `cchc task --json` prints and the API answers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from services.succession import LastYear
from services.tasks import TaskView, status_of


def task_data(view: TaskView, before: LastYear | None) -> dict[str, Any]:
    """Return a task without its occurrences; `before` is what became of it last year."""
    return asdict(view.line) | {
        "coordinating_units": view.details.coordinating_units,
        "products": view.details.products,
        "event_types": view.details.event_types,
        "last_year": asdict(before) if before else None,
    }


def occurrence_data(row: Any, today: date) -> dict[str, Any]:
    """Return an occurrence row of `services.tasks.show_task` with its official status."""
    fields = ("id", "label", "unit", "state", "opens_on", "opened_at", "done_at", "cancel_reason")
    return {field: getattr(row, field) for field in fields} | {
        "status": status_of(row, today),
        "event": _event(row),
        "stages": row.stages,
        "deliveries": row.deliveries,
        "flow_runs": row.flow_runs,
    }


def _event(row: Any) -> dict[str, Any] | None:
    if row.event_id is None:
        return None
    return {
        "id": row.event_id,
        "type": row.event_type,
        "doc_number": row.doc_number,
        "doc_date": row.doc_date,
        "issuer": row.issuer,
        "summary": row.summary,
    }
