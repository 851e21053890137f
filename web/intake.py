"""A decision's file: dropped on the page, shown as it is read, then stored as a draft."""

from __future__ import annotations

from functools import lru_cache

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from config.event_types import load_event_types
from domain.errors import SystemFault, WardError
from domain.people import Action
from domain.plans import PlanReading, Severity
from domain.reading.confirming import meaning
from domain.reading.layout import Sheet
from domain.reading.plan import read_sheet
from domain.reading.units import Similar, Unit, UnitBook
from domain.reading.wording import said
from services.plans import OtherIssuer, check_issuer, import_plan
from services.units import known_units
from web.errors import status_of
from web.page import Web, reading
from web.uploads import (
    LIMIT_MB,
    Digest,
    Form,
    NoLongerThere,
    Upload,
    keep_upload,
    laid_out,
    register_upload,
    shown_at,
)
from web.visits import allowed, visitor

router = APIRouter(dependencies=[Depends(allowed(Action.IMPORT_PLAN))])


@router.get("/plan/import")
def ask_for_file(request: Request) -> HTMLResponse:
    """Ask for a file."""
    return _ask(request)


@router.post("/plan/import")
def take_file(request: Request, fields: Upload) -> Response:
    """Read a file and show what was read; nothing is stored in the database yet."""
    try:
        kept = keep_upload(request, fields)
        _reading(request, kept.sha256, kept.name)
    except SystemFault:
        raise
    except WardError as refusal:
        return _ask(request, refusal)
    return shown_at(request, "show_reading", kept)


@router.get("/plan/import/{digest}")
def show_reading(request: Request, digest: Digest, name: str = "") -> HTMLResponse:
    """Show what was read in a file, before it is stored."""
    return _preview(request, digest, name)


@router.post("/plan/import/{digest}")
def store_draft(request: Request, digest: Digest, fields: Form) -> Response:
    """Store the file that was looked at, and its plan as a draft; then show what is doubtful in it."""
    web: Web = request.app.state.web
    me, name = visitor(request), fields.text("name")
    try:
        plan = _reading(request, digest, name)
        source = register_upload(request, digest, name)
        with web.change() as connection:
            check_issuer(me.ward, plan)
            imported = import_plan(connection, plan, source, by=me.name, now=web.clock(), code=me.ward.code)
    except SystemFault:
        raise
    except NoLongerThere as refusal:
        return _ask(request, refusal)
    except WardError as refusal:
        return _preview(request, digest, name, refusal)
    return RedirectResponse(f"/plan/{imported.plan_id}/findings", status_code=303)


def _reading(request: Request, digest: str, name: str) -> PlanReading:
    """Read a file that was uploaded, with the units that the ward knows now.

    Raises:
        NoLongerThere: it is gone.
        StillWorking: it takes long.
        WardError: it holds no plan that can be read.
    """
    web: Web = request.app.state.web
    sheet = laid_out(request, digest, name, page="show_reading")
    with web.look() as connection:
        units = known_units(connection, visitor(request).ward.code)
    return _read(sheet, units.units, units.similar)


@lru_cache(maxsize=32)
def _read(sheet: Sheet, units: tuple[Unit, ...], similar: Similar | None) -> PlanReading:
    """Read a plan, once for showing and storing it: of the same file and units it is the same."""
    return read_sheet(sheet, units=UnitBook(units, similar), event_types=load_event_types())


def _ask(request: Request, refusal: WardError | None = None) -> HTMLResponse:
    return _render(request, "import.html", refusal, limit=LIMIT_MB)


def _preview(request: Request, digest: str, name: str, refusal: WardError | None = None) -> HTMLResponse:
    try:
        plan = _reading(request, digest, name)
    except SystemFault:
        raise
    except WardError as problem:
        return _ask(request, problem)
    by_severity = [
        (severity, [finding for finding in plan.findings if finding.severity is severity])
        for severity in reversed(Severity)
    ]
    return _render(
        request,
        "reading.html",
        refusal,
        plan=plan,
        digest=digest,
        name=name,
        doubts=[(severity, found) for severity, found in by_severity if found],
        said=said,
        meaning=meaning,
    )


def _render(
    request: Request,
    template: str,
    refusal: WardError | None,
    plan: PlanReading | None = None,
    **values: object,
) -> HTMLResponse:
    storable = True
    with reading(request) as page:
        pass
    try:
        if plan is not None:
            check_issuer(page.ward, plan)
    except OtherIssuer as other:
        refusal, storable = refusal or other, False
    response = page.render(
        template, refusal=refusal.notice if refusal else "", plan=plan, storable=storable, **values
    )
    response.status_code = status_of(refusal) if refusal else 200
    return response
