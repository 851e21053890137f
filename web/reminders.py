"""By which rules people are reminded, and in which hours: shown in words, changed and taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain import ladder_words
from domain.calendar import WEEKDAYS
from domain.errors import WardError
from domain.ladder import Ladder
from domain.ladder_words import parse_clock, parse_ladder, parse_scope, parse_weekday
from domain.people import Action
from domain.plans import Stage
from domain.quiet import QuietHours
from services import reminder_rules as service
from services.people import Ward
from web.changing import Change, changed
from web.errors import status_of
from web.forms import Fields
from web.page import reading
from web.uploads import Form
from web.visits import allowed

router = APIRouter()
MAY_CHANGE = [Depends(allowed(Action.MANAGE_REMINDERS))]
Word = Annotated[str, Query(max_length=20)]
RULE = ("kind", "stage", "before", "late_every", "head", "coordinator", "leader")
HOURS = ("from_time", "quiet_begins", "quiet_ends", "bulletin")


@router.get("/reminders")
def show_reminders(request: Request, kind: Word = "", stage: Word = "") -> HTMLResponse:
    """Show every rule in words, and the forms that change them; `kind` and `stage` fill the first one."""
    return _show(request, parse_scope(kind, stage))


@router.post("/reminders/rules", dependencies=MAY_CHANGE)
def set_rule(request: Request, fields: Form) -> Response:
    """Set the ladder of a kind of task and a stage."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        kind, stage = parse_scope(fields.text("kind"), fields.text("stage"))
        rungs = ",".join(f"{role}:{fields.text(role)}" for role in ladder_words.ROLES if fields.text(role))
        ladder = parse_ladder(fields.text("before"), fields.text("late_every"), rungs)
        service.set_rule(connection, ward, kind, stage, ladder, by=by, now=request.app.state.web.clock())

    return _change(request, fields, change)


@router.post("/reminders/rules/remove", dependencies=MAY_CHANGE)
def remove_rule(request: Request, fields: Form) -> Response:
    """Take a rule back."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        kind, stage = fields.text("kind"), fields.text("stage")
        service.remove_rule(connection, ward, kind, stage, by=by, now=request.app.state.web.clock())

    return _change(request, fields, change)


@router.post("/reminders/hours", dependencies=MAY_CHANGE)
def set_hours(request: Request, fields: Form) -> Response:
    """Set the hours in which messages leave."""

    def change(connection: Connection, ward: Ward, by: str) -> None:
        hours = service.Hours(
            parse_clock("Giờ bắt đầu nhắc việc", fields.text("from_time")),
            QuietHours(
                parse_clock("Giờ yên lặng", fields.text("quiet_begins")),
                parse_clock("Giờ yên lặng", fields.text("quiet_ends")),
            ),
            parse_weekday(fields.text("bulletin")),
        )
        service.set_hours(connection, ward, hours, by=by, now=request.app.state.web.clock())

    return _change(request, fields, change)


def _change(request: Request, fields: Fields, change: Change) -> Response:
    def again(refusal: WardError) -> HTMLResponse:
        return _show(request, ("", ""), refusal=refusal, given=fields)

    return changed(request, change, back="/reminders", again=again)


def _show(
    request: Request,
    scope: tuple[str, str],
    *,
    refusal: WardError | None = None,
    given: Fields | None = None,
) -> HTMLResponse:
    with reading(request) as page:
        rules = service.ward_rules(page.connection, page.ward.id)
        lines = service.rule_lines(page.connection, page.ward)
        hours = service.ward_hours(page.connection, page.ward)
    key = page.web.forms.key(request)
    response = page.render(
        "reminders.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        rules=[line for line in lines if line.ladder],
        removed=[line for line in lines if not line.ladder],
        packaged=rules.packaged,
        hours=hours,
        say=ladder_words,
        weekdays=WEEKDAYS,
        stages=list(Stage),
        rule=_given(given, RULE) or _typed(scope, rules.of(*scope)[1]),
        asked=_given(given, HOURS) or _typed_hours(hours.hours),
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)


def _given(given: Fields | None, names: tuple[str, ...]) -> dict[str, str] | None:
    """Return what was typed into the refused form; None where it was another form."""
    if given is None or names[-1] not in given.values:
        return None
    return {name: given.text(name) for name in names}


def _typed(scope: tuple[str, str], ladder: Ladder) -> dict[str, str]:
    lates = {role: str(late) for late, role in ladder.escalation}
    return {
        "kind": scope[0],
        "stage": scope[1],
        "before": ", ".join(map(str, ladder.before)),
        "late_every": str(ladder.late_every),
        **{role: lates.get(role, "") for role in ladder_words.ROLES},
    }


def _typed_hours(hours: service.Hours) -> dict[str, str]:
    return {
        "from_time": f"{hours.from_time:%H:%M}",
        "quiet_begins": f"{hours.quiet.begins:%H:%M}",
        "quiet_ends": f"{hours.quiet.ends:%H:%M}",
        "bulletin": str(hours.bulletin_weekday),
    }
