"""Documents and events that arrive: recorded in two steps, listed, and what a slip opened cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection
from starlette.responses import Response

from config.event_types import load_event_types
from domain.errors import SystemFault, WardError
from domain.people import Action
from domain.refusals import BadValue
from domain.stages import OccurrenceState
from services import occurrences
from services.event_lists import recorded_events
from services.event_proposals import known_issuers
from services.events import raise_event, show_event
from services.people import Ward
from web import event_form as form
from web.changing import changed
from web.errors import status_of
from web.forms import Fields, for_back
from web.page import Web, reading
from web.uploads import LIMIT_MB, Form, NoLongerThere, Upload
from web.visits import allowed, visitor

router = APIRouter()
MAY_RAISE = [Depends(allowed(Action.RAISE_EVENT))]
Id = Annotated[int, Path(ge=1, lt=2**63)]
PER_PAGE = 50
LABELS = {each.code: each.label for each in load_event_types()}


@router.get("/events")
def show_events(
    request: Request, before: Annotated[int | None, Query(ge=1, lt=2**62)] = None
) -> HTMLResponse:
    """Show what was recorded, the newest first, and what each opened."""
    with reading(request) as page:
        rows = recorded_events(page.connection, page.ward, before=before, limit=PER_PAGE + 1)
    more = rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None
    return page.render(
        "events.html", events=rows[:PER_PAGE], more=more, before=before, labels=LABELS, opened=_opened
    )


@dataclass(frozen=True, slots=True)
class OpenedTask:
    """A task in the list of events, once for all units that do it; `said` is empty where it goes as usual."""

    task: str
    said: str


def _opened(event: Any) -> list[OpenedTask]:
    found: dict[str, list[str]] = {}
    for each in event.occurrences:
        found.setdefault(each["task"], []).append(each["state"])
    return [OpenedTask(task, _said(states)) for task, states in found.items()]


def _said(states: Sequence[str]) -> str:
    cancelled = states.count(OccurrenceState.CANCELLED)
    if cancelled == len(states):
        return "đã huỷ"
    parts = (f"{len(states)} đơn vị" if len(states) > 1 else "", f"{cancelled} đã huỷ" if cancelled else "")
    return ", ".join(filter(None, parts))


@router.get("/events/new", dependencies=MAY_RAISE)
def ask_for_event(request: Request) -> HTMLResponse:
    """Ask what arrived."""
    return _ask(request, form.Given())


@router.post("/events/new", dependencies=MAY_RAISE)
def look_at_event(request: Request, fields: Upload) -> Response:
    """Read the document's head out of its file if asked to; else show what recording it would do."""
    given = form.Given.of(fields)
    try:
        given = form.with_file(request, given, fields)
        if fields.text("do") == "back":
            return _ask(request, given)
        if fields.text("do") == "read":
            return _ask(request, form.filled_in(request, given), read=True)
        form.check(request, given)
    except SystemFault:
        raise
    except WardError as refusal:
        return _ask(request, given, refusal)
    return _propose(request, given)


@router.post("/events", dependencies=MAY_RAISE)
def record_event(request: Request, fields: Form) -> Response:
    """Record the document and open the ticked tasks; then show what came of it."""
    web: Web = request.app.state.web
    given, me = form.Given.of(fields), visitor(request)
    try:
        wanted = form.request_of(request, given, fields)
        with web.change() as connection:
            raised = raise_event(
                connection, me.ward, wanted, by=me.name, today=form.today(web), now=web.clock()
            )
    except SystemFault:
        raise
    except NoLongerThere as refusal:
        return _ask(request, replace(given, digest="", file_name=""), refusal)
    except WardError as refusal:
        return _propose(request, given, refusal, fields)
    return RedirectResponse(f"/events/{raised.event_id}?new={raised.new}", status_code=303)


@router.get("/events/{event_id}")
def show_one_event(
    request: Request, event_id: Id, new: Annotated[int | None, Query(ge=0, lt=10000)] = None
) -> HTMLResponse:
    """Show an event and what it opened."""
    return _show(request, event_id, new=new)


@router.post("/events/{event_id}/cancel", dependencies=MAY_RAISE)
def cancel_occurrence(request: Request, event_id: Id, fields: Form) -> Response:
    """Cancel what the event opened by a slip."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        event = show_event(connection, ward, event_id)
        chosen = [each["id"] for each in event.occurrences if str(each["id"]) == fields.text("occurrence")]
        if not chosen:
            raise BadValue("Kỳ thực hiện", "", "không do văn bản này mở")
        reason, document = fields.text("reason"), fields.text("document")
        now = request.app.state.web.clock()
        occurrences.cancel(connection, ward, chosen[0], reason=reason, document=document, by=by, now=now)

    def again(refusal: WardError) -> HTMLResponse:
        return _show(request, event_id, refusal=refusal, given=fields)

    return changed(request, change, back=f"/events/{event_id}", again=again)


def _ask(
    request: Request, given: form.Given, refusal: WardError | None = None, *, read: bool = False
) -> HTMLResponse:
    with reading(request) as page:
        issuers = known_issuers(page.connection, page.ward)
    key = page.web.forms.key(request)
    response = page.render(
        "event_new.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        given=given,
        read=read,
        types=load_event_types(),
        issuers=issuers,
        limit=LIMIT_MB,
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(for_back(request, response))


def _propose(
    request: Request, given: form.Given, refusal: WardError | None = None, fields: Fields | None = None
) -> HTMLResponse:
    try:
        wanted = form.check(request, given)
    except SystemFault:
        raise
    except WardError as problem:
        return _ask(request, given, problem)
    with reading(request) as page:
        found = form.proposals(page.connection, page.ward, wanted)
    key = page.web.forms.key(request)
    response = page.render(
        "event_tasks.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        given=given,
        wanted=wanted,
        labels=LABELS,
        known=found.known,
        tasks=[form.Row.of(each, fields) for each in found.tasks],
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(for_back(request, response))


def _show(
    request: Request,
    event_id: int,
    *,
    new: int | None = None,
    refusal: WardError | None = None,
    given: Fields | None = None,
) -> HTMLResponse:
    with reading(request) as page:
        event = show_event(page.connection, page.ward, event_id)
    key = page.web.forms.key(request)
    response = page.render(
        "event.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        event=event,
        new=new,
        labels=LABELS,
        given={name: given.text(name) if given else "" for name in ("occurrence", "reason", "document")},
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)
