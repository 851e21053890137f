"""A decision's file: dropped on the page, shown as it is read, then stored as a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection
from starlette.responses import Response

from config.event_types import load_event_types
from domain.errors import SystemFault, WardError
from domain.people import Action
from domain.plans import PlanReading, Severity
from domain.reading.confirming import meaning
from domain.reading.plan import read_sheet
from domain.reading.wording import said
from domain.refusals import UnknownWard
from services.people import Ward, the_ward, users
from services.plans import OtherIssuer, check_issuer, import_plan
from services.units import known_units
from web.acting import actor, last_actor, people, remembered
from web.errors import status_of
from web.forms import Fields
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
    uploaded,
)

router = APIRouter()


@router.get("/plan/import")
def ask_for_file(request: Request) -> HTMLResponse:
    """Ask for a file."""
    return _ask(request)


@router.post("/plan/import")
def take_file(request: Request, fields: Upload) -> Response:
    """Read a file and show what was read; nothing is stored in the database yet."""
    web: Web = request.app.state.web
    try:
        kept = keep_upload(web, fields)
        _reading(web, kept.sha256, kept.name)
    except SystemFault:
        raise
    except WardError as refusal:
        return _ask(request, refusal, fields)
    return remembered(shown_at(request, "show_reading", kept), request, fields.text("by"))


@router.get("/plan/import/{digest}")
def show_reading(request: Request, digest: Digest, name: str = "") -> HTMLResponse:
    """Show what was read in a file, before it is stored."""
    return _preview(request, digest, name)


@router.post("/plan/import/{digest}")
def store_draft(request: Request, digest: Digest, fields: Form) -> Response:
    """Store the file that was looked at, and its plan as a draft; then show what is doubtful in it."""
    web: Web = request.app.state.web
    name = fields.text("name")
    try:
        plan = _reading(web, digest, name)
        source = register_upload(web, digest, name)
        with web.change() as connection:
            ward = _ward(connection, web)
            if ward is not None and web.settings.ward is None:
                check_issuer(ward, plan)
            by = actor(fields.text("by"), users(connection, ward) if ward else ())
            imported = import_plan(connection, plan, source, by=by, now=web.clock(), code=web.settings.ward)
    except SystemFault:
        raise
    except NoLongerThere as refusal:
        return _ask(request, refusal, fields)
    except WardError as refusal:
        return _preview(request, digest, name, refusal, fields)
    target = f"/plan/{imported.plan_id}/findings"
    return remembered(RedirectResponse(target, status_code=303), request, by)


def _reading(web: Web, digest: str, name: str) -> PlanReading:
    """Read a file that was uploaded, with the units that the ward knows now.

    Raises:
        NoLongerThere: it is gone.
        WardError: it holds no plan that can be read.
    """
    path = uploaded(web, digest)
    with web.look() as connection:
        units = known_units(connection, web.settings.ward)
    return read_sheet(laid_out(path, name), units=units, event_types=load_event_types())


def _ward(connection: Connection, web: Web) -> Ward | None:
    """Return the ward that the pages are for; None before there is one."""
    try:
        return the_ward(connection, web.settings.ward)
    except UnknownWard:
        return None


def _ask(request: Request, refusal: WardError | None = None, given: Fields | None = None) -> HTMLResponse:
    return _render(request, "import.html", refusal, given, limit=LIMIT_MB)


def _preview(
    request: Request,
    digest: str,
    name: str,
    refusal: WardError | None = None,
    given: Fields | None = None,
) -> HTMLResponse:
    web: Web = request.app.state.web
    try:
        plan = _reading(web, digest, name)
    except SystemFault:
        raise
    except WardError as problem:
        return _ask(request, problem, given)
    by_severity = [
        (severity, [finding for finding in plan.findings if finding.severity is severity])
        for severity in reversed(Severity)
    ]
    return _render(
        request,
        "reading.html",
        refusal,
        given,
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
    given: Fields | None,
    plan: PlanReading | None = None,
    **values: object,
) -> HTMLResponse:
    """Fill a page that is there before any plan is, too."""
    web: Web = request.app.state.web
    key = web.forms.key(request)
    accounts: Sequence[Any] = ()
    page, storable = None, True
    try:
        with reading(request) as page:
            accounts = users(page.connection, page.ward)
        if plan is not None and web.settings.ward is None:
            check_issuer(page.ward, plan)
    except UnknownWard:
        page = None
    except OtherIssuer as other:
        refusal, storable = refusal or other, False
    shown: dict[str, Any] = {
        "token": key.token,
        "refusal": refusal.notice if refusal else "",
        "importers": people(accounts, Action.IMPORT_PLAN),
        "accounts": any(each.active for each in accounts),
        "by": (given.text("by") if given else "") or last_actor(request),
        "plan": plan,
        "storable": storable,
        **values,
    }
    if page is not None:
        response = page.render(template, **shown)
    else:
        response = HTMLResponse(web.render(template, path=request.url.path, **shown))
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)
