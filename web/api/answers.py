"""The answers of the API, typed; Vietnamese terms stand in brackets as people know them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.plans import Stage, TaskKind
from domain.stages import OccurrenceState, StageState
from domain.status import Status


class Answer(BaseModel):
    """What all answers are: built from our own rows, sent as they are."""

    model_config = ConfigDict(from_attributes=True)


class TaskLine(Answer):
    """A task (nhiệm vụ): one row of the plan, with its official status (tình trạng)."""

    id: int
    code: Annotated[str, Field(examples=["II.3"])]
    section: Annotated[str, Field(description="Section (mục) of the appendix.")]
    title: str
    kind: TaskKind
    time_text: Annotated[str, Field(description="Time (thời gian) as the decision writes it.")]
    year: int
    lead_units: Annotated[list[str], Field(description="Cơ quan chủ trì.")]
    status: Status
    next_due: Annotated[date | None, Field(description="Earliest due date (hạn) not handed in yet.")]
    next_stage: Stage | None
    open_occurrences: int
    waiting_verdict: int


class Tasks(Answer):
    """Tasks in the order of the plan; `next` goes into `after` for those that follow, null at the end."""

    tasks: list[TaskLine]
    next: str | None


class Document(Answer):
    """A file that was handed in, named by its SHA-256."""

    sha256: str
    name: str
    size: int


class Submission(Answer):
    """What was handed in (nộp) for a stage, and what was decided on it."""

    attempt: int
    by: str
    effective_on: Annotated[date, Field(description="When it happened (ngày thực hiện).")]
    recorded_at: Annotated[datetime, Field(description="When it was entered.")]
    late: bool
    doc_number: str | None
    doc_date: date | None
    note: str | None
    verdict: Annotated[
        str | None, Field(description="`accepted` (nghiệm thu), `returned` (trả lại), `withdrawn`, or null.")
    ]
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    documents: list[Document]


class DueChange(Answer):
    """A due date that was moved."""

    due: date | None
    new_due: date | None
    reason: str
    document: str | None
    by: str
    at: datetime


class StageOf(Answer):
    """One of the three stages (bước) of an occurrence."""

    stage: Stage
    state: StageState
    nominal_due: Annotated[date | None, Field(description="As the decision writes it.")]
    due: Annotated[date | None, Field(description="After every change.")]
    assumed: Annotated[bool, Field(description="No text says the date (tạm tính).")]
    attempt: int
    former_dues: list[DueChange]
    submissions: list[Submission]


class EventHead(Answer):
    """The document that opened an occurrence."""

    id: int
    type: str
    doc_number: str
    doc_date: date
    issuer: str
    summary: str


class Occurrence(Answer):
    """A task once (kỳ thực hiện)."""

    id: int
    label: Annotated[str, Field(examples=["Quý I/2026"])]
    unit: str
    state: OccurrenceState
    status: Status
    opens_on: date
    opened_at: datetime | None
    done_at: datetime | None
    cancel_reason: str | None
    event: EventHead | None
    stages: list[StageOf]


class OccurrenceOfTask(Occurrence):
    """An occurrence with its task."""

    task: str
    title: str
    year: int


class Task(TaskLine):
    """A task with what belongs to it."""

    coordinating_units: list[str]
    products: list[str]
    event_types: list[str]
    occurrences: list[Occurrence]


class Opened(Answer):
    """An occurrence that an event opened."""

    id: int
    task: str
    label: str
    unit: str
    state: OccurrenceState


class Event(EventHead):
    """An event (văn bản đến) with the occurrences that it opened."""

    due_on: date | None
    file_name: Annotated[str | None, Field(description="The document's own file, if it came with one.")]
    sha256: str | None
    recorded_by: str
    recorded_at: datetime
    occurrences: list[Opened]


class Events(Answer):
    """Events, the newest first; `next` goes into `after` for older ones, null at the end."""

    events: list[Event]
    next: int | None


class Raised(Answer):
    """What came of an event; `already` says that the document was recorded before."""

    event: int
    already: bool
    new: Annotated[int, Field(description="How many occurrences it opened now.")]
    occurrences: list[Opened]


class HandedIn(Answer):
    """What came of a submission; `already` says that the very same was recorded before."""

    occurrence: int
    stage: Stage
    attempt: int
    late: bool
    already: bool
