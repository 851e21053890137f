"""The monthly questions: has anything arrived? Answered for many tasks with one click."""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.errors import WardError
from domain.people import Action
from domain.refusals import BadValue
from services import event_answers as service
from services.people import Ward
from web.changing import changed
from web.errors import status_of
from web.forms import Fields
from web.page import Web, reading
from web.pieces import pieces
from web.uploads import Form
from web.visits import allowed

router = APIRouter()
_PAIR = re.compile(r"(\d{1,18})\.(\d{4}-\d{2})")


@router.get("/questions")
def show_questions(request: Request) -> HTMLResponse:
    """Show the questions that wait, by month, and the answers that were given."""
    return _show(request)


@router.post("/questions", dependencies=[Depends(allowed(Action.ANSWER_QUESTION))])
def answer_nothing(request: Request, fields: Form) -> Response:
    """Say that nothing arrived for what was ticked."""
    web: Web = request.app.state.web

    def change(connection: Connection, ward: Ward, by: str) -> None:
        now = web.clock()
        today = now.astimezone(web.settings.timezone).date()
        pairs = [_pair(each) for each in fields.every("question")]
        if not pairs:
            raise BadValue("Nhiệm vụ", "", "chưa chọn nhiệm vụ nào")
        service.answer_nothing(connection, ward, pairs, by=by, today=today, now=now)

    def again(refusal: WardError) -> HTMLResponse:
        return _show(request, refusal, fields)

    return changed(request, change, back="/questions", again=again)


def _pair(text: str) -> tuple[int, date]:
    found = _PAIR.fullmatch(text)
    try:
        if found:
            return int(found[1]), date.fromisoformat(f"{found[2]}-01")
    except ValueError:
        pass
    raise BadValue("Nhiệm vụ", text[:40], "không có trong danh sách")


def _show(request: Request, refusal: WardError | None = None, given: Fields | None = None) -> HTMLResponse:
    with reading(request) as page:
        found = service.questions(page.connection, page.ward, page.days.today)
    waiting = [each for each in found if each.answer is None]
    key = page.web.forms.key(request)
    response = page.render(
        "questions.html",
        token=key.token,
        refusal=refusal.notice if refusal else "",
        months=[(month, list(each)) for month, each in groupby(waiting, key=lambda each: each.month)],
        waiting=len(waiting),
        answered=pieces(
            page.web, "questions_answered.html", [each for each in reversed(found) if each.answer], page.days
        ),
        ticked=given.every("question") if given else None,
    )
    response.status_code = status_of(refusal) if refusal else 200
    return key.kept(response)
