"""Drafts of reports: which are due, what they say, and the file to be finished in Word."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from config.checkpoint_keys import load_checkpoint_keys
from domain.errors import SystemFault, WardError
from domain.names import slug
from domain.people import Action
from domain.reports import KIND_NAMES, Kind, Period, between, half, period_of, quarter, whole
from domain.status import Status
from services.documents import DocumentStore
from services.report_pdf import as_pdf
from services.report_proof import proof_of
from services.report_writing import write_report
from services.reports import Report, due_reports, report
from web.asked import for_field
from web.errors import status_of
from web.page import Page, Web, reading
from web.uploads import Form
from web.visits import allowed, visitor

router = APIRouter(dependencies=[Depends(allowed(Action.REPORT))])
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
Text = Annotated[str, Query(max_length=40)]


@router.get("/reports")
def show_reports(
    request: Request, kind: Text = "", period: Text = "", first: Text = "", last: Text = ""
) -> HTMLResponse:
    """Show which reports the plan asks for, and what the chosen one says."""
    try:
        chosen = _chosen(kind, period, first, last)
    except WardError as refusal:
        return _show(request, None, refusal, (first, last))
    return _show(request, chosen)


@router.post("/reports")
def make_report(request: Request, fields: Form) -> Response:
    """Hand out the draft that is asked for; its end bears the state of the log, signed at this moment."""
    web: Web = request.app.state.web
    me, chosen = visitor(request), None
    now = web.clock()
    try:
        chosen = _chosen(fields.text("kind"), fields.text("period"), "", "")
        if chosen is None:
            return _show(request, None)
        today = now.astimezone(web.settings.timezone).date()
        keys = load_checkpoint_keys(web.settings.data)
        with web.change() as connection:
            facts = report(connection, me.ward, chosen, by=me.name, today=today, store=_store(web))
            proof = proof_of(connection, me.ward, keys, now)
        made = BytesIO()
        write_report(facts, made, folder=web.settings.data / "reports", proof=proof)
        wants_pdf = fields.text("as") == "pdf"
        content = as_pdf(made.getvalue()) if wants_pdf else made.getvalue()
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, chosen, refusal)
    name = f"bao-cao-{slug(chosen.label)}.{'pdf' if wants_pdf else 'docx'}"
    headers = {"content-disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=PDF if wants_pdf else DOCX, headers=headers)


def _chosen(kind: str, period: str, first: str, last: str) -> Period | None:
    """Return the period that is asked for; None where nobody asked yet.

    Raises:
        NoPeriod: it is none.
    """
    if ":" in period and not kind:  # one list holds the periods of all kinds
        kind, _, period = period.partition(":")
    if first or last:
        return between(_day(first), _day(last))
    if kind not in set(Kind) or not period:
        return None
    return period_of(Kind(kind), period)


def _day(text: str) -> date:
    day = for_field(text)
    return period_of(Kind.ADHOC, f"{day}_{day}").first


def _show(
    request: Request,
    chosen: Period | None,
    refusal: WardError | None = None,
    typed: tuple[str, str] = ("", ""),
) -> HTMLResponse:
    facts = None
    with reading(request) as page:
        due = due_reports(page.connection, page.ward)
        if chosen is not None:
            try:
                facts = _facts(page, chosen)
            except WardError as problem:
                refusal = refusal or problem
    years = sorted({plan.year for plan in page.overview.plans}, reverse=True)
    response = page.render(
        "reports.html",
        refusal=refusal.notice if refusal else "",
        due=due,
        choices=[(year, _periods(year)) for year in years],
        chosen=chosen,
        kind_name=KIND_NAMES[chosen.kind] if chosen else "",
        typed=typed,
        facts=facts,
        statuses=[status for status in Status if facts and facts.statuses.get(status)],
    )
    response.status_code = status_of(refusal) if refusal else 200
    return response


def _facts(page: Page, chosen: Period) -> Report:
    return report(
        page.connection, page.ward, chosen, by=page.me.name, today=page.days.today, store=_store(page.web)
    )


def _periods(year: int) -> list[Period]:
    halves = (quarter(year, 1), half(year, 1), quarter(year, 2), quarter(year, 3), half(year, 2))
    return [*halves, quarter(year, 4), whole(year)]


def _store(web: Web) -> DocumentStore:
    return DocumentStore(web.settings.data / "documents")
