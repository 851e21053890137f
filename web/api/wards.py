"""Whose token it is, the ward's plans, its year, its numbers, the head of its log."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from domain.machine_tokens import Scope
from services import desks, extensions, plans
from services.history import head
from services.tasks import list_tasks
from web.api import ward_answers as answers
from web.api.problems import described
from web.api.values import Limit, Year
from web.api.visits import looking, scoped

router = APIRouter(dependencies=[Depends(scoped(Scope.READ))], responses=described())


@router.get("/wards/me", summary="Whose token it is")
def me(request: Request) -> answers.Me:
    """Return the ward, the account and the scopes of the token."""
    machine = request.state.machine
    return answers.Me(
        ward=answers.Ward.model_validate(machine.ward),
        account=machine.person.name,
        role=machine.person.role,
        unit=machine.unit,
        scopes=sorted(machine.scopes),
        expires_at=machine.expires_at,
    )


@router.get("/plans", summary="Plans (kế hoạch)")
def list_plans(request: Request, response: Response) -> answers.Plans:
    """Return the ward's plans, newest first."""
    with looking(request) as look:
        response.headers["etag"] = look.tag
        rows = plans.plans(look.connection, look.ward)
    return answers.Plans(plans=[answers.Plan.model_validate(row) for row in rows])


@router.get("/calendar", summary="Due dates of the year (lịch thời hạn)")
def calendar(request: Request, response: Response, year: Year = None) -> answers.Calendar:
    """Return every due date of the active plans, or of one year's plan, in order."""
    with looking(request) as look:
        response.headers["etag"] = look.tag
        rows = plans.calendar(look.connection, look.ward, year)
    return answers.Calendar(dates=[answers.DueDate.model_validate(row) for row in rows])


@router.get("/statistics", summary="Official numbers (số liệu)")
def statistics(request: Request, response: Response, year: Year = None) -> answers.Statistics:
    """Return how many tasks stand in each official status; of this year's plan unless one is named."""
    with looking(request) as look:
        response.headers["etag"] = look.tag
        shown = year or look.today.year
        lines = [line for line in list_tasks(look.connection, look.ward, look.today) if line.year == shown]
        units = desks.by_unit(look.connection, look.ward, shown, look.today)
    return answers.Statistics(
        year=shown,
        as_of=look.today,
        tasks={status.value: count for status, count in desks.status_counts(lines).items()},
        total=len(lines),
        units=[
            answers.UnitNumbers(unit=each.unit, occurrences={s.value: n for s, n in each.counts.items()})
            for each in units
        ],
    )


@router.get("/extensions", summary="Requests for more time (gia hạn)")
def list_extensions(request: Request, response: Response, limit: Limit = 50) -> answers.Extensions:
    """Return the requests that wait, and those that were decided last."""
    with looking(request) as look:
        response.headers["etag"] = look.tag
        waiting = extensions.waiting(look.connection, look.ward, timezone=look.web.settings.timezone)
        recent = extensions.recent(look.connection, look.ward, limit, timezone=look.web.settings.timezone)
    return answers.Extensions(
        waiting=[answers.Extension.of(row) for row in waiting],
        recent=[answers.Extension.of(row) for row in recent],
    )


@router.get("/audit/head", summary="Head of the log (nhật ký)")
def audit_head(request: Request, response: Response) -> answers.AuditHead:
    """Return the size and the Merkle root of the ward's log; kept elsewhere, it proves what came before."""
    with looking(request) as look:
        response.headers["etag"] = look.tag
        end = head(look.connection, look.ward.id)
    return answers.AuditHead(ward=look.ward.code, size=end.size, root=end.root().hex())
