"""Recording events and opening what waits for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from config.event_types import load_event_types
from domain.due_dates import check_due
from domain.errors import WardError
from domain.events import identity
from domain.people import Action
from domain.plans import TaskKind
from domain.refusals import BadValue, DocumentNumberUsed, InTheFuture, NothingOpens, UnknownTask
from models import openings, papers, tasks
from services import event_answers
from services.documents import StoredFile, register
from services.history import hashed, record
from services.occurrences import open_due
from services.people import Person, Ward, permitted

EARLIEST_YEAR = 2000  # an older date is a slip of the keyboard


class UnknownEvent(WardError):
    """The ward has recorded no such event."""

    def __init__(self, event_id: int) -> None:
        super().__init__(f"unknown event {event_id}", "Không có văn bản, sự kiện này.")


@dataclass(frozen=True, slots=True)
class EventRequest:
    """What the coordinator records; without `tasks`, every event task that waits for this type opens.

    `dues` are those of single tasks, None for no date; the others have `due_on`, the document's own.
    """

    type: str
    doc_number: str
    doc_date: date
    issuer: str
    summary: str
    tasks: Sequence[str] = ()
    due_on: date | None = None
    file: StoredFile | None = None
    dues: Mapping[str, date | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """An occurrence that an event opened."""

    id: int
    task: str
    label: str
    unit: str
    state: str


@dataclass(frozen=True, slots=True)
class Raised:
    """What came of an event; `already` says that the document was recorded before."""

    event_id: int
    already: bool
    new: int
    occurrences: tuple[Opened, ...]


def raise_event(
    connection: Connection, ward: Ward, request: EventRequest, *, by: str, today: date, now: datetime
) -> Raised:
    """Record a document and open its occurrences, one per lead unit of each task.

    The same document twice is recorded once and opens nothing twice; naming more
    tasks the second time opens those as well.

    Raises:
        BadValue, InTheFuture: a value can't be right, or the document is recorded with another type.
        UnknownTask, NothingOpens: there is nothing that it could open.
        DocumentNumberUsed: the number is recorded with another date.
        UnknownUser, NotPermitted: only a coordinator raises events.
    """
    person = permitted(connection, ward, by, Action.RAISE_EVENT)
    check_request(request, today)
    waiting = _tasks(connection, ward, request)
    event_id, already = _record(connection, ward, request, person, now)
    label = _label(connection, ward, event_id, request)
    columns = _columns(waiting, event_id, label, request, today)
    made = openings.plan_occurrences(connection, ward.id, columns)
    asked = [row.id for row in waiting if row.kind == TaskKind.EVENT]
    event_answers.arrived(
        connection, ward, event_id, asked, request.doc_date, person=person, today=today, now=now
    )
    if made:
        open_due(connection, today, now, ward_id=ward.id, occurrence_ids=made, actor=person.actor)
    occurrences = tuple(
        Opened(row.id, row.code, row.label, row.unit, row.state)
        for row in papers.opened_by(connection, ward.id, event_id)
    )
    return Raised(event_id, already, len(made), occurrences)


def check_event(connection: Connection, ward: Ward, request: EventRequest, *, by: str, today: date) -> None:
    """Return if `by` may record this and it opens something, so that its file is worth taking.

    Raises:
        BadValue, InTheFuture, UnknownTask, NothingOpens, UnknownUser, NotPermitted: as `raise_event` would.
    """
    permitted(connection, ward, by, Action.RAISE_EVENT)
    check_request(request, today)
    _tasks(connection, ward, request)


def show_event(connection: Connection, ward: Ward, event_id: int) -> Any:
    """Return an event with the occurrences that it opened.

    Raises:
        UnknownEvent: the ward has recorded none with this id.
    """
    rows = papers.recorded(connection, ward.id, before=event_id + 1, limit=1)
    if not rows or rows[0].id != event_id:
        raise UnknownEvent(event_id)
    return rows[0]


def check_request(request: EventRequest, today: date) -> None:
    """Return if what is typed can be a document.

    Raises:
        BadValue, InTheFuture: it can't.
    """
    known = [each.code for each in load_event_types()]
    if request.type not in known:
        raise BadValue("Loại sự kiện", request.type, "một trong: " + ", ".join(known))
    for what, value, longest in (
        ("Số văn bản", request.doc_number, 100),
        ("Cơ quan ban hành", request.issuer, 300),
        ("Trích yếu", request.summary, 3000),
    ):
        if not value.strip():
            raise BadValue(what, value, "không được bỏ trống")
        if len(value.strip()) > longest:
            raise BadValue(what, f"{value.strip()[:40]}…", f"dài quá {longest} chữ")
    if request.doc_date.year < EARLIEST_YEAR:
        raise BadValue("Ngày văn bản", f"{request.doc_date:%d/%m/%Y}", f"phải từ năm {EARLIEST_YEAR}")
    if request.doc_date > today:
        raise InTheFuture("Ngày văn bản", request.doc_date)
    for due in (request.due_on, *request.dues.values()):
        if due is not None:
            check_due(due, request.doc_date, "ngày văn bản", request.doc_date.year)


def _tasks(connection: Connection, ward: Ward, request: EventRequest) -> list[Any]:
    rows = {row.code: row for row in tasks.of_active_plans(connection, ward.id)}
    strange = [code for code in request.dues if code not in rows]
    if strange:
        raise UnknownTask(strange[0])
    if request.tasks:
        unknown = [code for code in request.tasks if code not in rows]
        if unknown:
            raise UnknownTask(unknown[0])
        return [rows[code] for code in dict.fromkeys(request.tasks)]
    waiting = [row for row in rows.values() if row.kind == TaskKind.EVENT and request.type in row.event_types]
    if not waiting:
        raise NothingOpens(request.type)
    return waiting


def _record(
    connection: Connection, ward: Ward, request: EventRequest, person: Person, now: datetime
) -> tuple[int, bool]:
    if request.file is not None:
        register(connection, ward.id, [request.file])
    key = identity(request.doc_number, request.issuer, request.doc_date)
    event_id = papers.put_event(
        connection,
        ward.id,
        type=request.type,
        identity=key,
        doc_number=request.doc_number.strip(),
        doc_date=request.doc_date,
        issuer=request.issuer.strip(),
        summary=request.summary.strip(),
        due_on=request.due_on,
        sha256=request.file.sha256 if request.file else None,
        file_name=request.file.name if request.file else None,
        now=now,
        by=person.id,
    )
    if event_id is None:
        existing = papers.event_by_identity(connection, ward.id, key)
        assert existing is not None  # noqa: S101 - the conflict was with this row, and rows are never deleted
        if existing.type != request.type:
            expected = f"văn bản này đã được ghi nhận với loại “{existing.type}”"
            raise BadValue("Loại sự kiện", request.type, expected)
        if existing.doc_date != request.doc_date:
            raise DocumentNumberUsed(request.doc_number, request.issuer, existing.doc_date)
        return existing.id, True
    facts = {
        "doc_date": request.doc_date.isoformat(),
        "doc_number": request.doc_number.strip(),
        "document": request.file.sha256 if request.file else None,
        "due_on": request.due_on.isoformat() if request.due_on else None,
        "event": event_id,
        "issuer": request.issuer.strip(),
        "name_sha256": hashed(request.file.name) if request.file else None,
        "summary_sha256": hashed(request.summary.strip()),
        "type": request.type,
    }
    record(connection, ward.id, "event.recorded", facts, actor=person.actor, now=now)
    return event_id, False


def _label(connection: Connection, ward: Ward, event_id: int, request: EventRequest) -> str:
    """Return the document's number; with the issuer where another event has the same number."""
    number = request.doc_number.strip()
    taken = papers.number_taken(connection, ward.id, number, event_id)
    return f"{number} ({request.issuer.strip()}, {request.doc_date.year})" if taken else number


def _columns(
    waiting: list[Any], event_id: int, label: str, request: EventRequest, today: date
) -> dict[str, list[object]]:
    count = len(waiting)
    columns: dict[str, list[object]] = {
        "task": [row.id for row in waiting],
        "label": [label] * count,
        "event": [event_id] * count,
        "opens_on": [today] * count,
    }
    dues = [request.dues.get(row.code, request.due_on) for row in waiting]
    for stage in ("plan", "implement", "report"):
        columns[f"{stage}_due"] = list(dues) if stage == "report" else [None] * count
        columns[f"{stage}_assumed"] = [False] * count
    return columns
