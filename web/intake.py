"""A decision's file: dropped on the page, shown as it is read, then stored as a draft."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection
from starlette.responses import Response

from config.event_types import load_event_types
from domain.errors import SystemFault, WardError
from domain.people import Action
from domain.plans import PlanReading, Severity
from domain.reading.confirming import meaning
from domain.reading.layout import Sheet
from domain.reading.plan import read_sheet
from domain.reading.wording import said
from domain.refusals import BadFile, UnknownWard
from services.documents import DocumentStore, StoredFile
from services.people import Ward, the_ward, users
from services.plans import OtherIssuer, check_issuer, import_plan
from services.reading import SIZE_LIMIT, lay_out
from services.units import known_units
from web.acting import actor, last_actor, people, remembered
from web.errors import status_of
from web.forms import Fields, TooLarge, own_form, own_upload
from web.page import Web, reading

router = APIRouter()
KEPT_S = 24 * 3600  # a file that was only looked at is gone after a day
Digest = Annotated[str, InPath(pattern="^[0-9a-f]{64}$")]
Upload = Annotated[Fields, Depends(own_upload)]
Form = Annotated[Fields, Depends(own_form)]


class NoLongerThere(WardError):
    """The file was looked at too long ago."""

    def __init__(self) -> None:
        super().__init__("the uploaded file is gone", "Tệp đã tải lên không còn. Đề nghị chọn lại tệp.")


@router.get("/plan/import")
def ask_for_file(request: Request) -> HTMLResponse:
    """Ask for a file."""
    return _ask(request)


@router.post("/plan/import")
def take_file(request: Request, fields: Upload) -> Response:
    """Read a file and show what was read; nothing is stored in the database yet."""
    web: Web = request.app.state.web
    try:
        if fields.refusal is not None:
            raise fields.refusal
        if fields.file is None:
            raise BadFile("", "chưa chọn tệp nào")
        kept = keep_upload(web, fields)
        _reading(web, kept.sha256, kept.name)
    except SystemFault:
        raise
    except WardError as refusal:
        return _ask(request, refusal, fields)
    target = request.url_for("show_reading", digest=kept.sha256).include_query_params(name=kept.name)
    shown = RedirectResponse(f"{target.path}?{target.query}", status_code=303)
    return remembered(shown, request, fields.text("by"))


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
        with incoming(web).path(digest).open("rb") as content:
            source = DocumentStore(web.settings.data / "documents").keep(content, name)
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


def incoming(web: Web) -> DocumentStore:
    """Return where uploaded files wait until a person has looked at what was read in them."""
    return DocumentStore(web.settings.data / "incoming")


def keep_upload(web: Web, fields: Fields) -> StoredFile:
    """Put an uploaded file where the next page finds it, and throw away those of yesterday."""
    assert fields.file is not None  # noqa: S101 - the caller has looked
    store = incoming(web)
    _forget(store.folder)
    size = fields.file.size or 0
    if size > SIZE_LIMIT:
        raise TooLarge(SIZE_LIMIT)
    return store.keep(fields.file.file, fields.file.filename or "")


def _forget(folder: Path) -> None:
    before = time.time() - KEPT_S
    for path in folder.glob("*/*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _reading(web: Web, digest: str, name: str) -> PlanReading:
    """Read a file that was uploaded, with the units that the ward knows now.

    Raises:
        NoLongerThere: it is gone.
        WardError: it holds no plan that can be read.
    """
    path = incoming(web).path(digest)
    if not path.is_file():
        raise NoLongerThere
    with web.look() as connection:
        units = known_units(connection, web.settings.ward)
    return read_sheet(laid_out(path, name), units=units, event_types=load_event_types())


@lru_cache(maxsize=4)
def laid_out(path: Path, name: str) -> Sheet:
    """Lay a file out; its path is its digest, so that showing and storing it does what takes long once."""
    return lay_out(path.read_bytes(), name)


def _ward(connection: Connection, web: Web) -> Ward | None:
    """Return the ward that the pages are for; None before there is one."""
    try:
        return the_ward(connection, web.settings.ward)
    except UnknownWard:
        return None


def _ask(request: Request, refusal: WardError | None = None, given: Fields | None = None) -> HTMLResponse:
    return _render(request, "import.html", refusal, given, limit=SIZE_LIMIT // 1024 // 1024)


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
