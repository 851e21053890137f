"""What reading left in doubt: one finding after the other beside the original words, and the decision."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from domain.findings import LONGEST_NOTE, Verdict
from domain.plans import Severity, Stage
from domain.reading.confirming import kind_of
from domain.refusals import BadValue
from services import findings as service
from services import plans
from services.finding_refusals import UnknownFinding
from web.errors import status_of
from web.finding_view import STATES, Filter, checked, filter_of, look
from web.forms import Fields, own_form
from web.originals import holds, marked
from web.page import Web, reading
from web.visits import visitor

router = APIRouter()
LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Form = Annotated[Fields, Depends(own_form)]
GRAVEST_FIRST = tuple(reversed(Severity))


@router.get("/plan/findings")
def find_findings(request: Request) -> RedirectResponse:
    """Lead to the plan whose findings wait: a draft before an active one."""
    with reading(request) as page:
        known = plans.plans(page.connection, page.ward)
    waiting = [plan for plan in known if plan.state == "draft"] + [
        plan for plan in known if plan.state == "active"
    ]
    return RedirectResponse(f"/plan/{waiting[0].id}/findings" if waiting else "/plan", status_code=303)


@router.get("/plan/{plan_id}/findings")
def show_findings(
    request: Request,
    plan_id: Id,
    chosen: Annotated[Filter, Depends(filter_of)],
    finding: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    done: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    """Show what waits, one finding beside its original words, and what was just decided."""
    return _show(request, plan_id, chosen, finding, done=done)


@router.post("/plan/{plan_id}/findings/{finding_id}")
def settle(request: Request, plan_id: Id, finding_id: Id, fields: Form) -> Response:
    """Record a decision about a finding, or about all of its kind, and go on to the next."""
    web: Web = request.app.state.web
    me = visitor(request)
    ward = me.ward
    chosen = checked(_filter_in(fields))
    now = web.clock()
    try:
        decision = _decision(fields)
        with web.change() as connection:
            row = _row(connection, ward, plan_id, finding_id)
            today = now.astimezone(web.settings.timezone).date()
            if fields.text("scope") == "alike":
                service.settle_alike(
                    connection, ward, plan_id, row.code, decision, by=me.name, today=today, now=now
                )
            else:
                service.settle_finding(
                    connection, ward, finding_id, decision, by=me.name, today=today, now=now
                )
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, plan_id, chosen, finding_id, refusal=refusal, given=fields)
    following = fields.text("next")
    goes_on = following.isdigit() and fields.text("scope") != "alike"
    target = chosen.link(plan_id, finding=following if goes_on else "", done=finding_id)
    return RedirectResponse(target, status_code=303)


@router.post("/plan/{plan_id}/findings/{finding_id}/reopen")
def reopen(request: Request, plan_id: Id, finding_id: Id, fields: Form) -> Response:
    """Take a decision back, and show the finding again."""
    web: Web = request.app.state.web
    me = visitor(request)
    ward = me.ward
    chosen = checked(_filter_in(fields))
    try:
        with web.change() as connection:
            _row(connection, ward, plan_id, finding_id)
            reason = fields.text("reason")
            service.reopen_finding(connection, ward, finding_id, reason, by=me.name, now=web.clock())
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, plan_id, chosen, finding_id, refusal=refusal, given=fields)
    again = replace(chosen, state="open" if chosen.state == "settled" else chosen.state)
    target = again.link(plan_id, finding=finding_id)
    return RedirectResponse(target, status_code=303)


@router.post("/plan/{plan_id}/activate")
def activate(request: Request, plan_id: Id, fields: Form) -> Response:
    """Bring a draft into force; while a blocking finding is open it says which."""
    web: Web = request.app.state.web
    me = visitor(request)
    ward = me.ward
    now = web.clock()
    try:
        with web.change() as connection:
            plans.plan(connection, ward, plan_id)
            today = now.astimezone(web.settings.timezone).date()
            plans.activate_plan(connection, ward, by=me.name, today=today, now=now, plan_id=plan_id)
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, plan_id, Filter(), None, refusal=refusal, given=fields)
    return RedirectResponse("/plan", status_code=303)


def _row(connection: Any, ward: Any, plan_id: int, finding_id: int) -> Any:
    """Return a finding of this plan.

    Raises:
        UnknownPlan, UnknownFinding: the address names something else.
    """
    plans.plan(connection, ward, plan_id)
    for row in service.findings(connection, ward, plan_id):
        if row.id == finding_id:
            return row
    raise UnknownFinding(finding_id)


def _filter_in(fields: Fields) -> Filter:
    return Filter(
        fields.text("state") or "open", fields.text("severity"), fields.text("task"), fields.text("code")
    )


def _decision(fields: Fields) -> service.Decision:
    """Return the decision in a form; a date counts only with the choice to correct."""
    verdict = fields.text("verdict")
    if verdict not in {each.value for each in Verdict}:
        raise BadValue("Quyết định", "", "chọn một trong ba cách xử lý")
    due = fields.day("due", "Thời hạn")
    change = None
    if due is not None:
        stage, _, label = fields.values.get("target", "").partition("|")
        if stage not in {each.value for each in Stage}:
            raise BadValue("Thời hạn", f"{due:%d/%m/%Y}", "chọn bước và kỳ mà thời hạn này áp dụng")
        change = service.DateChange(Stage(stage), due, label or None)
    return service.Decision(Verdict(verdict), fields.text("note"), change)


def _show(
    request: Request,
    plan_id: int,
    chosen: Filter,
    finding: int | None,
    *,
    done: int | None = None,
    refusal: WardError | None = None,
    given: Fields | None = None,
) -> HTMLResponse:
    with reading(request) as page:
        view = look(page, plan_id, chosen, finding)
        ends = plans.ended_by(page.connection, page.ward, plan_id) if view.plan.state == "draft" else ()
    key = page.web.forms.key(request)
    response = page.render(
        "findings.html",
        view=view,
        ends=ends,
        chosen=chosen,
        token=key.token,
        refusal=refusal.notice if refusal else "",
        given=given.values if given else {},
        done=next((row for row in view.rows if row.id == done), None),
        kind=kind_of(view.one.code) if view.one else None,
        states=STATES,
        severities=GRAVEST_FIRST,
        longest_note=LONGEST_NOTE,
        marked=marked,
        holds=holds,
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)
