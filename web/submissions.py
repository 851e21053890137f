"""What waits for a verdict: one list, and one button for all that was looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Template
from markupsafe import Markup
from sqlalchemy import Row
from starlette.responses import Response

from domain.people import Action
from domain.plans import Stage
from domain.refusals import BadValue
from notifications.messages import shortened
from services.desks import Verdicts, waiting_verdicts
from services.submissions import Chosen, Outcome, accept_many
from web.confirming import Step, ask, confirmed
from web.days import Days
from web.forms import Fields
from web.page import Page, Web, reading
from web.uploads import Form
from web.visits import allowed, visitor

router = APIRouter(dependencies=[Depends(allowed(Action.ACCEPT))])
PAGES = ("/", "/submissions")
_CHOSEN = re.compile(r"(\d{1,18})/(plan|implement|report)/(\d{1,4})")
_REFUSED = 409
LONGEST_TITLE = 160


@dataclass(frozen=True, slots=True)
class Waiting:
    """One submission in the list; `why` says why it was not accepted just now."""

    value: str
    card: Markup
    why: str = ""


@router.get("/submissions")
def show_submissions(request: Request, accepted: Annotated[int, Query(ge=0, le=9999)] = 0) -> HTMLResponse:
    """Show everything that waits for a verdict, the oldest first."""
    return _show(request, accepted=accepted)


@router.post("/submissions/accept")
def accept_submissions(request: Request, fields: Form) -> Response:
    """Accept what was ticked; what was refused comes again with why, the rest is kept."""
    web: Web = request.app.state.web
    me = visitor(request)
    chosen = [_chosen(text) for text in fields.every("chosen")]
    if not chosen:
        return _show(request, problem="Chưa chọn kết quả nào. Đánh dấu vào ô trước mỗi kết quả đã xem.")
    if not confirmed(fields) and (asked := _before(request, fields, chosen)):
        return asked
    with web.change() as connection:
        outcome = accept_many(connection, me.ward, chosen, by=me.name, now=web.clock())
    if outcome.refused:
        return _show(request, accepted=len(outcome.accepted), outcome=outcome)
    return RedirectResponse(f"{_back(fields)}?accepted={len(outcome.accepted)}", status_code=303)


def accepting(*, closes: bool) -> list[str]:
    """Return what accepting does, in words."""
    effects = [
        "Đơn vị không rút lại được nữa, và kết quả này không trả lại được nữa; sổ nhật ký ghi ai nghiệm thu."
    ]
    if closes:
        effects.append("Báo cáo được nghiệm thu là kỳ đó hoàn thành.")
    return effects


def _before(request: Request, fields: Fields, chosen: Sequence[Chosen]) -> HTMLResponse | None:
    """Ask once more; None where all of it would be refused anyway, which says why."""
    values = {value_of(each) for each in chosen}
    with reading(request) as page:
        mine = waiting_verdicts(page.connection, page.ward, page.me.person).mine
    cards = [each.card for each in listed(page, mine) if each.value in values]
    if not cards:
        return None
    closes = any(each.stage is Stage.REPORT for each in chosen)
    step = Step(
        f"Nghiệm thu {len(cards)} kết quả?",
        cards,
        accepting(closes=closes),
        f"Nghiệm thu {len(cards)} kết quả",
        _back(fields),
    )
    return ask(request, page, fields, step)


def _back(fields: Fields) -> str:
    back = fields.text("back")
    return back if back in PAGES else PAGES[1]


def _show(
    request: Request, *, accepted: int = 0, outcome: Outcome | None = None, problem: str = ""
) -> HTMLResponse:
    refused = {value_of(each.chosen): each.why for each in outcome.refused} if outcome else {}
    with reading(request) as page:
        found = waiting_verdicts(page.connection, page.ward, page.me.person)
    response = page.render(
        "submissions.html",
        mine=listed(page, found.mine, refused),
        others=listed(page, found.others, refused),
        gone=_gone(found, refused),
        accepted=accepted,
        problem=problem,
        refused=len(refused),
    )
    response.status_code = _REFUSED if refused or problem else 200
    return response


def listed(page: Page, rows: Sequence[Any], refused: Mapping[str, str] | None = None) -> list[Waiting]:
    """Return submissions as they are shown, each made once while nothing changes."""
    template = page.web.templates.get_template("submission_card.html")
    found = []
    for row in rows:
        value = f"{row.occurrence_id}/{row.stage}/{row.attempt}"
        found.append(Waiting(value, _card(template, row, page.days), (refused or {}).get(value, "")))
    return found


@lru_cache(maxsize=4096)
def _card(template: Template, row: Row[Any], days: Days) -> Markup:
    """Render one submission; while neither it nor the day changes, the next page only looks it up."""
    card = template.render(row=row, days=days, title=shortened(row.title, LONGEST_TITLE))
    return Markup(card)  # noqa: S704 - the template has escaped it


def _gone(found: Verdicts, refused: Mapping[str, str]) -> list[str]:
    """Return why something was refused that no longer waits, so that it stands in no list."""
    waits = {f"{row.occurrence_id}/{row.stage}/{row.attempt}" for row in (*found.mine, *found.others)}
    return list(dict.fromkeys(why for value, why in refused.items() if value not in waits))


def value_of(chosen: Chosen) -> str:
    """Return what a box holds for a submission."""
    return f"{chosen.occurrence_id}/{chosen.stage}/{chosen.attempt}"


def _chosen(text: str) -> Chosen:
    parts = _CHOSEN.fullmatch(text)
    if parts is None:
        raise BadValue("Kết quả", text[:40], "chọn trong danh sách")
    return Chosen(int(parts[1]), Stage(parts[2]), int(parts[3]))
