"""Documents that arrive (văn bản đến), recorded by another system: a document register, most often."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from config.event_types import load_event_types
from domain.machine_tokens import Scope
from services.event_lists import recorded_events
from services.events import EventRequest, check_event, raise_event
from web.api import answers
from web.api.files import kept
from web.api.problems import described
from web.api.values import Day, Limit, Text
from web.api.visits import changing, looking, scoped

router = APIRouter()
TYPES = tuple(each.code for each in load_event_types())
WHAT_TYPES_ARE = "; ".join(f"`{each.code}`: {each.label}" for each in load_event_types())


class NewEvent(BaseModel):
    """A document that opens tasks; without `tasks`, every event task that waits for this type."""

    model_config = ConfigDict(extra="forbid")

    type: Annotated[
        Text, Field(max_length=60, description=WHAT_TYPES_ARE, json_schema_extra={"enum": list(TYPES)})
    ]
    doc_number: Annotated[Text, Field(min_length=1, max_length=100, examples=["12/UBND-NC"])]
    doc_date: Day
    issuer: Annotated[Text, Field(min_length=1, max_length=300, description="Who signed it.")]
    summary: Annotated[Text, Field(min_length=1, max_length=3000, description="What it is about.")]
    tasks: Annotated[
        list[Annotated[Text, Field(max_length=40)]],
        Field(max_length=100, examples=[["V.2"]], description="Codes of the tasks that it opens."),
    ] = []
    due_on: Annotated[Day | None, Field(description="The deadline that the document sets.")] = None


class NewEventWithFile(NewEvent):
    """The same as a form, with the document's file; `tasks` is repeated for each code."""

    file: Annotated[UploadFile, Field(description="The document itself, 20 MB at most.")]


@router.get(
    "/events",
    summary="Events (văn bản đến)",
    dependencies=[Depends(scoped(Scope.READ))],
    responses=described(),
)
def list_events(
    request: Request,
    response: Response,
    after: Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before.")] = None,
    limit: Limit = 100,
) -> answers.Events:
    """Return recorded events, the newest first, with the occurrences that each opened."""
    with looking(request) as look:
        response.headers["etag"] = look.tag
        rows = recorded_events(look.connection, look.ward, before=after, limit=limit + 1)
    shown = [answers.Event.model_validate(row) for row in rows[:limit]]
    return answers.Events(events=shown, next=shown[-1].id if len(rows) > limit else None)


_RAISING: dict[str, Any] = {
    "status_code": 201,
    "dependencies": [Depends(scoped(Scope.RAISE_EVENTS))],
    "responses": described(400, 404, 409, 413, again=answers.Raised),
}


@router.post("/events", summary="Record an event", **_RAISING)
def raise_one(request: Request, response: Response, event: NewEvent) -> answers.Raised:
    """Record a document and open its occurrences; the same document again changes nothing."""
    return _raised(request, response, event)


@router.post("/events/with-file", summary="Record an event with its file", **_RAISING)
def raise_with_file(
    request: Request,
    response: Response,
    event: Annotated[NewEventWithFile, Form(media_type="multipart/form-data")],
) -> answers.Raised:
    """Record a document with its file; where the document is recorded already, the file is not added."""
    return _raised(request, response, event, event.file)


def _raised(
    request: Request, response: Response, event: NewEvent, file: UploadFile | None = None
) -> answers.Raised:
    wanted = EventRequest(
        type=event.type,
        doc_number=event.doc_number,
        doc_date=event.doc_date,
        issuer=event.issuer,
        summary=event.summary,
        tasks=tuple(event.tasks),
        due_on=event.due_on,
    )
    if file is not None:
        with changing(request) as look:
            check_event(look.connection, look.ward, wanted, by=look.machine.person.name, today=look.today)
        wanted = replace(wanted, file=kept(request, file))
    with changing(request) as look:
        by = look.machine.person.name
        raised = raise_event(look.connection, look.ward, wanted, by=by, today=look.today, now=look.now)
    if raised.already and not raised.new:
        response.status_code = 200
    return answers.Raised(
        event=raised.event_id,
        already=raised.already,
        new=raised.new,
        occurrences=[answers.Opened.model_validate(each) for each in raised.occurrences],
    )
