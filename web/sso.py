"""Signing in at the province's provider: there, and back."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from services import oidc as service
from services.oidc import OidcRefused, Provider
from web.entry import go_on
from web.page import Web
from web.visits import LOGIN, local_path

router = APIRouter()
COOKIE = "cchc_oidc"
_log = logging.getLogger(__name__)


@router.get("/login/oidc")
def go_there(request: Request, next: str = "/") -> Response:  # noqa: A002 - as it stands in addresses
    """Send the browser to the provider."""
    web: Web = request.app.state.web
    try:
        address, begun = service.begin(_provider(web), local_path(next), now=web.clock())
    except OidcRefused as refusal:
        return _refused(refusal)
    response = RedirectResponse(address, status_code=303)
    response.set_cookie(
        COOKIE,
        service.seal(web.keys, begun),
        max_age=service.LASTS_S,
        path="/login/oidc",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


@router.get("/login/oidc/callback")
def come_back(request: Request, code: str = "", state: str = "") -> Response:
    """Open a session for whoever the provider says it is, if they have an account here."""
    web: Web = request.app.state.web
    now = web.clock()
    try:
        begun = service.unseal(web.keys, request.cookies.get(COOKIE, ""))
        address = service.address_of(_provider(web), begun, code, state, now=now)
        with web.change() as connection:
            entered = service.enter(
                connection,
                web.settings.ward,
                address,
                agent=request.headers.get("user-agent", ""),
                limits=web.limits,
                now=now,
            )
    except OidcRefused as refusal:
        return _refused(refusal)
    response = go_on(request, entered, begun.wanted)
    response.delete_cookie(COOKIE, path="/login/oidc", httponly=True, samesite="lax")
    return response


def _provider(web: Web) -> Provider:
    found = service.provider_of(web.settings)
    if found is None:
        raise OidcRefused("not set up")
    return found


def _refused(refusal: OidcRefused) -> RedirectResponse:
    _log.warning("%s", refusal)
    response = RedirectResponse(f"{LOGIN}?said=sso", status_code=303)
    response.delete_cookie(COOKIE, path="/login/oidc", httponly=True, samesite="lax")
    return response
