"""A decision that amends a plan: uploaded, shown as a difference, then applied by a coordinator."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from domain.people import Action
from services.amendment_lines import lines_of
from services.amendments import amendments_of, apply
from services.proposals import Proposal, propose
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
)
from web.visits import allowed, visitor

router = APIRouter()
MAY_SEE = [Depends(allowed(Action.IMPORT_PLAN))]


@router.get("/plan/amend", dependencies=MAY_SEE)
def ask_for_amendment(request: Request) -> HTMLResponse:
    """Ask for a file, below what was applied already."""
    return _ask(request)


@router.post("/plan/amend", dependencies=MAY_SEE)
def take_amendment(request: Request, fields: Upload) -> Response:
    """Keep a file and show what it would change; nothing is changed yet."""
    try:
        kept = keep_upload(request, fields)
        laid_out(request, kept.sha256, kept.name, page="show_amendment")
    except SystemFault:
        raise
    except WardError as refusal:
        return _ask(request, refusal)
    return shown_at(request, "show_amendment", kept)


@router.get("/plan/amend/{digest}", dependencies=MAY_SEE)
def show_amendment(request: Request, digest: Digest, name: str = "") -> HTMLResponse:
    """Show what an uploaded decision would change."""
    return _preview(request, digest, name)


@router.post("/plan/amend/{digest}", dependencies=[Depends(allowed(Action.ACTIVATE_PLAN))])
def apply_amendment(request: Request, digest: Digest, fields: Form) -> Response:
    """Apply the difference that was shown; if the plan moved meanwhile, show it again."""
    web: Web = request.app.state.web
    name, me = fields.text("name"), visitor(request)
    try:
        with reading(request) as page:
            ward, today = page.ward, page.days.today
        sheet = laid_out(request, digest, name, page="show_amendment")
        source = register_upload(request, digest, name)
        with web.change() as connection:
            apply(
                connection,
                ward,
                sheet,
                source,
                by=me.name,
                today=today,
                now=web.clock(),
                expected=fields.text("seen"),
                despite=fields.text("despite"),
            )
    except SystemFault:
        raise
    except NoLongerThere as refusal:
        return _ask(request, refusal)
    except WardError as refusal:
        return _preview(request, digest, name, refusal, fields)
    return RedirectResponse("/plan/amend", status_code=303)


def _ask(request: Request, refusal: WardError | None = None) -> HTMLResponse:
    with reading(request) as page:
        applied = amendments_of(page.connection, page.ward)
    key = page.web.forms.key(request)
    response = page.render(
        "amendments.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        applied=applied,
        limit=LIMIT_MB,
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)


def _preview(
    request: Request, digest: str, name: str, refusal: WardError | None = None, given: Fields | None = None
) -> HTMLResponse:
    web: Web = request.app.state.web
    try:
        sheet = laid_out(request, digest, name, page="show_amendment")
        with reading(request) as page:
            proposal: Proposal = propose(page.connection, page.ward, sheet, source=digest)
    except SystemFault:
        raise
    except WardError as problem:
        return _ask(request, problem)
    key = web.forms.key(request)
    response = page.render(
        "amendment.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        proposal=proposal,
        lines=[line for change in proposal.changes for line in lines_of(change)],
        digest=digest,
        name=name,
        despite=given.text("despite") if given else "",
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)
