"""Who is in charge of which task, and handing it over: chosen, looked at, done, undone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.errors import WardError
from domain.people import PERMITTED, Action, Role
from domain.refusals import BadValue
from services import assignments as service
from services.people import Ward, users
from web.changing import changed
from web.errors import status_of
from web.page import Page, Web, reading
from web.uploads import Form
from web.visits import allowed

router = APIRouter(dependencies=[Depends(allowed(Action.ASSIGN))])
Word = Annotated[str, Query(max_length=80)]
Chosen = Annotated[list[str], Query(max_length=500)]
NOBODY = "-"  # stands for nobody; from somebody's point of view `-12` is nobody in unit 12
_PAIR = re.compile(r"(\d{1,18})\.(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page was asked for: from whom, to whom, which `task.unit`; `moved` says it was done."""

    of: str = ""
    to: str = ""
    tasks: tuple[str, ...] = ()
    moved: int | None = None

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Return the tasks with their units.

        Raises:
            BadValue: none was chosen, or what was chosen is none.
        """
        found = [_PAIR.fullmatch(each) for each in self.tasks]
        if not found or None in found:
            raise BadValue("Nhiệm vụ", "", "chưa chọn nhiệm vụ nào")
        return [(int(each[1]), int(each[2])) for each in found if each]


@router.get("/hand-over")
def show_hand_over(
    request: Request,
    of: Annotated[str, Query(alias="from", max_length=80)] = "",
    to: Word = "",
    task: Chosen = [],  # noqa: B006 - FastAPI copies it
    moved: Annotated[int | None, Query(ge=0, lt=10000)] = None,
) -> HTMLResponse:
    """Show what somebody is in charge of; with a successor and tasks, what would be handed over."""
    return _show(request, Wanted(of, to, tuple(task), moved))


@router.post("/hand-over")
def hand_over(request: Request, fields: Form) -> Response:
    """Hand over what was looked at; then show it with its new person, and the way back."""
    web: Web = request.app.state.web
    wanted = Wanted(fields.text("from"), fields.text("to"), fields.every("task"))
    done: list[int] = []

    def change(connection: Connection, ward: Ward, by: str) -> None:
        to = None if wanted.to.startswith(NOBODY) else wanted.to
        if wanted.of.startswith(NOBODY):
            count = service.assign(connection, ward, wanted.pairs, to, by=by, now=web.clock())
        else:
            count = service.hand_over(
                connection, ward, wanted.of, to, tasks=wanted.pairs, by=by, now=web.clock()
            )
        done.append(count)

    def again(refusal: WardError) -> HTMLResponse:
        return _show(request, wanted, refusal)

    answer = changed(request, change, back="/hand-over", again=again)
    if done and answer.status_code == 303:
        said = {"from": wanted.to, "to": wanted.of, "task": wanted.tasks, "moved": done[0]}
        answer.headers["location"] = f"/hand-over?{urlencode(said, doseq=True)}"
    return answer


def _show(request: Request, wanted: Wanted, refusal: WardError | None = None) -> HTMLResponse:
    with reading(request) as page:
        own = page.me.person.unit_id if page.me.person.role is Role.OFFICER else None
        rows = service.led_tasks(page.connection, page.ward, own)
        people = [
            row
            for row in users(page.connection, page.ward)
            if row.active and not row.machine and row.unit and Role(row.role) in PERMITTED[Action.SUBMIT]
        ]
    theirs = [row for row in rows if _belongs(row, wanted.of)]
    units = {row.unit for row in theirs}
    keys = {f"{row.task_id}.{row.unit_id}" for row in theirs}
    chosen = [each for each in wanted.tasks if each in keys]
    response = page.render(
        "hand_over.html",
        token=page.web.forms.key(request).token,
        refusal=refusal.notice if refusal else "",
        wanted=wanted,
        givers=_givers(rows),
        theirs=theirs,
        chosen=chosen,
        successors=[row for row in people if row.unit in units and row.name != wanted.of],
        name=_name(wanted.of, rows),
        to_name=_name(wanted.to, rows),
    )
    response.status_code = status_of(refusal) if refusal else 200
    return _kept(page, request, response)


def _kept(page: Page, request: Request, response: HTMLResponse) -> HTMLResponse:
    return page.web.forms.key(request).kept(response)


def _belongs(row: Any, of: str) -> bool:
    return row.name == of if not of.startswith(NOBODY) else row.name is None and of == f"-{row.unit_id}"


def _givers(rows: Sequence[Any]) -> list[tuple[str, str, int]]:
    """Return from whom something can be handed over: value, name and how much; nobody of each unit first."""
    counts: dict[tuple[str, str], int] = {}
    for row in sorted(rows, key=lambda row: (row.name is not None, row.name or row.unit)):
        value = row.name or f"-{row.unit_id}"
        named = f"{row.name} ({row.unit})" if row.name else f"Chưa có người phụ trách ({row.unit})"
        counts[value, named] = counts.get((value, named), 0) + 1
    return [(value, named, count) for (value, named), count in counts.items()]


def _name(value: str, rows: Sequence[Any]) -> str:
    if not value.startswith(NOBODY):
        return value
    unit = next((row.unit for row in rows if value == f"-{row.unit_id}"), "")
    return f"chưa có người phụ trách ({unit})" if unit else "chưa có người phụ trách"
