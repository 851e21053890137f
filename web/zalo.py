"""The administrator's page of Zalo: how the right to send is, and what a consent needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from domain.errors import WardError
from domain.people import Action
from web.errors import status_of
from web.page import Web, reading
from web.uploads import Form
from web.visits import allowed

if TYPE_CHECKING:
    from services.zalo_vault import Vault

router = APIRouter(dependencies=[Depends(allowed(Action.MANAGE_ZALO))])


@router.get("/zalo")
def show_zalo(request: Request) -> HTMLResponse:
    """Show the grant, and the form that announces a consent."""
    return _show(request)


@router.post("/zalo/consent")
def announce_consent(request: Request, fields: Form) -> Response:
    """Take a consent within the next hour; then show what to copy into Zalo's console."""
    from services.zalo_consent import await_consent, callback_of

    web: Web = request.app.state.web
    try:
        await_consent(_vault(web), callback_of(web.settings))
    except WardError as refusal:
        return _show(request, refusal)
    return RedirectResponse("/zalo#consent", status_code=303)


@router.post("/zalo/refresh")
def refresh_now(request: Request, fields: Form) -> Response:
    """Refresh the grant now, whatever time it is."""
    from services.zalo_tokens import refresh
    from services.zalo_words import turn_words

    web: Web = request.app.state.web
    try:
        said = turn_words(refresh(_vault(web), by_hand=True))
    except WardError as refusal:
        return _show(request, refusal)
    return _show(request, said=said)


def _show(request: Request, refusal: WardError | None = None, said: str = "") -> HTMLResponse:
    from services.zalo_consent import callback_of, grant_status, invitation
    from services.zalo_words import PERMISSIONS, last_answer, state_words

    web: Web = request.app.state.web
    key, told = web.forms.key(request), None
    if refusal is None:
        try:
            told = invitation(_vault(web), callback_of(web.settings))
        except WardError as problem:
            refusal = problem
    with reading(request) as page:
        grants = grant_status(page.connection)
        now = page.now
    response = page.render(
        "zalo.html",
        refusal=refusal.notice if refusal else "",
        said=said,
        told=told,
        grants=grants,
        awaited=told is not None and told.until is not None and told.until > now,
        state_words=state_words,
        last_answer=last_answer,
        permissions=PERMISSIONS,
        token=key.token,
    )
    response.status_code = status_of(refusal) if refusal and request.method == "POST" else 200
    return key.kept(response)


def _vault(web: Web) -> Vault:
    from services.zalo_tokens import open_vault

    return open_vault(web.settings, web.writer, keys=web.keys, clock=web.clock)
