"""A step before what can't be taken back: it says what will happen, and asks once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from web.forms import TOKEN, Fields, for_back
from web.page import Page

CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked: a question, what it is about, what will happen, the button, and the way out."""

    question: str
    about: Sequence[str]
    effects: Sequence[str]
    button: str
    back: str


def confirmed(fields: Fields) -> bool:
    """Say whether the form comes from that step."""
    return fields.text(CONFIRMED) == "1"


def ask(request: Request, page: Page, fields: Fields, step: Step) -> HTMLResponse:
    """Show the step; its form brings everything again that was sent, to the same address."""
    carried = [(name, value) for name, value in fields.pairs if name not in {TOKEN, CONFIRMED}]
    response = page.render(
        "confirm.html", step=step, action=request.url.path, carried=carried, confirmed=CONFIRMED
    )
    return for_back(request, response)
